"""Fits the second voice on kinds of papers (`classifier.paper_voice`) from the scenarios of the corpus.

As everywhere, the honest figure leaves whole authors out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.linear_model import LogisticRegression

from classifier import reading_view
from classifier.bundle import paper_look, table_guess
from classifier.model import scenario as scenarios
from classifier.model.examples import CORPUS
from classifier.model.training import vectorized
from classifier.model.weights import Head, Weights, fitted
from classifier.operators import Operators
from classifier.paper_voice import HEAD, features

STRENGTH = 30.0
"""Inverse regularisation strength, chosen on authors held back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperExample:
    author: str
    kind: str
    table: str
    """What the table of cues alone says."""
    features: dict[str, float]


def paper_examples(operators: Operators, folder: Path = CORPUS) -> list[PaperExample]:
    """Every paper of the corpus's scenarios whose kind its author told."""
    paths = sorted(folder.glob("*.jsonl"))
    return [e for path in paths for s in scenarios.load(path) for e in _of_scenario(s, operators)]


def _of_scenario(scenario: scenarios.Scenario, operators: Operators) -> Iterator[PaperExample]:
    envelope, submission, documents = scenarios.build(scenario)
    if scenario.automatic or not documents:
        return
    view = reading_view.read(envelope, submission, documents)
    texts = {(p.document, p.page): p.plain for p in view.passages if p.document is not None}
    for number, first, count, kind in scenarios.papers(scenario):
        document = documents[number]
        pages = [page for page in document.pages if first <= page.number < first + count]
        plain = "\n\n".join(texts.get((document.index, page.number), "") for page in pages)
        if not plain.strip():
            continue
        look = paper_look(document, pages, operators)
        guess = table_guess(plain, look, media_type=document.media_type)
        yield PaperExample(
            author=scenario.author, kind=kind, table=guess.kind.value, features=features(guess, plain, look)
        )


def train_papers(examples: Sequence[PaperExample], *, version: str) -> Weights:
    """Weights with the one head `paper`."""
    vectorizer, matrix = vectorized([e.features for e in examples])
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(matrix, [e.kind for e in examples])
    return fitted(
        version=version,
        names=vectorizer.get_feature_names_out(),
        matrix=model.coef_.T,
        bias=model.intercept_,
        heads=[Head(name=HEAD, classes=tuple(map(str, model.classes_)), first_column=0)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFigures:
    papers: int
    table: float
    """Share right by the table of cues alone."""
    both: float
    """Share right by table and model, the model held back from the author."""


def paper_figures(examples: Sequence[PaperExample]) -> PaperFigures:
    """Each author's papers judged by a model that has not read that author."""
    right = 0
    for author in {e.author for e in examples}:
        weights = train_papers([e for e in examples if e.author != author], version="held-back")
        for one in (e for e in examples if e.author == author):
            thought = weights.probabilities(one.features)[HEAD]
            right += max(thought, key=thought.__getitem__) == one.kind
    total = max(1, len(examples))
    return PaperFigures(
        papers=len(examples), table=sum(e.table == e.kind for e in examples) / total, both=right / total
    )
