"""How far a page lies askew, by the sharpness of its row profile."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.picture import Pixels

_POINTS = 30_000
_WIDEST = 4.0
"""Degrees looked at to either side: feeders and faxes do no worse."""
_WORTHWHILE = 0.25
"""Below this the engine follows the lines by itself."""


def skew_of(letters: Pixels) -> float:
    """Degrees by which the lines of writing fall to the right (positive: clockwise); 0.0 if there is no telling.

    `letters`: 1 where there are marks of a letter's size, at about 100 pixels an inch.
    """
    rows, columns = (axis.astype(np.float32) for axis in np.nonzero(letters))
    if len(rows) < 300:
        return 0.0
    if len(rows) > _POINTS:
        step = len(rows) // _POINTS + 1
        rows, columns = rows[::step], columns[::step]
    columns = columns - columns.mean()
    best = _best(rows, columns, np.arange(-_WIDEST, _WIDEST + 0.01, 0.5))
    return _best(rows, columns, best + np.arange(-0.4, 0.41, 0.1))


def straightened(grey: Pixels, degrees: float, paper: int = 255) -> tuple[Pixels, Any]:
    """The page turned back by `degrees`, and the 2×3 map from its pixels to those of `grey`."""
    height, width = grey.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    straight = cv2.warpAffine(
        grey, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
    )
    return straight, cv2.invertAffineTransform(matrix)


def worthwhile(degrees: float) -> bool:
    return abs(degrees) >= _WORTHWHILE


def _best(rows: Any, columns: Any, angles: Any) -> float:
    scores = []
    for angle in angles:
        shifted = rows - columns * np.tan(np.radians(angle))
        profile = np.bincount((shifted - shifted.min()).astype(np.int32))
        scores.append(float(np.sum(profile.astype(np.float64) ** 2)))
    return float(angles[int(np.argmax(scores))])
