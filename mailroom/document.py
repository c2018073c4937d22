"""Documents: things a clerk would open, with their pages read into words that keep their place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailroom.submission import Signer

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as fractions (0..1) of the page as shown upright, origin top left."""


class TextSource(StrEnum):
    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    OFFICE = "office"
    SPEECH = "speech"
    """Heard by a machine: shown to people, believed by nobody."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    text: str
    box: Box
    confidence: float
    """0..1; 1.0 for text layers."""
    line: int
    """Number of the text line on its page, from 0 in reading order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode:
    symbology: str
    text: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    number: int
    """0-based within the file."""
    text: str
    """Reading order, ``\\n`` between lines, a blank line between blocks."""
    words: tuple[Word, ...] = ()
    source: TextSource = TextSource.NONE
    confidence: float = 1.0
    """Mean word confidence, 0..1."""
    rotation: int = 0
    """Degrees clockwise by which the page was turned to stand upright: 0, 90, 180 or 270."""
    blank: bool = False
    photo: bool = False
    """The page (or most of it) is a picture of the world, not of paper."""
    card: bool = False
    """A card-shaped region (identity card, health card, driving licence) was found."""
    signature: bool | None = None
    """A stroke pattern that looks like a handwritten signature; None where not looked for."""
    barcodes: tuple[Barcode, ...] = ()
    width_mm: float | None = None
    height_mm: float | None = None
    defects: tuple[str, ...] = ()
    header: str | None = None
    """The line that the sending fax machine printed on top (date, number, page n of m); no part of `text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    index: int
    part: int
    """Index of the part in the submission."""
    path: str
    filename: str | None
    digest: str
    media_type: str
    size: int
    pages: tuple[Page, ...]
    page_count: int
    """Pages of the file; more than len(pages) when a limit cut the reading short."""
    text_source: TextSource
    carrier: bool = False
    form_fields: tuple[tuple[str, str], ...] = ()
    signers: tuple[Signer, ...] = ()
    defects: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n\n".join(page.text for page in self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRange:
    """A run of pages of one file: a letter cut out of a batch, or a paper cut out of a bundle."""

    first: int
    count: int
    reason: str = ""
