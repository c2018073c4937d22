"""The line that the sending fax machine prints along the top of a page: kept, but apart from what the person wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailroom.document import Word

_TOP = 0.045
"""Share of the page's height within which it stands."""
_MARKS = (
    re.compile(
        r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} ?[A-Z]{3} ?\d{2,4}\b", re.IGNORECASE
    ),
    re.compile(r"\b\d{1,2}[:.]\d{2}\b"),
    re.compile(r"\bpa?gi?[.:]? ?\d|\bp[.:] ?\d|\bpage\b|\d{1,3} ?/ ?\d{1,3}\s*$", re.IGNORECASE),
    re.compile(r"\+?\d[\d ]{6,}"),
    re.compile(r"\b(fax|da:|from:|a:|to:|tsi|id)\b", re.IGNORECASE),
)


def header_line(words: Sequence[Word]) -> int | None:
    """The number of the line that is the machine's, or None. Boxes are fractions of the page.

    Only the first line that stands at the very top, and only if it says two things that machines say.
    """
    top = [word for word in words if word.box[1] < _TOP and word.box[3] < 1.6 * _TOP]
    if not top:
        return None
    line = min(top, key=lambda word: word.box[1]).line
    text = " ".join(word.text for word in words if word.line == line)
    if sum(1 for mark in _MARKS if mark.search(text)) >= 2:
        return line
    return None
