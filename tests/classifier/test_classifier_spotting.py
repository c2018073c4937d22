"""What is spotted in one pass is what would be found one by one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import cues, document_kind, sender_kind, spotting
from classifier.spotting import Spotter

WORDS = "la bolletta del gas € 1.200 non mi torna; reclamo s.r.l. avv. rossi\noggetto contatore? it001e – “ж” due volte"
LETTERS = st.lists(st.sampled_from([*WORDS.split(" "), "\n", "ß", "mio", "padre"]), max_size=40).map(" ".join)
TABLES = {
    "cues": [pattern for _, pattern in cues._COMPILED],
    "sender": [pattern for _, _, pattern in sender_kind._COMPILED],
    "head": [pattern for _, _, pattern in document_kind._COMPILED_HEAD],
    "anywhere": [pattern for _, _, pattern in document_kind._COMPILED_ANYWHERE],
}


@pytest.fixture(scope="module")
def spotters() -> dict[str, Spotter]:
    built = {name: Spotter(table) for name, table in TABLES.items()}
    for spotter in built.values():
        for _ in range(spotting.PATIENCE):
            spotter.among("")
    return built


@given(text=LETTERS)
def test_no_expression_that_occurs_is_left_out(spotters: dict[str, Spotter], text: str) -> None:
    for name, table in TABLES.items():
        occurring = {number for number, pattern in enumerate(table) if pattern.search(text)}
        assert occurring <= set(spotters[name].among(text))


def test_few_are_left_to_be_looked_for_in_a_short_letter(spotters: dict[str, Spotter]) -> None:
    assert len(spotters["cues"].among("buongiorno, il contatore del gas e rotto")) < 20


def test_before_it_pays_all_are_looked_for() -> None:
    assert list(Spotter([re.compile("a", re.ASCII), re.compile("b", re.ASCII)]).among("a")) == [0, 1]
