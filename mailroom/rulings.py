"""The rulings behind the house rules: from all that is known to a judgement, or None if the rule misses. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from mailroom import services
from mailroom.case import is_ours
from mailroom.context import CaseChange, Judgement, KnownCase, Twin
from mailroom.decision import Applicant, Decision, Disposition, Reply, ReplyKind, Requirement, Supply
from mailroom.envelope import AutomaticKind, Channel
from mailroom.finding import READ_DIFFERENTLY, Finding, PaperKind
from mailroom.knowledge import Known
from mailroom.unreadable import left_unread, partly_unread, why_unreadable
from mailroom.way_back import NO_REPLY, nobody_told, reply_by, reply_to, silenced

DETAIL = {
    AutomaticKind.BOUNCE: "bounce",
    AutomaticKind.PEC_RECEIPT: "pec_receipt",
    AutomaticKind.READ_RECEIPT: "read_receipt",
    AutomaticKind.AUTO_REPLY: "auto_reply",
    AutomaticKind.FEEDBACK_REPORT: "bounce",
}
SCANT_WORDS = 30
"""Letters and digits below which a new case is left to a person."""
FEW_LINES = 400
"""Letters and digits of the words that come with further papers; who writes more has something new to say."""
LONG_LETTER = 3_000
VOUCHES = {"sender", "thread", "reply_token"}
"""Proofs that the writer has our answers or an address we know: a tax code or a supply many people may have read."""
FEW_WORDS = 3
"""Letters and digits below which nothing was said."""


def automatic_mail(known: Known) -> Judgement | None:
    kind = known.report
    if kind is None or kind not in DETAIL:
        return None
    code = known.value("case_code") if kind is AutomaticKind.AUTO_REPLY else None
    decision = Decision(
        disposition=Disposition.SERVICE_MESSAGE, detail=DETAIL[kind], case_code=code, needs_review=False, reply=NO_REPLY
    )
    threaded = known.context.threaded
    change = CaseChange(join=threaded[0].case.code if threaded else None, vouched=False)
    return Judgement(decision=decision, change=change)


def invoice_exchange(known: Known) -> Judgement | None:
    if known.report is not AutomaticKind.INVOICE_EXCHANGE:
        return None
    decision = Decision(
        disposition=Disposition.SERVICE_MESSAGE, detail="invoice_exchange", needs_review=False, reply=NO_REPLY
    )
    return Judgement(decision=decision)


def names_a_case(known: Known) -> Judgement | None:
    code = known.value("case_code")
    threaded = known.context.threaded
    if code is None and not threaded:
        return None
    if known.context.knows_cases:
        return _follow_up_with_ledger(known, code, threaded)
    return Judgement(decision=follow_up(known, code, ()))


def follow_up(known: Known, code: str | None, reasons: tuple[str, ...]) -> Decision:
    verdicts = known.verdicts(None)
    return Decision(
        disposition=Disposition.FOLLOW_UP,
        case_code=code,
        applicant=known.applicant,
        supply=known.supply,
        verdicts=verdicts,
        needs_review=bool(reasons),
        review_reasons=reasons,
        reply=reply_by(known, ReplyKind.ACKNOWLEDGEMENT, template="follow_up"),
    )


def _follow_up_with_ledger(known: Known, code: str | None, threaded: tuple[KnownCase, ...]) -> Judgement:
    """Two proofs: the code, and one of sender, tax code, supply, the thread or the reply code of our own
    answer."""
    named = next((k for k in known.context.named if k.case.code == code), None)
    target = named or (threaded[0] if threaded and code is None else None)
    if target is None:
        doubt = "Il codice ha una cifra di controllo errata." if code and len(code) == 13 and not is_ours(code) else ""
        reason = f"Il codice {code} non corrisponde a nessuna pratica. {doubt}".strip()
        return Judgement(decision=follow_up(known, code, (reason,)))
    proofs = _proofs(known, target, by_code=named is not None)
    change = CaseChange(
        join=target.case.code if len(proofs) >= 2 else None,
        suggest=(target.case.code,) if len(proofs) < 2 else (),
        completes=_brings(known, target),
    )
    doubt = f"Collegamento alla pratica {target.case.code} da confermare: una prova sola."
    reasons = () if len(proofs) >= 2 else (doubt,)
    change = replace(change, vouched=bool(VOUCHES & set(proofs)))
    decision = replace(follow_up(known, target.case.code, reasons), reply=reply_to_applicant(known, target))
    return Judgement(decision=decision, change=change)


def reply_to_applicant(known: Known, target: KnownCase) -> Reply:
    """Nothing of a case is told to an address that is not its applicant's: not to one that a letter merely names, nor
    to one from which somebody writes who knows code and tax code."""
    if silenced(known):
        return NO_REPLY
    who = target.case.applicant
    own = known.sender_email if known.sender_email in target.known_senders else None
    return reply_to(ReplyKind.ACKNOWLEDGEMENT, "follow_up", email=who.email or own, who=who)


def _proofs(known: Known, target: KnownCase, *, by_code: bool) -> tuple[str, ...]:
    return tuple(_all_proofs(known, target, by_code=by_code))


def _all_proofs(known: Known, target: KnownCase, *, by_code: bool) -> Iterator[str]:
    if by_code:
        yield "code"
    asked = known.query("")
    if set(known.came_from) & set(target.known_senders):
        yield "sender"
    if target.case.applicant.tax_code and target.case.applicant.tax_code in asked.tax_codes:
        yield "tax_code"
    if {target.case.supply.pod, target.case.supply.pdr} & set(asked.supplies):
        yield "supply"
    if set(asked.message_ids) & set(target.sent_message_ids):
        yield "thread"
    if set(asked.reply_tokens) & set(target.reply_tokens):
        yield "reply_token"


def not_for_us(known: Known) -> Judgement | None:
    mail = known.said("mail")
    if mail is None or mail.value == "submission":
        return None
    if mail.value in ("spam", "newsletter") and _gives_own_codes(known):
        return None
    if known.words < FEW_WORDS and not known.bulk:
        return None  # whoever wrote nothing did not write it to others
    if known.envelope.channel in (Channel.FAX, Channel.POST) and mail.confidence < known.policy.mail_confidence:
        return None
    misdirected = mail.value == "misdirected"
    doubt = () if mail.confidence >= known.policy.mail_confidence else (_doubt("Tipo di messaggio", mail.confidence),)
    reasons = (*doubt, *left_unread(known))
    who = known.applicant
    decision = Decision(
        disposition=Disposition.NOT_FOR_US,
        detail=mail.value,
        applicant=who if misdirected else Applicant(),
        supply=known.supply if misdirected else Supply(),
        verdicts=known.verdicts(None),
        needs_review=bool(reasons),
        review_reasons=reasons,
    )
    return Judgement(decision=decision)


def _gives_own_codes(known: Known) -> bool:
    """Advertisers know neither a tax code that holds nor a point of delivery: who gives one wants something of us."""
    return any(known.value(kind) for kind in ("applicant.tax_code", "supply.pod", "supply.pdr"))


def unreadable(known: Known) -> Judgement | None:
    if known.words >= FEW_WORDS and not known.garbled:
        return None
    reasons = tuple(why_unreadable(known))
    decision = Decision(
        disposition=Disposition.UNREADABLE,
        detail="blank" if known.blank or not (known.documents or known.garbled) else None,
        verdicts=known.verdicts(None),
        needs_review=bool(reasons),
        review_reasons=reasons,
        reply=reply_by(known, ReplyKind.ACKNOWLEDGEMENT, template="unreadable") if known.sender_email else NO_REPLY,
    )
    return Judgement(decision=decision)


def portal_only(known: Known) -> Judgement | None:
    sender = known.said("sender_kind")
    if sender is None or sender.value == "private":
        return None
    who = known.applicant
    if sender.value == "professional":
        who = replace(who, tax_code=None)
    else:
        who = Applicant(email=known.sender_email or who.email)
    untold = nobody_told(known, "chi scrive non saprebbe che deve usare il Portale.", ReplyKind.PORTAL_ONLY)
    reasons = (*_sender_doubt(known), *untold)
    decision = Decision(
        disposition=Disposition.PORTAL_ONLY,
        detail=sender.value,
        applicant=who,
        supply=known.supply,
        verdicts=known.verdicts(None),
        needs_review=bool(reasons),
        review_reasons=reasons,
        reply=reply_by(known, ReplyKind.PORTAL_ONLY),
        answer_due=known.answer_due,
    )
    return Judgement(decision=decision)


def duplicate(known: Known) -> Judgement | None:
    """The same submission again. People send it anew to add the paper they had forgotten: that completes the case."""
    twin = next((t for t in known.context.twins if _same_submission(known, t)), None)
    if twin is None:
        return None
    own = known.context.open_of_sender
    target = next((each for each in own if each.case.code == twin.case_code), None)
    brings = _brings(known, target) if target else ()
    decision = Decision(
        disposition=Disposition.DUPLICATE,
        applicant=known.applicant,
        supply=known.supply,
        case_code=twin.case_code,
        verdicts=known.verdicts(target.case.service if target else None),
        needs_review=False,
        reply=reply_to_applicant(known, target) if target and brings else NO_REPLY,
    )
    same_person = twin.same_tax_code or twin.same_supply or twin.same_sender
    change = CaseChange(join=twin.case_code, duplicate_of=twin.item_id, completes=brings, vouched=same_person)
    return Judgement(decision=decision, change=change)


def _same_submission(known: Known, twin: Twin) -> bool:
    """Sure enough to link unasked. The same form filled in for another supply, another person of the house or another
    bill is another matter, however similar; half the words, misread by the fax, are enough where person and numbers
    agree. The very same words from another address are the same letter only if they name their writer: texts that
    many people copy name nobody."""
    same_person = twin.same_tax_code or twin.same_supply or twin.same_sender
    if twin.exact:
        # Words of fewer than three letters and digits are not compared: the 12th of May or the 19th.
        return (same_person or known.names_itself) and not _speaks_of_another_bill(twin)
    other_supply = bool(known.query("").supplies) and not twin.same_supply
    if not same_person or other_supply or twin.other_tax_code or _speaks_of_another_bill(twin):
        return False
    agree = (twin.same_tax_code or twin.same_supply) and twin.same_numbers >= FEW_NUMBERS and not twin.other_numbers
    return twin.similarity >= (known.policy.likely_same_text if agree else known.policy.same_text)


FEW_NUMBERS = 3


def _speaks_of_another_bill(twin: Twin) -> bool:
    """Among few numbers one other one tells; among many, one may have been misread."""
    return twin.other_numbers > (1 if twin.same_numbers > FEW_NUMBERS else 0)


def further_sending(known: Known) -> Judgement | None:
    """What goes on with a recent sending of the same sender: before its code went out, or counting itself as a part.

    It joins by itself on two proofs, the sender and what it says of itself or whose supply it names; the rest is a
    person's to confirm."""
    received, says_so = known.envelope.received_at, known.said("further_sending") is not None
    if any(_same_submission(known, twin) for twin in known.context.twins):
        return None
    if received is None or known.written > (LONG_LETTER if says_so else FEW_LINES):
        return None
    window = timedelta(hours=known.policy.join_hours)
    recent = [
        target
        for target in known.context.open_of_sender
        if (target.coded_out_at is None or says_so)
        and abs(received - target.case.opened_at) <= window
        and set(known.query("").senders) & set(target.known_senders)
    ]
    if not recent:
        return None
    target = recent[0]
    same = set(_proofs(known, target, by_code=False))
    sure = "sender" in same and (says_so or bool(same & {"tax_code", "supply"}))
    if not sure or len(recent) > 1 or _is_of_another(known, target):
        reasons = ("Sembra il seguito di un invio recente dello stesso mittente: confermare il collegamento.",)
        change = CaseChange(suggest=tuple(each.case.code for each in recent))
        return Judgement(decision=follow_up(known, target.case.code, reasons), change=change)
    decision = replace(follow_up(known, target.case.code, ()), reply=reply_to_applicant(known, target))
    return Judgement(decision=decision, change=CaseChange(join=target.case.code, completes=_brings(known, target)))


