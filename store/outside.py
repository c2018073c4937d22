"""What stands on the outside of a message, read in haste for the register: from whom, and about what.

Not a parser of mail (that is the workshop's trade): it looks at two header fields, never fails, and leaves out what it
can't make sense of.
"""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

LONGEST_HEADER = 65_536
LONGEST_FIELD = 500

_FIELD = re.compile(rb"^(from|subject|message-id)[ \t]*:[ \t]*((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_END = re.compile(rb"\r?\n\r?\n")


def fields(raw: bytes) -> dict[str, str]:
    """The first ``from``, ``subject`` and ``message-id`` of a message, decoded and on one line."""
    head = raw[:LONGEST_HEADER]
    end = _END.search(head)
    if end is not None:
        head = head[: end.start()]
    found: dict[str, str] = {}
    for match in _FIELD.finditer(head):
        value = _decoded(match[2][: 4 * LONGEST_FIELD])
        if value:
            found.setdefault(match[1].decode().lower(), value)
    return found


def plain_message_id(value: str) -> str:
    """Without the angle brackets: some programs drop them when they quote an id."""
    return value.strip().strip("<>").strip()


def _decoded(value: bytes) -> str:
    words = value.decode("utf-8", "replace")
    if "=?" in words:
        try:
            words = "".join(_word(body, charset) for body, charset in decode_header(words))
        except (HeaderParseError, ValueError):
            pass
    if not words.isprintable():
        words = "".join(c if c.isprintable() else " " for c in words)
    return " ".join(words.split())[:LONGEST_FIELD]


def _word(body: bytes | str, charset: str | None) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode(charset or "utf-8", "replace")
    except LookupError:
        return body.decode("latin-1")
