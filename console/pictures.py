"""Pages as pictures: whatever a citizen sent is shown as PNG that we drew, never as the file itself."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2
from PIL import Image, ImageDraw, UnidentifiedImageError

from mailroom.document import Box

WIDTH = 1100
MOST_PIXELS = 60_000_000
FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
"""Nothing that would start another program (EPS) or that we don't read ourselves."""


def page_picture(data: bytes, media_type: str, number: int, *, turned: int = 0, boxes: Sequence[Box] = ()) -> bytes:
    """PNG of one page (0-based), upright, evidence boxes outlined. Raises ValueError for what can't be shown."""
    picture = _pdf_page(data, number) if media_type == "application/pdf" else _frame(data, number)
    if turned:
        picture = picture.rotate(-turned, expand=True)
    picture.thumbnail((WIDTH, WIDTH * 3))
    shown = picture.convert("RGB")
    pen = ImageDraw.Draw(shown)
    for left, top, right, bottom in boxes:
        edges = (left * shown.width - 3, top * shown.height - 3, right * shown.width + 3, bottom * shown.height + 3)
        pen.rectangle(edges, outline=(0, 102, 204), width=3)
    out = io.BytesIO()
    shown.save(out, "PNG", optimize=False)
    return out.getvalue()


def _pdf_page(data: bytes, number: int) -> Image.Image:
    try:
        document = pypdfium2.PdfDocument(data)
        page = document[number]
        width, height = max(1.0, page.get_width()), max(1.0, page.get_height())
        scale = min(3.0, WIDTH / width, 3 * WIDTH / height)
        drawn: Image.Image = page.render(scale=scale).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError("the page can't be shown") from error
    return drawn


def _frame(data: bytes, number: int) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("too large to be shown")
        picture.seek(number)
        width, height = picture.size
        dpi = picture.info.get("dpi") or (1, 1)
        shown = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, EOFError, OSError, SyntaxError) as error:
        raise ValueError("the picture can't be shown") from error
    if dpi[0] and dpi[1] and dpi[0] > 1.3 * dpi[1]:
        shown = shown.resize((width, round(height * float(dpi[0]) / float(dpi[1]))))
    return shown
