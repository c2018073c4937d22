"""Partita IVA: eleven digits with a Luhn check digit. Whose it is (the supplier's, a company's) is not said here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found, before
from classifier.reading_view import Passage
from classifier.spotting import folded

_FORM = folded(r"(?<![\d.,/])(?:it ?)?(\d{11})(?![\d/]|[.,]\d)")
_LABEL = re.compile(r"p\.? ?iva|partita iva|part\. ?iva|\bvat\b|i\.v\.a|cod(?:ice|\.)? fisc|c\.f\.")

FORMS = (_FORM,)


def find(passage: Passage) -> Iterator[Found]:
    """Labelled ones only: eleven digits alone may be anything."""
    for match in passage.find(_FORM):
        if not _LABEL.search(before(passage, match.start(), 40)):
            continue
        good = is_valid(match[1])
        yield Found(
            value=match[1],
            passage=passage,
            start=match.start(1),
            end=match.end(1),
            confidence=0.98 if good else 0.8,
            note=None if good else "vat_number: la cifra di controllo non torna",
            broken=not good,
            labelled=True,
        )


def is_valid(value: str) -> bool:
    doubled = (sum(divmod(2 * int(d), 10)) if n % 2 else int(d) for n, d in enumerate(value))
    return value != "0" * 11 and sum(doubled) % 10 == 0
