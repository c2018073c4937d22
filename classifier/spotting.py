"""Says in one pass over a text which of many expressions occur in it, so that only those need be looked for singly.

The pass is made by Hyperscan, built for just this; the places are still told by the standard library's expressions,
so that nothing depends on it but the speed. Its automaton takes a second to build, which pays only for who reads
many letters: the first `PATIENCE` texts go without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock

import hyperscan

PATIENCE = 100
ENCODING = "cp1252"
"""One byte a character, so that an expression's counts mean the same; what it lacks becomes a question mark."""


class Spotter:
    """Expressions are for folded text, all with the same flags, `re.ASCII` always among them."""

    def __init__(self, expressions: Sequence[re.Pattern[str]]) -> None:
        self._expressions = tuple(expressions)
        self._all = tuple(range(len(expressions)))
        self._seen = 0
        self._automaton: hyperscan.Database | None = None
        self._lock = Lock()

    def build(self) -> None:
        """Builds the automaton now, for who knows that many texts will come."""
        with self._lock:
            if self._automaton is None:
                self._automaton = self._built()

    def among(self, text: str) -> Sequence[int]:
        """Numbers of the expressions that may occur in `text`, in order: all while the automaton is not built."""
        with self._lock:
            if self._automaton is None:
                self._seen += 1
                if self._seen <= PATIENCE:
                    return self._all
                self._automaton = self._built()
            found: list[int] = []
            self._automaton.scan(text.encode(ENCODING, "replace"), match_event_handler=_note, context=found)
        return sorted(found)

    def _built(self) -> hyperscan.Database:
        # Prefilter: a construct that Hyperscan lacks (looking ahead) is taken more widely, never more narrowly.
        flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY | hyperscan.HS_FLAG_PREFILTER
        if any(expression.flags & re.MULTILINE for expression in self._expressions):
            flags |= hyperscan.HS_FLAG_MULTILINE
        if any(expression.flags & re.DOTALL for expression in self._expressions):
            flags |= hyperscan.HS_FLAG_DOTALL
        automaton = hyperscan.Database()
        automaton.compile(
            expressions=[expression.pattern.encode(ENCODING) for expression in self._expressions],
            ids=list(self._all),
            elements=len(self._all),
            flags=flags,
        )
        return automaton


def _note(number: int, _start: int, _end: int, _flags: int, found: object) -> None:
    assert isinstance(found, list)
    found.append(number)
