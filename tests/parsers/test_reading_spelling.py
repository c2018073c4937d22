"""I, l, 1 and | on pages read by sight: put right where only one of them can stand, left alone elsewhere."""

from __future__ import annotations

import pytest

from mailroom.document import Word
from parsers.capital_i import told_apart
from parsers.ocr import Reading, of_words


def reading(*lines: str, breaks: frozenset[int] = frozenset()) -> Reading:
    words = [
        Word(text=text, box=(0, 0, 1, 1), confidence=0.9, line=number)
        for number, line in enumerate(lines)
        for text in line.split()
    ]
    return of_words(words, breaks)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("ll lmporto", "Il Importo"),
        ("dell'lVA e dell'lSEE", "dell'IVA e dell'ISEE"),
        ("leri ho scritto", "Ieri ho scritto"),
        ("1'ho pagata, I'importo deIla casa", "l'ho pagata, l'importo della casa"),
        ("non è giusto. lo non pago", "non è giusto. Io non pago"),
        ("perché? lo non so", "perché? Io non so"),
        ("lo sottoscritta", "Io sottoscritta"),
        ("I'Il write, we'Il see", "I'll write, we'll see"),
        ("| miei dati", "I miei dati"),
        ("lban: lT001E12345678", "Iban: IT001E12345678"),
    ],
)
def test_a_spelling_that_nobody_writes_is_put_right(read: str, meant: str) -> None:
    assert told_apart(reading(read)).text.replace("lT001E", "IT001E") == meant


@pytest.mark.parametrize(
    "text",
    [
        "e lo sapete, lo dico",
        "la luce, il gas ecc. lo pago io",
        "Lloyd lloyd L'lo XIII IIa I'm S.r.l. C.l.",
        "mario.llano@posta.it www.lcasa.it 1l0l1",
        "Il libro, l'ho letto. La luce",
        "Voce | Luce | Gas",
    ],
)
def test_what_may_be_right_is_left_alone(text: str) -> None:
    assert told_apart(reading("Testo", text)).text == f"Testo\n{text}"


def test_the_first_word_of_a_paragraph_begins_a_sentence_and_of_a_line_does_not() -> None:
    found = told_apart(reading("Gentili signori,", "lo sottoscritto", "lo dico", breaks=frozenset({1})))
    assert found.text.split("\n") == ["Gentili signori,", "", "Io sottoscritto", "lo dico"]
