"""A message cut into several for its size (message/partial, RFC 2046, 5.2.2): the first piece carries the headers and
the beginning of the words, and is read as far as it goes. With all pieces at hand the message is put together again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parsers.defects import PARTIAL_MESSAGE
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.mail_part import MailPart
from parsers.message import body_of, parse
from parsers.parameters import parameters

PARTIAL = "message/partial"
MOST_PIECES = 100
LONGEST_ID = 500
_INNER = ("content-", "subject", "message-id", "encrypted", "mime-version")
"""Fields that are the whole message's own; all others are those of the mail that brings the piece."""
_OF_THE_PIECE = ("dkim-signature", "arc-")
"""Fields that speak of the piece's own bytes, and are wrong of the whole's."""
_HEAD_END = re.compile(rb"(?:\A|\n)\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    id: str
    """What all pieces of one message have in common, in the sender's words."""
    number: int
    total: int | None
    """Only the last piece must say it."""


def unpieced(mail: MailPart, limits: Limits) -> tuple[MailPart, tuple[str, ...]]:
    """The message that begins in this mail, if it is a first piece; what is to be said of it."""
    if mail.media_type != PARTIAL:
        return mail, ()
    said = parameters(mail.get("content-type") or "")
    if _number(said.get("number")) != 1:
        return mail, (PARTIAL_MESSAGE,)
    whole = parse(body_of(mail)[0], limits)
    brought = {name: values for name, values in mail.fields.items() if not name.startswith(_INNER)}
    own = {name: values for name, values in whole.fields.items() if name.startswith(_INNER)}
    whole.set_fields(whole.fields | brought | own)
    return whole, () if _number(said.get("total")) == 1 else (PARTIAL_MESSAGE,)


def piece_in(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> Piece | None:
    """Which piece of which message this mail is; None if it is none, or does not say it well enough to be joined."""
    mail = parse(raw, limits)
    if mail.media_type != PARTIAL:
        return None
    said = parameters(mail.get("content-type") or "")
    name, number, total = said.get("id") or "", _number(said.get("number")), _number(said.get("total"))
    if not 0 < len(name) <= LONGEST_ID or number is None or not 0 < number <= MOST_PIECES:
        return None
    if total is not None and not number <= total <= MOST_PIECES:
        return None
    return Piece(id=name, number=number, total=total)


def put_together(pieces: Sequence[bytes], limits: Limits = DEFAULT_LIMITS) -> bytes:
    """The whole message out of the mails that bring its pieces, in order (RFC 2046, 5.2.2.1)."""
    first = parse(pieces[0], limits)
    inner = body_of(first)[0]
    end = _HEAD_END.search(inner)
    beginning = inner[end.end() :] if end is not None else b""
    brought = _fields(first, lambda name: not name.startswith((*_INNER, *_OF_THE_PIECE)))
    own = _fields(parse(inner, limits), lambda name: name.startswith(_INNER))
    rest = (body_of(parse(piece, limits))[0] for piece in pieces[1:])
    return b"".join((brought, own, b"\r\n", beginning, *rest))


def _fields(mail: MailPart, wanted: Callable[[str], bool]) -> bytes:
    """As they came, folded as they were."""
    lines = (
        f"{name.title()}: {value.strip()}" for name, values in mail.fields.items() if wanted(name) for value in values
    )
    return b"".join(line.encode("utf-8", "surrogateescape") + b"\r\n" for line in lines)


def _number(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else None
