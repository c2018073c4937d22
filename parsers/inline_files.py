"""Files written into the words of a mail, as programs did before MIME: uuencode (POSIX) and yEnc blocks.

`enclosed` takes them out, so that they become attachments and the words stay words. Also decodes bodies whose
transfer encoding is uuencode.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from itertools import islice

_UU = re.compile(rb"^begin(?:-base64)? ([0-7]{3,4}) ([^\r\n]{1,255}?)[ \t]*\r*$", re.MULTILINE)
_UU_LINE = re.compile(rb"[ -`]{1,90}\Z")
_YENC = re.compile(rb"^=ybegin [^\r\n]{0,400}?name=([^\r\n]{1,255}?)[ \t]*\r*$", re.MULTILINE)
_YEND = re.compile(rb"^=yend [^\r\n]*", re.MULTILINE)
_UNYENC = bytes((value - 42) % 256 for value in range(256))
MOST = 100
MOST_TRIES = 1_000
"""Lines that look like the beginning of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineFile:
    name: str
    data: bytes
    whole: bool
    """Its end was there and every line could be read."""


def may_enclose(data: bytes) -> bool:
    """A cheap first look: most letters hold neither mark."""
    return b"begin " in data or b"begin-base64 " in data


def enclosed(data: bytes) -> tuple[bytes, tuple[InlineFile, ...]]:
    """The words without the blocks, and the blocks decoded. A block without a single good line stays words."""
    if not may_enclose(data):
        return data, ()
    kept: list[bytes] = []
    files: list[InlineFile] = []
    at = 0
    starts = (*islice(_UU.finditer(data), MOST_TRIES), *islice(_YENC.finditer(data), MOST_TRIES))
    for start in sorted(starts, key=lambda match: match.start()):
        if len(files) >= MOST:
            break
        if start.start() < at:
            continue
        found, end = _yenc(data, start) if start.re is _YENC else _uu(data, start)
        kept.append(data[at : start.start() if found else end])
        if found:
            files.append(found)
        at = end
    return b"".join([*kept, data[at:]]), tuple(files)


def uudecoded(data: bytes) -> bytes | None:
    """The first block of a body in transfer encoding uuencode; None if there is none."""
    start = _UU.search(data)
    found = _uu(data, start)[0] if start else None
    return found.data if found else None


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape").strip("\"' ")


def _uu(data: bytes, start: re.Match[bytes]) -> tuple[InlineFile | None, int]:
    armoured = start[0].startswith(b"begin-base64")
    out = bytearray()
    at, whole, doubtful = start.end(), False, False
    while at < len(data):
        line_end = data.find(b"\n", at + 1)
        line_end = len(data) if line_end < 0 else line_end
        line = data[at:line_end].strip(b"\r\n")
        if line in (b"end", b"===="):
            at, whole = line_end, True
            break
        doubtful = doubtful or (not out and not armoured and len(line) < _length(line))
        if line and not _append(out, line, armoured):
            break
        at = line_end
    found = InlineFile(name=_name(start[2]), data=bytes(out), whole=whole) if whole or (out and not doubtful) else None
    return found, max(at, start.end())


def _length(line: bytes) -> int:
    """Of a whole line, by the count at its front; 0 for none."""
    return 1 + ((line[0] - 32) & 63) * 4 // 3 if line else 0


def _append(out: bytearray, line: bytes, armoured: bool) -> bool:
    try:
        if armoured:
            out += binascii.a2b_base64(line)
        elif _UU_LINE.match(line):
            line = line.ljust(_length(line))  # blanks stand for zeros, and mail servers eat them at the end of a line
            try:
                out += binascii.a2b_uu(line)
            except binascii.Error:
                # Some writers pad lines with what is not zero; the count at the front says how much is meant.
                out += binascii.a2b_uu(line[: 1 + (((line[0] - 32) & 63) * 4 + 2) // 3])
        else:
            return line in (b"`", b" ")
    except (binascii.Error, ValueError):
        return False
    return True


def _yenc(data: bytes, start: re.Match[bytes]) -> tuple[InlineFile, int]:
    end = _YEND.search(data, start.end())
    stop = end.start() if end else len(data)
    lines = [line for line in data[start.end() : stop].splitlines() if not line.startswith(b"=ypart ")]
    raw = b"".join(lines)
    plain = re.sub(rb"=(.)", lambda m: bytes(((m[1][0] - 64) % 256,)), raw, flags=re.DOTALL)
    name = _name(start[1])
    return InlineFile(name=name, data=plain.translate(_UNYENC), whole=end is not None), end.end() if end else len(data)
