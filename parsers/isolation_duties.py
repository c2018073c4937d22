"""What a reading child may be asked to do: a fixed table of names, so that no code ever crosses the border.

Each entry is ``module:function``; the function takes ``(payload, limits)`` and returns plain data
(see `parsers.isolation_wire.Plain`). Its module imports the foreign libraries at the top: only children import it,
and the process they are forked from may import it beforehand, so that a new child is ready at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DUTIES: Mapping[str, str] = MappingProxyType(
    {
        "archive.unpack": "parsers.archive:unpack",
        "audio.listen": "parsers.listening:listen",
        "audio.measure": "parsers.audio_measuring:measure",
        "media_type.magic": "parsers.libmagic:ask",
        "office.doc": "parsers.legacy_office:read_doc",
        "office.docx": "parsers.office_xml:read_docx",
        "office.embedded": "parsers.office_xml:embedded",
        "office.fodf": "parsers.opendocument:read_flat",
        "office.html": "parsers.html_document:read_html",
        "office.odf": "parsers.opendocument:read_zipped",
        "office.ppt": "parsers.legacy_office:read_ppt",
        "office.pptx": "parsers.office_xml:read_pptx",
        "office.rtf": "parsers.rtf:read_rtf",
        "office.xls": "parsers.spreadsheet:read_xls",
        "office.xlsx": "parsers.spreadsheet:read_xlsx",
        "office.xml": "parsers.xml_document:read_xml",
        "outlook.as_message": "parsers.outlook_reading:as_message",
        "outlook.unfold": "parsers.outlook_reading:unfold",
        "pdf.attachments": "parsers.pdf_attachments:unfold",
        "rendition.pdf": "parsers.rendering:to_pdf",
        "rendition.text": "parsers.rendering:from_text",
        "signed.check": "parsers.envelope_checking:check",
        "signed.unwrap": "parsers.signed:unwrap",
        "tnef.unfold": "parsers.tnef:unfold",
        "xml.attached": "parsers.xml_document:attached",
    }
)
