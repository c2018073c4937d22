"""What a bounce or a PEC receipt says of a message of ours: whether it came home undelivered, or arrived. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailroom.envelope import CONTENT, AutomaticKind, Envelope

FAILED_RECEIPTS = {
    "non-accettazione": "non accettata dal gestore PEC",
    "errore-consegna": "non consegnata dal gestore PEC",
    "mancata-consegna": "non consegnata dal gestore PEC",
    "rilevazione-virus": "fermata dal gestore PEC per un virus",
}
"""Values of ``X-Ricevuta`` after which a message will not arrive (DM 2 November 2005, technical rules, 6.3 and 6.5).
The warning after twelve hours (``preavviso-errore-consegna``) is none: the message may still arrive."""
RETURNED = "returned"
"""Code of a dispatch that came back, or was turned away for want of such a mailbox: another way is looked for."""
DELIVERED_RECEIPT = "avvenuta-consegna"
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}(?![\d.])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Homecoming:
    message_ids: tuple[str, ...]
    """Of the messages it may speak of, most certain first."""
    arrived: bool
    """False: it came back and will not arrive."""
    says: str
    """In Italian, for operators; no addresses."""


def homecoming(envelope: Envelope) -> Homecoming | None:
    """None for anything else, and for what settles nothing (delays, acceptances, absences)."""
    certified = envelope.certified
    # An envelope refers to the message it carries; a server's report within it speaks for itself.
    if certified is not None and certified.refers_to and certified.kind not in CONTENT:
        if certified.kind == DELIVERED_RECEIPT:
            return Homecoming(message_ids=(certified.refers_to,), arrived=True, says="consegnata (ricevuta PEC)")
        if certified.kind in FAILED_RECEIPTS:
            said = FAILED_RECEIPTS[certified.kind]
            if code := _STATUS.match(certified.detail or ""):
                said = f"{said} ({code[0]})"
            return Homecoming(message_ids=(certified.refers_to,), arrived=False, says=said)
        return None
    bounce = next((a for a in envelope.automatic if a.kind is AutomaticKind.BOUNCE), None)
    if bounce is None or (bounce.delivery_status or "5")[0] in "24":
        return None
    ids = (*((bounce.refers_to,) if bounce.refers_to else ()), *envelope.in_reply_to, *envelope.references)
    status = f" ({bounce.delivery_status})" if bounce.delivery_status else ""
    return Homecoming(message_ids=tuple(dict.fromkeys(ids)), arrived=False, says=f"tornata indietro{status}")
