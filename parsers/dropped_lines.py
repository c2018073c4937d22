"""Lines that a fax lost on the way: rows of white right through the letters, filled from their neighbours."""

from __future__ import annotations

import numpy as np

from parsers.picture import Pixels

_LONGEST = 2
"""Rows that a hole may have; more cannot be guessed."""
_LEAST_INK = 12
_LIKENESS = 0.35
"""Share of the lesser row's ink that the other must have too. Where a hole takes the upper edge of the small letters,
the row above holds only stems, but these go on below; across the gap between two lines of writing less is alike."""


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
        # Two lost rows are each like the row beside them; half-tones in both would blur what is left of a stroke.
        filled[first:last] = (grey[first - 1].astype(np.uint16) + grey[last]) // 2
        if last - first > 1:
            filled[first], filled[last - 1] = grey[first - 1], grey[last]
    return filled, len(holes)


def _alike(above: Pixels, below: Pixels) -> bool:
    common, lesser = int((above & below).sum()), min(int(above.sum()), int(below.sum()))
    return common >= _LEAST_INK and common > _LIKENESS * lesser
