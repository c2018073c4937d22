"""The tree of one mail, parsed once by the standard library's tolerant parser, walked without recursion limits."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from parsers.headers import filename_of
from parsers.plain_text import read_text

TRUNCATED = "truncated_base64"
UNKNOWN_CHARSET = "unknown_charset"
_MBOX_LINE = re.compile(rb"\A>?From [^\r\n]*\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One MIME part in depth-first order; `trail` are the positions from the root, counted from 1."""

    message: Message
    trail: tuple[int, ...]
    parent: int | None
    leaf: bool


def parse(raw: bytes) -> Message:
    """The message object under mail-parser and the standard library alike. Total over all bytes."""
    raw = _MBOX_LINE.sub(b"", raw, count=1)
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        # Hundreds of messages within messages: nobody wrote that. The headers are still readable.
        return BytesParser(policy=compat32).parsebytes(raw, headersonly=True)


def walk(root: Message, *, most: int, deepest: int) -> Iterator[Node]:
    """Parts of this message; messages within it are leaves here (the caller opens them)."""
    stack: list[tuple[Message, tuple[int, ...], int | None]] = [(root, (), None)]
    number = -1
    while stack and number < most:
        message, trail, parent = stack.pop()
        number += 1
        payload = message.get_payload()
        opens = isinstance(payload, list) and message.get_content_maintype() == "multipart" and len(trail) < deepest
        yield Node(message=message, trail=trail, parent=parent, leaf=not opens)
        if opens:
            children = [child for child in payload if isinstance(child, Message)]
            for position in range(len(children) - 1, -1, -1):
                stack.append((children[position], (*trail, position + 1), number))


def body_of(part: Message) -> tuple[bytes, tuple[str, ...]]:
    """Decoded bytes of a leaf and what was wrong with their encoding. A message within is given as its own bytes."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\n".join(_flat(child) for child in payload if isinstance(child, Message)), ()
    if not isinstance(payload, str):
        return b"", ()
    encoding = str(part.get("content-transfer-encoding", "") or "").strip().lower()
    if encoding == "base64":
        return _base64(payload.encode("ascii", "replace"))
    # For every other encoding the library gives the bytes as they came, 8-bit ones included.
    decoded = part.get_payload(decode=True)
    return (decoded if isinstance(decoded, bytes) else payload.encode("utf-8", "surrogateescape")), ()


def _flat(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (UnicodeError, LookupError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # The generator can trip over headers it could not have written; the lines themselves are still there.
        return str(message.get_payload()).encode("utf-8", "surrogateescape")


def _base64(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw.split(b"=\n")[0] if b"=\n" in raw[:-4] else raw)
    spare = len(kept) % 4
    broken = spare == 1
    if broken:
        kept = kept[:-1]
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), (TRUNCATED,) if broken else ()
    except binascii.Error:
        return raw, (TRUNCATED,)


def words_of(part: Message) -> tuple[str, tuple[str, ...]]:
    """Text of a text part in the charset it claims, or the one its bytes show when the claim can't be true."""
    data, defects = body_of(part)
    claimed = part.get_content_charset()
    if claimed:
        try:
            return _lines(data.decode(claimed)), defects
        except (LookupError, UnicodeDecodeError):
            text, _ = read_text(data)
            return text, (*defects, UNKNOWN_CHARSET)
    text, guessed = read_text(data)
    return text, (*defects, *guessed)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")


def is_attached(part: Message) -> bool:
    """The sender's client put it there as a file."""
    disposition = str(part.get("content-disposition", "") or "").strip().lower()
    return disposition.startswith("attachment") or filename_of(part) is not None