def _is_of_another(known: Known, target: KnownCase) -> bool:
    """It names a person or a supply, and not the case's."""
    asked = known.query("")
    own = {target.case.supply.pod, target.case.supply.pdr} - {None}
    other_supply = bool(asked.supplies and own and not own & set(asked.supplies))
    theirs = target.case.applicant.tax_code
    return other_supply or bool(asked.tax_codes and theirs and theirs not in asked.tax_codes)


def _brings(known: Known, target: KnownCase) -> tuple[Requirement, ...]:
    brought = known.brought(known.verdicts(target.case.service))
    return tuple(r for r in target.case.missing if r in brought)


def new_case(known: Known) -> Judgement:
    service, sector, topic = known.service, known.sector, known.topic
    verdicts = known.verdicts(service)
    lacks = services.missing(service, sector, topic, known.brought(verdicts))
    reasons = (*_case_doubts(known), *_perhaps_brought(known, lacks))
    kind = ReplyKind.INTEGRATION_REQUEST if lacks else ReplyKind.ACKNOWLEDGEMENT
    decision = Decision(
        disposition=Disposition.CASE,
        service=service,
        service_confidence=known.confidence("service"),
        sector=sector,
        sector_confidence=known.confidence("sector"),
        topic=topic,
        topic_confidence=known.confidence("topic"),
        applicant=known.applicant,
        supply=known.supply,
        verdicts=verdicts,
        missing=lacks,
        needs_review=bool(reasons),
        review_reasons=reasons,
        reply=reply_by(known, kind),
        answer_due=known.answer_due,
    )
    # A doubtful case is opened by the person who looks at it: nobody is answered before.
    return Judgement(decision=decision, change=CaseChange(open_new=not reasons))


