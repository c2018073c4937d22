"""Evidence in the text it was found in: words cut into plain and marked stretches, each mark with its meaning. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from console.questions import ABOUT_A_CASE
from mailroom.decision import FIELDS
from mailroom.finding import Evidence, Examination, Where

MARKED = frozenset({*FIELDS, *ABOUT_A_CASE, "case_code", "mail", "sender_kind", "broken_identifier", "disagreement"})
MOST = 60
"""Marks in one text: beyond, everything would be yellow."""
OF_A_MESSAGE = (Where.BODY, Where.SIGNATURE, Where.QUOTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    text: str
    kind: str | None = None
    """Kind of the finding that these words speak for; None for plain words."""


Spoken = tuple[str, Evidence]


def of_message(examination: Examination | None, number: int) -> list[Spoken]:
    """Evidence that may stand in a message, with the kind of its finding."""
    return [
        (kind, evidence)
        for kind, evidence in _all(examination)
        if evidence.where in OF_A_MESSAGE and evidence.message in (None, number)
    ]


def of_page(examination: Examination | None, document: int, page: int) -> list[Spoken]:
    return [
        (kind, evidence)
        for kind, evidence in _all(examination)
        if (evidence.document, evidence.page) == (document, page)
        or (evidence.where is Where.BODY and evidence.message is None and evidence.document is None)
    ]


def _all(examination: Examination | None) -> Iterator[Spoken]:
    for finding in examination.findings if examination else ():
        if finding.kind in MARKED:
            yield from ((finding.kind, evidence) for evidence in finding.evidence)


def marked(text: str, spoken: Sequence[Spoken]) -> list[Stretch]:
    """The whole text in stretches; the first place of each evidence is marked, overlaps go to the earlier one."""
    found: list[Stretch] = []
    end = 0
    for start, stop, kind in sorted(_places(text, spoken)):
        if start < end:
            continue
        found += [Stretch(text=text[end:start]), Stretch(text=text[start:stop], kind=kind)]
        end = stop
    return [stretch for stretch in (*found, Stretch(text=text[end:])) if stretch.text]


def _places(text: str, spoken: Sequence[Spoken]) -> Iterator[tuple[int, int, str]]:
    for kind, evidence in spoken[:MOST]:
        words = evidence.text.split()
        if not words:
            continue
        if evidence.span and text[slice(*evidence.span)] == evidence.text:
            yield (*evidence.span, kind)
        elif met := re.search(r"\w*" + r"\s+".join(map(re.escape, words)) + r"\w*", text):
            # Cues come with a few letters around them: the words that these belong to are marked whole.
            yield met.start(), met.end(), kind
