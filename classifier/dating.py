"""The date of a paper: the one beside the place at its head or foot, else the first that calls itself its date."""

from __future__ import annotations

import re

from classifier.identifiers import dates
from classifier.reading_view import Passage
from mailroom.finding import Where

_PLACE_BEFORE = re.compile(r"(?:^|\n)[^\n\d]{0,40}(?:,| li| il|data:?|del)? ?$")


def date_of(plain: str) -> str | None:
    """ISO date, or None."""
    passage = Passage(where=Where.DOCUMENT, text=plain[:6000], plain=plain[:6000])
    told = [d for d in dates.find(passage) if d.year_told]
    for dated in sorted(told, key=lambda d: d.start):
        if _PLACE_BEFORE.search(passage.plain[max(0, dated.start - 60) : dated.start]):
            return dated.day.isoformat()
    return told[0].day.isoformat() if told else None
