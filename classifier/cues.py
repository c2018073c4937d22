"""Cues: turns of phrase that speak for a meaning. One readable table; the model weighs them, the console shows them.

A cue is no rule: it never decides. It names what an experienced clerk would underline while reading. Patterns are
matched on folded text (lower case, no accents, apostrophes and line ends as blanks), so that typing without accents,
capitals and broken lines make no difference.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from classifier.cue_table import TABLE
from classifier.spotting import Spotter


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    name: str
    """``topic.cmor``, ``stance.asks``, ``sector.gas`` … : what it speaks for, then a number behind a slash."""
    start: int
    end: int


class _Folding(dict[int, str]):
    """Made character by character as texts bring them: a table for all of Unicode would be waste."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFD", chr(code))[0]
        self[code] = folded = " " if base in "'’`´\n\r\t" else base
        return folded


_FOLDING = _Folding()


@lru_cache(maxsize=16)
def fold(text: str) -> str:
    """Lower case without accents, same length character by character wherever Unicode allows it."""
    return text.lower().translate(_FOLDING)


def _numbered() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Patterns of one meaning are numbered through, whichever row they stand in."""
    numbers: Counter[str] = Counter()
    for name, patterns in TABLE:
        for pattern in patterns:
            numbers[name] += 1
            yield f"{name}/{numbers[name]}", re.compile(pattern, re.ASCII)


_COMPILED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(_numbered())

SPOTTER = Spotter([pattern for _, pattern in _COMPILED])
NAMES: tuple[str, ...] = tuple(name for name, _ in _COMPILED)


MOST = 6
"""Places of one pattern that are looked at; more of the same says nothing new."""


def cues(folded: str, *, most: int = MOST) -> Iterator[Cue]:
    """Cues in folded text (see `fold`), at most `most` of each pattern, in the order of the table."""
    seen: dict[str, int] = {}
    for cue in _all(folded):
        seen[cue.name] = seen.get(cue.name, 0) + 1
        if seen[cue.name] <= most:
            yield cue


@lru_cache(maxsize=16)
def _all(folded: str) -> tuple[Cue, ...]:
    """Model, prior and underlining read the same letter one after the other: the table is matched once."""
    return tuple(
        Cue(name=name, start=match.start(), end=match.end())
        for name, pattern in (_COMPILED[number] for number in SPOTTER.among(folded))
        for match in itertools.islice(pattern.finditer(folded), MOST)
    )
