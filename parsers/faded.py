"""Faded faxes: strokes a pixel or two wide, which a fax line resolves badly and the engine reads worse."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.picture import Pixels

_THIN = 2
_FADED = 0.45
_SPECKS = 0.3
_LEAST_RUNS = 2000


def is_faded(grey: Pixels) -> bool:
    """Whether half of the strokes of a bilevel fax are at most two pixels wide, across the line. Noise makes single
    pixels, and is none of it."""
    edges = np.diff(np.pad((grey[::2] < 128).astype(np.int8), ((0, 0), (1, 1))), axis=1)
    lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    if len(lengths) < _LEAST_RUNS:
        return False
    return bool((lengths <= _THIN).mean() > _FADED and (lengths <= 1).mean() < _SPECKS)


def thickened(grey: Pixels) -> Pixels:
    """Every stroke one pixel wider: what fading took from it."""
    wider: Pixels = cv2.erode(grey, np.ones((1, 2), np.uint8))
    return wider
