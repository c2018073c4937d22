"""From prepared pictures to words with places and confidences. Runs in reading children only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from mailroom.document import Box, Word
from parsers.picture import Pixels
from parsers.tools.tesseract import Row, read_pictures

_INCHES = 2
_UNPACKED = (cv2.IMWRITE_TIFF_COMPRESSION, 1, cv2.IMWRITE_TIFF_RESUNIT, _INCHES)
"""The engine's library takes these whole; a PGM it takes pixel by pixel, for a fifth of the time a page costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one look at one picture gave; boxes are pixels of that picture."""

    text: str
    words: tuple[Word, ...]
    confidence: float
    breaks: frozenset[int] = frozenset()
    """Lines that begin a paragraph."""


def read(
    pictures: Sequence[Pixels],
    folder: Path,
    *,
    languages: str,
    dpi: int | Sequence[int],
    seconds: float,
    mode: int = 3,
    variables: Sequence[tuple[str, str]] = (),
) -> list[Reading]:
    """`dpi` of all the pictures, or of each. Raises EngineTimedOut, EngineFailed (see `parsers.tools.tesseract`)."""
    dpis = [dpi] * len(pictures) if isinstance(dpi, int) else dpi
    paths = [folder / f"{number}.tif" for number in range(len(pictures))]
    for path, picture, its_dpi in zip(paths, pictures, dpis, strict=True):
        write(path, picture, its_dpi)
    pages = read_pictures(paths, folder, languages=languages, mode=mode, seconds=seconds, variables=variables)
    for path in paths:
        path.unlink()
    return [reading_of(rows) for rows in pages]


def write(path: Path, picture: Pixels, dpi: int) -> None:
    """A file as the engine opens it fastest, with its resolution: pages of several may then share a start."""
    cv2.imwrite(str(path), picture, (*_UNPACKED, cv2.IMWRITE_TIFF_XDPI, dpi, cv2.IMWRITE_TIFF_YDPI, dpi))


def reading_of(rows: Sequence[Row]) -> Reading:
    """Rows in the engine's reading order as lines; an empty line between its paragraphs."""
    words: list[Word] = []
    breaks: set[int] = set()
    line = -1
    last: tuple[int, int, int] | None = None
    for row in rows:
        key = (row.block, row.paragraph, row.line)
        if key != last:
            line += 1
            if last is not None and key[:2] != last[:2]:
                breaks.add(line)
            last = key
        box: Box = (row.left, row.top, row.left + row.width, row.top + row.height)
        words.append(Word(text=row.text, box=box, confidence=row.confidence / 100, line=line))
    return of_words(words, frozenset(breaks))


def with_words(reading: Reading, words: Sequence[Word]) -> Reading:
    """The same reading with other words on its lines."""
    return of_words(words, reading.breaks)


def of_words(words: Sequence[Word], breaks: frozenset[int]) -> Reading:
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    text = "\n".join(("\n" if number in breaks else "") + " ".join(line) for number, line in sorted(lines.items()))
    weights = [len(word.text) for word in words]
    total = sum(weight * word.confidence for weight, word in zip(weights, words, strict=True))
    confidence = total / sum(weights) if weights else 0.0
    return Reading(text=text.strip("\n"), words=tuple(words), confidence=confidence, breaks=breaks)
