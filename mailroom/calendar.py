"""Italian working days, and the promise of an answer with the case code within three of them.

National holidays are data with the year they began (law 260/1949 and changes; Saint Francis from 2026); the patron's
day of the office's town comes by configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")
FIXED: tuple[tuple[int, int, int], ...] = (
    (1, 1, 0), (1, 6, 0), (4, 25, 0), (5, 1, 0), (6, 2, 2001), (8, 15, 0), (10, 4, 2026), (11, 1, 0), (12, 8, 0),
    (12, 25, 0), (12, 26, 0),
)  # fmt: skip
"""Month, day, first year of validity."""
ROME_PATRON = (6, 29)


def easter(year: int) -> date:
    """Gregorian Easter Sunday (Anonymous algorithm, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def patron(day: str) -> tuple[int, int] | None:
    """Month and day of ``MM-DD``; None for what is no day of a common year."""
    try:
        said = datetime.strptime(f"2001-{day}", "%Y-%m-%d")
    except ValueError:
        return None
    return said.month, said.day


@cache
def holidays(year: int, patron: tuple[int, int] | None = ROME_PATRON) -> frozenset[date]:
    days = {date(year, month, day) for month, day, since in FIXED if year >= since}
    days.add(easter(year) + timedelta(days=1))
    if patron:
        days.add(date(year, *patron))
    return frozenset(days)


def is_working_day(day: date, patron: tuple[int, int] | None = ROME_PATRON) -> bool:
    return day.weekday() < 5 and day not in holidays(day.year, patron)


def working_days_after(start: date, patron: tuple[int, int] | None = ROME_PATRON) -> Iterator[date]:
    """Working days strictly after `start`."""
    day = start
    while True:
        day += timedelta(days=1)
        if is_working_day(day, patron):
            yield day


def due_by(received_at: datetime, *, days: int = 3, patron: tuple[int, int] | None = ROME_PATRON) -> date:
    """The last day of the promise, counted in Rome from the day after arrival."""
    following = working_days_after(received_at.astimezone(ROME).date(), patron)
    return [next(following) for _ in range(days)][-1]
