"""Dates of mail headers: RFC 5322, its obsolete forms (RFC 822), and what Italian programs write instead."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan gen", "feb", "mar", "apr", "may mag", "jun giu", "jul lug", "aug ago", "sep set", "oct ott", "nov",
         "dec dic"), 1
    )
    for name in names.split()
}  # fmt: skip
_HOURS = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1, "cest": 2,
    "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_TIME = re.compile(r"(?<![\d:])(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")
_WORDED = re.compile(r"\b(\d{1,2})[\s.\-/]+([A-Za-z]{3})[a-zà-ù]*[\s.,\-/]+(\d{4}|\d{2})\b")
_AMERICAN = re.compile(
    r"\b([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(?:\d{1,2}[:.]\d{2}\S*\s+(?:[A-Z]{3,4}\s+)?)?(\d{4})\b"
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})\b|\b([A-Za-z]{1,4})\b")
LONGEST = 200


def moment(text: str | None) -> datetime | None:
    """An aware UTC time; None for what is no date or lies outside 1970–2100. A missing zone is taken as UTC."""
    if not text:
        return None
    text = re.sub(r"\s+", " ", text[:LONGEST]).strip()
    try:
        when = _regular(text) or _irregular(text)
        when = when.astimezone(UTC) if when is not None else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return when if when is not None and 1970 <= when.year <= 2100 else None


def _regular(text: str) -> datetime | None:
    try:
        parts = parsedate_tz(re.sub(r"\([^()]*\)", " ", text))
        if parts is not None and 100 < parts[0] < 200:
            parts = (parts[0] + 1900, *parts[1:])  # programs that counted years from 1900
        if parts is None or parts[0] < 1970:
            return None
        seconds = parts[9] or _named(text)  # the library knows American zones only
        return datetime(*parts[:6], tzinfo=timezone(timedelta(seconds=seconds)))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _irregular(text: str) -> datetime | None:
    day = _day(text)
    if day is None:
        return None
    clock = _TIME.search(text)
    hour, minute, second = (int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else (0, 0, 0)
    return datetime(*day, hour, minute, min(second, 59), tzinfo=timezone(timedelta(seconds=_named(text))))


def _day(text: str) -> tuple[int, int, int] | None:
    if found := _ISO.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := _WORDED.search(text)) and (month := _MONTHS.get(found[2].lower())):
        return _year(found[3]), month, int(found[1])
    if (found := _AMERICAN.search(text)) and (month := _MONTHS.get(found[1].lower())):
        return int(found[3]), month, int(found[2])
    if found := _SLASHED.search(text):
        return _year(found[3]), int(found[2]), int(found[1])
    return None


def _year(digits: str) -> int:
    year = int(digits)
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _named(text: str) -> int:
    """Seconds east of Greenwich, by the last number or name of a zone in the text; 0 if it has none."""
    clock = _TIME.search(text)
    rest = text[clock.end() :] if clock else ""
    for found in _ZONE.finditer(rest):
        if found[1]:
            seconds = int(found[2]) * 3600 + int(found[3]) * 60
            return (-seconds if found[1] == "-" else seconds) if seconds < 86_400 else 0
        if found[4].lower() in _HOURS:
            return _HOURS[found[4].lower()] * 3600
    return 0
