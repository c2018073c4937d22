"""Codes that nothing checks, read by sight: a value only if the looks at them agreed."""

from __future__ import annotations

import pytest

from classifier.fields import code_findings
from classifier.identifiers import pod
from classifier.reading_view import Passage, fold
from mailroom.document import Word
from mailroom.finding import Finding, Where
from mailroom.policy import Policy

POD = "IT898E57302230"


def page(text: str, confidence: float, *, by_eye: bool = True) -> Passage:
    words = tuple(
        Word(text=word, box=(0.1, 0.1, 0.2, 0.2), confidence=confidence if word.startswith("IT") else 0.95, line=0)
        for word in text.split()
    )
    return Passage(
        where=Where.DOCUMENT, text=text, plain=fold(text), document=0, page=0, own=True, read_by_eye=by_eye, words=words
    )


def findings(*passages: Passage) -> dict[str, Finding]:
    places = [found for passage in passages for found in pod.find(passage)]
    return {finding.kind: finding for finding in code_findings(places, "supply.pod", "pod/1")}


def test_a_code_on_which_the_looks_differed_is_shown_to_a_person_and_is_no_value() -> None:
    found = findings(page(f"codice POD {POD}", 0.32))
    assert found["supply.pod"].confidence < Policy().field_confidence
    assert found["broken_identifier"].value == POD


@pytest.mark.parametrize(
    "passages",
    [
        (page(f"codice POD {POD}", 0.95),),
        (page(f"codice POD {POD}", 0.32, by_eye=False),),
        (page(f"codice POD {POD}", 0.32), page(f"bolletta, POD {POD}", 0.4)),
    ],
    ids=["agreed upon", "typed", "read alike in two places"],
)
def test_a_code_that_was_read_well_or_stands_twice_is_a_value(passages: tuple[Passage, ...]) -> None:
    found = findings(*passages)
    assert found["supply.pod"].confidence > 0.9
    assert "broken_identifier" not in found
