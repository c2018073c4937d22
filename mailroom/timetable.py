"""The days of a case that waits for what its citizen was asked to send: reminder, term and, if so configured, end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mailroom.calendar import ROME, is_working_day, patron
from mailroom.case import Case, CaseStatus
from mailroom.policy import Policy

REMIND_DAYS = 7
"""Days before the term from which a citizen may be reminded."""
OFFICE_HOURS = range(8, 18)
"""Hours in Rome, of working days, in which anybody is reminded or told that a case ends."""


class Step(StrEnum):
    REMINDER = "reminder"
    TERM = "term"
    """The day until which the case waits."""
    LAST_DAY = "last_day"
    """The last day on which something may still come: with the office's next one the case is closed."""


class Stand(StrEnum):
    DONE = "done"
    AHEAD = "ahead"
    TODAY = "due_today"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    step: Step
    day: date
    stand: Stand


def timetable(case: Case, *, reminded_at: datetime | None, now: datetime, policy: Policy) -> tuple[Milestone, ...]:
    """What is still to come of a case, and what is overdue; nothing for one that does not wait."""
    if case.status is not CaseStatus.WAITING or case.waits_until is None:
        return ()
    today = now.astimezone(ROME).date()
    if reminded_at is not None:
        reminder = Milestone(step=Step.REMINDER, day=reminded_at.astimezone(ROME).date(), stand=Stand.DONE)
    else:
        reminder = _milestone(Step.REMINDER, _reminder_day(case.waits_until, policy), today)
    found = [reminder, _milestone(Step.TERM, case.waits_until.astimezone(ROME).date(), today)]
    end = last_day(case.waits_until, reminded_at or now, policy)
    if end is not None:
        found.append(_milestone(Step.LAST_DAY, end, today))
    return tuple(found)


def last_day(waits_until: datetime | None, reminded_at: datetime, policy: Policy) -> date | None:
    """The last day on which something may still come; None where no case ends by itself."""
    if not policy.closing_days:
        return None
    latest = max(waits_until or reminded_at, reminded_at).astimezone(ROME).date()
    return latest + timedelta(days=policy.closing_days)


def reminder_key(code: str) -> str:
    """Key of the dispatch that reminds: a case has one reminder at most."""
    return f"reminder/{code}"


def in_office_hours(now: datetime, policy: Policy) -> bool:
    here = now.astimezone(ROME)
    return here.hour in OFFICE_HOURS and is_working_day(here.date(), patron(policy.patron_day))


def _reminder_day(waits_until: datetime, policy: Policy) -> date:
    """The working day on which the reminder falls due in office hours."""
    due = (waits_until - timedelta(days=REMIND_DAYS)).astimezone(ROME)
    day = due.date() + timedelta(days=due.hour >= OFFICE_HOURS.stop)
    while not is_working_day(day, patron(policy.patron_day)):
        day += timedelta(days=1)
    return day


def _milestone(step: Step, day: date, today: date) -> Milestone:
    stand = Stand.LATE if day < today else Stand.TODAY if day == today else Stand.AHEAD
    return Milestone(step=step, day=day, stand=stand)
