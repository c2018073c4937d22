"""A picture of a page made ready for the engine: only the steps that a quick measure of this page asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from mailroom.document import Box
from parsers.barcode import Found, find_barcodes, find_patch, may_bear_codes
from parsers.blank import is_blank
from parsers.card import find_card
from parsers.deskew import skew_of, straightened, worthwhile
from parsers.dropped_lines import refilled
from parsers.faded import is_faded, thickened
from parsers.orientation import lie_of, turned
from parsers.page_marks import Marks, marks_of
from parsers.photo import evened, find_sheet, laid_flat, light_is_uneven, stands_on_something
from parsers.picture import Picture, Pixels
from parsers.polarity import is_negative
from parsers.specks import is_speckled, swept
from parsers.squaring import resolution_of, to_square

_MM = 25.4
_FAX, _FAX_FINE, _FAX_FADED = (250.0, 0.65), (204.0, 0.45), (250.0, 0.5)
"""Resolution to read at, and how much is smoothed on the way."""
_BARS_SMOOTHED = 0.4
"""Hundredths of an inch."""
_COARSE, _ENLARGED = 140.0, 250.0
_FINEST = 300.0
_HEADER_ZONE, _HEADER_GAP = 0.5, 0.06
"""Inches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    grey: Pixels
    dpi: float
    to_page: Any
    """3×3: pixels of `grey` to fractions of the page as shown upright."""
    marks: Marks
    """Of `grey`, as it is now."""
    bilevel: bool = False
    rotation: int = 0
    sure_of_rotation: bool = True
    other_turns: tuple[int, ...] = ()
    """Other ways it may lie, likeliest first."""
    blank: bool = False
    barcodes: tuple[Found, ...] = ()
    """Their boxes are pixels of `grey`."""
    only_codes: bool = False
    """A separator sheet: there is nothing to read."""
    card: Box | None = None
    """In pixels of `grey`."""
    width_mm: float = 0.0
    height_mm: float = 0.0
    steps: tuple[str, ...] = ()
    """What was done to it, for bench/read."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """One picture while it is made ready; `back` leads from its pixels to those it came with."""

    grey: Pixels
    back: Any
    steps: list[str]

    def then(self, grey: Pixels, back: Any, step: str) -> None:
        self.grey, self.back = grey, self.back @ back
        self.steps.append(step)


def prepare(picture: Picture, *, turn: int | None = None) -> Prepared:
    """`turn` (degrees clockwise) overrules what the page's own marks say about the way it lies."""
    work = _Work(grey=grey_of(picture.pixels), back=np.eye(3), steps=[])
    shape = work.grey.shape
    if picture.bilevel:
        if float(work.grey[::4, ::4].mean()) < 100:
            work.then(255 - work.grey, np.eye(3), "inverted")
        if is_speckled(work.grey):
            work.then(swept(work.grey), np.eye(3), "swept")
        filled, holes = refilled(work.grey)
        if holes:
            work.then(filled, np.eye(3), f"{holes} lines refilled")
    else:
        if is_negative(work.grey):
            work.then(255 - work.grey, np.eye(3), "inverted")
        _flatten(work)
    crisp = work.grey
    dpi = _square(work, picture)
    marks = marks_of(work.grey, dpi)
    if is_blank(marks):
        return _finished(work, shape, dpi, marks, picture, blank=True)
    patches = find_patch(marks.ink, marks.dpi, dpi)
    if patches:
        return _finished(work, shape, dpi, marks, picture, barcodes=tuple(patches), only_codes=True)
    lie = lie_of(marks)
    rotation = lie.turn if turn is None else turn
    if rotation:
        if picture.bilevel:
            _wipe_header(work, marks, dpi)
        back = _unturn(rotation, *work.grey.shape)
        work.then(turned(work.grey, rotation), back, f"turned {rotation}")
    skew = lie.skew if rotation % 180 == lie.turn % 180 else skew_of(turned(marks.letters, rotation))
    if worthwhile(skew):
        grey, back = straightened(work.grey, skew, int(np.percentile(work.grey[::9, ::9], 80)))
        work.then(grey, np.vstack([back, [0, 0, 1]]), f"straightened {skew:.1f}")
    if rotation or worthwhile(skew):
        marks = marks_of(work.grey, dpi)
    codes = _barcodes(work, crisp, picture, dpi) if may_bear_codes(marks.ink, marks.dpi) else ()
    card = find_card(marks)
    enlarge = dpi / marks.dpi
    return _finished(
        work,
        shape,
        dpi,
        marks,
        picture,
        rotation=rotation,
        sure_of_rotation=lie.sure or turn is not None,
        other_turns=lie.others,
        barcodes=codes,
        only_codes=any("SEPARA" in code.text.upper() for code in codes),
        card=None if card is None else tuple(value * enlarge for value in card),
    )


