"""How paper and files are read: languages, limits, processes. Comes from the ``[reading]`` table of gateway.toml."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    languages: tuple[str, ...] = ("ita",)
    """Tesseract's names, the likeliest first; one that is not installed is left out."""
    limits: Limits = DEFAULT_LIMITS
    page_seconds: float = 40.0
    """Wall-clock time for reading one page from its picture; past it the page is marked, not waited for."""
    pages_per_start: int = 12
    """Pages that one start of the engine reads at most, so that its model is loaded once for many: each start costs
    as much as a fifth of a page, and a share of pages needs up to three."""
    readers: int | None = None
    """Engine processes at a time, each with one thread; None means one a core."""
    second_reading: bool = True
    """Read again, with other settings, what was read with little confidence and where codes were expected."""
    blank_sheets_separate: bool = False
    """A blank sheet in a scanned batch begins a new letter, as a separator sheet does."""
    reader: int = 8
    """Raised with every change of ours that alters what is read: part of the cache's key."""


DEFAULT_READING = ReadingSettings()
