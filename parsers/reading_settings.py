"""How paper and files are read: languages, limits, processes. Comes from the ``[reading]`` table of gateway.toml."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from typing import Annotated, ClassVar

from mailroom.bounds import Between, Matching, Patience
from parsers.limits import DEFAULT_LIMITS, Limits

LanguageName = Annotated[str, Matching(re.compile(r"[A-Za-z0-9_]{2,30}"), "a language's name, such as ita,")]
MOST_LANGUAGES = 30
AUDIO = "{audio}"
"""Stands in the transcriber's command for the path of the recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    languages: tuple[LanguageName, ...] = ("ita",)
    """Tesseract's names, the likeliest first; one that is not installed is left out."""
    limits: Limits = DEFAULT_LIMITS
    page_seconds: Patience = 40.0
    """Wall-clock time for reading one page from its picture; past it the page is marked, not waited for."""
    pages_per_start: Annotated[int, Between(1, 1_000)] = 18
    """Pages that one start of the engine reads at most, so that its model is loaded once for many: each start costs
    as much as a fifth of a page, and a share of pages needs up to three."""
    readers: Annotated[int, Between(1, 256)] | None = None
    """Engine processes at a time, each with one thread; None means one a core."""
    second_reading: bool = True
    """Read again, with other settings, what was read with little confidence and where codes were expected."""
    blank_sheets_separate: bool = False
    """A blank sheet in a scanned batch begins a new letter, as a separator sheet does."""
    transcriber: tuple[str, ...] = ()
    """Program and arguments that turn speech into words: ``{audio}`` stands for the recording, which comes as it was
    sent; what the program prints (UTF-8) are the words. It has no network. Empty: nobody listens."""
    transcriber_seconds: Patience = 600.0
    """Wall-clock time for listening to one recording."""
    reader: ClassVar[int] = 14
    """Raised with every change of ours that alters what is read: part of the cache's key."""

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("languages: must not be empty")
        if len(self.languages) > MOST_LANGUAGES:
            raise ValueError(f"languages: at most {MOST_LANGUAGES} are wanted")
        if not self.transcriber:
            return
        if not any(AUDIO in word for word in self.transcriber[1:]):
            raise ValueError(f"transcriber: none of its arguments is {AUDIO}")
        if shutil.which(self.transcriber[0]) is None:
            raise ValueError(f"transcriber: there is no program {self.transcriber[0]}")


DEFAULT_READING = ReadingSettings()
