"""Is this a delivery report? By evidence that adds up, of which a person's letter never has enough.

Reports after RFC 3464 say so in their structure. The home-made ones (qmail, Exim, old Exchange, Notes, gateways,
providers) are told by who sends them, by an empty return path, by subject, wording, reply codes and the returned
message. A letter that forwards or quotes a report has the last three, but neither sender nor subject.
"""

from __future__ import annotations

import re

from mailroom.envelope import Automatic, AutomaticKind
from parsers.delivery_reports import delivery_report, is_status, parts_of, returned_below, returned_part
from parsers.headers import header
from parsers.mail_part import MailPart
from parsers.parameters import parameters

_DAEMON = re.compile(
    r"mailer-?daemon|mail delivery (?:sub)?-?system|mail deliver system|mdaemon|delivery (?:service|subsystem)|"
    r"system ?administrator|amministratore (?:di |del )?sistema",
    re.IGNORECASE,
)
_SERVER = re.compile(
    r"post[_-]?master|mail[ _-]?(?:system|server|service|administrator|engine|gateway|router)|smtp[ _-]gateway|"
    r"(?:^|<)(?:ndr|imss|smtp|bounces?)@|servizio (?:di )?posta|Microsoft Exchange",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|unzustellbar|nondeliver|non[- ]?delivery|(?:returned|failed|rejected) (?:e-?)?mail|"
    r"returning (?:message |mail )?to (?:the )?sender|failure notice|delivery (?:status|failure|failed|has failed|"
    r"error|incomplete|delayed|problem|warning|report|notification)|(?:mail|message) (?:delivery )?(?:error|failed|"
    r"failure|warning)|(?:could|can)(?:not| not|'t) be delivered|not (?:yet )?been delivered|mail system error|"
    r"user unknown|unknown user|message .{0,40}delayed|processing error|"
    r"(?:messaggio|mail|posta) non (?:consegnat|recapitat|recapitabil|inviat)|"
    r"(?:mancat[ao]|impossibile|fallit[ao]) (?:consegna\w*|recapit\w*|invio) (?:del |della |di |il |la )?(?:\w+ )?"
    r"(?:messaggio|e?-?mail|posta)|"
    r"^(?:notifica (?:di )?)?(?:mancat[ao]|impossibile) (?:consegna|recapit)\w*\s*(?::|$)|"
    r"non (?:recapita|consegna)\w*:|notifica (?:dello |sullo )?stato (?:della |del )?(?:consegna|recapito)|"
    r"destinatario sconosciuto|échec de (?:la )?remise|non remis|nicht zugestellt",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(r"^\W*(?:i|r|re|rif|fwd?|fw|inoltr\w*|tr|wg|aw)\s*:", re.IGNORECASE)
_FAILING = re.compile(
    r"(?:could|can|was|were|is|has|have)(?: ?not|n['’]t)(?: yet)? (?:be(?:en)? )?(?:deliver|sent)|"
    r"unable to (?:deliver|send|relay)|able to deliver|did not reach|undeliver|following (?:\w+ )?(?:address(?:es)?|"
    r"recipients?)|permanent (?:fatal |delivery )?error|delivery (?:errors?|problems?|to|failed|has failed|attempt)|"
    r"failed recipients?|(?:has been|being|was) returned|failure reasons?|no such user|user unknown|unknown user|"
    r"mailbox (?:is )?(?:full|unavailable)|over ?quota|quota exceeded|does(?: not|n't) exist|invalid (?:user|recipient|"
    r"address)|has been postponed|automatically rejected|recipient address rejected|doesn't have a|"
    r"(?:casella|mailbox) (?:è |e' )?(?:piena|inesistente)|utente (?:sconosciuto|inesistente)|"
    r"(?:impossibile|non (?:è|e'|si è|è stato) (?:stato )?(?:possibile|potuto)) (?:consegnare|recapitare|inviare)|"
    r"(?:messaggio|e-?mail) (?:\w+ ){0,4}non (?:è|e') stat[oa] (?:consegnat|recapitat|inviat)",
    re.IGNORECASE,
)
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
    needed = 3 if "From: mailer-daemon" in evidence else 4
    machine = not {"From: mailer-daemon", "From: server", "Return-Path: <>"}.isdisjoint(evidence)
    worded = {"Subject", "text"} <= set(evidence) and not {"codes", "returned message"}.isdisjoint(evidence)
    if not strong and (points < needed or not (machine or worded)):
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


def _points(message: MailPart, text: str) -> tuple[int, list[str]]:
    sender, subject = header(message, "From") or "", header(message, "Subject") or ""
    path = (header(message, "Return-Path") or "").strip().lower()
    daemon = bool(_DAEMON.search(sender))
    found = [
        (4, "multipart/report; delivery-status", _reports(message)),
        (4, "X-Failed-Recipients", header(message, "X-Failed-Recipients") is not None),
        (2, "message/delivery-status", any(map(is_status, message.children or ()))),
        (2, "From: mailer-daemon", daemon),
        (2, "From: server", not daemon and bool(_SERVER.search(sender))),
        (1, "Return-Path: <>", path in ("<>", "mailer-daemon", "<mailer-daemon>") or "mailer-daemon@" in path),
        (1, "Auto-Submitted: failure", "(fail" in (header(message, "Auto-Submitted") or "")),
        (2, "Subject", bool(_SUBJECT.search(subject)) and not _PASSED_ON.match(subject)),
    ]
    if any(here for _, _, here in found):
        # The words alone are never enough: a letter without any of these need not be searched.
        below = returned_below(text)
        own = text[: min(LOOKED_AT, below if below is not None else LOOKED_AT)]
        found += [
            (1, "text", bool(_FAILING.search(own))),
            (1, "codes", bool(_CODES.search(own))),
            (1, "returned message", below is not None or returned_part(message) is not None),
        ]
    return sum(weight for weight, _, here in found if here), [name for _, name, here in found if here]


def _reports(message: MailPart) -> bool:
    """A report by its type, at the top or as the first thing that a gateway wrapped."""
    for part in parts_of(message):
        if part.media_type == "multipart/report":
            said = parameters(part.get("content-type") or "").get("report-type", "").lower()
            if said == "delivery-status" or (not said and any(map(is_status, part.children or ()))):
                return True
    return False