def grey_of(pixels: Pixels) -> Pixels:
    if pixels.ndim == 2:
        return pixels
    grey: Pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return grey


def page_box(prepared: Prepared, box: Box) -> Box:
    """A box in pixels of the prepared picture, as fractions of the page as shown upright."""
    left, top, right, bottom = (round(min(1.0, max(0.0, edge)), 5) for edge in _box_there(prepared.to_page, box))
    return (left, top, right, bottom)


def _flatten(work: _Work) -> None:
    """Photographs: the sheet cut out and laid flat, the light evened."""
    if stands_on_something(work.grey):
        corners = find_sheet(work.grey)
        if corners is not None:
            work.then(*laid_flat(work.grey, corners), "laid flat")
    if light_is_uneven(work.grey):
        work.then(evened(work.grey), np.eye(3), "evened")


def _square(work: _Work, picture: Picture) -> float:
    """Square pixels at the resolution to read at, by what bench/read measured on each kind of page."""
    if "laid flat" in work.steps:
        across = down = max(72.0, float(min(work.grey.shape)) / 8.27)
    else:
        across, down = resolution_of(picture, work.grey)
    finest = max(across, down)
    dpi: float = min(_FINEST, finest)
    smooth = 0.0
    if picture.bilevel and finest < _ENLARGED:
        dpi, smooth = _FAX if min(across, down) < 150 else _FAX_FINE
        if min(across, down) < 150 and is_faded(work.grey):
            work.then(thickened(work.grey), np.eye(3), "thickened")
            dpi, smooth = _FAX_FADED
    elif finest < _COARSE:
        dpi = min(_ENLARGED, 2 * finest)
    before = work.grey.shape
    squared = to_square(work.grey, (across, down), dpi, smooth=smooth)
    if squared is not work.grey:
        scale = np.diag([before[1] / squared.shape[1], before[0] / squared.shape[0], 1.0])
        work.then(squared, scale, f"squared to {dpi:.0f}")
    return dpi


def _barcodes(work: _Work, crisp: Pixels, picture: Picture, dpi: float) -> tuple[Found, ...]:
    """On black and white pages as they came: what makes writing smooth joins bars that stand close."""
    if not picture.bilevel:
        return tuple(find_barcodes(work.grey, dpi))
    across, down = resolution_of(picture, crisp)
    there = np.linalg.inv(work.back) @ np.diag([1.0, down / across, 1.0])
    square = to_square(crisp, (across, down), across, smooth=_BARS_SMOOTHED)
    return tuple(replace(code, box=_box_there(there, code.box)) for code in find_barcodes(square, across))


def _box_there(there: Any, box: Box) -> Box:
    left, top, right, bottom = box
    corners = there @ np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], dtype=float).T
    x, y = corners[0] / corners[2], corners[1] / corners[2]
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _wipe_header(work: _Work, marks: Marks, dpi: float) -> None:
    """On a sheet fed the wrong way round, the machine's line stands on its head beside the writing: it is painted out.

    It is a row of ink at the very top with nothing close below.
    """
    rows: Any = marks.ink[: round(_HEADER_ZONE * marks.dpi)].any(axis=1)
    if not rows.any():
        return
    start = int(np.argmax(rows))
    quiet = max(3, round(_HEADER_GAP * marks.dpi))
    for end in range(start + 1, len(rows) - quiet):
        if not rows[end : end + quiet].any():
            scale = dpi / marks.dpi
            work.grey = work.grey.copy()
            work.grey[: round((end + 1) * scale)] = 255
            work.steps.append("header painted out")
            return


def _unturn(turn: int, height: int, width: int) -> Any:
    """Pixels of a picture turned clockwise to those of the picture before (its height and width)."""
    if turn == 90:
        return np.array([[0, 1, 0], [-1, 0, height], [0, 0, 1]], dtype=float)
    if turn == 180:
        return np.array([[-1, 0, width], [0, -1, height], [0, 0, 1]], dtype=float)
    return np.array([[0, -1, width], [1, 0, 0], [0, 0, 1]], dtype=float)


def _finished(
    work: _Work, shape: tuple[int, ...], dpi: float, marks: Marks, picture: Picture, **found: Any
) -> Prepared:
    rotation = int(found.get("rotation", 0))
    fraction = np.diag([1 / shape[1], 1 / shape[0], 1.0])
    # Fractions of the picture as it came, turned as it will be shown.
    shown = np.linalg.inv(_unturn(rotation, 1, 1)) if rotation else np.eye(3)
    height, width = work.grey.shape
    return Prepared(
        grey=work.grey,
        dpi=dpi,
        to_page=shown @ fraction @ work.back,
        marks=marks,
        bilevel=picture.bilevel,
        width_mm=round(width / dpi * _MM, 1),
        height_mm=round(height / dpi * _MM, 1),
        steps=tuple(work.steps),
        **found,
    )
