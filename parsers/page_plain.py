"""Pages as plain data: how they come back from reading children and lie in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailroom.document import Barcode, Box, Page, TextSource, Word

Plain = dict[str, Any]


def to_plain(page: Page) -> Plain:
    """Words as short lists: they are nine tenths of what is written."""
    return {
        "number": page.number,
        "text": page.text,
        "words": [[w.text, w.box, w.confidence, w.line] for w in page.words],
        "source": page.source.value,
        "confidence": round(page.confidence, 4),
        "rotation": page.rotation,
        "blank": page.blank,
        "photo": page.photo,
        "card": page.card,
        "signature": page.signature,
        "barcodes": [[b.symbology, b.text, list(b.box)] for b in page.barcodes],
        "width_mm": page.width_mm,
        "height_mm": page.height_mm,
        "defects": list(page.defects),
        "header": page.header,
    }


def from_plain(plain: Mapping[str, Any]) -> Page:
    """Raises KeyError, TypeError or ValueError for what `to_plain` never wrote."""
    return Page(
        number=int(plain["number"]),
        text=str(plain["text"]),
        words=tuple(
            Word(text=str(text), box=_box(box), confidence=float(confidence), line=int(line))
            for text, box, confidence, line in plain["words"]
        ),
        source=TextSource(plain["source"]),
        confidence=float(plain["confidence"]),
        rotation=int(plain["rotation"]),
        blank=bool(plain["blank"]),
        photo=bool(plain["photo"]),
        card=bool(plain["card"]),
        signature=None if plain["signature"] is None else bool(plain["signature"]),
        barcodes=tuple(
            Barcode(symbology=str(symbology), text=str(text), box=_box(box))
            for symbology, text, box in plain["barcodes"]
        ),
        width_mm=_maybe(plain["width_mm"]),
        height_mm=_maybe(plain["height_mm"]),
        defects=tuple(str(defect) for defect in plain["defects"]),
        header=None if plain["header"] is None else str(plain["header"]),
    )


def _box(values: Sequence[float]) -> Box:
    left, top, right, bottom = map(float, values)
    return (left, top, right, bottom)


def _maybe(value: float | None) -> float | None:
    return None if value is None else float(value)
