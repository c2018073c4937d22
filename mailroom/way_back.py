"""The way back to whoever wrote: whom an answer goes to and how, and what nobody can be told. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from mailroom.decision import Applicant, Reply, ReplyKind, Via
from mailroom.knowledge import Known

NO_REPLY = Reply(kind=ReplyKind.NONE, via=Via.NONE)


def reply_by(known: Known, kind: ReplyKind, template: str | None = None) -> Reply:
    """By e-mail where there is an address, by letter where the person wrote on paper and left none."""
    if silenced(known):
        return NO_REPLY
    who = _writer(known) if kind is ReplyKind.PORTAL_ONLY else known.applicant
    return reply_to(kind, template, email=who.email or known.sender_email, who=who)


def _writer(known: Known) -> Applicant:
    """Where a letter that no case follows comes from: an office's head, not the citizen whom it speaks of."""
    who, address = known.applicant, known.value("writer.address")
    return who if address in (None, who.address) else Applicant(email=who.email, address=address)


def reply_to(kind: ReplyKind, template: str | None, *, email: str | None, who: Applicant) -> Reply:
    if email:
        return Reply(kind=kind, via=Via.EMAIL, to=email, template=template)
    if who.address:
        name = " ".join(filter(None, (who.first_name, who.last_name))) or None
        return Reply(kind=kind, via=Via.LETTER, to=who.address, name=name, template=template)
    return NO_REPLY


def silenced(known: Known) -> bool:
    """Whom no machine answers by itself: who gives no way back, mailing lists, and who has had his answers today."""
    return known.gives_no_way_back or known.context.answers_to_sender_today >= known.policy.answers_a_day


def nobody_told(known: Known, so: str, kind: ReplyKind = ReplyKind.ACKNOWLEDGEMENT) -> Iterator[str]:
    """The doubt about something that its writer must be told and can't be: `so` is what would follow."""
    if known.gives_no_way_back:
        yield f"Il messaggio non accetta risposte automatiche: {so}"
    elif not silenced(known) and reply_by(known, kind).via is Via.NONE:
        yield f"Non c'è un indirizzo a cui rispondere: {so}"
