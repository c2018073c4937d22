"""What words mean, as the model reads them: a shipped table of word vectors, and their mean over one letter.

Words that the corpus never used stand in the table too, near those that mean much the same: a letter by a new hand is
understood by words that no example held. `classifier.model.word_vector_making` makes the table.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from classifier.cues import fold

TABLE = Path(__file__).parent / "word_vectors.npz"
ENOUGH = 60

_WORD = re.compile(r"[a-z]{2,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordVectors:
    index: Mapping[str, int]
    vectors: npt.NDArray[np.int8]
    """Words by dimensions, in steps."""
    steps: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    """By word: how much it tells, the rarer the more."""

    def mean(self, folded: str) -> npt.NDArray[np.float32] | None:
        """The direction in which the words of a folded text point; None where none of them is known.

        Its length is one for `ENOUGH` words and more: few words point anywhere, and say the less.
        """
        counts = Counter(_WORD.findall(folded))
        known = [(row, count) for word, count in counts.items() if (row := self.index.get(word)) is not None]
        if not known:
            return None
        rows = np.fromiter((row for row, _ in known), dtype=np.int32, count=len(known))
        loudness = np.sqrt(np.fromiter((count for _, count in known), dtype=np.float32, count=len(known)))
        total = ((loudness * self.weights[rows]) @ self.vectors[rows].astype(np.float32)) * self.steps
        length = float(np.linalg.norm(total))
        told = min(1.0, math.sqrt(sum(count for _, count in known) / ENOUGH))
        return total * (told / length) if length else None


def words_of(text: str) -> list[str]:
    """The words of a text as the table spells them."""
    return _WORD.findall(fold(text))


@cache
def load(path: Path = TABLE) -> WordVectors:
    """The shipped table. Raises ValueError for a file whose arrays don't fit each other."""
    with np.load(path, allow_pickle=False) as stored:
        words = stored["words"].tobytes().decode().split("\n")
        table = WordVectors(
            index={word: number for number, word in enumerate(words)},
            vectors=stored["vectors"],
            steps=stored["steps"].astype(np.float32),
            weights=stored["weights"].astype(np.float32),
        )
    if table.vectors.shape != (len(words), len(table.steps)) or len(table.weights) != len(words):
        raise ValueError(f"{path.name}: the vectors do not fit the words")
    return table
