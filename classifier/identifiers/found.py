"""One place where an identifier stands: its value, the passage and span, how sure, and how it was read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from classifier.reading_view import Passage
from mailroom.finding import Evidence, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    value: str
    passage: Passage
    start: int
    end: int
    confidence: float
    note: str | None = None
    """How it was repaired, or what is wrong with it."""
    broken: bool = False
    """Something of this form stands there, but no reading of it is valid."""
    labelled: bool = False
    """A label right before it says what it is."""

    @property
    def evidence(self) -> Evidence:
        return self.passage.evidence(self.start, self.end, self.note)

    def finding(self, kind: str, *, by: str, confidence: float | None = None) -> Finding:
        sure = self.confidence if confidence is None else confidence
        return Finding(kind=kind, value=self.value, confidence=round(sure, 3), evidence=(self.evidence,), by=by)


_BROKEN = re.compile(r"\n(?<=\d\n)(?=\d[\d ]{1,8}[.,;)]?[ ]*(?:\n|$))")
_FULL_LINE = 45


def unbroken(plain: str) -> str:
    """`plain` with a blank where a full line's end broke a number whose last groups stand alone on the next."""
    return _BROKEN.sub(lambda m: "\n" if m.start() - plain.rfind("\n", 0, m.start()) < _FULL_LINE else " ", plain)


def before(passage: Passage, start: int, width: int = 40) -> str:
    """The folded words right before a span, line ends as blanks."""
    return passage.plain[max(0, start - width) : start].replace("\n", " ")


def distinct(founds: list[Found]) -> dict[str, list[Found]]:
    """Places by value, values in the order of their first place."""
    places: dict[str, list[Found]] = {}
    for found in founds:
        places.setdefault(found.value, []).append(found)
    return places
