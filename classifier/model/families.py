"""Families of features that count words: what both linear models, of letters and of papers, make of a text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache


def counted(family: str, words: Iterable[str], scale: float) -> dict[str, float]:
    """Words by how often they stand there, more often counting ever less; scaled to length `scale`, so that long texts
    don't shout."""
    counts = Counter(words)
    loud = [_loudness(count) for count in counts.values()]
    length = math.hypot(*loud)
    return {f"{family}:{word}": scale * one / length for word, one in zip(counts, loud, strict=True)}


@cache
def _loudness(count: int) -> float:
    return 1.0 + math.log(count)
