"""Invoice numbers, as they stand behind the word fattura, bolletta or documento."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found
from classifier.reading_view import Passage
from classifier.spotting import folded

_FORM = folded(
    r"\b(?:fattura|bolletta|documento|avviso)(?: di pagamento| elettronica)?[ :]{0,3}(?:(?:n(?:umero|\.ro|r|\.)?[ .:°º]{1,4}))?"
    r"(?P<code>(?=[a-z0-9/.\-]*\d{3})[a-z0-9]+(?:[/\-.][a-z0-9]+)*)"
)
_DATE = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:20)?\d\d|20\d\d")

FORMS = (_FORM,)


def find(passage: Passage) -> Iterator[Found]:
    for match in passage.find(_FORM):
        if _DATE.fullmatch(match["code"]) or len(match["code"]) < 5:
            continue
        start, end = match.span("code")
        yield Found(
            value=passage.text[start:end].upper(), passage=passage, start=start, end=end, confidence=0.85, labelled=True
        )
