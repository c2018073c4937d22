"""Which way up a page lies, told from its marks: lines of writing run across, and letters stand on them.

In Italian about one letter in three reaches above the small letters and one in twenty below the line, so on a page
that stands on its head the marks are ragged at the bottom and even at the top. How ragged is asked mark by mark, by
the share of its neighbours that begin, or end, just where it does: among codes and amounts most marks are tall, and
a middle height says nothing there. Costs a few milliseconds; the engine's own orientation step costs as much as a
third of a reading, and a page read the wrong way up a whole one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from parsers.deskew import sharpest_profile, skew_of
from parsers.page_marks import Marks
from parsers.picture import Pixels

_LOOKED_AT = 260
"""Marks that are compared with their neighbours."""
_BANDS = 6
_CLEARLY = 1.5
_FAR_ASKEW = 3.0
_TELLING, _SURE = 0.05, 0.07
"""How clearly marks must hang from their lines before a sheet is taken to stand on its head, and how clearly they must
stand or hang for no doubt to be left. Written upright, they gave 0.1 to 0.3 in a dozen faces, mostly above 0.18; in
capitals alone 0.02, which tells nothing."""
_ALIKE = 0.1
"""Of a usual mark's height: what ends (or begins) on the same line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    turn: int
    """Degrees clockwise that make the page upright."""
    sure: bool
    others: tuple[int, ...] = ()
    """The other ways it may lie, likeliest first."""
    skew: float = 0.0
    """Degrees by which its lines fall to the right once it is turned so."""


def lie_of(marks: Marks) -> Lie:
    """How a page lies."""
    rows, columns = _line_likeness(marks.letters), _line_likeness(marks.letters.T)
    skew = skew_of(marks.letters)
    if rows <= _CLEARLY * columns or abs(skew) > _FAR_ASKEW:
        # Bands of lines that lie far askew show less than the even left edge of the writing does.
        rows, columns = sharpest_profile(marks.letters), sharpest_profile(marks.letters.T)
    lying = columns > 1.25 * rows
    clear_axis = lying or rows > _CLEARLY * columns
    boxes = (marks.left, marks.top, marks.width, marks.height)
    if lying:
        # As seen after a quarter turn against the clock.
        boxes = (marks.top, marks.shape[1] - marks.left - marks.width, marks.height, marks.width)
    if lying:
        skew = skew_of(turned(marks.letters, 270))
    # The skew is the same on a sheet that stands on its head: lines fall to the same side.
    standing, looked = _standing(*boxes, skew)
    # Most sheets come upright: a page of capitals and digits, which tells little, is tried that way first.
    on_its_head = standing < (0 if lying else -_TELLING)
    if lying:
        turn = 90 if on_its_head else 270
    else:
        turn = 180 if on_its_head else 0
    across = ((turn + 90) % 360, (turn + 270) % 360)
    others = ((turn + 180) % 360,) if clear_axis else ((turn + 180) % 360, *across)
    sure = bool(clear_axis and looked >= 30 and abs(standing) > _SURE)
    return Lie(turn=turn, sure=sure, others=others, skew=skew)


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


def _standing(left: Any, top: Any, width: Any, height: Any, skew: float) -> tuple[float, int]:
    """How much better marks agree with their neighbours where they end than where they begin, and how many were
    looked at. Positive for upright writing: it stands on its line, while only some of it is tall."""
    plausible = (height >= 5) & (height < 45)
    if plausible.sum() < 8:
        return 0.0, 0
    usual = float(np.median(height[plausible]))
    fit = (height >= 0.6 * usual) & (height < 2.6 * usual) & (width < 8 * usual) & (width >= 2)
    order = np.argsort((left + width / 2)[fit])
    middle = (left + width / 2)[fit][order]
    fall = middle * np.tan(np.radians(skew))
    top, bottom = top[fit][order] - fall, (top + height)[fit][order] - fall
    starts, ends = np.searchsorted(middle, middle - 9 * usual), np.searchsorted(middle, middle + 9 * usual)
    close = _ALIKE * usual + 0.3
    total, looked = 0.0, 0
    for index in range(0, len(middle), max(1, -(-len(middle) // _LOOKED_AT))):
        near = slice(starts[index], ends[index])
        above, below = np.abs(top[near] - top[index]), np.abs(bottom[near] - bottom[index])
        same = above + below < 1.6 * usual
        count = int(np.count_nonzero(same))
        if count < 5:
            continue
        looked += 1
        agree = np.count_nonzero(same & (below <= close)) - np.count_nonzero(same & (above <= close))
        total += float(agree) / count
    return (total / looked if looked else 0.0), looked
