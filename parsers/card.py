"""A card on a page (identity card, health card, driving licence): a rectangle of a card's proportions."""

from __future__ import annotations

import cv2
import numpy as np

from mailroom.document import Box
from parsers.page_marks import Marks
from parsers.picture import Pixels

_PROPORTION = (1.38, 1.78)
"""ISO/IEC 7810 ID-1 is 1.586; copies are cut and squeezed."""
_WIDTH_INCHES = (2.0, 7.5)
_RECTANGULAR = 0.86


def find_card(marks: Marks) -> Box | None:
    """The largest card-shaped frame or tinted field, in pixels of the reduced image, that has something in it."""
    found = [box for mask in _masks(marks) for box in _rectangles(mask, marks)]
    return max(found, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def _masks(marks: Marks) -> list[Pixels]:
    small = marks.small
    paper = int(np.percentile(small[::3, ::3], 85))
    joined = cv2.dilate(marks.ink, np.ones((5, 5), np.uint8))
    tinted = cv2.morphologyEx((small < paper - 9).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return [joined, cv2.morphologyEx(tinted, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))]


def _rectangles(mask: Pixels, marks: Marks) -> list[Box]:
    boxes: list[Box] = []
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for contour in contours:
        left, top, width, height = cv2.boundingRect(contour)
        if not _WIDTH_INCHES[0] * marks.dpi < max(width, height) < _WIDTH_INCHES[1] * marks.dpi:
            continue
        proportion = max(width, height) / max(1, min(width, height))
        if not _PROPORTION[0] < proportion < _PROPORTION[1]:
            continue
        if cv2.contourArea(contour) < _RECTANGULAR * width * height:
            continue
        rim, side = height // 10, width // 10
        inner = marks.ink[top + rim : top + height - rim, left + side : left + width - side]
        if inner.size and 0.01 < inner.mean() < 0.6:
            boxes.append((float(left), float(top), float(left + width), float(top + height)))
    return boxes
