"""Pages read by sight: pictures drawn or loaded, made ready, given to the engine. The duty of a reading child."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailroom.document import Barcode, Page, TextSource, Word
from parsers import defects
from parsers.image import NoPicture, load_frames
from parsers.limits import Limits
from parsers.ocr import Reading, read
from parsers.page_plain import to_plain
from parsers.pdf import Unopenable, draw_pages
from parsers.picture import Picture
from parsers.preparing import Prepared, page_box, prepare
from parsers.tools.tesseract import EngineFailed, EngineTimedOut

NOT_READ = "not_read"
"""Defect of a page: the engine is missing or refused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the gateway wants read; `pages` are numbers within the file."""

    data: bytes
    is_pdf: bool
    pages: Sequence[int]
    languages: str
    page_seconds: float
    second_reading: bool


def read_pages(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty: pages by sight, in the order asked for. Answers ``pages`` (plain)."""
    asked = Asked(**payload)
    pictures = _pictures(asked, limits)
    with tempfile.TemporaryDirectory() as folder:
        pages = _read_all(pictures, asked, Path(folder))
    return {"pages": [to_plain(page) for page in pages]}


def _pictures(asked: Asked, limits: Limits) -> list[tuple[Picture | None, str | None]]:
    try:
        if asked.is_pdf:
            drawn = draw_pages(asked.data, asked.pages, limits)
            return [(None, found) if isinstance(found, str) else (found, None) for found in drawn]
        return list(load_frames(asked.data, asked.pages, limits))
    except (Unopenable, NoPicture) as error:
        return [(None, error.code)] * len(asked.pages)


def _read_all(pictures: list[tuple[Picture | None, str | None]], asked: Asked, folder: Path) -> list[Page]:
    ready = [None if picture is None else prepare(picture) for picture, _ in pictures]
    wanted = [prepared for prepared in ready if prepared is not None and _has_text(prepared)]
    readings, failure = _readings(wanted, asked, folder)
    given = iter(readings)
    pages = []
    for number, (_, defect), prepared in zip(asked.pages, pictures, ready, strict=True):
        marks = (defect,) if defect else ()
        if prepared is None:
            pages.append(Page(number=number, text="", defects=marks))
        elif not _has_text(prepared):
            pages.append(page_of(number, prepared, None, marks))
        else:
            reading = next(given)
            pages.append(page_of(number, prepared, reading, marks if reading else (*marks, failure or NOT_READ)))
    return pages


def _readings(wanted: list[Prepared], asked: Asked, folder: Path) -> tuple[list[Reading | None], str | None]:
    if not wanted:
        return [], None
    seconds = asked.page_seconds * len(wanted)
    try:
        found = read(
            [prepared.grey for prepared in wanted],
            folder,
            languages=asked.languages,
            dpi=round(wanted[0].dpi),
            seconds=seconds,
        )
    except EngineTimedOut:
        return [None] * len(wanted), defects.TIMED_OUT
    except EngineFailed:
        return [None] * len(wanted), NOT_READ
    return list(found), None


def _has_text(prepared: Prepared) -> bool:
    return not prepared.blank and not prepared.only_codes


def page_of(number: int, prepared: Prepared, reading: Reading | None, marks: tuple[str, ...]) -> Page:
    words = tuple(
        Word(text=word.text, box=page_box(prepared, word.box), confidence=word.confidence, line=word.line)
        for word in (reading.words if reading else ())
    )
    return Page(
        number=number,
        text=reading.text if reading else "",
        words=words,
        source=TextSource.OCR if reading and words else TextSource.NONE,
        confidence=reading.confidence if reading and words else 0.0 if _has_text(prepared) else 1.0,
        rotation=prepared.rotation,
        blank=prepared.blank,
        photo=prepared.photo,
        barcodes=tuple(
            Barcode(symbology=code.symbology, text=code.text, box=page_box(prepared, code.box))
            for code in prepared.barcodes
        ),
        width_mm=prepared.width_mm,
        height_mm=prepared.height_mm,
        defects=marks,
    )
