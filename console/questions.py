"""What an operator is asked: every question with all its answers, and the doubtful ones with their two likeliest.

"What is it?" and "who writes?" are one question here, the *outcome* (``portal_only:association``): together they say
what becomes of an item, and asked apart they could contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailroom.decision import Decision, Disposition, Sector, Service, Topic
from mailroom.finding import Examination, Finding, PaperKind

SENDERS = ("delegate", "association", "professional", "legal_person")
ELSEWHERE = ("misdirected", "spam", "newsletter")
REPORTS = ("auto_reply", "bounce", "pec_receipt", "read_receipt", "invoice_exchange")
OUTCOMES: tuple[str, ...] = (
    Disposition.CASE.value,
    Disposition.FOLLOW_UP.value,
    Disposition.DUPLICATE.value,
    *(f"{Disposition.PORTAL_ONLY.value}:{who}" for who in SENDERS),
    *(f"{Disposition.NOT_FOR_US.value}:{what}" for what in ELSEWHERE),
    *(f"{Disposition.SERVICE_MESSAGE.value}:{what}" for what in REPORTS),
    Disposition.UNREADABLE.value,
)
CHOICES: Mapping[str, tuple[str, ...]] = {
    "outcome": OUTCOMES,
    "service": tuple(service.value for service in Service),
    "sector": tuple(sector.value for sector in Sector),
    "topic": tuple(topic.value for topic in Topic),
}
PAPER_KINDS = tuple(kind.value for kind in PaperKind)
ABOUT_A_CASE = ("service", "sector", "topic")
PRESENT: Mapping[str, tuple[str, str]] = {
    "signature": ("signature", "present"),
    "prior_complaint": ("quoted_complaint", "present"),
}
"""What an operator can say is there although no paper shows it: requirement, and the finding that fulfils it."""
SURE = 0.8
"""From here on a question is not asked; its select stands ready all the same."""
TWIN = "Molto simile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    value: str
    share: float | None
    """Probability, where one is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    kind: str
    answers: tuple[Answer, ...]
    """Likeliest first."""


def outcome_of(decision: Decision | None) -> str | None:
    """What was decided, as one of `OUTCOMES`; None before a decision."""
    if decision is None:
        return None
    full = f"{decision.disposition.value}:{decision.detail}"
    known = next((o for o in OUTCOMES if o in (full, decision.disposition.value)), None)
    # A detail that nobody can choose (a piece that was joined) is not to be taken for one of the others.
    return known or (_first_of(decision) if decision.detail is None else None)


def _first_of(decision: Decision) -> str | None:
    return next((o for o in OUTCOMES if o.startswith(decision.disposition.value)), None)


def asked(examination: Examination | None, decision: Decision | None) -> tuple[Question, ...]:
    """The doubtful questions with two answers each, at least one: what is it?"""
    if examination is None:
        return ()
    outcomes = tuple(_outcomes(examination, decision))[:2]
    clear = decision is not None and decision.disposition is Disposition.CASE and (outcomes[0].share or 0) >= SURE
    clear = clear and not _has_twin(decision)
    found = [] if clear else [Question(kind="outcome", answers=outcomes)]
    if decision is None or decision.disposition is Disposition.CASE:
        found += [q for kind in ("service", "sector") if (q := _doubtful(kind, examination.best(kind))) is not None]
    return tuple(found) or (Question(kind="outcome", answers=outcomes),)


def _doubtful(kind: str, finding: Finding | None) -> Question | None:
    if finding is None or finding.confidence >= SURE:
        return None
    shares = {finding.value: finding.confidence}
    for value, share in finding.alternatives:
        shares.setdefault(value, share)
    answers = tuple(Answer(value=value, share=share) for value, share in shares.items() if value in CHOICES[kind])
    return Question(kind=kind, answers=answers[:2]) if len(answers) > 1 else None


def _outcomes(examination: Examination, decision: Decision | None) -> Iterator[Answer]:
    """What was decided first, then the others as likely as the mail and its writer make them."""
    mail, sender = _shares(examination.best("mail")), _shares(examination.best("sender_kind"))
    submission = mail.get("submission", 0.5)
    shares = {"case": submission * sender.get("private", 0.5)}
    shares |= {f"portal_only:{who}": submission * sender.get(who, 0.0) for who in SENDERS}
    shares |= {f"not_for_us:{what}": mail.get(what, 0.0) for what in ELSEWHERE}
    decided = outcome_of(decision)
    ranked = sorted(shares, key=lambda outcome: -shares[outcome])
    twins = _has_twin(decision)
    order = [decided, *(["duplicate"] if twins else []), *ranked]
    for outcome in dict.fromkeys(outcome for outcome in order if outcome):
        yield Answer(value=outcome, share=shares.get(outcome))


def _has_twin(decision: Decision | None) -> bool:
    return decision is not None and any(reason.startswith(TWIN) for reason in decision.review_reasons)


def _shares(finding: Finding | None) -> dict[str, float]:
    return {**dict(finding.alternatives), finding.value: finding.confidence} if finding else {}
