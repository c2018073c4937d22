"""What words mean, as the model reads them: a shipped table of word vectors, and their mean over one letter.

Words that the corpus never used stand in the table too, near those that mean much the same: a letter by a new hand is
understood by words that no example held. `classifier.model.word_vector_making` makes the table.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from classifier.cues import fold
from classifier.model.name_index import NameIndex, indexed

TABLE = Path(__file__).parent / "word_vectors.npz"
ENOUGH = 60

_WORD = re.compile(r"[a-z]{2,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordVectors:
    index: NameIndex
    vectors: npt.NDArray[np.int8]
    """Words by dimensions, in steps; a last row of zeros for words that the table has not."""
    steps: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    """By word: how much it tells, the rarer the more."""

    def mean(self, folded: str) -> npt.NDArray[np.float32] | None:
        """The direction in which the words of a folded text point; None where none of them is known.

        Its length is one for `ENOUGH` words and more: few words point anywhere, and say the less.
        """
        words = Counter(_WORD.findall(folded))
        rows = self.index.find(words)
        counts = np.fromiter(words.values(), np.float32, len(words))
        known = float(counts[rows < len(self.index)].sum())
        if not known:
            return None
        loudness = np.sqrt(counts) * self.weights.take(rows)
        total = (loudness @ self.vectors.take(rows, axis=0).astype(np.float32)) * self.steps
        length = math.sqrt(total @ total)
        return total * (min(1.0, math.sqrt(known / ENOUGH)) / length) if length else None


def words_of(text: str) -> list[str]:
    """The words of a text as the table spells them."""
    return _WORD.findall(fold(text))


@cache
def load(path: Path = TABLE) -> WordVectors:
    """The shipped table. Raises ValueError for a file whose arrays don't fit each other."""
    with np.load(path, allow_pickle=False) as stored:
        words = stored["words"].tobytes().decode().split("\n")
        table = WordVectors(
            index=indexed(words),
            vectors=np.pad(stored["vectors"], ((0, 1), (0, 0))),
            steps=stored["steps"].astype(np.float32),
            weights=np.pad(stored["weights"].astype(np.float32), (0, 1)),
        )
    if table.vectors.shape != (len(words) + 1, len(table.steps)) or len(table.weights) != len(words) + 1:
        raise ValueError(f"{path.name}: the vectors do not fit the words")
    return table
