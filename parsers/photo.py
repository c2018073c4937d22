"""A photograph of a sheet: the sheet found in it and laid flat, uneven light evened out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.page_marks import reduced
from parsers.picture import Pixels

_REDUCED = 480
_LEAST, _MOST = 0.2, 0.985
"""Share of the picture that a sheet may cover; above it there is nothing to cut away."""
_FIT = 0.92
"""How much of its four-sided outline an area must fill."""
_NEAR, _FAR, _AT_ONCE = 4, 14, 0.5
"""Pixels to either side of an outline, and how much of the change between the farther two the nearer two must show."""
_A4 = 1.414
_WIDTH = 2000
"""Pixels across that a sheet is laid flat to: 242 an inch for A4."""


def find_sheet(grey: Pixels) -> Any | None:
    """The corners (4×2, clockwise from top left, pixels of `grey`) of the largest four-sided area that stands out."""
    scale = _REDUCED / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), (0, 0), 2)
    best: tuple[float, Any] | None = None
    for mask in _candidates(soft):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in contours:
            hull = cv2.convexHull(contour)
            share = cv2.contourArea(hull) / small.size
            if not _LEAST < share < _MOST:
                continue
            corners = _four(hull)
            if corners is None:
                continue
            fit = cv2.contourArea(contour) / max(1.0, cv2.contourArea(corners.astype(np.float32)))
            if fit > _FIT and (best is None or fit * share > best[0]) and _is_edged(soft, corners):
                best = (fit * share, corners)
    return None if best is None else _ordered(best[1]) / scale


def laid_flat(grey: Pixels, corners: Any) -> tuple[Pixels, Any]:
    """The sheet alone, straight, and the 3×3 map from its pixels to those of `grey`."""
    sides = [float(np.linalg.norm(corners[(n + 1) % 4] - corners[n])) for n in range(4)]
    across, down = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    ratio = down / max(1.0, across)
    # Seen from the side a sheet looks shorter: what is nearly A4 is A4.
    for usual in (_A4, 1 / _A4):
        if abs(ratio / usual - 1) < 0.18:
            ratio = usual
    width = min(_WIDTH, round(1.3 * across)) if ratio >= 1 else min(round(_WIDTH * _A4), round(1.3 * across))
    height = round(width * ratio)
    there = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), there)
    flat = cv2.warpPerspective(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=255)
    return flat, np.linalg.inv(matrix)


def stands_on_something(grey: Pixels) -> bool:
    """Whether the picture's rim is darker than its inside, as where a sheet lies on a table."""
    small = _overview(grey, 120)
    paper = float(np.percentile(small, 80))
    rims = (small[:3], small[-3:], small[:, :3], small[:, -3:])
    return sum(float(np.median(rim)) < paper - 35 for rim in rims) >= 2


def light_is_uneven(grey: Pixels) -> bool:
    """Whether the paper's tone differs much from place to place."""
    tones = _paper_tones(grey)
    low, high = np.percentile(tones, (10, 95))
    return bool(high - low > 28)


def evened(grey: Pixels) -> Pixels:
    """Every place divided by its paper's tone: paper becomes white, ink keeps its contrast."""
    tones = cv2.resize(_paper_tones(grey), grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    flat: Pixels = cv2.divide(grey, np.maximum(tones, 1).astype(np.uint8), scale=250)
    return flat


def is_picture_of_the_world(grey: Pixels) -> bool:
    """Whether most of it is neither paper nor ink: middle tones all over, as no sheet of writing has."""
    small = _overview(grey, 160)
    paper = float(np.percentile(small, 95))
    return float(np.mean(small < 0.8 * paper)) > 0.35 and float(small.std()) > 20


def _overview(grey: Pixels, width: int) -> Pixels:
    """The picture so many pixels wide."""
    size = (width, max(8, round(width * grey.shape[0] / grey.shape[1])))
    small = reduced(grey, min(1.0, 2 * width / grey.shape[1]))
    view: Pixels = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    return view


def _paper_tones(grey: Pixels) -> Pixels:
    """The paper under the ink, much reduced."""
    small = _overview(grey, 160)
    covered = cv2.dilate(small, np.ones((7, 7), np.uint8))
    tones: Pixels = cv2.GaussianBlur(cv2.medianBlur(covered, 9), (0, 0), 3)
    return tones


def _candidates(soft: Pixels) -> list[Pixels]:
    threshold, _ = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    masks = []
    for cut in (threshold, threshold - 25, threshold + 20):
        mask = (soft > cut).astype(np.uint8)
        masks.append(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)))
    # The outline, for sheets that are not bright all over: a bill with a dark head.
    lines = cv2.dilate(cv2.Canny(soft, 25, 70), np.ones((3, 3), np.uint8))
    return [*masks, lines]


def _is_edged(soft: Pixels, corners: Any) -> bool:
    """Whether tones change at once where the outline runs, as at a sheet's edge; where light fades they do slowly."""
    ordered = _ordered(corners)
    middle = ordered.mean(axis=0)
    sharp = looked = 0
    for side in range(4):
        one, other = ordered[side], ordered[(side + 1) % 4]
        along = one + (other - one) * np.linspace(0.1, 0.9, 25)[:, None]
        across = np.array([one[1] - other[1], other[0] - one[0]]) / max(1.0, float(np.linalg.norm(other - one)))
        across = across if np.dot(across, middle - (one + other) / 2) > 0 else -across
        inner, outer = ((along + across * step).round().astype(int) for step in (_FAR, -_FAR))
        if min(outer.min(), inner.min()) < 0 or (np.maximum(inner, outer) >= soft.shape[::-1]).any():
            continue  # the sheet reaches out of the picture
        near_in, near_out = ((along + across * step).round().astype(int) for step in (_NEAR, -_NEAR))
        steps = [
            float(np.median(soft[a[:, 1], a[:, 0]].astype(int) - soft[b[:, 1], b[:, 0]]))
            for a, b in ((near_in, near_out), (inner, outer))
        ]
        looked += 1
        sharp += steps[0] > _AT_ONCE * steps[1]
    return looked == 0 or 2 * sharp > looked


def _four(hull: Any) -> Any | None:
    length = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.03, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, tolerance * length, True)
        if len(corners) == 4:
            return corners.reshape(4, 2)
    return None


def _ordered(corners: Any) -> Any:
    points = corners.astype(np.float32)
    around = points[np.argsort(np.arctan2(*(points - points.mean(axis=0)).T[::-1]))]
    start = int(np.argmin(around.sum(axis=1)))
    return np.roll(around, -start, axis=0)
