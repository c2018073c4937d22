"""Which way up a page lies, told from its marks: lines of writing run across, and letters rise more than they hang.

In Italian about one letter in three reaches above the small letters and one in twenty below the line, so on a page
that stands on its head the marks are ragged at the bottom and even at the top. Costs a few milliseconds; the engine's
own orientation step costs as much as a third of a reading.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from parsers.picture import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Lie:
    turn: int
    """Degrees clockwise that make the page upright."""
    sure: bool
    others: tuple[int, ...] = ()
    """The other ways it may lie, likeliest first."""


_REDUCED_DPI = 100


def lie_of(ink: Pixels, dpi: float) -> Lie:
    """How a (roughly straight) page lies. `ink`: 1 where there is ink; pixels are square."""
    small = _reduced(ink, dpi)
    rows, columns = _line_likeness(small), _line_likeness(small.T)
    lying = columns > 1.25 * rows
    clear_axis = lying or rows > 1.25 * columns
    upright = np.ascontiguousarray(np.rot90(small) if lying else small)
    rise, marks = _rise(upright)
    on_its_head = rise < 0
    clear_head = marks >= 40 and abs(rise) > 0.06
    if lying:
        turn = 90 if on_its_head else 270
    else:
        turn = 180 if on_its_head else 0
    across = ((turn + 90) % 360, (turn + 270) % 360)
    others = ((turn + 180) % 360,) if clear_axis else ((turn + 180) % 360, *across)
    return Lie(turn=turn, sure=bool(clear_axis and clear_head), others=others)


def turned(pixels: Pixels, turn: int) -> Pixels:
    """Turned clockwise by a multiple of 90 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return cv2.rotate(pixels, codes[turn]) if turn in codes else pixels


def _reduced(ink: Pixels, dpi: float) -> Pixels:
    scale = _REDUCED_DPI / dpi
    if scale >= 1:
        return ink
    small = cv2.resize(ink * 255, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    reduced: Pixels = (small > 70).astype(np.uint8)
    return reduced


def _line_likeness(ink: Pixels) -> float:
    """How much the rows alternate between ink and none, freed of what large dark areas add."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    keep = np.ones(count, dtype=bool)
    keep[0] = False
    longer = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep &= (longer < 120) & (stats[:, cv2.CC_STAT_AREA] >= 3)
    letters = keep[labels]
    # Column bands, so that a page still a degree or two askew shows its lines.
    score = 0.0
    for band in np.array_split(letters, 6, axis=1):
        profile = band.sum(axis=1).astype(float)
        score += float(np.sum(np.diff(profile) ** 2))
    return score / max(1.0, float(letters.sum()))


def _rise(ink: Pixels) -> tuple[float, int]:
    """Share of marks that rise above their neighbours less the share that hangs below, and how many were looked at."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 3:
        return 0.0, 0
    left, top, width, height = (stats[1:, column].astype(float) for column in range(4))
    usual = np.median(height[(height >= 4) & (height < 40)]) if ((height >= 4) & (height < 40)).any() else 0
    if not usual:
        return 0.0, 0
    fit = (height >= 0.6 * usual) & (height < 2.6 * usual) & (width < 8 * usual) & (width >= 2)
    left, top, width, height = left[fit], top[fit], width[fit], height[fit]
    bottom, middle = top + height, left + width / 2
    order = np.argsort(middle)
    left, top, bottom, middle = left[order], top[order], bottom[order], middle[order]
    up = down = looked = 0
    reach = 9 * usual
    starts = np.searchsorted(middle, middle - reach)
    ends = np.searchsorted(middle, middle + reach)
    for index in range(0, len(middle), max(1, len(middle) // 900)):
        near = slice(starts[index], ends[index])
        centre = (top[index] + bottom[index]) / 2
        same = np.abs((top[near] + bottom[near]) / 2 - centre) < 0.6 * usual
        if same.sum() < 5:
            continue
        looked += 1
        step = 0.18 * usual + 0.5
        up += top[index] < np.median(top[near][same]) - step
        down += bottom[index] > np.median(bottom[near][same]) + step
    return ((up - down) / looked if looked else 0.0), looked
