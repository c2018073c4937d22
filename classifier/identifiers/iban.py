"""Italian IBANs: 27 characters, ISO 13616 check (mod 97); a wrong one is marked broken."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.identifiers.found import Found
from classifier.reading_view import Passage
from classifier.spotting import folded

_FORM = folded(r"(?<![a-z0-9])it[ .\-]?\d{2}[ .\-]?[a-z](?:[ .\-]?[a-z0-9]){22}(?![a-z0-9])")

FORMS = (_FORM,)


def find(passage: Passage) -> Iterator[Found]:
    for match in passage.find(_FORM):
        value = "".join(c for c in match[0].upper() if c.isalnum())
        if not value[5:15].isdigit():
            continue
        good = is_valid(value)
        yield Found(
            value=value,
            passage=passage,
            start=match.start(),
            end=match.end(),
            confidence=0.99 if good else 0.8,
            note=None if good else "iban: le cifre di controllo non tornano",
            broken=not good,
        )


def is_valid(value: str) -> bool:
    turned = value[4:] + value[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
