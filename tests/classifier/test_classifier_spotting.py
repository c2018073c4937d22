"""What is spotted in one pass is what would be found one by one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import cues, document_kind, glance, spotting
from classifier.reading_view import Passage, fold
from classifier.spotting import Spotter
from mailroom.finding import Where

WORDS = """la bolletta del gas € 1.200 non mi torna; reclamo s.r.l. avv. rossi
oggetto contatore? lettura 12 it001e – “ж” due volte"""
LETTERS = st.lists(st.sampled_from([*WORDS.split(" "), "\n", "ß", "mio", "padre"]), max_size=40).map(" ".join)
TABLES = {
    "cues": [pattern for _, pattern in cues._COMPILED],
    "papers": [pattern for _, _, pattern, _ in document_kind._COMPILED],
}


@pytest.fixture(scope="module")
def spotters() -> dict[str, Spotter]:
    built = {name: Spotter(table) for name, table in TABLES.items()}
    for spotter in built.values():
        for _ in range(spotting.PATIENCE):
            spotter.among("")
    return built


@given(texts=st.lists(LETTERS, min_size=1, max_size=2))
def test_no_expression_that_occurs_is_left_out(spotters: dict[str, Spotter], texts: list[str]) -> None:
    for name, table in TABLES.items():
        occurring = {number for number, pattern in enumerate(table) if any(map(pattern.search, texts))}
        assert occurring <= set(spotters[name].among("\n".join(texts)))


WRITTEN = """Io sottoscritta Anna Bruni, abito in via Roma 12 int. 3, 00100 Roma; tel. 333 1234567 - POD IT001E12345678
PDR 05260200174488 c.f. BRNNNA80A41H501U SPCEN 318402/26 il 12 marzo 3/4/2026 € 87,20 p.iva 01234567890 invio 2 di 3
scrivo per conto di mia madre Mi chiamo Sono Spett. Enel Energia S.p.A. codice cliente 12345 anna@posta.example fattura
Cordiali saluti, Luigi un certo Rossi Luce n. 123456 perché è così 12° nome: Mario cognome: \uff32ossi ß ª \x1c"""
PASSAGES = st.lists(st.sampled_from([*WRITTEN.split(), "\n", "\t", "\x1c"]), max_size=60).map(" ".join)


@given(texts=st.lists(PASSAGES, max_size=3))
def test_no_passage_is_said_to_lack_what_stands_in_it(texts: list[str]) -> None:
    glance.SPOTTER.build()
    passages = [Passage(where=Where.BODY, text=text, plain=fold(text)) for text in texts]
    standing = {e for e in glance.EXPRESSIONS if any(m for passage in passages for m in passage.find(e))}
    assert not standing & glance.lacking([passage.plain for passage in passages])


def test_a_glance_at_a_short_letter_leaves_little_to_look_for() -> None:
    glance.SPOTTER.build()
    assert len(glance.EXPRESSIONS) - len(glance.lacking(["buongiorno, il contatore del gas e rotto"])) < 5


def test_few_are_left_to_be_looked_for_in_a_short_letter(spotters: dict[str, Spotter]) -> None:
    assert len(spotters["cues"].among("buongiorno, il contatore del gas e rotto")) < 20


def test_before_it_pays_all_are_looked_for() -> None:
    assert list(Spotter([re.compile("a", re.ASCII), re.compile("b", re.ASCII)]).among("a")) == [0, 1]