def _case_doubts(known: Known) -> Iterator[str]:
    policy = known.policy
    if known.share("mail", "submission") < policy.mail_confidence:
        yield _doubt("È davvero una richiesta per noi?", known.share("mail", "submission"))
    yield from _sender_doubt(known)
    for kind, label, least in (
        ("service", "Servizio", policy.service_confidence),
        ("sector", "Settore", policy.sector_confidence),
        ("topic", "Argomento", policy.topic_confidence),
    ):
        found = known.said(kind)
        if found is None or found.confidence < least:
            second = f"; oppure {found.alternatives[0][0]}" if found and found.alternatives else ""
            yield _doubt(f"{label}: {found.value if found else 'sconosciuto'}{second}", known.confidence(kind))
    if known.letters > 1:
        yield "Sembra contenere più lettere: tagliare la scansione dove comincia ciascuna."
    yield from nobody_told(known, "la pratica resterebbe senza il suo codice.")
    if not known.gives_no_way_back and known.context.answers_to_sender_today >= policy.answers_a_day:
        many = known.context.answers_to_sender_today
        yield f"A questo indirizzo sono già andate {many} risposte in un giorno: confermare che non scriva un automa."
    if known.words < SCANT_WORDS:
        yield "È scritto troppo poco per decidere da soli."
    yield from partly_unread(known)
    for finding in known.examination.all("broken_identifier"):
        told = READ_DIFFERENTLY if _was_read_otherwise(finding) else "non supera la verifica"
        yield f"Codice da controllare, {told}: {finding.value}"
    for finding in known.examination.all("disagreement"):
        yield f"Dati discordanti tra i documenti: {finding.value}"
    for twin in known.context.twins:
        if twin.similarity >= policy.likely_same_text and not _same_form_of_another(known, twin):
            other = ", ma con altri importi o date" if _speaks_of_another_bill(twin) else ""
            yield f"Molto simile a un invio già ricevuto ({twin.item_id}){other}"


