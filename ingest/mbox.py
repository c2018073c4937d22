"""Messages of an mbox file, one after the other, whatever dialect wrote it (RFC 4155, mboxo, mboxrd)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

# "From " alone at the start of a line also begins many Italian and English sentences: a date must follow.
_SEPARATOR = re.compile(rb"From (\S+ .*|)\d{1,2}:\d{2}(:\d{2})?.*\d{4}\s*$")
_QUOTED = re.compile(rb">+From ")
_LONGEST_LINE = 2**20
LARGEST = 250 * 2**20


def looks_like_mbox(start: bytes) -> bool:
    return bool(_SEPARATOR.match(start.split(b"\n", 1)[0]))


def messages(stream: BinaryIO, *, largest: int = LARGEST) -> Iterator[bytes | None]:
    """Every message without its separator line, ``>From `` unquoted by one level; None for one beyond `largest` bytes.

    A separator counts at the start of the file and after an empty line. Memory is that of the largest message.
    """
    lines: list[bytes] = []
    size = 0
    blank, started = True, False
    for line in iter(lambda: stream.readline(_LONGEST_LINE), b""):
        if blank and _SEPARATOR.match(line):
            if started:
                yield _joined(lines) if size <= largest else None
            lines, size, blank, started = [], 0, False, True
            continue
        blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= largest:
            lines.append(line[1:] if _QUOTED.match(line) else line)
        else:
            lines.clear()
        started = True
    if started:
        yield _joined(lines) if size <= largest else None


def _joined(lines: list[bytes]) -> bytes:
    # The empty line before the next separator belongs to the mbox, not to the message.
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines = lines[:-1]
    return b"".join(lines)
