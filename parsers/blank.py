"""Whether a page bears anything: a sheet fed face down still has its fax header, specks and the scanner's edges."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.picture import Pixels

_HEADER_INCHES = 0.32
_EDGE_INCHES = 0.12
_SPECK_INCHES = 0.018
"""Smaller than this both ways is dust: the dot of an i at 9 points is just as large, but never comes alone."""
_MARKS = 6


def is_blank(binary: Pixels, dpi: float) -> bool:
    """`binary`: ink is 1. A few marks of a letter's size make a page; any number of specks doesn't."""
    edge, header = round(_EDGE_INCHES * dpi), round(_HEADER_INCHES * dpi)
    body = binary[header : -edge or None, edge : -edge or None]
    if body.size == 0 or not body.any():
        return True
    count, _, stats, _ = cv2.connectedComponentsWithStats(body, connectivity=8)
    if count > 60_000:
        return False
    speck = max(2.0, _SPECK_INCHES * dpi)
    longer = np.maximum(stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT])
    marks = (longer > 2 * speck) & (stats[1:, cv2.CC_STAT_AREA] > speck * speck)
    return int(marks.sum()) < _MARKS and int(stats[1:, cv2.CC_STAT_AREA][marks].sum()) < (0.25 * dpi) ** 2
