"""Mail that no person wrote: bounces, absence replies, read receipts, lists, out of evidence and not of a word alone.

Sources: RFC 3464 (delivery reports), RFC 3834 (automatic replies), RFC 8098 (read receipts), RFC 5965 (abuse reports),
RFC 2369 (lists). A citizen's letter that quotes or forwards a bounce is none: the evidence must be on the outermost
message, in its structure or its headers, wording counts only together with it.
"""

from __future__ import annotations

import re

from mailroom.envelope import Automatic, AutomaticKind, CertifiedMail
from parsers.bounces import bounce
from parsers.certified_mail import CONTENT
from parsers.headers import header, identifiers
from parsers.mail_part import MailPart
from parsers.parameters import parameters

_AWAY_SUBJECT = re.compile(
    r"^\W*(?:(?:re?|i|aw)\s*:\s*)?\W*(?:risposta autom|messaggio automatico|autorespond|auto(?:matic)?[ -]?reply|"
    r"(?-i:AUTO:)|out of (?:the )?office|fuori (?:sede|ufficio)|vacation|(?:in )?ferie\b|ooo\b|"
    r"assente(?:\s*$|:| (?:dal|fino|per|all|da )\w*)|assenza(?:\s*$|:| (?:dal|fino|per|temporanea|da )\w*)|"
    r"non (?:sono|sarò) in (?:sede|ufficio)|automatyczna odpowied|automatische antwort|abwesen|"
    r"r[ée]ponse automatique|absen(?:t|ce) du|respuesta autom[áa]tica)",
    re.IGNORECASE,
)
_AWAY_BODY = re.compile(
    r"(?:sono|sarò|saro'|siamo) (?:\w+ ){0,3}(?:assent|fuori (?:sede|ufficio)|in ferie)|"
    r"(?:^\W*|(?:questa|la presente|quest[ao] \w+) (?:è|e') una )risposta automatica|^\W*risponditore|"
    r"messaggio (?:è|e'|generato) (?:\w+ ){0,2}automatic|out of (?:the )?office|non risponder\w+ a questa|"
    r"abbiamo ricevuto (?:la sua|la tua|il suo)|automated (?:reply|response|message)|"
    r"i am (?:currently )?(?:away|on (?:leave|vacation|holiday))|thank you for (?:your|contacting)|"
    r"(?:grazie per|la ringraziamo per) (?:aver(?:ci|mi) (?:contattat|scritt)|il (?:suo|tuo) messaggio)|"
    r"(?:rientrer|torner)ò (?:il|in (?:sede|ufficio)|luned|marted|mercoled|gioved|venerd)",
    re.IGNORECASE | re.MULTILINE,
)
"""Words of the machine itself; people tell of automatic answers that they got."""
_READ_SUBJECT = re.compile(
    r"^\W*(?:letto|read|conferma(?: di)? lettura|ricevuta di lettura|return receipt|notifica di lettura)\s*[:(]",
    re.IGNORECASE,
)


def automatic(message: MailPart, certified: CertifiedMail | None, text: str) -> tuple[Automatic, ...]:
    """Evidence by kind, strongest first; nothing for a person's letter. `text` is what the message displays.

    `message` is the one within a PEC envelope: servers and absent people answer to certified mailboxes as well.
    """
    if certified is not None and certified.kind not in CONTENT:
        facts = (f"X-Ricevuta: {certified.kind}",)
        return (
            Automatic(kind=AutomaticKind.PEC_RECEIPT, confidence=0.999, evidence=facts, refers_to=certified.refers_to),
        )
    returned = bounce(message, text)
    if returned is not None:
        # What a server returns may look like a receipt or a reply as well; it's the return that counts.
        found: list[Automatic | None] = [returned, _list(message)]
    else:
        found = [_read(message, text), _away(message, text), _list(message), _feedback(message)]
    return tuple(sorted((a for a in found if a is not None), key=lambda a: -a.confidence))


def _report_type(message: MailPart) -> str:
    if message.media_type != "multipart/report":
        return ""
    return parameters(message.get("content-type") or "").get("report-type", "").lower()


def _inner_types(message: MailPart) -> set[str]:
    return {part.media_type for part in message.children or ()}


def _read(message: MailPart, text: str) -> Automatic | None:
    evidence = []
    if _report_type(message) == "disposition-notification" or "message/disposition-notification" in _inner_types(
        message
    ):
        evidence.append("multipart/report; disposition-notification")
    if _READ_SUBJECT.search(header(message, "Subject") or "") and len(text) < 900:
        evidence.append("Subject")
    if not evidence:
        return None
    sure = evidence[0] != "Subject" or bool(identifiers(message, "In-Reply-To"))
    about = identifiers(message, "In-Reply-To") or identifiers(message, "References")
    return _found(AutomaticKind.READ_RECEIPT, 0.99 if sure else 0.75, evidence, about)


def _away(message: MailPart, text: str) -> Automatic | None:
    evidence = []
    submitted = (header(message, "Auto-Submitted") or "no").lower()
    if submitted.startswith(("auto-replied", "auto-generated", "auto-notified")):
        evidence.append(f"Auto-Submitted: {submitted.split(';')[0]}")
    for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Response-Suppress"):
        if header(message, name):
            evidence.append(name)
    if (header(message, "Precedence") or "").lower() == "auto_reply":
        evidence.append("Precedence: auto_reply")
    if (header(message, "Precedence") or "").lower() in ("bulk", "junk") and _null_path(message):
        evidence.append("Return-Path: <>")
    marked = len([e for e in evidence if e != "X-Auto-Response-Suppress"])
    if _AWAY_SUBJECT.search(header(message, "Subject") or ""):
        evidence.append("Subject")
    elif not marked:
        return None  # words alone are never enough: most letters need not be searched
    if _AWAY_BODY.search(text[:1500]):
        evidence.append("text")
    elif not marked:
        return None
    about = identifiers(message, "In-Reply-To") or identifiers(message, "References")
    if evidence == ["Auto-Submitted: auto-generated"] and not about:
        # Scanners and forms on web pages send people's letters like this: no answer to anything.
        return _found(AutomaticKind.AUTO_REPLY, 0.8, evidence, ())
    return _found(AutomaticKind.AUTO_REPLY, 0.99 if marked else 0.93, evidence, about)


def _null_path(message: MailPart) -> bool:
    """Mail that nobody may answer (RFC 3834, 3.3)."""
    return (message.get("return-path") or "").strip() == "<>"


def _list(message: MailPart) -> Automatic | None:
    names = ("List-Unsubscribe", "List-Id", "List-Post", "Feedback-ID", "X-Campaign", "X-Mailchimp-Campaign")
    evidence = [name for name in names if header(message, name)]
    bulk = (header(message, "Precedence") or "").lower()
    if bulk in ("bulk", "list", "junk"):
        evidence.append(f"Precedence: {bulk}")
    return _found(AutomaticKind.MAILING_LIST, min(0.97, 0.8 + 0.08 * len(evidence)), evidence, ()) if evidence else None


def _feedback(message: MailPart) -> Automatic | None:
    if _report_type(message) != "feedback-report":
        return None
    return _found(AutomaticKind.FEEDBACK_REPORT, 0.99, ["multipart/report; feedback-report"], ())


def _found(kind: AutomaticKind, confidence: float, evidence: list[str], about: tuple[str, ...]) -> Automatic:
    return Automatic(kind=kind, confidence=confidence, evidence=tuple(evidence), refers_to=about[-1] if about else None)
