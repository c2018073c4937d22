"""Sheets written by older versions stay readable, and every sheet comes back as it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from mailroom.decision import Decision, Disposition
from mailroom.document import Document, Word
from mailroom.envelope import Envelope
from mailroom.finding import Examination
from mailroom.item import Rung
from mailroom.submission import Submission
from store.codec import OpenedSheet, ReadSheet, decode, decode_sheet, encode

MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
for kind, strategy in ((datetime, MOMENTS), (str, TEXTS), (float, NUMBERS), (date, st.dates())):
    st.register_type_strategy(kind, strategy)


@settings(max_examples=60, deadline=None)
@given(st.builds(OpenedSheet, envelope=st.from_type(Envelope), submission=st.from_type(Submission)))
def test_any_opened_sheet_comes_back_as_it_was(sheet: OpenedSheet) -> None:
    assert decode_sheet(Rung.OPENED, encode(sheet)) == sheet


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.from_type(Examination), st.from_type(Decision)))
def test_any_examination_and_decision_comes_back_as_it_was(sheet: Examination | Decision) -> None:
    rung = Rung.DECIDED if isinstance(sheet, Decision) else Rung.EXAMINED
    assert decode_sheet(rung, encode(sheet)) == sheet


@settings(max_examples=60, deadline=None)
@given(st.tuples(st.from_type(Document)))
def test_any_read_sheet_comes_back_as_it_was(documents: tuple[Document]) -> None:
    sheet = ReadSheet(documents=documents)
    assert decode_sheet(Rung.READ, encode(sheet)) == sheet


def test_a_sheet_of_an_older_version_is_read_with_defaults_and_without_what_was_dropped() -> None:
    old = json.dumps({"disposition": "case", "gone": 1, "reply": {"kind": "none", "via": "none", "odd": []}})
    assert decode(old, Decision) == Decision(disposition=Disposition.CASE)


def test_words_are_kept_short() -> None:
    word = Word(text="luce", box=(0.1, 0.2, 0.3, 0.4), confidence=0.5, line=3)
    assert encode(word) == '["luce",0.1,0.2,0.3,0.4,0.5,3]'
    assert decode('["luce",0.1,0.2,0.3,0.4,0.5,3,"later"]', Word) == word
