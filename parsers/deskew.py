"""How far a page lies askew, by the sharpness of its row profile."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.picture import Pixels

_POINTS, _POINTS_AT_FIRST = 30_000, 8_000
_WIDEST = 12.0
"""Degrees looked at to either side: feeders do no worse, sheets laid on glass by hand do."""
_WORTHWHILE = 0.25
"""Below this the engine follows the lines by itself."""


def skew_of(letters: Pixels) -> float:
    """Degrees by which the lines of writing fall to the right (positive: clockwise); 0.0 if there is no telling.

    `letters`: 1 where there are marks of a letter's size, at about 100 pixels an inch.
    """
    rows, columns = _points(letters)
    if len(rows) < 300:
        return 0.0
    columns = columns - columns.mean()
    few, many = (slice(None, None, len(rows) // most + 1) for most in (_POINTS_AT_FIRST, _POINTS))
    best = _best(rows[few], columns[few], np.arange(-_WIDEST, _WIDEST + 0.01, 0.5))
    return _best(rows[many], columns[many], best + np.arange(-0.4, 0.41, 0.1))


def sharpest_profile(letters: Pixels) -> float:
    """How much rows alternate between ink and none, seen at the angle at which they do so most."""
    rows, columns = _points(letters)
    if len(rows) < 2:
        return 0.0
    few = slice(None, None, len(rows) // _POINTS_AT_FIRST + 1)
    rows, columns = rows[few], columns[few] - columns.mean()
    profiles = (_profile(rows, columns, angle) for angle in np.arange(-_WIDEST, _WIDEST + 0.01, 0.75))
    return max(float(np.sum(np.diff(profile) ** 2)) for profile in profiles)


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


def _points(letters: Pixels) -> tuple[Any, Any]:
    """Rows and columns of what is not 0."""
    points: Any = cv2.findNonZero(letters)
    if points is None:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    places = points.reshape(-1, 2).astype(np.float32)
    return places[:, 1].copy(), places[:, 0].copy()


def _best(rows: Any, columns: Any, angles: Any) -> float:
    scores = [float(np.sum(_profile(rows, columns, angle) ** 2)) for angle in angles]
    return float(angles[int(np.argmax(scores))])


def _profile(rows: Any, columns: Any, angle: float) -> Any:
    """Ink of each row, were the page turned by `angle`."""
    shifted = rows - columns * np.tan(np.radians(angle))
    return np.bincount((shifted - shifted.min()).astype(np.int32)).astype(np.float64)
