"""The line that the sending fax machine prints along the top of a page: kept, but apart from what the person wrote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from mailroom.document import Word

_TOP, _BOTTOM = 0.035, 0.055
"""Shares of the page's height: what ends above the first is the machine's, below the second never."""
_MARKS = (
    re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} ?[A-Z]{3} ?\d{2,4}\b"),
    re.compile(r"\b\d{1,2}[:.]\d{2}\b"),
    re.compile(r"\bpa?g(ina)?\b[.:]?|\bp[.:] ?\d|\bpage\b|\d{1,3} ?/ ?\d{1,3}\s*$", re.IGNORECASE),
    re.compile(r"\+?\d[\d ]{6,}"),
    re.compile(r"\b(fax|tsi|id)\b|\b(da|from) ?:.*\b(a|to) ?:", re.IGNORECASE),
)
_TIME, _PAGE = _MARKS[1:3]
_ONLY_BOTTOM = 0.1
"""Machines that pass a fax on print a line of their own below the first: nothing else may stand on the page then."""
_OF_A_PERSON = re.compile(r"\b(?!(?:from|page|pagina|inviato|ricevuto|sent|received|date|time)\b)[a-zà-ü]{4,}\b")
"""Machines print names and numbers; a note of one line is made of words."""


def header_lines(words: Sequence[Word]) -> frozenset[int]:
    """The numbers of the lines that are the machine's; boxes are fractions of the page.

    Only lines at the very top, and only if together they say two things that machines say. A sheet drawn in askew
    is straightened, and the machine's line falls into pieces by that.
    """
    bottoms: dict[int, float] = {}
    for word in words:
        bottoms[word.line] = max(bottoms.get(word.line, 0.0), word.box[3])
    said = {line: " ".join(word.text for word in words if word.line == line) for line in bottoms}
    if _only_machines_speak(bottoms.values(), said.values()):
        return frozenset(bottoms)
    top = [line for line, bottom in bottoms.items() if bottom < _BOTTOM]
    whole = " ".join(said[line] for line in top)
    if sum(1 for mark in _MARKS if mark.search(whole)) < 2:
        return frozenset()
    return frozenset(line for line in top if bottoms[line] < _TOP or any(mark.search(said[line]) for mark in _MARKS))


def _only_machines_speak(bottoms: Iterable[float], lines: Collection[str]) -> bool:
    """Whether the page holds nothing but such lines, and one of them tells the hour or counts pages."""
    whole = " ".join(lines)
    if not lines or max(bottoms) >= _ONLY_BOTTOM or _OF_A_PERSON.search(whole):
        return False
    if not all(any(mark.search(line) for mark in _MARKS) for line in lines):
        return False
    return bool(_TIME.search(whole) or _PAGE.search(whole)) and sum(bool(mark.search(whole)) for mark in _MARKS) >= 2
