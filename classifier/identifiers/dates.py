"""Dates in Italian text: ``12/01/2026``, ``12.1.26``, ``12 gennaio 2026``, ``1° luglio``. Values are ISO dates."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from classifier.reading_view import Passage
from classifier.spotting import folded

_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
    "novembre", "dicembre",
)  # fmt: skip
_NUMERIC = folded(r"(?<![\d/.])(\d{1,2})[/.\-](\d{1,2})[/.\-]((?:19|20)?\d\d)(?![\d/])")
_WORDED = folded(
    r"(?<!\d)(\d{1,2})[°º^o]?[ .]{1,2}(gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic)([a-z]*)(?:[ .,]{1,3}(?:del )?((?:19|20)\d\d))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    day: date
    start: int
    end: int
    year_told: bool


def find(passage: Passage, *, year: int | None = None) -> Iterator[Dated]:
    """Dates in order of place; without a year in the text, `year` (that of the envelope) is assumed or it is skipped."""
    for match in passage.find(_NUMERIC):
        full = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        yield from _dated(full, int(match[2]), int(match[1]), match.span(), told=True)
    for match in passage.find(_WORDED):
        name = match[2] + match[3]
        month = next((n for n, m in enumerate(_MONTHS, 1) if m == name or (not match[3] and m[:3] == name)), None)
        if month is None or (match[4] is None and year is None):
            continue
        yield from _dated(int(match[4] or year or 0), month, int(match[1]), match.span(), told=match[4] is not None)


def _dated(year: int, month: int, day: int, span: tuple[int, int], *, told: bool) -> Iterator[Dated]:
    try:
        yield Dated(day=date(year, month, day), start=span[0], end=span[1], year_told=told)
    except ValueError:
        return
