"""How far a page lies askew, by the sharpness of its row profile on a reduced image."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.picture import Pixels

_REDUCED_DPI = 75
_WIDEST = 4.0
"""Degrees looked at to either side: feeders and faxes do no worse."""
_WORTHWHILE = 0.25
"""Below this the engine follows the lines by itself."""


def skew_of(ink: Pixels, dpi: float) -> float:
    """Degrees by which the lines of writing fall to the right (positive: clockwise); 0.0 if there is no telling."""
    small = _letters(_reduced(ink, dpi))
    points = np.argwhere(small)
    if len(points) < 200:
        return 0.0
    if len(points) > 40_000:
        points = points[:: len(points) // 40_000 + 1]
    rows, columns = points[:, 0].astype(np.float32), points[:, 1].astype(np.float32)
    columns -= columns.mean()
    best = _best(rows, columns, np.arange(-_WIDEST, _WIDEST + 0.01, 0.5))
    return _best(rows, columns, best + np.arange(-0.4, 0.41, 0.1))


def straightened(grey: Pixels, degrees: float, paper: int = 255) -> tuple[Pixels, Any]:
    """The page turned back by `degrees`, and the 2×3 map from its pixels to those of `grey`."""
    height, width = grey.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    straight = cv2.warpAffine(
        grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
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


def _reduced(ink: Pixels, dpi: float) -> Pixels:
    scale = _REDUCED_DPI / dpi
    small = cv2.resize(ink * 255, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    reduced: Pixels = (small > 60).astype(np.uint8)
    return reduced


def _letters(ink: Pixels) -> Pixels:
    """Without rules, frames, photographs and the black edges of scanners, which have angles of their own."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    longer = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = (longer < 90) & (stats[:, cv2.CC_STAT_AREA] >= 4)
    keep[0] = False
    letters: Pixels = keep[labels].astype(np.uint8)
    return letters
