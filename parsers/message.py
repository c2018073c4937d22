"""The tree of one mail, walked without recursion, and what its leaves hold: bytes, words, what was wrong with them."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charsets import decoded_as
from parsers.defects import TOO_DEEP, TRUNCATED_BASE64, UNKNOWN_CHARSET
from parsers.headers import filename_of
from parsers.inline_files import uudecoded
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.mail_part import MailPart
from parsers.mime_tree import tree
from parsers.parameters import main_value, parameters
from parsers.plain_text import read_text, unmarked_utf16

_MULTIPART = "multipart/"
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_BELOW = re.compile(rb"(?<=[A-Za-z0-9+/=])\r?\n[ \t]*\r?\n(?=[^\r\n]*[^\r\n ] [^\r\n ])")
_CLEAR = re.compile(rb"\s*[A-Za-z',.;:!?()-]{1,20}(?: {1,2}[A-Za-z',.;:!?()-]{1,20}){3}")
"""Begins with four words: what nobody encoded, whatever its header claims."""
_UUENCODE = ("x-uuencode", "uuencode", "x-uue", "uue")


@dataclass(slots=True, kw_only=True)
class Node:
    """One MIME part in depth-first order; `trail` are the positions from the root, counted from 1.

    Not frozen, as values are elsewhere: every walk makes one for each part, and a frozen one takes thrice the time.
    """

    message: MailPart
    kind: str
    """Media type as declared, lower case; ``text/plain`` for a multipart that has no parts."""
    trail: tuple[int, ...]
    parent: int | None
    leaf: bool
    defects: tuple[str, ...] = ()


def parse(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> MailPart:
    """The tree of this mail. Total over all bytes."""
    return tree(raw, most=limits.parts, deepest=limits.nesting)


def walk(root: MailPart) -> Iterator[Node]:
    """Parts of this message; messages within it are leaves here (the caller opens them)."""
    stack: list[tuple[MailPart, tuple[int, ...], int | None]] = [(root, (), None)]
    number = -1
    while stack:
        part, trail, parent = stack.pop()
        number += 1
        yield Node(message=part, kind=_kind(part), trail=trail, parent=parent, leaf=part.children is None,
                   defects=tuple(part.defects))  # fmt: skip
        children = part.children or ()
        for position in range(len(children) - 1, -1, -1):
            stack.append((children[position], (*trail, position + 1), number))


def _kind(part: MailPart) -> str:
    kind = part.media_type
    # A multipart that could not be cut is shown as what it then is: lines of text.
    uncut = part.children is None and kind.startswith(_MULTIPART) and TOO_DEEP not in part.defects
    return "text/plain" if uncut else kind


def body_of(part: MailPart) -> tuple[bytes, tuple[str, ...]]:
    """Decoded bytes of a leaf and what was wrong with their encoding."""
    payload = part.body
    encoding = main_value(part.get("content-transfer-encoding") or "")
    if not encoding:
        return payload, ()
    if encoding.startswith("base64"):
        return _base64(payload)
    if encoding.startswith("quoted"):
        return quopri.decodestring(_SOFT_BREAK.sub(b"=", payload) if b"= " in payload else payload), ()
    if encoding in _UUENCODE:
        decoded = uudecoded(payload)
        return (payload, ("corrupt",)) if decoded is None else (decoded, ())
    return payload, ()


def _base64(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    if b" " in raw[:100] and _CLEAR.match(raw):
        return raw, (TRUNCATED_BASE64,)
    # What stands below a blank line and is no base64 was written there by a mailing list or a virus scanner.
    raw = raw[: below.start()] if b" " in raw[-5_000:] and (below := _BELOW.search(raw)) else raw
    try:
        return binascii.a2b_base64(raw), ()
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw.partition(b"=")[0])
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), (TRUNCATED_BASE64,)
    except binascii.Error:
        return raw, (TRUNCATED_BASE64,)


def words_of(part: MailPart) -> tuple[str, tuple[str, ...]]:
    """Text of a text part in the charset it claims, or the one its bytes show when the claim can't be true."""
    data, found = body_of(part)
    text, guessed = decoded_words(part, data)
    return text, (*found, *guessed)


def decoded_words(part: MailPart, data: bytes) -> tuple[str, tuple[str, ...]]:
    """`data`, of this part, as words."""
    declared = part.get("content-type") or ""
    claimed = parameters(declared).get("charset", "") if "charset" in declared.lower() else ""
    if not claimed or unmarked_utf16(data):
        return read_text(data)
    text = decoded_as(data, claimed)
    if text is not None:
        return _lines(text), ()
    return read_text(data)[0], (UNKNOWN_CHARSET,)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")


def disposition_of(part: MailPart) -> str:
    """``attachment``, ``inline``, another word, or nothing."""
    return main_value(part.get("content-disposition") or "")


def is_attached(part: MailPart) -> bool:
    """The sender's client put it there as a file."""
    return disposition_of(part).startswith("attachment") or filename_of(part) is not None
