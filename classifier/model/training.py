"""Fits the linear heads, and says beforehand how well they will do on letters by authors they have never read.

An example is a `Letter` with the right answers to some questions (`labels` by head name) and its author. The honest
figure comes from leaving whole authors out: a random split would test the model on the style it has learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from classifier.model.features import Letter, all_features
from classifier.model.weights import MEANING, Head, Weights, fitted

HEADS = ("mail", "sender", "service", "sector", "topic")
STRENGTH = 20.0
"""Inverse regularisation strength of the readers."""
CUES = ("q", "k")
"""Families of features that come from the clerk's table; the others come from the words themselves."""
READERS: dict[str, tuple[float, float, float, float]] = {
    "mail": (0, 3, 1, 1.5),
    "sender": (0, 3, 1, 2.5),
    "service": (0, 3, 1, 1.5),
    "sector": (1, 2, 1, 2),
    "topic": (0, 3, 1, 2),
}
"""By head, the say of whoever reads everything, the words alone, the cues alone, the meaning of the words alone. The
table of cues grew by reading the older hands, whom it flatters: fitted together with the words it outshouts them, and
is surest where it is wrong on a hand that is new. Chosen on authors held back."""
MEANING_STRENGTH = 0.03
"""Inverse regularisation strength of the reader of meanings, whose columns are brought to one scale."""
FOLDS = 5
"""Shares of authors in judging: a model for each, so few that an operator can wait for it."""
SEEN = 2
"""A feature must stand in at least so many letters."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    letter: Letter
    labels: Mapping[str, str]
    author: str
    name: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One held-back letter: what was right and what the model thought."""

    example: Example
    head: str
    probabilities: Mapping[str, float]

    @property
    def right(self) -> str:
        return self.example.labels[self.head]

    @property
    def said(self) -> str:
        return max(self.probabilities, key=self.probabilities.__getitem__)


def train(examples: Sequence[Example], *, version: str, temperatures: Mapping[str, float] | None = None) -> Weights:
    """Weights fitted on all examples."""
    vectorizer, matrix = vectorized([all_features(e.letter) for e in examples])
    heads: list[Head] = []
    columns: list[Floats] = []
    biases: list[Floats] = []
    first = 0
    names = vectorizer.get_feature_names_out()
    views = _views(names, matrix)
    for name in HEADS:
        readers = [(view, say) for view, say in zip(views, READERS[name], strict=True) if say]
        coefficients, intercepts, classes = _fit(matrix, readers, examples, name)
        heads.append(Head(name=name, classes=classes, first_column=first))
        columns.append(coefficients.T)
        biases.append(intercepts)
        first += len(classes)
    return fitted(
        version=version,
        names=names,
        matrix=np.hstack(columns),
        bias=np.concatenate(biases),
        heads=heads,
        temperatures=temperatures,
    )


Think = Callable[[Letter, Weights], Mapping[str, Mapping[str, float]]]


def held_back(examples: Sequence[Example], think: Think, *, read: Sequence[Example] | None = None) -> Iterator[Judged]:
    """Every author's letters judged by a model that has not read that author; `think` turns weights into answers.

    Authors are dealt into `FOLDS` shares: one model for each, which has read all the others.
    `read`: what the models may learn from, where that is not everything that is judged.
    """
    authors = sorted({e.author for e in examples})
    for share in (set(authors[n::FOLDS]) for n in range(min(FOLDS, len(authors)))):
        known = [e for e in (examples if read is None else read) if e.author not in share]
        weights = train(known, version="held-back")
        for example in examples:
            if example.author in share:
                thought = think(example.letter, weights)
                for head in HEADS:
                    if head in example.labels:
                        yield Judged(example=example, head=head, probabilities=thought[head])


def temperatures(judged: Sequence[Judged]) -> dict[str, float]:
    """By head, the divisor that makes held-back probabilities most truthful (least log loss)."""
    return {head: _temperature([j for j in judged if j.head == head]) for head in HEADS}


def _temperature(judged: Sequence[Judged]) -> float:
    known = [j for j in judged if j.right in j.probabilities]
    if not known:
        return 1.0
    logs = [np.log(np.maximum(list(j.probabilities.values()), 1e-12)) for j in known]
    right = [list(j.probabilities).index(j.right) for j in known]

    def loss(temperature: float) -> float:
        total = 0.0
        for scores, index in zip(logs, right, strict=True):
            scaled = scores / temperature
            total += float(np.log(np.exp(scaled - np.max(scaled)).sum()) + np.max(scaled) - scaled[index])
        return total

    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)


def vectorized(found: Sequence[Mapping[str, float]]) -> tuple[DictVectorizer, csr_matrix]:
    """The features that stand in at least `SEEN` examples, as a matrix of examples by features."""
    counts: dict[str, int] = {}
    for one in found:
        for name in one:
            counts[name] = counts.get(name, 0) + 1
    kept = [{name: value for name, value in one.items() if counts[name] >= SEEN} for one in found]
    vectorizer = DictVectorizer(dtype=np.float64)
    return vectorizer, vectorizer.fit_transform(kept)


def _fit(
    matrix: csr_matrix, readers: Sequence[tuple[Floats, float]], examples: Sequence[Example], head: str
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Coefficients of the readers, each with its view of the columns and its say, averaged.

    The average of linear scores is the geometric mean of the readers' opinions, and one matrix still: reading costs
    nothing more.
    """
    rows = [n for n, e in enumerate(examples) if head in e.labels]
    labels = [examples[n].labels[head] for n in rows]
    weights = [examples[n].weight for n in rows]
    fitted = []
    for view, _ in readers:
        model = LogisticRegression(C=STRENGTH, max_iter=2000, tol=1e-3, class_weight="balanced")
        model.fit(matrix[rows].multiply(view).tocsr(), labels, sample_weight=weights)
        fitted.append((model.coef_ * view, model.intercept_))
    says = [say for _, say in readers]
    classes = tuple(map(str, model.classes_))
    coefficients = np.average([c for c, _ in fitted], axis=0, weights=says)
    intercepts = np.average([i for _, i in fitted], axis=0, weights=says)
    if len(classes) == 2:
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
        intercepts = np.array([-intercepts[0] / 2, intercepts[0] / 2])
    return coefficients, intercepts, classes


def _views(names: Sequence[str], matrix: csr_matrix) -> tuple[Floats, Floats, Floats, Floats]:
    """Scales of the columns for each reader: everything, the words, the cues, the meanings; plain facts are in each of
    the first three. Directions of meaning are as wide as their letters are apart, so they are brought to one width."""
    families = [name.partition(":")[0] for name in names]
    cue = np.array([family in CUES for family in families])
    fact = np.array([family == "f" for family in families])
    meaning = np.array([family == MEANING for family in families])
    variances = np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel() - np.asarray(matrix.mean(axis=0)).ravel() ** 2
    narrowed = np.sqrt(MEANING_STRENGTH / STRENGTH / np.maximum(variances, 1e-9))
    return (
        (~meaning).astype(np.float64),
        (~cue & ~meaning).astype(np.float64),
        (cue | fact).astype(np.float64),
        np.where(meaning, narrowed, 0.0),
    )
