"""How the applicant can be reached: the telephone and the e-mail address that are theirs, not anybody's in the text."""

# ruff: noqa: E501
from __future__ import annotations

import re

from classifier.fields import Places, ranked_values
from classifier.identifiers.found import Found
from classifier.reading_view import View
from mailroom.envelope import Channel
from mailroom.finding import Evidence, Finding, PaperKind, Where


def phone_findings(places: Places) -> list[Finding]:
    """`applicant.phone`: from the writer's own words, else from their complaint; never the supplier's."""

    def weigh(found: Found) -> float:
        passage = found.passage
        if passage.own:
            weight = 1.0
        elif passage.paper is PaperKind.COMPLAINT:
            weight = 0.8
        elif passage.where is Where.QUOTED:
            weight = 0.55 if (found.labelled or found.value.startswith("+393")) and _near_person(found) else 0.3
        elif passage.paper in (PaperKind.CONTRACT, PaperKind.DELEGATION) and found.labelled:
            weight = 0.5
        else:
            weight = 0.0
        weight += 0.1 if found.labelled else 0.0
        weight += 0.15 if found.note == "mine" else 0.0
        weight -= 0.45 if _not_the_writers(found) else 0.0
        weight -= 0.9 if _RUNG_UP.search(found.passage.plain[max(0, found.start - 40) : found.start]) else 0.0
        weight -= 0.9 if _callers(found) else 0.0
        return weight

    ranked = [r for r in ranked_values(places.phones, weigh) if r[1] >= 0.5]
    if not ranked:
        return []
    value, _, found = ranked[0]
    sure = found.confidence - (0.15 if len(ranked) > 1 else 0.0)
    return [
        Finding(
            kind="applicant.phone",
            value=value,
            confidence=round(sure, 3),
            evidence=(found.passage.evidence(found.start, found.end),),
            by="phone/1",
            alternatives=tuple((v, round(0.3 * w, 3)) for v, w, _ in ranked[1:4]),
        )
    ]


_FOREIGN_PHONE = re.compile(
    r"(?:numero verde|call ?center|servizio clienti|assistenza|centralino|avv|studio|tecnic\w+|loro numero|dal numero|"
    r"chiamat\w+ (?:al|il|dal)|numero (?:che|da cui|con cui)|prefisso|ricevut\w+ (?:una )?(?:chiamata|telefonata)|vicin[oa]|amministratore|fornitore al|ufficio|sportello)[^;\n]{0,30}$"
)


_RUNG_UP = re.compile(r"(?:\b(?:chiamato|telefonato)|(?<!al )(?<!mio )(?<!il )\btelefono) (?:allo?|lo|al) $")


_CALLERS = re.compile(
    r"(?:numero (?:che|da cui|con cui) (?:mi |ci |le |gli )?(?:ha(?:nno)? )?(?:chiam|telefon|scri)\w*|(?:chi|che) (?:mi |ci )?(?:chiamava|telefonava)\w*|"
    r"(?:messaggi\w*|sms|whatsapp|squill\w*|telefonat[ae]|chiamat[ae]|chiama\w{0,3}|telefona\w{0,3})(?: (?!al)\S+){0,6} (?:dal(?: numero)?|dallo|da un|da questo)|"
    r"(?:recupero crediti|riscossione)(?: [^\s;]+){0,4}|\b(?:lei|lui|quello|quella|costui|signor[ae]) (?:[^\s;]+ ){0,3}(?:aveva|usava))"
    r"(?: (?:e'?|era|sempre|il|lo|numero|un|di|uno|questo|tel\S*|cell\S*|prefisso|:)){0,5}[ :.(]*$"
)
_THEIRS_AFTER = re.compile(
    r"^[ ,)]{0,3}(?:che (?:vedete|leggete|trovate)\b[^.;\n]{0,30} )?(?:e'? |era )?(?:di|il|quello|dei|degli|della|del) (?:quei|quelli|quelle|quello|loro|chi|call|recupero|una? (?:signor|tale|cert))"
)


