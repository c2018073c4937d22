"""One page of a PDF or picture as PNG for the operators' eyes, with rectangles around what is spoken of.

Drawn in a reading child: the console's own process opens nothing foreign.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from mailroom.document import Box
from parsers import defects
from parsers.isolation import Defect
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.page_workshop import survey_workshop

_FORMATS = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP", "HEIF", "AVIF", "MPO")
"""Nothing that would start another program (EPS)."""
_BLUE = (0, 102, 204)
_TALLEST = 3
"""Times the width; a longer fax strip is made narrower."""


def page_png(
    data: bytes,
    number: int,
    *,
    is_pdf: bool,
    width: int,
    turned: int = 0,
    boxes: Sequence[Box] = (),
    spun: int = 0,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes | Defect:
    """PNG of one page (0-based), or the defect that kept it from being drawn.

    Turned clockwise by `turned` degrees it stands upright; there `boxes` lie on it. `spun` turns both further.
    """
    request = {"data": data, "is_pdf": is_pdf, "number": number, "width": width, "turned": turned, "spun": spun}
    request["boxes"] = [list(box) for box in boxes]
    answer = survey_workshop().run("page.picture", request, limits=limits)
    return answer if isinstance(answer, Defect | bytes) else Defect(code=defects.CORRUPT)


def draw(payload: dict[str, Any], limits: Limits) -> bytes | None:
    """Duty: see `page_png`. None where the page cannot be drawn."""
    # The reading children have these; whoever only asks for a picture needs not load them.
    from PIL import Image, ImageDraw

    from parsers.image import NoPicture, load_frames
    from parsers.pdf import Unopenable, draw_pages

    try:
        if payload["is_pdf"]:
            (drawn,) = draw_pages(payload["data"], [payload["number"]], limits)
            picture = None if isinstance(drawn, str) else drawn
        elif not _is_ours(payload["data"]):
            return None
        else:
            picture = next(load_frames(payload["data"], [payload["number"]], limits))[0]
    except (Unopenable, NoPicture, StopIteration):
        return None
    if picture is None:
        return None
    across, down = picture.dpi or (1.0, 1.0)
    shown = Image.fromarray(picture.pixels).convert("RGB")
    if across > 1.3 * down > 0:  # a standard fax has twice as many dots across as down
        shown = shown.resize((shown.width, round(shown.height * across / down)))
    shown = shown.rotate(-payload["turned"], expand=True) if payload["turned"] else shown
    shown.thumbnail((payload["width"], payload["width"] * _TALLEST))
    pen = ImageDraw.Draw(shown)
    for left, top, right, bottom in payload["boxes"]:
        edges = (left * shown.width - 3, top * shown.height - 3, right * shown.width + 3, bottom * shown.height + 3)
        pen.rectangle(edges, outline=_BLUE, width=3)
    shown = shown.rotate(-payload["spun"], expand=True) if payload["spun"] else shown
    out = io.BytesIO()
    shown.save(out, "PNG", compress_level=3)
    return out.getvalue()


def _is_ours(data: bytes) -> bool:
    import pillow_heif
    from PIL import Image, UnidentifiedImageError

    pillow_heif.register_heif_opener()
    try:
        Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False
    return True
