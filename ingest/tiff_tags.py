"""The directory of a TIFF file (TIFF 6.0, BigTIFF not written by fax machines): pages, a few tags, and whether the
file is whole. Reads offsets only, no image; bounded, and total over all bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

MOST_PAGES = 5000
MOST_ENTRIES = 200
LONGEST_TEXT = 4096

IMAGE_DESCRIPTION = 270
STRIP_OFFSETS = 273
STRIP_BYTE_COUNTS = 279
PAGE_NAME = 285
SOFTWARE = 305
DATE_TIME = 306

_TEXTS = (IMAGE_DESCRIPTION, PAGE_NAME, SOFTWARE, DATE_TIME)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4}
_FORMS = {1: "B", 3: "H", 4: "I"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TiffFacts:
    pages: int
    texts: Mapping[int, str]
    """The ASCII tags of the first page."""
    whole: bool
    """Every directory and every strip of it lies within the file."""


def read_tiff(data: bytes) -> TiffFacts | None:
    """None if the bytes don't begin like a TIFF."""
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return None
    order = "<" if data[:2] == b"II" else ">"
    if len(data) < 8:
        return TiffFacts(pages=0, texts={}, whole=False)
    (offset,) = struct.unpack_from(order + "I", data, 4)
    texts: dict[int, str] = {}
    pages, whole, seen = 0, True, set[int]()
    while offset and pages < MOST_PAGES:
        if offset in seen:
            return TiffFacts(pages=pages, texts=texts, whole=False)
        seen.add(offset)
        found = _directory(data, order, offset)
        if found is None:
            return TiffFacts(pages=pages, texts=texts, whole=False)
        entries, offset = found
        if pages == 0:
            texts = {tag: text for tag in _TEXTS if (text := _text(data, order, entries.get(tag)))}
        pages += 1
        whole = whole and _strips_inside(data, order, entries)
    return TiffFacts(pages=pages, texts=texts, whole=whole and pages > 0)


_Entry = tuple[int, int, bytes]
"""Type, count, the four bytes of value or offset."""


def _directory(data: bytes, order: str, offset: int) -> tuple[dict[int, _Entry], int] | None:
    if offset + 2 > len(data):
        return None
    (count,) = struct.unpack_from(order + "H", data, offset)
    end = offset + 2 + 12 * count
    if count > MOST_ENTRIES or end + 4 > len(data):
        return None
    entries: dict[int, _Entry] = {}
    for at in range(offset + 2, end, 12):
        tag, kind, number, value = struct.unpack_from(order + "HHI4s", data, at)
        entries.setdefault(tag, (kind, number, value))
    (following,) = struct.unpack_from(order + "I", data, end)
    return entries, following


def _value(data: bytes, order: str, entry: _Entry) -> bytes | None:
    """The value's bytes wherever they lie; None if they lie outside the file."""
    kind, count, inline = entry
    size = _SIZES.get(kind, 8) * count
    if size <= 4:
        return inline[:size]
    (offset,) = struct.unpack(order + "I", inline)
    return data[offset : offset + size] if offset + size <= len(data) else None


def _text(data: bytes, order: str, entry: _Entry | None) -> str | None:
    if entry is None or entry[0] != 2 or entry[1] > LONGEST_TEXT:
        return None
    value = _value(data, order, entry)
    return value.split(b"\0", 1)[0].decode("latin-1") if value else None


def _numbers(data: bytes, order: str, entry: _Entry | None) -> tuple[int, ...] | None:
    if entry is None or entry[0] not in _FORMS:
        return None
    value = _value(data, order, entry)
    if value is None:
        return None
    return struct.unpack(f"{order}{len(value) // _SIZES[entry[0]]}{_FORMS[entry[0]]}", value)


def _strips_inside(data: bytes, order: str, entries: Mapping[int, _Entry]) -> bool:
    if STRIP_OFFSETS not in entries:
        return True  # tiles: rare, and not judged here
    offsets = _numbers(data, order, entries[STRIP_OFFSETS])
    sizes = _numbers(data, order, entries.get(STRIP_BYTE_COUNTS))
    if offsets is None or sizes is None:
        return False
    return all(offset + size <= len(data) for offset, size in zip(offsets, sizes, strict=False))
