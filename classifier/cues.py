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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from classifier.cue_table import TABLE
from classifier.spotting import Spotter


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


Spans = Mapping[str, Sequence[tuple[int, int]]]
"""Places by cue, in the order of the table."""


def counts(spans: Spans, *, most: int = MOST) -> dict[str, int]:
    """How often each cue stands there, counted up to `most`."""
    return {name: min(len(places), most) for name, places in spans.items()}


@lru_cache(maxsize=8)
def cues(own: str, enclosed: str) -> tuple[Spans, Spans]:
    """Where cues stand in both folded texts of a letter (see `fold`), at most `MOST` of each.

    Model, prior and underlining read the same letter one after the other: the table is matched once."""
    patterns = [_COMPILED[number] for number in SPOTTER.among(f"{own}\n{enclosed}")]
    return _spans(own, patterns), _spans(enclosed, patterns)


def _spans(folded: str, patterns: Iterable[tuple[str, re.Pattern[str]]]) -> Spans:
    found: dict[str, list[tuple[int, int]]] = {}
    for name, pattern in patterns:
        places = [match.span() for match in itertools.islice(pattern.finditer(folded), MOST)]
        if places:
            found[name] = places
    return found
