"""A searchable PDF of a scanned document: the pages as they came, with the words that were read laid invisibly over.

A rendition for the console and for export; the original is never changed. Made from what reading has kept: nothing
is read twice.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from mailroom.document import Document, Page
from parsers import defects
from parsers.isolation import Defect
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.page_plain import from_plain, to_plain
from parsers.page_workshop import survey_workshop

_POINTS_PER_MM = 72 / 25.4
_A4_MM = (210.0, 297.0)
_HELVETICA = 0.5
"""Mean width of a letter for its size; each word is stretched to its box, so this need not be exact."""


def searchable_pdf(document: Document, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> bytes | Defect:
    """The PDF, or the defect that kept it from being made. `data`: the document's own bytes (PDF or picture)."""
    request = {
        "data": data,
        "is_pdf": document.media_type == "application/pdf",
        "pages": [to_plain(page) for page in document.pages],
    }
    answer = survey_workshop().run("page.searchable", request, limits=limits, seconds=10.0 + 3.0 * len(document.pages))
    if isinstance(answer, Defect | bytes):
        return answer
    return Defect(code=defects.CORRUPT)


def make(payload: dict[str, Any], limits: Limits) -> bytes | None:
    """Duty: see `searchable_pdf`. None where a page cannot be drawn."""
    pages = [from_plain(plain) for plain in payload["pages"]]
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        for page in pages:
            picture = _picture(payload["data"], page.number, page.rotation, limits, is_pdf=payload["is_pdf"])
            if picture is None:
                return None
            jpeg, width, height, grey = picture
            _add(pdf, font, page, jpeg, (width, height), grey=grey)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _picture(
    data: bytes, number: int, rotation: int, limits: Limits, *, is_pdf: bool
) -> tuple[bytes, int, int, bool] | None:
    # The reading children have these; whoever only asks for a rendition needs not load them.
    import cv2

    from parsers.image import NoPicture, load_frames
    from parsers.orientation import turned
    from parsers.pdf import Unopenable, draw_pages

    try:
        if is_pdf:
            (drawn,) = draw_pages(data, [number], limits)
            picture = None if isinstance(drawn, str) else drawn
        else:
            picture = next(load_frames(data, [number], limits))[0]
    except (Unopenable, NoPicture):
        return None
    if picture is None:
        return None
    pixels = turned(picture.pixels, rotation)
    grey = pixels.ndim == 2
    _, code = cv2.imencode(".jpg", pixels if grey else pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])
    return code.tobytes(), pixels.shape[1], pixels.shape[0], grey


def _add(pdf: Any, font: Any, page: Page, jpeg: bytes, pixels: tuple[int, int], *, grey: bool) -> None:
    width = (page.width_mm or _A4_MM[0]) * _POINTS_PER_MM
    height = (page.height_mm or _A4_MM[1]) * _POINTS_PER_MM
    image = pikepdf.Stream(pdf, jpeg)
    image.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=pixels[0],
            Height=pixels[1],
            ColorSpace=pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
    )
    drawing = [b"q %.2f 0 0 %.2f 0 0 cm /Im Do Q" % (width, height), b"BT 3 Tr"]
    drawing += [line for word in page.words if (line := _word(word.text, word.box, width, height))]
    drawing.append(b"ET")
    pdf.pages.append(
        pikepdf.Page(
            pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Page,
                    MediaBox=[0, 0, width, height],
                    Resources=pikepdf.Dictionary(
                        XObject=pikepdf.Dictionary(Im=image), Font=pikepdf.Dictionary(F1=font)
                    ),
                    Contents=pikepdf.Stream(pdf, b"\n".join(drawing)),
                )
            )
        )
    )


def _word(text: str, box: tuple[float, float, float, float], width: float, height: float) -> bytes:
    letters = text.encode("cp1252", "replace")
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    size = bottom - top
    if size < 0.5 or not letters:
        return b""
    stretch = 100 * (right - left) / max(0.1, _HELVETICA * size * len(letters))
    escaped = letters.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"/F1 %.1f Tf %.1f Tz 1 0 0 1 %.2f %.2f Tm (%s ) Tj" % (
        size, min(1000.0, max(5.0, stretch)), left, height - bottom, escaped,
    )  # fmt: skip
