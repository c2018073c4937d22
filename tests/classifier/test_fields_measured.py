"""Figures on letters with known answers: the shipped corpus, and a mailbag where one is present."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from classifier.examining import Models, examine
from classifier.model.scenario import Scenario, build, load, papers

ROOT = Path(__file__).parents[2]
CORPUS = [ROOT / "classifier" / "model" / "corpus" / f"{author}.jsonl" for author in ("anna", "dario")]
MAILBAG = Path(os.environ.get("SPORTELLO_MAILBAG", ROOT.parent / "shared" / "mailbag")) / "scenarios.json"
LEAST_PRECISION = {"applicant.tax_code": 0.99, "supply.pod": 0.99, "supply.pdr": 0.99}
LEAST_RECALL = {
    "applicant.tax_code": 0.95, "supply.pod": 0.95, "supply.pdr": 0.95, "applicant.first_name": 0.9,
    "applicant.last_name": 0.9, "applicant.phone": 0.9, "applicant.email": 0.95, "supply.supplier": 0.85,
    "supply.customer_code": 0.8, "applicant.address": 0.8,
}  # fmt: skip


def folded(value: object) -> str:
    text = unicodedata.normalize("NFKD", str(value or "")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", text)


def judged(scenario: Scenario) -> bool:
    """Fields are told where the writer acts for themselves."""
    return scenario.expected.get("disposition") in ("case", "follow_up")


@pytest.mark.parametrize("path", [*CORPUS, MAILBAG], ids=lambda p: p.stem)
def test_fields_and_papers_of_known_letters(path: Path, models: Models) -> None:
    if not path.exists():
        pytest.skip("no such letters here")
    right: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    told: Counter[str] = Counter()
    kinds: Counter[bool] = Counter()
    for scenario in filter(judged, load(path)):
        found = examine(*build(scenario), models=models)
        for field in LEAST_RECALL:
            group, _, name = field.partition(".")
            want: Any = (scenario.expected.get(group) or {}).get(name)
            best = found.best(field)
            got = best.value if best is not None and best.confidence >= 0.5 else None
            a, b = folded(want), folded(got)
            same = bool(a and b) and (
                a == b or (field in ("supply.supplier", "applicant.address") and (a in b or b in a))
            )
            right[field] += same
            wanted[field] += bool(a)
            told[field] += bool(b)
        for want_paper, paper in zip(papers(scenario), found.papers, strict=False):
            kinds[want_paper[3] == paper.kind.value] += 1
    for field, least in LEAST_RECALL.items():
        if wanted[field] >= 10:
            assert right[field] / wanted[field] >= least, f"{field}: {right[field]} of {wanted[field]}"
    for field, least in LEAST_PRECISION.items():
        if told[field] >= 10:
            assert right[field] / told[field] >= least, f"{field}: {right[field]} right of {told[field]}"
    assert kinds[True] / max(1, kinds.total()) >= 0.85
