"""A message cut into several for its size (message/partial, RFC 2046, 5.2.2): the first piece carries the headers and
the beginning of the words, and is read as far as it goes. The others are kept; nobody puts the pieces together here.
"""

from __future__ import annotations

from parsers.defects import PARTIAL_MESSAGE
from parsers.limits import Limits
from parsers.mail_part import MailPart
from parsers.message import body_of, parse
from parsers.parameters import parameters

PARTIAL = "message/partial"
_INNER = ("content-", "subject", "message-id", "encrypted", "mime-version")
"""Fields that are the whole message's own; all others are those of the mail that brings the piece."""


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
    whole.fields = whole.fields | brought | own
    return whole, () if _number(said.get("total")) == 1 else (PARTIAL_MESSAGE,)


def _number(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 10 else None
