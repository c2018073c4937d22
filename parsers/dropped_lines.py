"""Lines that a fax lost on the way: rows of white right through the letters, filled from their neighbours."""

from __future__ import annotations

import numpy as np

from parsers.picture import Pixels

_LONGEST = 2
"""Rows that a hole may have; more cannot be guessed."""
_LEAST_INK = 12
_LIKENESS = 0.3
"""Share of ink that the rows above and below must have in common: far less is the gap between two lines of writing."""


def refilled(grey: Pixels) -> tuple[Pixels, int]:
    """The page (black and white) with its holes filled, and how many there were."""
    ink = grey < 128
    counts = ink.sum(axis=1)
    empty = np.concatenate(([False], counts == 0, [False]))
    edges = np.flatnonzero(np.diff(empty.astype(np.int8))).reshape(-1, 2)
    holes = [
        (first, last)
        for first, last in edges
        if last - first <= _LONGEST and first > 0 and last < len(counts) and _alike(ink[first - 1], ink[last])
    ]
    if not holes:
        return grey, 0
    filled = grey.copy()
    for first, last in holes:
        filled[first:last] = (grey[first - 1].astype(np.uint16) + grey[last]) // 2
    return filled, len(holes)


def _alike(above: Pixels, below: Pixels) -> bool:
    common, most = int((above & below).sum()), max(int(above.sum()), int(below.sum()))
    return common >= _LEAST_INK and common > _LIKENESS * most
