"""Salt and pepper: single dots that a bad line or a worn drum strews over a black and white page, taken out again."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.picture import Pixels

_AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_SPECKLED = 0.0012
"""Share of pixels that stand alone; clean pages and usual faxes have less than half of it."""
_LARGEST = 2
"""Pixels of a speck. The dot of an i is larger even on a standard fax."""


def is_speckled(grey: Pixels) -> bool:
    """Told from the middle of the page: dirt lies everywhere."""
    rows = grey.shape[0]
    ink = (grey[2 * rows // 5 : 3 * rows // 5 + 1] < 128).astype(np.uint8)
    neighbours = cv2.filter2D(ink, -1, _AROUND, borderType=cv2.BORDER_CONSTANT)
    return int(np.count_nonzero((ink == 1) & (neighbours == 0))) > _SPECKLED * ink.size


def swept(grey: Pixels) -> Pixels:
    """The page without its black specks, and without the white ones within strokes."""
    ink = _without_small((grey < 128).astype(np.uint8), connectivity=8)
    paper = _without_small(1 - ink, connectivity=4)
    clean: Pixels = paper * np.uint8(255)
    return clean


def _without_small(mask: Pixels, *, connectivity: int) -> Pixels:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=connectivity)
    keep = (stats[:, cv2.CC_STAT_AREA] > _LARGEST).astype(np.uint8)
    keep[0] = 0
    kept: Pixels = keep[labels]
    return kept
