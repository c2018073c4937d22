"""Says in one pass over a text which of many expressions occur in it, so that only those need be looked for singly.

The pass is made by Hyperscan, built for just this; the places are still told by the standard library's expressions,
so that nothing depends on it but the speed. Its automaton takes a second to build, which pays only for who reads
many letters: the first texts go without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import hyperscan

PATIENCE = 100
ENCODING = "cp1252"
"""One byte a character, so that an expression's counts mean the same; what it lacks becomes a question mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """What is looked for in a passage, and a sign of it: an expression that the folded text holds wherever this one is
    found, be it in the folded text or, where it needs capitals and accents, in the text as written."""

    pattern: re.Pattern[str]
    sign: re.Pattern[str]
    as_written: bool = False


def folded(pattern: str, flags: int = 0, *, sign: str | None = None) -> Expression:
    """For folded text, and its own sign where no simpler one is told: one that takes long to build into an automaton
    wants another."""
    looked_for = re.compile(pattern, flags)
    return Expression(looked_for, re.compile(sign, flags) if sign else looked_for)


def written(pattern: str, *, sign: str) -> Expression:
    """For text as it was written; the sign is one of folded text all the same."""
    return Expression(re.compile(pattern), re.compile(sign), as_written=True)


class Spotter:
    """Expressions are for folded text and mean what `re.ASCII` says, whether or not they have that flag; none may ask
    for the start or end of a text but by ``^`` and ``$``."""

    def __init__(self, expressions: Sequence[re.Pattern[str]], *, patience: int = PATIENCE) -> None:
        """`patience`: texts that go without the automaton, before it is built unasked."""
        self._expressions = tuple(expressions)
        self._all = tuple(range(len(expressions)))
        self._seen = 0
        self._patience = patience
        self._automaton: hyperscan.Database | None = None
        self._lock = Lock()

    def build(self) -> None:
        """Builds the automaton now, for who knows that many texts will come."""
        with self._lock:
            if self._automaton is None:
                self._automaton = self._built()

    def among(self, text: str) -> Sequence[int]:
        """Numbers of the expressions that may occur in `text`, or in one of several joined by line ends, in order: all
        while the automaton is not built."""
        with self._lock:
            if self._automaton is None:
                self._seen += 1
                if self._seen <= self._patience:
                    return self._all
                self._automaton = self._built()
            found: list[int] = []
            self._automaton.scan(text.encode(ENCODING, "replace"), match_event_handler=_note, context=found)
        return sorted(found)

    def _built(self) -> hyperscan.Database:
        automaton = hyperscan.Database()
        automaton.compile(
            expressions=[expression.pattern.encode(ENCODING) for expression in self._expressions],
            ids=list(self._all),
            elements=len(self._all),
            flags=[_flags(expression) for expression in self._expressions],
        )
        return automaton


def _flags(expression: re.Pattern[str]) -> int:
    # Prefilter: a construct that Hyperscan lacks (looking ahead) is taken more widely, never more narrowly. Multiline
    # all the same: texts are looked at together, one below the other, so that any line may be a text's first or last.
    flags: int = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY | hyperscan.HS_FLAG_PREFILTER
    flags |= hyperscan.HS_FLAG_MULTILINE
    return flags | hyperscan.HS_FLAG_DOTALL if expression.flags & re.DOTALL else flags


def _note(number: int, _start: int, _end: int, _flags: int, found: object) -> None:
    assert isinstance(found, list)
    found.append(number)
