"""From a scanned batch to letters: where one letter ends and the next begins. Pure, over pages that were read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailroom.document import Document, Page, PageRange
from parsers.reading_settings import DEFAULT_READING, ReadingSettings
from parsers.separators import SEPARATOR_TEXT

_PATCHES = frozenset({"Patch", "PatchT"})
_SAYS_SO = re.compile(r"separa|patch.?(t|2|code)|inizio.?(lettera|documento|pratica)|new.?document", re.IGNORECASE)
_LARGE = 0.03
"""Share of the page beyond which a code is there to be seen by a machine: stamps and slips have smaller ones."""
_FEW_WORDS = 15


def letters(carrier: Document, *, settings: ReadingSettings = DEFAULT_READING) -> tuple[PageRange, ...]:
    """The letters of a batch, in order: separator sheets left out, blank sheets at a letter's ends too.

    One range for the whole file where nothing separates; none for a file of separators and blank sheets only.
    """
    found: list[PageRange] = []
    run: list[Page] = []
    reason = ""
    for page in carrier.pages:
        why = _separates(page, settings)
        if why is None:
            run.append(page)
            continue
        found.extend(_range(run, reason))
        run, reason = [], why
    found.extend(_range(run, reason))
    if not found and carrier.pages and not any(map(is_separator, carrier.pages)):
        return (PageRange(first=carrier.pages[0].number, count=len(carrier.pages)),)
    return tuple(found)


def is_separator(page: Page) -> bool:
    """A sheet that was put in only to part two letters."""
    for code in page.barcodes:
        if code.symbology in _PATCHES or code.text == SEPARATOR_TEXT:
            return True
        left, top, right, bottom = code.box
        large = (right - left) * (bottom - top) >= _LARGE
        if _few_words(page.text) and (_SAYS_SO.search(code.text) or (large and _SAYS_SO.search(page.text))):
            return True
    return False


def _separates(page: Page, settings: ReadingSettings) -> str | None:
    if is_separator(page):
        return "separator"
    if settings.blank_sheets_separate and page.blank:
        return "blank sheet"
    return None


def _range(run: Iterable[Page], reason: str) -> list[PageRange]:
    numbers = [(page.number, page.blank) for page in run]
    while numbers and numbers[0][1]:
        numbers.pop(0)
    while numbers and numbers[-1][1]:
        numbers.pop()
    if not numbers:
        return []
    return [PageRange(first=numbers[0][0], count=len(numbers), reason=reason)]


def _few_words(text: str) -> bool:
    return len(text.split()) <= _FEW_WORDS
