"""The picture behind a page of a PDF that is nothing but one black and white picture, as fax servers write them.

Drawn by a PDF library such a page loses what it was: its dots become grey, and a standard fax, with half as many rows
as columns, is blown up by rules made for screens. Taken out as it lies there it is read like the fax's own TIFF.
Runs in reading children only.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from parsers.limits import Limits
from parsers.picture import Picture, Pixels

_POINTS_PER_INCH = 72
_WHOLE_PAGE = 0.03
"""Share by which the picture's sides may differ from the page's."""
_COMPARED = 48
"""Pixels across of the two pictures that are held against each other."""
_ALIKE = 0.9
"""Correlation of their greys."""
_EVEN = 3.0
"""Standard deviation of the greys of a picture that shows nothing."""
_INVISIBLE = (3, 7)
"""Text render modes."""


def bare_picture(page: Any, limits: Limits) -> Picture | None:
    """The page's only picture, turned as the page shows it; None if the page is anything else than that picture."""
    image = _only_picture(page)
    if image is None:
        return None
    try:
        across, down = image.get_px_size()
        left, bottom, right, top = image.get_bounds()
        matrix = image.get_matrix()
        if min(matrix.a, matrix.d) <= 0 or max(abs(matrix.b), abs(matrix.c)) > 0.01:
            return None  # mirrored or turned within the page: its drawer may sort that out
        turns = page.get_rotation() // 90
        width, height = page.get_size()[::-1] if turns % 2 else page.get_size()
        wide, high = right - left, top - bottom
        if max(abs(wide / width - 1), abs(high / height - 1)) > _WHOLE_PAGE or across * down > limits.pixels:
            return None
        if image.get_metadata().bits_per_pixel != 1 or min(across, down) < 2:
            return None
        stored = _grey(image.get_bitmap(render=False))
        seen = _grey(page.render(scale=4 * _COMPARED / min(width, height), may_draw_forms=True, grayscale=True))
    except pdfium.PdfiumError:
        return None
    if stored is None or seen is None:
        return None
    dpi = (_POINTS_PER_INCH * across / wide, _POINTS_PER_INCH * down / high)
    turned = np.ascontiguousarray(np.rot90(stored, -turns))
    for pixels in (turned, 255 - turned):
        # Whatever lies between the two (masks, inverted colours, mirror images) shows itself here.
        if _alike(pixels, seen):
            return Picture(pixels=pixels, dpi=dpi[::-1] if turns % 2 else dpi, bilevel=True)
    return None


def _only_picture(page: Any) -> Any | None:
    """The one picture of a page that holds nothing else to be seen: a stamp or a note laid over it must be read too."""
    if pdfium_c.FPDFPage_GetAnnotCount(page) > 0:
        return None
    found = None
    for thing in page.get_objects(max_depth=1):
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE and found is None:
            found = thing
        elif thing.type != pdfium_c.FPDF_PAGEOBJ_TEXT or (
            pdfium_c.FPDFTextObj_GetTextRenderMode(thing) not in _INVISIBLE
        ):
            return None
    return found


def _grey(bitmap: Any) -> Pixels | None:
    pixels = np.array(bitmap.to_numpy())
    if pixels.ndim == 3:
        pixels = pixels[:, :, 0] if pixels.shape[2] < 3 else pixels[:, :, 1]
    return pixels if pixels.ndim == 2 and pixels.dtype == np.uint8 else None


def _alike(stored: Pixels, seen: Pixels) -> bool:
    tall = seen.shape[0] / seen.shape[1]
    if not 0.05 < tall < 20:
        return False
    size = (_COMPARED, max(8, round(_COMPARED * tall)))
    one = cv2.resize(stored, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    other = cv2.resize(seen, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if min(one.std(), other.std()) < _EVEN:
        return bool(max(one.std(), other.std()) < 2 * _EVEN and abs(one.mean() - other.mean()) < 2 * _EVEN)
    return bool(np.corrcoef(one.ravel(), other.ravel())[0, 1] > _ALIKE)
