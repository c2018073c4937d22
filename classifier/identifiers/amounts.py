"""Amounts of money in euro: ``1.240,50 euro``, ``€ 87,20``, ``118 euro e 30``. Values with a point, two decimals."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Iterator

from classifier.identifiers.found import Found
from classifier.reading_view import Passage
from classifier.spotting import folded

_NUMBER = r"(?:\d{1,3}(?:\.\d{3})+|\d{1,7})(?:,\d{1,2})?"
_FORM = folded(
    rf"(?<![\d.,])(?:(?:€|\beuro|\beur)\.? ?(?P<a>{_NUMBER})(?!\d)|(?P<b>{_NUMBER}) ?(?:€|euro\b|eur\b)(?: e (?P<cents>\d\d)(?!\d))?)"
)

FORMS = (_FORM,)


def find(passage: Passage) -> Iterator[Found]:
    for match in passage.find(_FORM):
        raw = match["a"] or match["b"]
        whole, _, cents = raw.replace(".", "").partition(",")
        value = f"{int(whole)}.{(cents or match['cents'] or '').ljust(2, '0')}"
        yield Found(value=value, passage=passage, start=match.start(), end=match.end(), confidence=0.95)
