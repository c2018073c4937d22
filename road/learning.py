"""People's corrections as examples, and whether a model that has read them may take over.

A correction is a letter with the right answer to one question. The model is trained on the corpus and on all of them;
it takes over only if letters that it has not read are judged no worse than before, question by question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from classifier.letter import letter_of
from classifier.meaning import think
from classifier.model.training import HEADS, Example, Judged, held_back
from mailroom.finding import Examination, Finding
from mailroom.item import Rung
from store.codec import OpenedSheet, ReadSheet, decode
from store.item_views import ItemDetail
from store.views import Views

HEAD_OF = {"mail": "mail", "sender_kind": "sender", "service": "service", "sector": "sector", "topic": "topic"}
SHARES = 4
"""Corrections are held back in so many shares by item, each as if it were an author."""
ALLOWED = 0.002
"""Share of the held-back letters by which a question may get worse: one letter in five hundred is noise."""
EVER = datetime(2000, 1, 1, tzinfo=UTC)


def corrected_letters(views: Views) -> list[Example]:
    """One example for each corrected item whose words are still kept, oldest correction first."""
    items = dict.fromkeys(correction.item_id for correction in views.corrections(since=EVER))
    details = (views.item(item_id) for item_id in items)
    return [example for detail in details if detail and (example := _example(detail))]


def _example(detail: ItemDetail) -> Example | None:
    opened, read = detail.sheets.get(Rung.OPENED), detail.sheets.get(Rung.READ)
    examined = detail.sheets.get(Rung.EXAMINED)
    labels = dict(_labels(decode(json.dumps(json.loads(body)), Finding) for body in detail.corrections))
    if not (isinstance(opened, OpenedSheet) and isinstance(read, ReadSheet) and isinstance(examined, Examination)):
        return None
    if not labels or detail.erased_at is not None:
        return None
    letter = letter_of(opened.envelope, opened.submission, read.documents, examined.papers)
    share = int(detail.digest[:4], 16) % SHARES
    return Example(letter=letter, labels=labels, author=f"operators-{share}", name=detail.row.id)


def _labels(findings: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """The newest word of a person on each question; who names a service had a submission of a private person."""
    said = {finding.kind: finding.value for finding in findings}
    if "service" in said:
        yield from (("mail", "submission"), ("sender", "private"))
    for kind, head in HEAD_OF.items():
        if kind in said:
            yield head, said[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Of one question: how many held-back letters each model got right."""

    head: str
    letters: int
    before: int
    after: int

    @property
    def worse(self) -> bool:
        return self.after < self.before - ALLOWED * self.letters


def compare(corpus: Sequence[Example], own: Sequence[Example]) -> tuple[tuple[Comparison, ...], tuple[Judged, ...]]:
    """Both ways of training judged on the same letters, each by models that have not read its author.

    Before: the corpus alone. After: the corpus and the corrections. The second value is what the new way thought.
    """
    before = _judged(corpus, own, learn_own=False)
    after = _judged(corpus, own, learn_own=True)
    rows = []
    for head in HEADS:
        old, new = ([j for j in judged if j.head == head] for judged in (before, after))
        rows.append(
            Comparison(
                head=head,
                letters=len(new),
                before=sum(j.said == j.right for j in old),
                after=sum(j.said == j.right for j in new),
            )
        )
    return tuple(rows), after


def _judged(corpus: Sequence[Example], own: Sequence[Example], *, learn_own: bool) -> tuple[Judged, ...]:
    return tuple(held_back([*corpus, *own], think, read=None if learn_own else corpus))
