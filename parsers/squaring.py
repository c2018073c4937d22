"""How far apart a page's pixels stand, and making them square: faxes have twice as many across as down.

The file's tags are believed only where the marks on the page look like writing under them.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.picture import Picture, Pixels

FAX_WIDTHS = {1728: 204.0, 2048: 204.0, 2432: 204.0, 2592: 300.0, 3456: 408.0, 1734: 204.0, 1720: 204.0}
"""Pixels across of fax lines (ITU-T T.4, T.30) and the resolution that goes with them."""
A4_INCHES = 8.27
_SQUEEZED = 1.38
_STRETCHED = 0.48


def resolution_of(picture: Picture, grey: Pixels) -> tuple[float, float]:
    """Pixels per inch across and down: the tags', corrected by what the page looks like."""
    height, width = grey.shape[:2]
    fax = picture.bilevel and width in FAX_WIDTHS
    across, down = picture.dpi or (0.0, 0.0)
    if not across or (fax and abs(across - FAX_WIDTHS[width]) > 12):
        scale = FAX_WIDTHS[width] if fax else _guess(width, height)
        down = down / across * scale if across and down else 0.0
        across = scale
        if not down:
            down = _fax_rows(across, width, height) if fax else across
    tall = (height / down) / (width / across)
    if picture.bilevel and height * width > 200_000 and not 1.2 < tall < 1.6:
        shape = glyph_shape(grey, down / across)
        if shape is not None and shape > _SQUEEZED and down > 0.7 * across:
            down /= 2
        elif shape is not None and shape < _STRETCHED and down < 0.7 * across:
            down *= 2
    return across, down


def glyph_shape(grey: Pixels, ratio: float) -> float | None:
    """Median width over height of marks of a letter's size, as they stand if rows are `ratio` as dense as columns.

    About 0.8 for upright Latin writing; None where there are too few marks to tell.
    """
    ink = (grey < 128).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink[: 4 * ink.shape[0] // 5], connectivity=8)
    if count < 60:
        return None
    width = stats[1:, cv2.CC_STAT_WIDTH].astype(float)
    height = stats[1:, cv2.CC_STAT_HEIGHT] / ratio
    area = stats[1:, cv2.CC_STAT_AREA]
    letters = (area >= 12) & (width >= 5) & (height >= 6) & (width < 70) & (height < 90)
    if letters.sum() < 40:
        return None
    return float(np.median(width[letters] / height[letters]))


def to_square(grey: Pixels, dpi: tuple[float, float], target: float, *, smooth: float = 0.0) -> Pixels:
    """Resampled to `target` pixels per inch both ways.

    `smooth` (in hundredths of an inch) blurs first, by as much on paper both ways: the steps and specks of a bilevel
    page become slopes again, which is what the engine was trained on.
    """
    across, down = target / dpi[0], target / dpi[1]
    if smooth:
        grey = cv2.GaussianBlur(grey, (0, 0), sigmaX=smooth * dpi[0] / 100, sigmaY=smooth * dpi[1] / 100)
    if abs(across - 1) < 0.01 and abs(down - 1) < 0.01:
        return grey
    size = (max(1, round(grey.shape[1] * across)), max(1, round(grey.shape[0] * down)))
    how: Any = cv2.INTER_AREA if across < 1 and down < 1 else cv2.INTER_CUBIC
    squared: Pixels = cv2.resize(grey, size, interpolation=how)
    return squared


def _fax_rows(across: float, width: int, height: int) -> float:
    """Standard, fine or superfine, by which of them makes the sheet nearest to A4."""
    page = width / across * 1.414
    return min((98.0, 196.0, 391.0), key=lambda rows: abs(np.log(height / rows / page)))


def _guess(width: int, height: int) -> float:
    """An untagged picture is taken for a whole A4 sheet, upright or lying."""
    return float(min(600.0, max(72.0, min(width, height) / A4_INCHES)))
