"""From one letter to named features: words, word pairs, pieces of words, what its words mean, cues and facts about its
papers.

The same function serves training and reading. A feature's name is its explanation, but for the directions of meaning
(``v:0`` …), which have no names.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classifier.cues import cues, fold
from classifier.model.word_vectors import WordVectors, load

VERSION = "1"
MEANING = "v"
"""The family of features that tell where the words point, whichever words they are."""
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


def features(letter: Letter) -> dict[str, float]:
    """Weights by feature name. Each family is scaled to length one, so that long letters don't shout."""
    main = fold(letter.main[:MAIN_CHARS])
    side = fold(letter.side[:SIDE_CHARS])
    words = list(_stems(main))
    found: dict[str, float] = {}
    found |= _scaled("w", Counter(words), 1.0)
    found |= _scaled("b", Counter(f"{a} {b}" for a, b in itertools.pairwise(words)), 1.0)
    found |= _scaled("c", Counter(_pieces(words)), 0.7)
    found |= _scaled("s", Counter(_stems(side)), 0.6)
    found |= _cue_features("q", main, 1.5)
    found |= _cue_features("k", side, 0.7)
    found |= _meant(main, load())
    found |= {f"f:{fact}": 0.5 for fact in letter.facts}
    found[f"f:length:{min(6, int(math.log2(len(words) + 1)) - 2)}"] = 0.3
    return found


def _stems(folded: str) -> Iterable[str]:
    for match in _WORD.finditer(folded):
        word = match[0]
        yield (f"#{min(len(word), 9)}" if word.isdigit() else word[:STEM])


def _pieces(words: Iterable[str]) -> Iterable[str]:
    """Four-letter pieces with word edges: they survive typing and reading errors."""
    for word in words:
        edged = f"<{word}>"
        for start in range(len(edged) - 3):
            yield edged[start : start + 4]


def _meant(folded: str, table: WordVectors) -> dict[str, float]:
    mean = table.mean(folded)
    return {} if mean is None else {f"{MEANING}:{number}": value for number, value in enumerate(mean.tolist())}


def _cue_features(family: str, folded: str, scale: float) -> dict[str, float]:
    single = Counter(cue.name for cue in cues(folded))
    groups: Counter[str] = Counter()
    for name, count in single.items():
        groups[name.split("/")[0]] += count
    total = math.sqrt(sum(groups.values())) or 1.0
    return {
        f"{family}:{name}": scale * math.log1p(n) / math.log1p(total + 1)
        for name, n in (*single.items(), *groups.items())
    }


def _scaled(family: str, counts: Mapping[str, int], scale: float) -> dict[str, float]:
    weights = {name: 1.0 + math.log(n) for name, n in counts.items()}
    length = math.sqrt(sum(w * w for w in weights.values()))
    return {f"{family}:{name}": scale * w / length for name, w in weights.items()} if length else {}
