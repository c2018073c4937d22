"""From one letter to named features: words, word pairs, pieces of words, what its words mean, cues and facts about its
papers.

The same function serves training and reading. A feature's name is its explanation, but for the directions of meaning
(``v:0`` …), which have no names.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from classifier.cues import Spans, counts, cues, fold
from classifier.model.families import counted
from classifier.model.weights import MEANING, Array
from classifier.model.word_vectors import load

VERSION = "1"
STEM = 7
"""Italian words keep their meaning in the first letters: ``fattura``, ``fatturato``, ``fatturazione`` meet here."""
MAIN_CHARS = 6000
SIDE_CHARS = 5000

_WORD = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the model reads: the sender's own words, everything else enclosed, and plain facts (``paper:bill`` …)."""

    main: str
    side: str = ""
    facts: tuple[str, ...] = ()
    supply: tuple[str, ...] = ()
    """What its codes and its company say of the sector: ``pod``, ``pdr``, ``of:water`` …; the model does not read it,
    the clerk does (`classifier.prior`)."""

    @property
    def folded(self) -> tuple[str, str]:
        """Own words and enclosures as models and clerk read them."""
        return fold(self.main[:MAIN_CHARS]), fold(self.side[:SIDE_CHARS])


def features(letter: Letter) -> dict[str, float]:
    """Weights by feature name, without the directions of meaning. Each family is as loud as any other letter's."""
    main, side = letter.folded
    own, enclosed = cues(main, side)
    words = _stems(main)
    found = counted("w", words, 1.0)
    found |= counted("b", map(" ".join, itertools.pairwise(words)), 1.0)
    found |= counted("c", _pieces(words), 0.7)
    found |= counted("s", _stems(side), 0.6)
    found |= _cue_features("q", own, 1.5)
    found |= _cue_features("k", enclosed, 0.7)
    found |= {f"f:{fact}": 0.5 for fact in letter.facts}
    found[f"f:length:{min(6, int(math.log2(len(words) + 1)) - 2)}"] = 0.3
    return found


def meaning(letter: Letter) -> Array | None:
    """Where the letter's words point; None where none of them is known."""
    return load().mean(letter.folded[0])


def all_features(letter: Letter) -> dict[str, float]:
    """Everything that the model reads of a letter by name, as it is trained on."""
    pointed = meaning(letter)
    directions = () if pointed is None else enumerate(pointed.tolist())
    return features(letter) | {f"{MEANING}:{number}": value for number, value in directions}


def _stems(folded: str) -> list[str]:
    return [f"#{min(len(word), 9)}" if word.isdigit() else word[:STEM] for word in _WORD.findall(folded)]


def _pieces(words: Iterable[str]) -> list[str]:
    """Four-letter pieces with word edges: they survive typing and reading errors."""
    edged = [f"<{word}>" for word in words]
    return [word[start : start + 4] for word in edged for start in range(len(word) - 3)]


def _cue_features(family: str, spans: Spans, scale: float) -> dict[str, float]:
    single = counts(spans)
    groups: dict[str, int] = {}
    for name, count in single.items():
        group = name.split("/")[0]
        groups[group] = groups.get(group, 0) + count
    total = math.sqrt(sum(groups.values())) or 1.0
    return {f"{family}:{name}": scale * math.log1p(n) / math.log1p(total + 1) for name, n in (single | groups).items()}
