"""PDF files: opened, their text layers read, their pages drawn. Runs in reading children only.

pypdfium2 does the common case in a millisecond a page; pdfplumber is asked for the values of filled-in forms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from mailroom.document import Page
from parsers import defects
from parsers.limits import Limits
from parsers.page_plain import to_plain
from parsers.pdf_pictures import bare_picture
from parsers.pdf_text import read_layer
from parsers.picture import Picture

_POINTS_PER_INCH = 72
_MIN_DPI, _MAX_DPI, _USUAL_DPI = 150, 300, 200


class Unopenable(Exception):
    """`code` is one of `parsers.defects`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_pdf(data: bytes) -> Any:
    """Raises Unopenable (`encrypted`, `corrupt`)."""
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD
        raise Unopenable(defects.ENCRYPTED if locked else defects.CORRUPT) from None
    if len(pdf) == 0:
        raise Unopenable(defects.CORRUPT)
    return pdf


def survey_pdf(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty: the pages that text layers give, and the numbers of those that must be read by sight.

    `payload`: ``data``, ``first``, ``count``. Answers ``pages`` (plain), ``sight``, ``total``, ``fields``,
    ``defects``.
    """
    try:
        pdf = open_pdf(payload["data"])
    except Unopenable as error:
        return {"pages": [], "sight": [], "total": 0, "fields": [], "defects": [error.code]}
    with pdf:
        total = len(pdf)
        pages, sight, found, broken = _layers(pdf, payload["first"], payload["count"], limits)
        fields: list[tuple[str, str, int]] = []
        if pdf.get_formtype() != pdfium_c.FORMTYPE_NONE:
            from parsers.pdf_forms import filled_fields

            fields = filled_fields(payload["data"])
    plain = [to_plain(page) for page in pages]
    return {"pages": plain, "sight": sight, "total": total, "fields": fields, "defects": found + broken}


def survey_pdfs(payload: dict[str, Any], limits: Limits) -> list[dict[str, Any]]:
    """Duty: `survey_pdf` of the first ``count`` pages of each of ``files``, in their order."""
    return [survey_pdf({"data": data, "first": 0, "count": payload["count"]}, limits) for data in payload["files"]]


def _layers(pdf: Any, first: int, count: int, limits: Limits) -> tuple[list[Page], list[int], list[str], list[str]]:
    pages: list[Page] = []
    sight: list[int] = []
    found: list[str] = []
    broken: list[str] = []
    characters = 0
    last = min(len(pdf), first + count)
    for number in range(first, last):
        try:
            page = pdf[number]
        except pdfium.PdfiumError:
            pages.append(Page(number=number, text="", defects=(defects.CORRUPT,)))
            broken = [defects.CORRUPT]
            continue
        read, verdict = read_layer(page, number)
        page.close()
        characters += len(read.text)
        if characters > limits.text_chars:
            found = [defects.TOO_MUCH_TEXT]
            break
        pages.append(read)
        if verdict == "read":
            sight.append(number)
    return pages, sight, found, broken


def draw_pages(data: bytes, numbers: Sequence[int], limits: Limits) -> Iterator[Picture | str]:
    """Each page as a picture, or the defect that kept it from being drawn. Raises Unopenable."""
    with open_pdf(data) as pdf:
        for number in numbers:
            yield _draw(pdf, number, limits)


def _draw(pdf: Any, number: int, limits: Limits) -> Picture | str:
    try:
        page = pdf[number]
    except (pdfium.PdfiumError, IndexError):
        return defects.CORRUPT
    try:
        bare = bare_picture(page, limits)
        if bare is not None:
            return bare
        width, height = page.get_size()
        dpi = _drawing_dpi(page, width, height)
        if min(width, height) < 2 or width * height * (dpi / _POINTS_PER_INCH) ** 2 > limits.pixels:
            dpi = int((limits.pixels / max(1.0, width * height)) ** 0.5 * _POINTS_PER_INCH * 0.99)
            if dpi < 20 or min(width, height) < 2:
                return defects.UNPACKED_TOO_LARGE
        bitmap = page.render(scale=dpi / _POINTS_PER_INCH, may_draw_forms=True, rev_byteorder=True, prefer_bgrx=False)
        pixels = np.array(bitmap.to_numpy())
        bitmap.close()
    except pdfium.PdfiumError:
        return defects.CORRUPT
    finally:
        page.close()
    if pixels.ndim == 3:
        pixels = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels[:, :, :3]
    return Picture(pixels=pixels, dpi=(float(dpi), float(dpi)))


def _drawing_dpi(page: Any, width: float, height: float) -> int:
    """That of the picture which fills the page, so that its pixels are neither lost nor blown up."""
    best = 0.0
    for thing in page.get_objects(filter=(pdfium_c.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        try:
            across, down = thing.get_px_size()
            left, bottom, right, top = thing.get_bounds()
        except pdfium.PdfiumError:
            continue
        if (right - left) * (top - bottom) > 0.5 * width * height:
            best = max(best, _POINTS_PER_INCH * max(across, down) / max(1.0, max(right - left, top - bottom)))
    if not best:
        return _USUAL_DPI
    return round(min(_MAX_DPI, max(_MIN_DPI, best)))


def has_words(data: bytes) -> bool | None:
    """Whether the first page has a text layer worth the name; None where the file can't be opened. Quick."""
    try:
        with open_pdf(data) as pdf:
            _, verdict = read_layer(pdf[0], 0)
            return verdict != "read"
    except (Unopenable, pdfium.PdfiumError):
        return None
