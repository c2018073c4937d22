"""Word, Excel and PowerPoint files of the years 1997 to 2003: OLE files with binary records. In a child process.

The words of a .doc are taken out by its piece table ([MS-DOC] 2.4.1); older ones, and those whose table is broken,
go to antiword or catdoc where these are installed.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import msoffcrypto
import olefile
from msoffcrypto.exceptions import FileFormatError

from parsers import defects
from parsers.limits import Limits
from parsers.lines import tidy_pages
from parsers.tools import antiword

_BROKEN = (OSError, ValueError, IndexError, KeyError, struct.error, TypeError, AttributeError, OverflowError)
_WORD_97 = 0x00C1
_LOCKED, _OTHER_TABLE = 0x0100, 0x0200
_SIGNS = {0x07: "\t", 0x0B: "\n", 0x0C: "\f", 0x0D: "\n", 0x1E: "-", 0x1F: "", 0xA0: " "}
_TEXT_WIDE, _TEXT_BYTES = 0x0FA0, 0x0FA8
# Master slides and handouts: "click to edit" and the like.
_NOT_SHOWN = frozenset({0x03F8, 0x0FC9})


def is_locked(data: bytes) -> bool:
    """Whether an OLE office file needs a password to be read."""
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        return bool(office.is_encrypted())
    except (FileFormatError, *_BROKEN):
        return False


def read_doc(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """The words of a Word document, a page where the writer broke it."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            main = ole.openstream("WordDocument").read()
            version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 10)[0]
            if flags & _LOCKED:
                return [], [defects.ENCRYPTED]
            if version >= _WORD_97:
                table = ole.openstream("1Table" if flags & _OTHER_TABLE else "0Table").read()
                words = _plain("".join(_pieces(main, table)))
                if words.strip():
                    return tidy_pages(words.split("\f")), []
    except _BROKEN:
        pass
    old = antiword.text_of(data, seconds=min(10.0, limits.document_seconds / 4))
    return (tidy_pages(old.split("\f")), []) if old else ([], [defects.CORRUPT])


def _pieces(main: bytes, table: bytes) -> Iterator[str]:
    """Each piece of the text, in order: 8-bit or UTF-16, by the bit in its descriptor."""
    start, length = struct.unpack_from("<II", main, 0x01A2)
    clx = table[start : start + length]
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise ValueError("no piece table")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc, 0)
    for number in range(count):
        position = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        letters = ends[number + 1] - ends[number]
        if not 0 <= letters <= len(main):
            raise ValueError("bad piece")
        offset = position & 0x3FFFFFFF
        if position & 0x40000000:
            yield main[offset // 2 : offset // 2 + letters].decode("cp1252", "replace")
        else:
            yield main[offset : offset + 2 * letters].decode("utf-16-le", "replace")


def _plain(words: str) -> str:
    """Without the instructions of fields (between 0x13 and 0x14), with table and page marks as white space."""
    # A cell ends with 0x07, and so does its row.
    words = words.replace("\x07\x07", "\n")
    shown = []
    depth_hidden: list[bool] = []
    for letter in words:
        code = ord(letter)
        if code == 0x13:
            depth_hidden.append(True)
        elif code == 0x14 and depth_hidden:
            depth_hidden[-1] = False
        elif code == 0x15 and depth_hidden:
            depth_hidden.pop()
        elif not any(depth_hidden):
            shown.append(_SIGNS.get(code, letter if code >= 32 or letter in "\t\n" else ""))
    return "".join(shown)


def read_ppt(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """The words of the slides ([MS-PPT] 2.9.42): text atoms, wherever they stand."""
    if is_locked(data):
        return [], [defects.ENCRYPTED]
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            stream = ole.openstream("PowerPoint Document").read()
        words = "\n".join(dict.fromkeys(text.strip() for text in _atoms(stream) if text.strip()))
    except _BROKEN:
        return [], [defects.CORRUPT]
    return [words], []


def _atoms(stream: bytes) -> Iterator[str]:
    at = 0
    while at + 8 <= len(stream):
        version, kind, length = struct.unpack_from("<HHI", stream, at)
        at += 8
        if version & 0xF == 0xF and kind not in _NOT_SHOWN:
            continue  # a container: its records follow
        body = stream[at : at + length]
        if kind == _TEXT_WIDE:
            yield body.decode("utf-16-le", "replace").replace("\r", "\n").replace("\x0b", "\n")
        elif kind == _TEXT_BYTES:
            yield body.decode("cp1252", "replace").replace("\r", "\n").replace("\x0b", "\n")
        at += length
