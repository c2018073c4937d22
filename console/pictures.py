"""Pages as pictures: whatever a citizen sent is shown as PNG that we drew, never as the file itself."""

from __future__ import annotations

from collections.abc import Sequence

from mailroom.document import Box
from parsers.isolation import Defect
from parsers.page_picture import page_png

WIDTH = 1100
WIDEST = 2600
"""For reading small print; beyond, the scan has no more to give."""


def page_picture(
    data: bytes,
    media_type: str,
    number: int,
    *,
    turned: int = 0,
    boxes: Sequence[Box] = (),
    width: int = WIDTH,
    spun: int = 0,
) -> bytes:
    """PNG of one page (0-based), upright, evidence boxes outlined, then spun as the operator likes.

    Raises ValueError for what can't be shown.
    """
    is_pdf = media_type == "application/pdf"
    if not is_pdf and not media_type.startswith("image/"):
        raise ValueError("can't be shown")
    width = min(max(width, 100), WIDEST)
    drawn = page_png(data, number, is_pdf=is_pdf, width=width, turned=turned, boxes=boxes, spun=spun)
    if isinstance(drawn, Defect):
        raise ValueError("can't be shown")
    return drawn
