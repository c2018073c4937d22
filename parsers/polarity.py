"""Negatives: pages in grey or colour whose writing is bright on dark, as some copiers and film scanners give them."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.page_marks import reduced
from parsers.picture import Pixels

_LOOKED_AT = 600
"""Pixels across: about 70 an inch."""
_DARK = 110
_CONTRAST = 60
_WRITTEN = (0.002, 0.3)
"""Share of a page that writing covers."""
_SOLID = (9, 0.15)
"""A field of so many pixels is no stroke; and how much of what is bright may be such: more is a sheet on a table."""


def is_negative(grey: Pixels) -> bool:
    """Whether it is dark throughout but for bright strokes."""
    if float(np.median(grey[::8, ::8])) > _DARK:
        return False
    small = reduced(grey, min(1.0, _LOOKED_AT / grey.shape[1]))
    paper, brightest = (float(tone) for tone in np.percentile(small[::2, ::2], (50, 99.8)))
    if paper > _DARK or brightest - paper < _CONTRAST:
        return False
    bright = (small > (paper + brightest) / 2).astype(np.uint8)
    side, most = _SOLID
    share, solid = float(bright.mean()), float(cv2.erode(bright, np.ones((side, side), np.uint8)).mean())
    return _WRITTEN[0] < share < _WRITTEN[1] and solid < most * share
