"""What a person has decided: the rules fill in what follows from it, and ask nothing again.

The person's word is a finding ``disposition`` (with ``disposition_detail`` where it has one). Reasons to hold remain
only where something is lacking without which nothing can be done: a follow-up needs the case that it follows. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from mailroom import rulings
from mailroom.case import new_code
from mailroom.context import CaseChange, Judgement
from mailroom.decision import Decision, Disposition, ReplyKind
from mailroom.finding import Finding
from mailroom.knowledge import Known
from mailroom.way_back import NO_REPLY, reply_by

NOT_FOR_US = ("spam", "newsletter", "misdirected")


def person_decides(known: Known) -> Judgement | None:
    said = known.said("disposition")
    if said is None or not said.by.startswith("person:"):
        return None
    rule = next((rule for disposition, rule in _RULES.items() if disposition.value == said.value), None)
    # How many answers a day are enough is a guard against robots: whom a person has looked at is none.
    seen = replace(known, context=replace(known.context, answers_to_sender_today=0))
    return rule(seen) if rule is not None else None


def _case(known: Known) -> Judgement:
    return replace(_settled(rulings.new_case(known)), change=CaseChange(open_new=True))


def _follow_up(known: Known) -> Judgement:
    code = known.value("case_code")
    if not known.context.knows_cases:
        return Judgement(decision=rulings.follow_up(known, code, ()))
    if code is None:
        target = next(iter(known.context.threaded), None)
    else:
        target = next((k for k in known.context.named if k.case.code == code), None)
    if target is None:
        return Judgement(decision=rulings.follow_up(known, code, tuple(_lacks(code))))
    brought = known.brought(known.verdicts(target.case.service))
    change = CaseChange(join=target.case.code, completes=tuple(r for r in target.case.missing if r in brought))
    decision = rulings.follow_up(known, target.case.code, ())
    return Judgement(decision=replace(decision, reply=rulings.reply_to_applicant(known, target)), change=change)


def _lacks(code: str | None) -> Iterator[str]:
    if code is None:
        yield "Indicare il codice della pratica."
    elif len(code) == len(new_code(1)):
        # Codes of other lengths are of before the gateway: a person may know what our books don't.
        yield f"Il codice {code} non corrisponde a nessuna pratica."


def _duplicate(known: Known) -> Judgement:
    twin = max(known.context.twins, key=lambda t: (t.exact, t.similarity), default=None)
    named = next((k.case.code for k in known.context.named), None)
    code = named or (twin.case_code if twin else None)
    decision = Decision(
        disposition=Disposition.DUPLICATE,
        applicant=known.applicant,
        supply=known.supply,
        case_code=code,
        verdicts=known.verdicts(None),
        needs_review=False,
    )
    return Judgement(decision=decision, change=CaseChange(join=code, duplicate_of=twin.item_id if twin else None))


def _portal_only(known: Known) -> Judgement:
    detail = _detail(known)
    sender = known.said("sender_kind")
    kind = detail or (sender.value if sender and sender.value != "private" else "delegate")
    told = Finding(kind="sender_kind", value=kind, confidence=1.0, by="person:")
    others = tuple(f for f in known.examination.findings if f.kind != "sender_kind")
    judgement = rulings.portal_only(replace(known, examination=replace(known.examination, findings=(*others, told))))
    assert judgement is not None
    return _settled(judgement)


def _service_message(known: Known) -> Judgement:
    detail = _detail(known) or (rulings.DETAIL[known.report] if known.report else "auto_reply")
    threaded = known.context.threaded
    decision = Decision(disposition=Disposition.SERVICE_MESSAGE, detail=detail, needs_review=False, reply=NO_REPLY)
    change = CaseChange(join=threaded[0].case.code if threaded else None, vouched=False)
    return Judgement(decision=decision, change=change)


def _not_for_us(known: Known) -> Judgement:
    mail = known.said("mail")
    said = _detail(known) or (mail.value if mail else None)
    decision = Decision(
        disposition=Disposition.NOT_FOR_US,
        detail=said if said in NOT_FOR_US else "misdirected",
        verdicts=known.verdicts(None),
        needs_review=False,
    )
    return Judgement(decision=decision)


def _unreadable(known: Known) -> Judgement:
    reply = reply_by(known, ReplyKind.ACKNOWLEDGEMENT, template="unreadable")
    decision = Decision(disposition=Disposition.UNREADABLE, needs_review=False, reply=reply)
    return Judgement(decision=decision)


def _detail(known: Known) -> str | None:
    found = known.said("disposition_detail")
    return found.value or None if found is not None and found.by.startswith("person:") else None


def _settled(judgement: Judgement) -> Judgement:
    return replace(judgement, decision=replace(judgement.decision, needs_review=False, review_reasons=()))


_RULES: Mapping[Disposition, Callable[[Known], Judgement]] = {
    Disposition.CASE: _case,
    Disposition.FOLLOW_UP: _follow_up,
    Disposition.DUPLICATE: _duplicate,
    Disposition.PORTAL_ONLY: _portal_only,
    Disposition.SERVICE_MESSAGE: _service_message,
    Disposition.NOT_FOR_US: _not_for_us,
    Disposition.UNREADABLE: _unreadable,
}
