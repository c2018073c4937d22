"""What a waiting case's days are, told to operators and citizens alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailroom.case import Case, CaseStatus
from mailroom.decision import Applicant, Requirement, Sector, Service, Supply, Topic
from mailroom.policy import Policy
from mailroom.timetable import Stand, Step, in_office_hours, last_day, timetable

OPENED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TERM = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)
ENDING, ENDLESS = Policy(closing_days=20), Policy()


def waiting(until: datetime | None = TERM, status: CaseStatus = CaseStatus.WAITING) -> Case:
    return Case(
        code="SPCEN00000017", service=Service.SMART_INFO, sector=Sector.GAS, topic=Topic.OTHER, status=status,
        applicant=Applicant(), supply=Supply(), missing=(Requirement.TAX_CODE,), opened_at=OPENED, waits_until=until,
    )  # fmt: skip


def stands(
    now: datetime, *, reminded_at: datetime | None = None, policy: Policy = ENDING
) -> dict[str, tuple[str, str]]:
    found = timetable(waiting(), reminded_at=reminded_at, now=now, policy=policy)
    return {each.step.value: (each.day.isoformat(), each.stand.value) for each in found}


def test_a_fresh_case_has_all_its_days_before_it() -> None:
    assert stands(OPENED) == {
        "reminder": ("2026-03-25", "ahead"),
        "term": ("2026-04-01", "ahead"),
        "last_day": ("2026-04-21", "ahead"),
    }
    assert list(stands(OPENED, policy=ENDLESS)) == ["reminder", "term"], "unless configured, no case ends by itself"


def test_days_that_have_come_and_gone_are_told() -> None:
    assert stands(datetime(2026, 3, 25, 7, 0, tzinfo=UTC))["reminder"] == ("2026-03-25", "due_today")
    assert stands(datetime(2026, 3, 26, 7, 0, tzinfo=UTC))["reminder"] == ("2026-03-25", "late")
    sent = datetime(2026, 3, 25, 8, 0, tzinfo=UTC)
    late = stands(datetime(2026, 4, 22, 8, 0, tzinfo=UTC), reminded_at=sent)
    assert late == {
        "reminder": ("2026-03-25", "done"),
        "term": ("2026-04-01", "late"),
        "last_day": ("2026-04-21", "late"),
    }


def test_a_reminder_that_was_late_gives_as_many_days_as_one_in_time() -> None:
    sent = datetime(2026, 4, 10, 8, 0, tzinfo=UTC)
    assert last_day(TERM, sent, ENDING) == date(2026, 4, 30)
    assert stands(sent, reminded_at=sent)["last_day"] == ("2026-04-30", "ahead")
    assert last_day(TERM, sent, ENDLESS) is None


@pytest.mark.parametrize(
    ("until", "day"),
    [
        (datetime(2026, 4, 1, 17, 30, tzinfo=UTC), date(2026, 3, 26)),  # 18.30 in Rome: the office is closed
        (datetime(2026, 4, 4, 10, 0, tzinfo=UTC), date(2026, 3, 30)),  # a Saturday
        (datetime(2026, 4, 12, 10, 0, tzinfo=UTC), date(2026, 4, 7)),  # Easter, and the Monday after it
    ],
)
def test_the_reminder_falls_on_a_working_day(until: datetime, day: date) -> None:
    found = timetable(waiting(until), reminded_at=None, now=OPENED, policy=ENDING)
    assert next(each.day for each in found if each.step is Step.REMINDER) == day


def test_a_case_that_waits_for_nothing_has_no_days() -> None:
    for case in (waiting(None), *(waiting(status=s) for s in CaseStatus if s is not CaseStatus.WAITING)):
        assert timetable(case, reminded_at=None, now=OPENED, policy=ENDING) == ()


def test_the_office_keeps_its_own_patrons_day() -> None:
    ambrose = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    assert in_office_hours(ambrose, ENDING)
    assert not in_office_hours(ambrose, replace(ENDING, patron_day="12-07"))


@pytest.mark.parametrize("hour", range(0, 24, 5))
@pytest.mark.parametrize("reminded_after", [-9, 0, 3])
def test_the_day_that_is_told_is_the_one_on_which_the_ledger_is_asked(hour: int, reminded_after: int) -> None:
    """Cases are given up whose time was over before a midnight in Rome, whatever the clock there does meanwhile."""
    until = datetime(2026, 10, 10, hour, 30, tzinfo=UTC)
    reminded = until + timedelta(days=reminded_after)
    told = last_day(until, reminded, ENDING)
    assert told is not None
    for after in (0, 1):
        noon = datetime(told.year, told.month, told.day, 12, tzinfo=UTC) + timedelta(days=after)
        found = timetable(waiting(until), reminded_at=reminded, now=noon, policy=ENDING)
        assert found[-1].stand is (Stand.LATE if after else Stand.TODAY)
