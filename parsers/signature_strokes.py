"""Whether a handwritten-like scribble stands near the end of a letter. Measured on marks, never compared with anyone's.

A signature is one or a few joined strokes, wider and taller than the words around, with little ink for its size,
and the engine makes nothing sure of it. Frames, rules, stamps in block letters and pictures are none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mailroom.document import Box
from parsers.page_marks import Marks

_WIDTH_INCHES = (0.35, 4.0)
_HEIGHT_INCHES = (0.13, 1.4)
_FILL = (0.03, 0.42)
_SURE_WORD = 0.8


def find_signatures(marks: Marks, words: Sequence[tuple[Box, float]], card: Box | None = None) -> list[Box]:
    """`words`: boxes in pixels of the reduced image with their confidences; what lies in the `card` is the card's."""
    found: list[Box] = []
    inch = marks.dpi
    usual = _usual_height(words) or 0.11 * inch
    fit = (
        (marks.width > _WIDTH_INCHES[0] * inch)
        & (marks.width < _WIDTH_INCHES[1] * inch)
        & (marks.height > max(_HEIGHT_INCHES[0] * inch, 1.05 * usual))
        & (marks.height < _HEIGHT_INCHES[1] * inch)
    )
    start = _second_half(marks, words)
    for index in np.flatnonzero(fit):
        left, top = int(marks.left[index]), int(marks.top[index])
        width, height = int(marks.width[index]), int(marks.height[index])
        fill = float(marks.area[index]) / (width * height)
        if not _FILL[0] < fill < _FILL[1] or top + height / 2 < start:
            continue
        box = (float(left), float(top), float(left + width), float(top + height))
        if card and card[0] <= left <= card[2] and card[1] <= top <= card[3]:
            continue
        if _covered(box, words) < 0.5 and _wanders(marks, left, top, width, height):
            found.append(box)
    return found


def _usual_height(words: Sequence[tuple[Box, float]]) -> float:
    heights = [box[3] - box[1] for box, sure in words if sure > _SURE_WORD]
    return float(np.median(heights)) if len(heights) > 4 else 0.0


def _second_half(marks: Marks, words: Sequence[tuple[Box, float]]) -> float:
    """Where the second half of what is written begins."""
    sure = [box for box, confidence in words if confidence > 0.5]
    if not sure:
        return 0.0
    top, bottom = min(box[1] for box in sure), max(box[3] for box in sure)
    return top + 0.45 * (bottom - top)


def _covered(box: Box, words: Sequence[tuple[Box, float]]) -> float:
    """The largest share of the width that surely read words take up."""
    taken = 0.0
    for other, sure in words:
        if sure > _SURE_WORD and other[1] < box[3] and other[3] > box[1]:
            taken += max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
    return taken / (box[2] - box[0])


def _wanders(marks: Marks, left: int, top: int, width: int, height: int) -> bool:
    """Strokes cross a middle line several times; a frame's or a rule's ink lies along the edges of its box."""
    zone = marks.ink[top : top + height, left : left + width]
    inner = zone[height // 5 : height - height // 5, width // 12 : width - width // 12]
    if inner.size == 0 or inner.sum() < 0.25 * zone.sum():
        return False
    row = zone[height // 3 : 2 * height // 3]
    crossings = np.abs(np.diff(row.astype(np.int8), axis=1)).sum(axis=1)
    return bool(np.max(crossings, initial=0) >= 4)