def _callers(found: Found) -> bool:
    """The number from which somebody rang or wrote to the writer."""
    passage = found.passage
    ahead = passage.plain[max(0, found.start - 90) : found.start].replace("\n", " ")
    return bool(_CALLERS.search(ahead)) or bool(_THEIRS_AFTER.match(passage.plain[found.end : found.end + 60]))


def _not_the_writers(found: Found) -> bool:
    ahead = found.passage.plain[max(0, found.start - 60) : found.start].replace("\n", " ")
    return bool(_FOREIGN_PHONE.search(ahead))


_OFFICE_SPEAKS = re.compile(
    r"gentil\w+ (?:client|utent|signor)|servizio clienti|ufficio (?:reclami|clienti)|la informiamo|le comunichiamo"
)


def _near_person(found: Found) -> bool:
    near = found.passage.plain[max(0, found.start - 300) : found.end + 200]
    if _OFFICE_SPEAKS.search(near):
        return False
    return bool(re.search(r"reclamo|cliente|codice fiscale|abito|residente|chiedo", near))


_ASKED = re.compile(
    r"(?:rispond\w*|risposta|scriv\w+|mandat\w*|inviat\w*|comunicazion\w*|contattat\w*|contattar\w*|recapito|indirizzat\w*|"
    r"usate|preferisco)[^.;!?@]{0,80}$"
)
_NOT_MINE = re.compile(
    r"(?:scritto|inviat[oa]|mandat[oa]|reclam\w+|spedit[oa]|inoltrat[oa]|loro|servizio clienti|fornitore|"
    r"avv\w*|a mezzo|ricevut[oa]|da parte)[^.;!?@]{0,60}$"
)
_NOBODYS = re.compile(
    r"(?:no-?_?\.?reply|do-?not-?reply|non-?rispondere|mailer-daemon|postmaster|newsletters?|news|promo|promozioni|offerte|marketing|"
    r"notifiche|avvisi)\b[^@]*@"
)
"""Mailboxes at which nobody reads an answer."""
_OURS = re.compile(r"sportello|acquirenteunico|arera")


def email_findings(places: Places, view: View) -> list[Finding]:
    """`applicant.email`: where the person wants the answer; the sender's address unless the text asks for another."""
    envelope = view.envelope
    own_recipients = {a.email.lower() for a in (*envelope.recipients, *envelope.copied) if a.email}
    written = [f for f in places.emails if f.value not in own_recipients and not _OURS.search(f.value)]
    asked = [f for f in written if f.passage.own and _asks(f)]
    if envelope.channel in (Channel.EMAIL, Channel.PEC):
        sender = envelope.sender.email.lower() if envelope.sender and envelope.sender.email else None
        if asked and (sender is None or asked[-1].value != sender):
            best = asked[-1]
            alternatives = ((sender, 0.2),) if sender else ()
            return [
                Finding(
                    kind="applicant.email",
                    value=best.value,
                    confidence=0.88,
                    evidence=(best.evidence,),
                    by="email/1",
                    alternatives=alternatives,
                )
            ]
        if sender is None or _NOBODYS.match(sender):
            return []
        evidence = Evidence(where=Where.HEADER, text=sender, note="mittente")
        return [Finding(kind="applicant.email", value=sender, confidence=0.96, evidence=(evidence,), by="email/1")]
    mine = asked or [f for f in written if f.passage.own and not _is_foreign(f)]
    mine = mine or [f for f in written if f.passage.paper is PaperKind.COMPLAINT and not _is_foreign(f)]
    if not mine:
        return []
    best = mine[0]
    return [best.finding("applicant.email", by="email/1", confidence=best.confidence if best.labelled else 0.9)]


def _asks(found: Found) -> bool:
    ahead = found.passage.plain[max(0, found.start - 110) : found.start].replace("\n", " ")
    sentence = re.split(r"[.;!?] ", ahead)[-1]
    return bool(_ASKED.search(sentence)) and not _NOT_MINE.search(sentence)


def _is_foreign(found: Found) -> bool:
    ahead = found.passage.plain[max(0, found.start - 80) : found.start].replace("\n", " ")
    sentence = re.split(r"[.;!?] ", ahead)[-1]
    return bool(_NOT_MINE.search(sentence)) and not found.labelled
