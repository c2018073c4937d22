"""Mail that no person wrote: bounces, absence replies, read receipts, lists, out of evidence and not of a word alone.

Sources: RFC 3464 (delivery reports), RFC 3834 (automatic replies), RFC 8098 (read receipts), RFC 5965 (abuse reports),
RFC 2369 (lists). A citizen's letter that quotes or forwards a bounce is none: the evidence must be on the outermost
message, in its structure or its headers, wording counts only together with it.
"""

from __future__ import annotations

from mailroom.envelope import CONTENT, Automatic, AutomaticKind, CertifiedMail
from parsers.absences import away
from parsers.bounces import bounce
from parsers.headers import header
from parsers.invoice_exchange import invoice_exchange
from parsers.mail_part import MailPart
from parsers.notices import certified_receipt, feedback, read_receipt

_LISTED = ("List-Unsubscribe", "List-Id", "List-Post", "Feedback-ID", "X-Campaign", "X-Mailchimp-Campaign")


def automatic(message: MailPart, certified: CertifiedMail | None, text: str) -> tuple[Automatic, ...]:
    """Evidence by kind, strongest first; nothing for a person's letter. `text` is what the message displays.

    `message` is the one within a PEC envelope: servers and absent people answer to certified mailboxes as well.
    """
    if certified is not None and certified.kind not in CONTENT:
        facts = (f"X-Ricevuta: {certified.kind}",)
        return (
            Automatic(kind=AutomaticKind.PEC_RECEIPT, confidence=0.999, evidence=facts, refers_to=certified.refers_to),
        )
    exchanged = invoice_exchange(message, certified)
    if exchanged is not None:
        # Its notices speak of what could not be delivered, too: an invoice, and never a message of ours.
        return (exchanged,)
    returned = bounce(message, text)
    if returned is not None:
        # What a server returns may look like a receipt or a reply as well; it's the return that counts.
        found: list[Automatic | None] = [returned, _list(message)]
    else:
        found = [
            certified_receipt(message, text),
            read_receipt(message, text),
            away(message, text),
            _list(message),
            feedback(message),
        ]
    return tuple(sorted((a for a in found if a is not None), key=lambda a: -a.confidence))


def _list(message: MailPart) -> Automatic | None:
    evidence = [name for name in _LISTED if header(message, name)]
    bulk = (header(message, "Precedence") or "").lower()
    if bulk in ("bulk", "list", "junk"):
        evidence.append(f"Precedence: {bulk}")
    if not evidence:
        return None
    confidence = min(0.97, 0.8 + 0.08 * len(evidence))
    return Automatic(kind=AutomaticKind.MAILING_LIST, confidence=confidence, evidence=tuple(evidence))
