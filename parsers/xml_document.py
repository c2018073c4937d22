"""XML as a clerk can read it: an electronic invoice (FatturaPA) or any other, one ``label: value`` a line.

Entities of the file's own are not expanded and nothing outside is fetched. Runs in a child process.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from parsers import defects
from parsers.html_document import without_tags
from parsers.limits import Limits
from parsers.office_zip import BROKEN, DefusedXmlException, local, parse_xml
from parsers.plain_text import read_text

_MAX_DEPTH = 200
_MAX_VALUE = 20_000
_ENCODED = re.compile(r"[A-Za-z0-9+/=\s]{400,}\Z")


def read_xml(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """One page. Broken XML gives what stands between its tags, with the defect."""
    try:
        lines = "\n".join(_lines(parse_xml(data)))
    except DefusedXmlException:
        return [without_tags(read_text(data)[0])], [defects.EXTERNAL_CONTENT]
    except BROKEN:
        return [without_tags(read_text(data)[0])], [defects.CORRUPT]
    return [lines], []


def attached(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``xml.attached``: the files that an electronic invoice carries in base64 (FatturaPA, 2.5 Allegati)."""
    try:
        root = parse_xml(payload["data"])
    except (DefusedXmlException, *BROKEN):
        return {"children": []}
    children: list[dict[str, Any]] = []
    for holder in root.iter():
        fields = {local(field): (field.text or "").strip() for field in holder}
        if local(holder) == "Allegati" and "Attachment" in fields and len(children) < limits.parts:
            name = fields.get("NomeAttachment") or "allegato"
            extension = fields.get("FormatoAttachment", "").lower()
            if extension.isalnum() and not name.lower().endswith(f".{extension}"):
                name = f"{name}.{extension}"
            try:
                children.append({"name": name, "data": base64.b64decode(fields["Attachment"])})
            except ValueError:
                children.append({"name": name, "data": b"", "defects": [defects.CORRUPT]})
    return {"children": children}


def _lines(root: Element) -> Iterator[str]:
    todo: list[tuple[Element, int]] = [(root, 0)]
    while todo:
        element, depth = todo.pop()
        indent = "  " * min(depth, 8)
        own = " ".join((element.text or "").split())
        label = _label(local(element))
        if own and _ENCODED.match(own.replace(" ", "")):
            own = "(contenuto codificato)"
        if own:
            yield f"{indent}{label}: {own[:_MAX_VALUE]}"
        elif len(element):
            yield f"{indent}{label}"
        for name, value in element.items():
            if not name.startswith("{http://www.w3.org/2001/XMLSchema-instance}") and value.strip():
                yield f"{indent}  {_label(name.rpartition('}')[2])}: {value[:_MAX_VALUE]}"
        tail = " ".join((element.tail or "").split())
        if tail:
            yield f"{indent}{tail}"
        if depth < _MAX_DEPTH:
            todo.extend((child, depth + 1) for child in reversed(element))


def _label(name: str) -> str:
    """``CodiceFiscale`` → ``Codice Fiscale``, ``IdPaese`` → ``Id Paese``; abbreviations stay whole."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", name).strip() or name