def _perhaps_brought(known: Known, lacks: Sequence[Requirement]) -> Iterator[str]:
    """What would be asked for, although it may have been sent: nothing angers a citizen more."""
    if Requirement.TAX_CODE in lacks and (found := known.said("tax_code_other")) is not None:
        yield f"C'è il codice fiscale {found.value}, di un altro nome: confermare chi è il richiedente."
    if Requirement.PRIOR_COMPLAINT in lacks:
        for paper in known.examination.papers:
            if paper.kind is not PaperKind.COMPLAINT and paper.confidence < known.policy.paper_confidence:
                yield f"Manca il reclamo, se non è nel foglio {paper.first_page + 1} di un documento letto con dubbio."
                return


def _was_read_otherwise(finding: Finding) -> bool:
    return any(evidence.note == READ_DIFFERENTLY for evidence in finding.evidence)


def _same_form_of_another(known: Known, twin: Twin) -> bool:
    """A form letter that many send: this one names another person, or a person and a supply of which the twin shares
    neither; and the address is another one as well."""
    asked = known.query("")
    names_both = bool(asked.tax_codes and asked.supplies)
    same = twin.exact or twin.same_tax_code or twin.same_supply or twin.same_sender
    return (names_both or twin.other_tax_code) and not same


def _sender_doubt(known: Known) -> tuple[str, ...]:
    confidence = known.confidence("sender_kind")
    if confidence >= known.policy.sender_confidence:
        return ()
    return (_doubt("Chi scrive?", confidence),)


def _doubt(what: str, confidence: float) -> str:
    return f"{what} (sicurezza {confidence:.0%})"
