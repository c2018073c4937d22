"""Tesseract, through pytesseract: one engine start reads many pages, on one thread, within a time limit.

OMP_THREAD_LIMIT=1 must stand in the environment (reading children have it): with several engines at work, the
default of one thread a core makes each of them many times slower.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytesseract


class EngineTimedOut(Exception):
    """The engine was ended because its time was over."""


class EngineFailed(Exception):
    """The engine is not there, or refused the pictures; the message is its own, shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One word as the engine says it, in pixels of the picture it was given."""

    page: int
    block: int
    paragraph: int
    line: int
    left: int
    top: int
    width: int
    height: int
    confidence: float
    """0..100."""
    text: str


def read_pictures(
    pictures: Sequence[Path],
    folder: Path,
    *,
    languages: str,
    mode: int,
    seconds: float,
    variables: Sequence[tuple[str, str]] = (),
) -> list[list[Row]]:
    """The words of each picture, whose file tells its resolution. `mode` is the engine's page segmentation mode.

    Raises EngineTimedOut, EngineFailed.
    """
    listing = folder / "pictures.txt"
    listing.write_text("".join(f"{picture}\n" for picture in pictures), "utf-8")
    options = " ".join(f"-c {name}={value}" for name, value in variables)
    try:
        table = pytesseract.image_to_data(
            str(listing), lang=languages, config=f"--psm {mode} --oem 1 {options}", timeout=seconds
        )
    except RuntimeError as error:
        # pytesseract tells a timeout and a refusal apart by the class below RuntimeError.
        if isinstance(error, pytesseract.TesseractError):
            raise EngineFailed(str(error)[:200]) from None
        raise EngineTimedOut(f"{seconds:g} s") from None
    except (pytesseract.TesseractNotFoundError, OSError) as error:
        raise EngineFailed(type(error).__name__) from None
    return rows_of(table, len(pictures))


def rows_of(table: str, pages: int) -> list[list[Row]]:
    """The word rows of a TSV table (``tesseract(1)``, config ``tsv``), page by page."""
    found: list[list[Row]] = [[] for _ in range(pages)]
    for line in table.split("\n"):
        cells = line.rstrip("\r").split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        page, block, paragraph, number, _, left, top, width, height = map(int, cells[1:10])
        if not 1 <= page <= pages:
            continue
        found[page - 1].append(
            Row(
                page=page - 1, block=block, paragraph=paragraph, line=number, left=left, top=top, width=width,
                height=height, confidence=float(cells[10]), text=cells[11].strip(),
            )
        )  # fmt: skip
    return found


@functools.cache
def engine_version() -> str:
    """For the cache's key; ``absent`` if there is no engine."""
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit):
        return "absent"


@functools.cache
def installed_languages() -> frozenset[str]:
    try:
        return frozenset(pytesseract.get_languages(config=""))
    except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError, OSError):
        return frozenset()


def language_option(wanted: Sequence[str]) -> str:
    """The engine's ``-l`` value: those of `wanted` that are installed, else whatever is there."""
    present = [language for language in wanted if language in installed_languages()]
    return "+".join(present or sorted(installed_languages() - {"osd"})[:1] or ["eng"])


def threads_are_limited() -> bool:
    """Whether this process has the setting without which engines get in each other's way (for `doctor`)."""
    return os.environ.get("OMP_THREAD_LIMIT") == "1"
