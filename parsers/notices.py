"""Notices about mail of ours: somebody read it (RFC 8098) or complained of it (RFC 5965); reports on our domain."""

from __future__ import annotations

import re

from mailroom.envelope import Automatic, AutomaticKind
from parsers.delivery_reports import report_type
from parsers.headers import answered, first_address, header, identifiers
from parsers.machine_words import CERTIFIED_SUBJECT, CERTIFIED_WORDS, READ_SUBJECT, READ_WORDS, personal
from parsers.mail_part import MailPart

_DOMAIN_REPORT = re.compile(r"^\W*report domain:.{1,300}submitter:", re.IGNORECASE | re.DOTALL)
"""Subject that DMARC prescribes for its aggregate reports (RFC 7489, 7.2.1.1)."""
_PACKED = frozenset({"application/zip", "application/gzip", "application/x-gzip", "application/x-zip-compressed",
                     "application/octet-stream"})  # fmt: skip
_COMPLAINT = re.compile(r"^\W*complaint about message from ", re.IGNORECASE)
FEW_WORDS = 900


def read_receipt(message: MailPart, text: str) -> Automatic | None:
    """`text` is all that the message displays."""
    evidence = []
    if report_type(message) == "disposition-notification" or "message/disposition-notification" in _kinds(message):
        evidence.append("multipart/report; disposition-notification")
    if READ_SUBJECT.search(header(message, "Subject") or "") and len(text) < FEW_WORDS and not personal(text):
        evidence.append("Subject")
        if READ_WORDS.search(text):
            evidence.append("text")
    if not evidence:
        return None
    if evidence[0] != "Subject":
        confidence = 0.99
    elif "text" in evidence or identifiers(message, "In-Reply-To"):
        confidence = 0.96
    else:
        confidence = 0.75
    return Automatic(
        kind=AutomaticKind.READ_RECEIPT,
        confidence=confidence,
        evidence=tuple(evidence),
        refers_to=answered(message),
    )


def certified_receipt(message: MailPart, text: str) -> Automatic | None:
    """A provider's receipt that a gateway on its way stripped of headers and daticert: told by the provider's own
    address together with the words that the rules prescribe (DM 2 November 2005, annex)."""
    sender = first_address(message, "From")
    if sender is None or not (sender.email or "").startswith("posta-certificata@"):
        return None
    if not CERTIFIED_SUBJECT.match(header(message, "Subject") or "") or not CERTIFIED_WORDS.match(text):
        return None
    evidence = ("From: posta-certificata", "Subject", "text")
    return Automatic(kind=AutomaticKind.PEC_RECEIPT, confidence=0.96, evidence=evidence)


def feedback(message: MailPart) -> Automatic | None:
    """Somebody called a mail of ours unwanted, or a provider counts what came under our name."""
    kinds, said = _kinds(message), report_type(message)
    subject = header(message, "Subject") or ""
    if said in ("feedback-report", "tlsrpt") or "message/feedback-report" in kinds:
        evidence = f"multipart/report; {said or 'feedback-report'}"
    elif _COMPLAINT.search(subject) and kinds == {"message/rfc822"}:
        evidence = "complaint with nothing but the message"
    elif _DOMAIN_REPORT.search(subject) and not _PACKED.isdisjoint({message.media_type, *kinds}):
        evidence = "DMARC aggregate report"
    else:
        return None
    return Automatic(kind=AutomaticKind.FEEDBACK_REPORT, confidence=0.99, evidence=(evidence,))


def _kinds(message: MailPart) -> set[str]:
    return {part.media_type for part in message.children or ()}
