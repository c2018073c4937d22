"""The words of office documents, pages, tables and plain text: the door for `parsers.reading`.

doc, docx, xls, xlsx, ppt, pptx, odt, ods, odp, odg and their flat forms, rtf, html, xml, csv, txt. Every reader but
the one for plain text runs in a child process; macros are never run, nothing is fetched from outside the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers import defects
from parsers import extensions as ext
from parsers.isolation import Defect, run_isolated
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.plain_text import read_text

_WORDS = frozenset({"text/plain", "text/csv", "text/markdown", "application/json", "text/calendar", "text/vcard",
                    "text/javascript", "text/vbscript", "application/x-bat", "application/x-pem-file"})  # fmt: skip
_DUTIES = {
    ext.WORD: "office.doc", ext.POWERPOINT: "office.ppt", ext.EXCEL: "office.xls",
    ext.DOCX: "office.docx", ext.DOCM: "office.docx", ext.PPTX: "office.pptx", ext.PPTM: "office.pptx",
    ext.XLSX: "office.xlsx", ext.XLSM: "office.xlsx",
    ext.ODT: "office.odf", ext.ODS: "office.odf", ext.ODP: "office.odf", ext.ODG: "office.odf",
    ext.FODT: "office.fodf", ext.FODS: "office.fodf", ext.FODP: "office.fodf", ext.FODG: "office.fodf",
    "application/rtf": "office.rtf", "text/html": "office.html",
    "application/xml": "office.xml", "image/svg+xml": "office.xml",
}  # fmt: skip
OFFICE_TYPES = _WORDS | _DUTIES.keys()
"""What `read_office` has a reader for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeText:
    pages: tuple[str, ...] = ()
    """Words in reading order, ``\\n`` between lines, tabs between the cells of a table. One entry a page where the
    file says where pages end, else one for the sheet, the slide or the whole."""
    defects: tuple[str, ...] = ()


def read_office(data: bytes, media_type: str, limits: Limits = DEFAULT_LIMITS) -> OfficeText:
    """The text of a document of one of `OFFICE_TYPES`; an empty one with a defect where there is none. Never raises."""
    if not data:
        return OfficeText(defects=(defects.EMPTY,))
    if media_type not in OFFICE_TYPES:
        return OfficeText(defects=(defects.UNSUPPORTED,))
    if media_type in _WORDS:
        words, found = read_text(data)
        return bounded(words.split("\f"), found, limits)
    answer = run_isolated(_DUTIES[media_type], data, limits=limits)
    if isinstance(answer, Defect):
        return OfficeText(defects=(answer.code,))
    try:
        pages, found = answer
        return bounded([page for page in pages if isinstance(page, str)], tuple(map(str, found)), limits)
    except (TypeError, ValueError):
        return OfficeText(defects=(defects.CRASHED,))


def bounded(pages: list[str], found: tuple[str, ...], limits: Limits) -> OfficeText:
    """Cut to the limits on pages and characters, with the defect that says so."""
    codes = list(found)
    if len(pages) > limits.pages:
        codes.append(defects.TOO_MANY_PAGES)
        pages = pages[: limits.pages]
    left = limits.text_chars
    kept = []
    for page in pages:
        kept.append(page[:left])
        left -= len(page)
        if left < 0:
            codes.append(defects.TOO_MUCH_TEXT)
            break
    return OfficeText(pages=tuple(kept), defects=tuple(dict.fromkeys(codes)))
