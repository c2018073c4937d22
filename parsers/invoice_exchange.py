"""Is this mail of the state's exchange of electronic invoices (Sistema di Interscambio, SdI)?

It writes from numbered certified mailboxes of its own, under subjects that its technical rules prescribe, and names
every file by one pattern: country and tax code of who sent the invoice, a number, and the kind of notice.
"""

from __future__ import annotations

import re
from itertools import islice

from mailroom.envelope import Automatic, AutomaticKind, CertifiedMail
from parsers.headers import filename_of, first_address, header
from parsers.mail_part import MailPart
from parsers.message import walk

_MAILBOX = re.compile(r"sdi\d{0,4}@pec\.fatturapa\.it", re.IGNORECASE)
_SUBJECT = re.compile(
    r"^\W*(?:posta certificata:\s*)?(?:invio (?:file|metadati)|ricevuta di (?:consegna|impossibilit|scarto)|"
    r"notifica (?:di |per )?(?:scarto|mancata consegna|esito|decorrenza)|scarto esito|file (?:dei )?metadati|"
    r"attestazione (?:di )?avvenuta trasmissione|avvenuta trasmissione)\b",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"[a-z]{2}[a-z0-9]{2,28}_[a-z0-9]{1,5}(?:_(?:rc|ns|mc|ne|mt|ec|se|dt|at)_[a-z0-9]{1,3})?\.(?:xml(?:\.p7m)?|zip)",
    re.IGNORECASE,
)
_MOST_PARTS = 50


def invoice_exchange(message: MailPart, certified: CertifiedMail | None) -> Automatic | None:
    """None for what somebody else sent or passed on, and where neither subject nor files are the exchange's.

    `message` is the one within the certified envelope.
    """
    sender = first_address(message, "From")
    vouched = certified.certified_sender if certified is not None else None
    writer = vouched or (sender.email if sender is not None else None)
    if writer is None or not _MAILBOX.fullmatch(writer):
        return None
    evidence = []
    if _SUBJECT.match(header(message, "Subject") or ""):
        evidence.append("Subject")
    names = (filename_of(node.message) for node in islice(walk(message), _MOST_PARTS))
    if any(name and _FILE.fullmatch(name) for name in names):
        evidence.append("file name")
    if not evidence:
        return None
    # Anybody may write any name into a mail that nobody certified.
    confidence = 0.99 if vouched else 0.92
    found = ("From: pec.fatturapa.it", *evidence)
    return Automatic(kind=AutomaticKind.INVOICE_EXCHANGE, confidence=confidence, evidence=found)
