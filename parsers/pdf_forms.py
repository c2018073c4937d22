"""Filled-in PDF forms (AcroForm): what people typed into their fields. Runs in reading children only."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pdfplumber
from pdfminer.pdfparser import PDFSyntaxError
from pdfminer.pdftypes import resolve1
from pdfminer.psexceptions import PSException
from pdfminer.utils import decode_text

_MAX_FIELDS = 2_000
_MAX_DEPTH = 12
_MAX_VALUE = 4_000
_BUTTON_FLAGS = 1 << 16
"""Bit 17 of ``Ff`` (ISO 32000-1, 12.7.4.2): a push button, which has no value."""

Filled = tuple[str, str, int]
"""Full name, value as text, page (0-based; -1 where the field names none)."""


def filled_fields(data: bytes) -> list[Filled]:
    """Every field with a value, in the form's order; ticked boxes say ``sì``. Empty for forms that cannot be read."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            catalogue = pdf.doc.catalog
            form = resolve1(catalogue.get("AcroForm"))
            if not isinstance(form, Mapping):
                return []
            pages = {page.page_obj.pageid: number for number, page in enumerate(pdf.pages)}
            found = _fields(resolve1(form.get("Fields")) or (), "", {}, pages, 0)
            return [filled for filled, _ in zip(found, range(_MAX_FIELDS), strict=False)]
    except (PSException, PDFSyntaxError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # pdfminer raises these on broken objects; the text layer is read without the form then.
        return []


def _fields(kids: Any, prefix: str, given: Mapping[str, Any], pages: Mapping[int, int], depth: int) -> Iterator[Filled]:
    if depth > _MAX_DEPTH or not isinstance(kids, list | tuple):
        return
    for reference in kids[:_MAX_FIELDS]:
        field = resolve1(reference)
        if not isinstance(field, Mapping):
            continue
        own = _text(field.get("T"))
        name = ".".join(part for part in (prefix, own) if part)
        # Kind, flags and value may stand on the parent (ISO 32000-1, 12.7.3.1).
        inherited = {key: resolve1(field.get(key, given.get(key))) for key in ("FT", "Ff", "V")}
        below = resolve1(field.get("Kids"))
        if isinstance(below, list) and any("T" in (resolve1(kid) or {}) for kid in below[:_MAX_FIELDS]):
            yield from _fields(below, name, inherited, pages, depth + 1)
            continue
        value = _value(inherited)
        if value:
            widget = field if "P" in field or not below else resolve1(below[0])
            yield (name or "?", value, _page_of(widget, pages))


def _value(field: Mapping[str, Any]) -> str:
    raw, kind = field["V"], getattr(field["FT"], "name", None)
    if raw is None or (kind == "Btn" and int(field["Ff"] or 0) & _BUTTON_FLAGS):
        return ""
    if isinstance(raw, list):
        return ", ".join(filter(None, map(_text, raw)))[:_MAX_VALUE]
    value = _text(raw)
    if kind != "Btn":
        return value[:_MAX_VALUE]
    if value in ("", "Off", "No", "0"):
        return ""
    return "sì" if value in ("Yes", "On", "1", "Sì", "Si", "true", "True") else value


def _text(value: Any) -> str:
    value = resolve1(value)
    if isinstance(value, bytes):
        return str(decode_text(value)).replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, str):
        return value.strip()
    name = getattr(value, "name", None)
    if isinstance(name, bytes):
        return name.decode("utf-8", "replace")
    return name if isinstance(name, str) else ""


def _page_of(widget: Any, pages: Mapping[int, int]) -> int:
    reference = widget.get("P") if isinstance(widget, Mapping) else None
    return pages.get(getattr(reference, "objid", -1), -1)
