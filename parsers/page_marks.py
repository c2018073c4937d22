"""The marks on a page, measured once on a reduced image: what blankness, orientation and skew are told from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from parsers.picture import Pixels

MARK_DPI = 100.0
_MOST_SHORT_LABELS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Measures are pixels of the reduced image."""

    dpi: float
    small: Pixels
    """The page at that resolution, grey."""
    ink: Pixels
    """1 where there is ink."""
    letters: Pixels
    """1 where a mark of about a letter's or a word's size stands: no specks, rules, pictures, scanner edges."""
    left: Any
    top: Any
    width: Any
    height: Any
    area: Any

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.ink.shape
        return rows, columns


def marks_of(grey: Pixels, dpi: float) -> Marks:
    scale = min(1.0, MARK_DPI / dpi)
    small = reduced(grey, scale)
    ink = ink_of(small)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=_label_type(ink))
    at = dpi * scale
    width, height, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    keep = (np.maximum(width, height) < 1.2 * at) & (area >= 4) & (area < 0.6 * width * height + 40)
    keep[0] = False
    return Marks(
        dpi=at,
        small=small,
        ink=ink,
        letters=keep.astype(np.uint8).take(labels),
        left=stats[1:, cv2.CC_STAT_LEFT].astype(np.float32),
        top=stats[1:, cv2.CC_STAT_TOP].astype(np.float32),
        width=width[1:].astype(np.float32),
        height=height[1:].astype(np.float32),
        area=area[1:].astype(np.float32),
    )


def _label_type(ink: Pixels) -> int:
    """Short labels take less than half the time. While marks are told apart, each run of ink may begin one."""
    runs = cv2.countNonZero(cv2.subtract(ink[:, 1:], ink[:, :-1])) + ink.shape[0]
    return cv2.CV_16U if runs < _MOST_SHORT_LABELS else cv2.CV_32S


def reduced(grey: Pixels, scale: float) -> Pixels:
    """The picture at `scale` (at most 1): halved while it can be, which costs a tenth of averaging by odd factors.

    What is halved is even, for an odd row or column left over makes the factor odd.
    """
    while scale <= 0.5:
        rows, columns = (max(1, side // 2) for side in grey.shape)
        grey = cv2.resize(grey[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA)
        scale *= 2
    if scale > 0.99:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    how = cv2.INTER_LINEAR if scale > 0.6 else cv2.INTER_AREA
    small: Pixels = cv2.resize(grey, size, interpolation=how)
    return small


def ink_of(grey: Pixels) -> Pixels:
    """1 where there is ink: darker than Otsu's measure says, or than a third of the way down from the paper's tone."""
    sample = np.ascontiguousarray(grey[::2, ::2])
    up_to = np.cumsum(cv2.calcHist([sample], [0], None, [256], [0, 256]).ravel())
    darkest, paper = (float(tone) for tone in np.searchsorted(up_to, (0.002 * sample.size, 0.9 * sample.size)))
    if paper - darkest < 30:
        return np.zeros_like(grey)
    threshold, _ = cv2.threshold(sample, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    cut = min(float(threshold), paper - 0.3 * (paper - darkest))
    ink: Pixels = (grey < cut).astype(np.uint8)
    return ink
