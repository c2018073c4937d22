"""Which way up a page lies, told from its marks: lines of writing run across, and letters rise more than they hang.

In Italian about one letter in three reaches above the small letters and one in twenty below the line, so on a page
that stands on its head the marks are ragged at the bottom and even at the top. Costs a few milliseconds; the engine's
own orientation step costs as much as a third of a reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from parsers.deskew import sharpest_profile
from parsers.page_marks import Marks
from parsers.picture import Pixels

_LOOKED_AT = 260
"""Marks that are compared with their neighbours."""
_BANDS = 6
_CLEARLY = 1.5
_TELLING = 0.022
"""Share of marks by which more must hang than rise before a sheet is taken to stand on its head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    turn: int
    """Degrees clockwise that make the page upright."""
    sure: bool
    others: tuple[int, ...] = ()
    """The other ways it may lie, likeliest first."""


def lie_of(marks: Marks) -> Lie:
    """How a (roughly straight) page lies."""
    rows, columns = _line_likeness(marks.letters), _line_likeness(marks.letters.T)
    if rows <= _CLEARLY * columns:
        rows, columns = sharpest_profile(marks.letters), sharpest_profile(marks.letters.T)
    lying = columns > 1.25 * rows
    clear_axis = lying or rows > _CLEARLY * columns
    boxes = (marks.left, marks.top, marks.width, marks.height)
    if lying:
        # As seen after a quarter turn against the clock.
        boxes = (marks.top, marks.shape[1] - marks.left - marks.width, marks.height, marks.width)
    rise, looked = _rise(*boxes)
    # Most sheets come upright: a page of capitals and digits, which tells little, is tried that way first.
    on_its_head = rise < (0 if lying else -_TELLING)
    if lying:
        turn = 90 if on_its_head else 270
    else:
        turn = 180 if on_its_head else 0
    across = ((turn + 90) % 360, (turn + 270) % 360)
    others = ((turn + 180) % 360,) if clear_axis else ((turn + 180) % 360, *across)
    return Lie(turn=turn, sure=bool(clear_axis and looked >= 30 and abs(rise) > 0.08), others=others)


def turned(pixels: Pixels, turn: int) -> Pixels:
    """Turned clockwise by a multiple of 90 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    if turn not in codes:
        return pixels
    upright: Pixels = cv2.rotate(pixels, codes[turn])
    return upright


def _line_likeness(letters: Pixels) -> float:
    """How much rows alternate between ink and none; in bands, so that a page a little askew shows its lines too."""
    score = 0.0
    for band in np.array_split(letters, _BANDS, axis=1):
        profile = band.sum(axis=1, dtype=np.int32).astype(np.float32)
        score += float(np.sum(np.diff(profile) ** 2))
    return score


def _rise(left: Any, top: Any, width: Any, height: Any) -> tuple[float, int]:
    """Share of marks that rise above their neighbours less the share that hangs below, and how many were looked at."""
    plausible = (height >= 5) & (height < 45)
    if plausible.sum() < 8:
        return 0.0, 0
    usual = float(np.median(height[plausible]))
    fit = (height >= 0.6 * usual) & (height < 2.6 * usual) & (width < 8 * usual) & (width >= 2)
    order = np.argsort((left + width / 2)[fit])
    middle = (left + width / 2)[fit][order]
    top, bottom = top[fit][order], (top + height)[fit][order]
    starts, ends = np.searchsorted(middle, middle - 9 * usual), np.searchsorted(middle, middle + 9 * usual)
    step = 0.18 * usual + 0.5
    up = down = looked = 0
    for index in range(0, len(middle), max(1, len(middle) // _LOOKED_AT)):
        near = slice(starts[index], ends[index])
        tops, bottoms = top[near], bottom[near]
        same = np.abs(tops + bottoms - top[index] - bottom[index]) < 1.2 * usual
        if np.count_nonzero(same) < 5:
            continue
        looked += 1
        up += top[index] < _middle(tops[same]) - step
        down += bottom[index] > _middle(bottoms[same]) + step
    return ((up - down) / looked if looked else 0.0), looked


def _middle(values: Any) -> float:
    """The median, without numpy's overhead on a dozen numbers."""
    return float(np.sort(values)[len(values) // 2])
