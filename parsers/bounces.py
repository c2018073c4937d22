"""Is this a delivery report? By evidence that adds up, of which a person's letter never has enough.

Reports after RFC 3464 say so in their structure. The home-made ones (qmail, Exim, old Exchange, Notes, gateways,
providers) are told by who sends them, by an empty return path, by subject, wording, reply codes and the returned
message. A letter that forwards, quotes or tells of a report has the last four, but no such sender; and where the
sender proves little, whoever speaks of their own affairs is no server.
"""

from __future__ import annotations

import re

from mailroom.envelope import Automatic, AutomaticKind
from parsers.delivery_reports import (
    delivery_report,
    enclosed_status,
    is_status,
    parts_of,
    report_type,
    returned_below,
    returned_part,
)
from parsers.headers import header
from parsers.machine_words import AWAY_SUBJECT, FAILING, greets, personal, returned_subject
from parsers.mail_part import MailPart

_DAEMON = re.compile(r"mailer-?daemon|mail deliver[yi]? (?:sub)?-?system|mail deliver system|mdaemon", re.IGNORECASE)
_NAMED_DAEMON = re.compile(r"mailer-?daemon", re.IGNORECASE)
"""A name that no person has: what it sends is a return, whatever the language."""
_SERVER = re.compile(
    r"post[_-]?master|mail[ _-]?(?:system|server|service|administrator|engine|gateway|router)|smtp[ _-]gateway|"
    r"(?:^|<)(?:ndr|imss|smtp|bounces?)@|(?:servizio|sistema) (?:di )?posta|microsoft ?exchange|"
    r"delivery (?:service|subsystem)|system ?administrator|amministratore (?:di |del )?sistema",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"@[\w.-]+")
_PASSED_ON = re.compile(r"^\W*(?:i|r|re|rif|fwd?|fw|inoltr\w*|tr|wg|aw)\s*:", re.IGNORECASE)
_CODES = re.compile(
    r"(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?![\d.])|(?<![\w.])[45][0-5]\d[ -]+(?:#?[45]\.|[<\w])|rcpt to:|smtp error|"
    r"remote[- ]mta|non-delivery report|msexch|said: *[45]\d\d",
    re.IGNORECASE,
)
LOOKED_AT = 4_000


def bounce(message: MailPart, text: str) -> Automatic | None:
    """The evidence and what came back; None for everything else. Reports of success and of delay are reports, too:
    their status begins with 2 or 4. `text` is all that the message displays."""
    points, evidence = _points(message, text)
    strong = {"multipart/report; delivery-status", "X-Failed-Recipients"} & set(evidence)
    if not strong and not _enough(points, set(evidence), text):
        return None
    report = delivery_report(message, text)
    return Automatic(
        kind=AutomaticKind.BOUNCE,
        confidence=0.995 if strong else 0.97,
        evidence=tuple(evidence),
        refers_to=report.message_id,
        failed_recipients=report.recipients,
        delivery_status=report.status,
    )


def _enough(points: int, evidence: set[str], text: str) -> bool:
    if "From: mailer-daemon" in evidence:
        return points >= 3
    if points < 4 or evidence <= {"From: server", "Subject"}:
        return False  # an office called "Posta" that writes of a bill which was not delivered
    machine = not {"From: server", "Return-Path: <>"}.isdisjoint(evidence)
    worded = {"Subject", "text"} <= evidence and not {"codes", "returned message"}.isdisjoint(evidence)
    return (machine or worded) and not greets(text) and not personal(_own(text))


def _own(text: str) -> str:
    """What the server itself says, before the message that it returns."""
    below = returned_below(text)
    return text[: min(LOOKED_AT, below if below is not None else LOOKED_AT)]


def _points(message: MailPart, text: str) -> tuple[int, list[str]]:
    sender, subject = header(message, "From") or "", header(message, "Subject") or ""
    path = (header(message, "Return-Path") or "").strip().lower()
    submitted = (header(message, "Auto-Submitted") or "").lower()
    daemon, named = bool(_DAEMON.search(sender)), bool(_NAMED_DAEMON.search(sender))
    returned = returned_subject(subject) and not _PASSED_ON.match(subject)
    found = [
        (4, "multipart/report; delivery-status", _reports(message)),
        (4, "X-Failed-Recipients", header(message, "X-Failed-Recipients") is not None),
        (2, "message/delivery-status", any(map(is_status, message.children or ()))),
        (3 if named else 2, "From: mailer-daemon", daemon),
        (2, "From: server", not daemon and bool(_SERVER.search(_DOMAIN.sub("@", sender)))),
        (1, "Return-Path: <>", path in ("<>", "mailer-daemon", "<mailer-daemon>") or "mailer-daemon@" in path),
        (2, "From: nobody", sender.strip() == "<>"),
        (1, "Auto-Submitted: failure", "(fail" in submitted),
        (1, "Auto-Submitted", submitted.startswith("auto-") and not AWAY_SUBJECT.search(subject)),
        (2, "Subject", returned),
    ]
    if any(here for _, _, here in found):
        # The words alone are never enough: a letter without any of these need not be searched.
        own = _own(text)
        found += [
            (1, "text", bool(FAILING.search(own))),
            (1, "codes", bool(_CODES.search(own)) or enclosed_status(message)),
            (1, "returned message", returned_below(text) is not None or returned_part(message) is not None),
        ]
    return sum(weight for weight, _, here in found if here), [name for _, name, here in found if here]


def _reports(message: MailPart) -> bool:
    """A report by its type, at the top or as the first thing that a gateway wrapped."""
    for part in parts_of(message):
        if part.media_type == "multipart/report":
            said = report_type(part)
            if said == "delivery-status" or (not said and any(map(is_status, part.children or ()))):
                return True
    return False
