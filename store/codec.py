"""Sheets to JSON and back. Old sheets stay readable: a field they lack takes its default, one we dropped is ignored."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from mailroom.decision import Decision
from mailroom.document import Document, Word
from mailroom.envelope import Envelope
from mailroom.finding import Examination
from mailroom.item import Rung
from mailroom.submission import Submission

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSheet:
    """The sheet of the *open* rung."""

    envelope: Envelope
    submission: Submission


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReadSheet:
    """The sheet of the *read* rung."""

    documents: tuple[Document, ...]


Sheet = OpenedSheet | ReadSheet | Examination | Decision
SHEETS: dict[Rung, type[Any]] = {
    Rung.OPENED: OpenedSheet,
    Rung.READ: ReadSheet,
    Rung.EXAMINED: Examination,
    Rung.DECIDED: Decision,
}


@cache
def _converter() -> Converter:
    converter = Converter(omit_if_default=True)
    converter.register_unstructure_hook(datetime, lambda moment: moment.isoformat())
    converter.register_structure_hook(datetime, lambda raw, _: datetime.fromisoformat(raw))
    converter.register_unstructure_hook(date, lambda day: day.isoformat())
    converter.register_structure_hook(date, lambda raw, _: date.fromisoformat(raw))
    converter.register_unstructure_hook_factory(
        dataclasses.is_dataclass,
        lambda kind: make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True),
    )
    converter.register_structure_hook_factory(
        dataclasses.is_dataclass, lambda kind: make_dict_structure_fn(kind, converter)
    )
    converter.register_unstructure_hook(Word, _word_out)
    converter.register_structure_hook(Word, _word_in)
    return converter


def _word_out(word: Word) -> list[Any]:
    """A read page has hundreds of words: as short lists they cost a third of the time and half the room."""
    return [word.text, *word.box, word.confidence, word.line]


def _word_in(raw: list[Any], _kind: Any) -> Word:
    text, left, top, right, bottom, confidence, line = raw[:7]
    return Word(text=text, box=(left, top, right, bottom), confidence=confidence, line=line)


# Sheets are trees: nothing in them can hold itself.
_written = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def encode(value: Any) -> str:
    """Compact JSON of a frozen dataclass of the mailroom, in ASCII: the words of strangers hold NULs and lone
    surrogates, which databases refuse and JSON escapes."""
    return _written(_converter().unstructure(value))


def decode(body: str, kind: type[T]) -> T:
    return _converter().structure(json.loads(body), kind)


def decode_sheet(rung: Rung, body: str) -> Sheet:
    sheet: Sheet = decode(body, SHEETS[rung])
    return sheet
