"""Salt and pepper: single dots that a bad line or a worn drum strews over a black and white page, taken out again."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.picture import Pixels

_AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
_BESIDE = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.uint8)
_SPECKLED = 0.0012
"""Share of pixels that stand alone; clean pages and usual faxes have less than half of it."""


def is_speckled(grey: Pixels) -> bool:
    """Told from the middle of the page: dirt lies everywhere."""
    rows = grey.shape[0]
    ink = (grey[2 * rows // 5 : 3 * rows // 5 + 1] < 128).astype(np.uint8)
    neighbours = cv2.filter2D(ink, -1, _AROUND, borderType=cv2.BORDER_CONSTANT)
    return int(np.count_nonzero((ink == 1) & (neighbours == 0))) > _SPECKLED * ink.size


def swept(grey: Pixels) -> Pixels:
    """The page without its black specks of one pixel or two, and without the white ones within strokes.

    The dot of an i is larger even on a standard fax.
    """
    ink = _without_small((grey < 128).astype(np.uint8), _AROUND)
    paper = _without_small(1 - ink, _BESIDE)
    clean: Pixels = paper * np.uint8(255)
    return clean


def _without_small(mask: Pixels, around: Pixels) -> Pixels:
    """Without what stands alone or in a pair: pixels whose only neighbour has no other."""
    neighbours = cv2.filter2D(mask, -1, around, borderType=cv2.BORDER_CONSTANT)
    ends = mask & (neighbours == 1).astype(np.uint8)
    paired = cv2.filter2D(ends, -1, around, borderType=cv2.BORDER_CONSTANT)
    alone = (neighbours == 0).astype(np.uint8) | (ends & (paired > 0).astype(np.uint8))
    kept: Pixels = mask & (1 - alone)
    return kept
