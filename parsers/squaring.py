"""How far apart a page's pixels stand, and making them square: faxes have twice as many across as down.

The file's tags are believed only where the marks on the page look like writing under them.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.faded import is_faded
from parsers.picture import Picture, Pixels

FAX_WIDTHS = {1728: 204.0, 2048: 204.0, 2432: 204.0, 2592: 300.0, 3456: 408.0, 1734: 204.0, 1720: 204.0}
"""Pixels across of fax lines (ITU-T T.4, T.30) and the resolution that goes with them."""
A4_INCHES = 8.27
_FAX_ROWS = (98.0, 196.0, 391.0)
"""Lines per inch: standard, fine, superfine."""
_STANDARD, _SUPERFINE = 0.92, 1.6
"""Edges across for one down (see `edge_ratio`): below the first a page has half as many rows as columns, above the
second twice as many."""
_LEAST_EDGES = 4_000
_FINEST_STANDARD = 250.0
"""Columns per inch above which a fax has as many rows."""


def resolution_of(picture: Picture, grey: Pixels) -> tuple[float, float]:
    """Pixels per inch across and down: the tags', corrected by what the page looks like."""
    height, width = grey.shape[:2]
    if picture.bilevel and width in FAX_WIDTHS:
        across = FAX_WIDTHS[width]
        return across, _fax_rows(picture.dpi, across, grey)
    if picture.dpi is None:
        guessed = _guess(width, height)
        return guessed, guessed
    across, down = picture.dpi
    tall, wide = height / down, width / across
    if picture.bilevel and not _is_a_sheet(tall, wide) and not _is_a_sheet(wide, tall):
        ratio = edge_ratio(grey)
        if ratio is not None and ratio < _STANDARD and down > 0.7 * across:
            down /= 2
        elif ratio is not None and ratio > _STANDARD and down < 0.7 * across:
            down *= 2
    return across, down


def edge_ratio(grey: Pixels) -> float | None:
    """Edges met going across the page for each met going down it; about 1.1 for Latin writing in square pixels, 0.7
    with half as many rows as columns. None where there are too few to tell."""
    ink = grey < 128
    across = int(np.count_nonzero(ink[:, 1:] != ink[:, :-1]))
    down = int(np.count_nonzero(ink[1:] != ink[:-1]))
    return across / down if min(across, down) >= _LEAST_EDGES else None


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


def _fax_rows(dpi: tuple[float, float] | None, across: float, grey: Pixels) -> float:
    """Lines per inch of a fax: the tags' where they make the sheet an A4 one, else by its shape and its writing."""
    inches = grey.shape[1] / across
    said = _said_rows(dpi, across)
    if said is not None and _is_a_sheet(grey.shape[0] / said, inches):
        return said
    a4 = next((rows for rows in _FAX_ROWS if _is_a_sheet(grey.shape[0] / rows, inches)), None)
    ratio = edge_ratio(grey)
    if ratio is None or (a4 == _FAX_ROWS[0] and is_faded(grey)):
        # Thin strokes break where rows are few, and their edges tell nothing then.
        return a4 or said or _FAX_ROWS[1]
    if across > _FINEST_STANDARD:
        return said or across
    return _FAX_ROWS[0] if ratio < _STANDARD else _FAX_ROWS[1] if ratio < _SUPERFINE else _FAX_ROWS[2]


def _said_rows(dpi: tuple[float, float] | None, across: float) -> float | None:
    """What the tags say, if it is something that faxes have; a tool that writes 72 or 300 knows nothing of the page."""
    if dpi is None or abs(dpi[0] - across) > 0.06 * across:
        return None
    return next((dpi[1] for rows in (*_FAX_ROWS, across) if abs(dpi[1] - rows) <= 0.06 * rows), None)


def _is_a_sheet(down: float, across: float) -> bool:
    return 1.2 < down / across < 1.6


def _guess(width: int, height: int) -> float:
    """An untagged picture is taken for a whole A4 sheet, upright or lying."""
    return float(min(600.0, max(72.0, min(width, height) / A4_INCHES)))
