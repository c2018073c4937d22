"""Notices about mail of ours: somebody read it (RFC 8098) or complained of it (RFC 5965); reports on our domain."""

from __future__ import annotations

import re

from mailroom.envelope import Automatic, AutomaticKind
from parsers.headers import header, identifiers
from parsers.machine_words import READ_SUBJECT, READ_WORDS, personal
from parsers.mail_part import MailPart
from parsers.parameters import parameters

_DOMAIN_REPORT = re.compile(r"^\W*report domain:.{1,300}submitter:", re.IGNORECASE | re.DOTALL)
"""Subject that DMARC prescribes for its aggregate reports (RFC 7489, 7.2.1.1)."""
_PACKED = frozenset({"application/zip", "application/gzip", "application/x-gzip", "application/x-zip-compressed",
                     "application/octet-stream"})  # fmt: skip
_COMPLAINT = re.compile(r"^\W*complaint about message from ", re.IGNORECASE)
FEW_WORDS = 900


def read_receipt(message: MailPart, text: str) -> Automatic | None:
    """`text` is all that the message displays."""
    evidence = []
    if _report_type(message) == "disposition-notification" or "message/disposition-notification" in _kinds(message):
        evidence.append("multipart/report; disposition-notification")
    about = identifiers(message, "In-Reply-To") or identifiers(message, "References")
    if READ_SUBJECT.search(header(message, "Subject") or "") and len(text) < FEW_WORDS and not personal(text):
        evidence.append("Subject")
        if READ_WORDS.search(text):
            evidence.append("text")
    if not evidence:
        return None
    sure = evidence[0] != "Subject" or "text" in evidence or bool(identifiers(message, "In-Reply-To"))
    confidence = 0.99 if evidence[0] != "Subject" else 0.96 if sure else 0.75
    return Automatic(
        kind=AutomaticKind.READ_RECEIPT,
        confidence=confidence,
        evidence=tuple(evidence),
        refers_to=about[-1] if about else None,
    )


def feedback(message: MailPart) -> Automatic | None:
    """Somebody called a mail of ours unwanted, or a provider counts what came under our name."""
    kinds, said = _kinds(message), _report_type(message)
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


def _report_type(message: MailPart) -> str:
    if message.media_type != "multipart/report":
        return ""
    return parameters(message.get("content-type") or "").get("report-type", "").lower()


def _kinds(message: MailPart) -> set[str]:
    return {part.media_type for part in message.children or ()}
