"""The letter as the model reads it: the sender's own words apart from what is enclosed or quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from classifier.model.features import Letter
from mailroom.document import Document
from mailroom.envelope import Channel, Envelope
from mailroom.finding import Paper, PaperKind
from mailroom.submission import Submission

SHORT = 60
"""Characters below which a message says too little by itself, and what it forwards or quotes counts as its words."""
BRIEF = 300
"""Characters below which somebody says "see enclosed": what they wrote to the operator is then their own telling."""
ENCLOSED = 1500
"""Characters of one enclosure that are worth reading for the meaning of the whole."""


def letter_of(
    envelope: Envelope,
    submission: Submission,
    documents: Sequence[Document],
    papers: Sequence[Paper],
    supply: tuple[str, ...] = (),
) -> Letter:
    """Own words: subject, new text, and papers addressed to us; everything else goes to the side. A complaint that is
    enclosed with few words stands on both."""
    own = [envelope.subject or "", *_messages(submission)]
    enclosed: list[str] = []
    complaints: list[str] = []
    for paper in papers:
        text = paper_text(documents, paper)
        if paper.kind is PaperKind.REQUEST_FORM or (_only_paper(envelope, papers) and text):
            own.append(text)
            continue
        enclosed.append(text[:ENCLOSED])
        if paper.kind is PaperKind.COMPLAINT:
            complaints.append(text)
    quoted = "\n".join(m.quoted for m in submission.messages)
    if sum(map(len, own)) < SHORT:
        own.append(quoted)
    else:
        enclosed.append(quoted[:ENCLOSED])
    if sum(map(len, own)) < BRIEF:
        own += complaints
    return Letter(
        main="\n".join(filter(None, own)),
        side="\n".join(filter(None, enclosed)),
        facts=_facts(papers),
        supply=supply,
    )


def paper_text(documents: Sequence[Document], paper: Paper) -> str:
    pages = documents[paper.document].pages
    last = paper.first_page + paper.pages
    return "\n".join(p.text for p in pages if paper.first_page <= p.number < last)


def _messages(submission: Submission) -> Iterator[str]:
    for message in submission.messages:
        yield message.new
        yield message.signature


def _only_paper(envelope: Envelope, papers: Sequence[Paper]) -> bool:
    return envelope.channel in (Channel.FAX, Channel.POST) and len(papers) == 1


def _facts(papers: Sequence[Paper]) -> tuple[str, ...]:
    return tuple(sorted({f"paper:{paper.kind.value}" for paper in papers}))
