"""A picture of a page made ready for the engine: only the steps that a quick measure of this page asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from mailroom.document import Box
from parsers.barcode import Found, find_barcodes, find_patch
from parsers.binarising import ink_of
from parsers.blank import is_blank
from parsers.deskew import skew_of, straightened, worthwhile
from parsers.orientation import lie_of, turned
from parsers.picture import Picture, Pixels
from parsers.squaring import resolution_of, to_square

_MM = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    grey: Pixels
    dpi: float
    to_page: Any
    """3×3: pixels of `grey` to fractions of the page as shown upright."""
    rotation: int = 0
    sure_of_rotation: bool = True
    other_turns: tuple[int, ...] = ()
    """Other ways it may lie, likeliest first."""
    blank: bool = False
    photo: bool = False
    barcodes: tuple[Found, ...] = ()
    """Their boxes are pixels of `grey`."""
    only_codes: bool = False
    """A separator sheet: there is nothing to read."""
    width_mm: float = 0.0
    height_mm: float = 0.0
    steps: tuple[str, ...] = ()


def prepare(picture: Picture, *, turn: int | None = None) -> Prepared:
    """`turn` (degrees clockwise) overrules what the page's own marks say about the way it lies."""
    steps: list[str] = []
    grey = grey_of(picture.pixels)
    if picture.bilevel and float(grey[::4, ::4].mean()) < 100:
        grey = 255 - grey
        steps.append("inverted")
    across, down = resolution_of(picture, grey)
    dpi, smooth = _target(picture, across, down)
    grey = to_square(grey, (across, down), dpi, smooth=smooth)
    ink = ink_of(grey, dpi)
    if is_blank(ink, dpi):
        return _finished(grey, dpi, blank=True, steps=(*steps, "blank"))
    patches = find_patch(ink, dpi)
    if patches:
        return _finished(grey, dpi, barcodes=tuple(patches), only_codes=True, steps=(*steps, "patch"))
    lie = lie_of(ink, dpi)
    rotation = lie.turn if turn is None else turn
    if rotation:
        grey, ink = turned(grey, rotation), turned(ink, rotation)
        steps.append(f"turned {rotation}")
    matrix = np.eye(3)
    skew = skew_of(ink, dpi)
    if worthwhile(skew):
        grey, back = straightened(grey, skew, int(np.percentile(grey[::7, ::7], 80)))
        matrix[:2] = back
        steps.append(f"straightened {skew:.1f}")
    codes = tuple(find_barcodes(grey, dpi))
    return _finished(
        grey,
        dpi,
        matrix,
        rotation=rotation,
        sure=lie.sure or turn is not None,
        other_turns=lie.others,
        barcodes=codes,
        only_codes=any("SEPARA" in code.text.upper() for code in codes),
        steps=tuple(steps),
    )


def _target(picture: Picture, across: float, down: float) -> tuple[float, float]:
    """Resolution to read at and how much to smooth, by what bench/read measured on each kind of page."""
    finest = max(across, down)
    if picture.bilevel and finest < 250:
        return (250.0, 0.65) if min(across, down) < 150 else (204.0, 0.45)
    return min(300.0, finest), 0.0


def grey_of(pixels: Pixels) -> Pixels:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels


def _finished(
    grey: Pixels,
    dpi: float,
    matrix: Any = None,
    *,
    rotation: int = 0,
    sure: bool = True,
    other_turns: tuple[int, ...] = (),
    blank: bool = False,
    barcodes: tuple[Found, ...] = (),
    only_codes: bool = False,
    steps: tuple[str, ...] = (),
) -> Prepared:
    height, width = grey.shape
    to_fraction = np.diag([1 / width, 1 / height, 1.0])
    return Prepared(
        grey=grey,
        dpi=dpi,
        to_page=to_fraction @ (np.eye(3) if matrix is None else matrix),
        rotation=rotation,
        sure_of_rotation=sure,
        other_turns=other_turns,
        blank=blank,
        barcodes=barcodes,
        only_codes=only_codes,
        width_mm=round(width / dpi * _MM, 1),
        height_mm=round(height / dpi * _MM, 1),
        steps=steps,
    )


def page_box(prepared: Prepared, box: Box) -> Box:
    """A box in pixels of the prepared picture, as fractions of the page as shown upright."""
    left, top, right, bottom = box
    corners = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], dtype=float).T
    there = prepared.to_page @ corners
    x, y = np.clip(there[0] / there[2], 0, 1), np.clip(there[1] / there[2], 0, 1)
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
