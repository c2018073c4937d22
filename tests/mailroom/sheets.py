"""Small sheets for the rules: a letter with these findings and papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mailroom.context import NO_LEDGER, Context, Judgement
from mailroom.document import Document, Page, TextSource
from mailroom.envelope import Address, Automatic, Channel, Envelope
from mailroom.finding import Examination, Finding, Paper, PaperKind
from mailroom.house_rules import decide
from mailroom.policy import Policy
from mailroom.submission import Message, Part, Role, Submission

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
SURE = {"mail": "submission", "sender_kind": "private", "service": "information", "sector": "gas", "topic": "billing"}


def findings(confidence: float = 0.95, **values: Any) -> tuple[Finding, ...]:
    """Dots in kinds are written as double underscores; a value may be (value, confidence)."""
    told = {**SURE, **values}
    found = []
    for kind, value in told.items():
        if value is None:
            continue
        said, sure = value if isinstance(value, tuple) else (value, confidence)
        found.append(Finding(kind=kind.replace("__", "."), value=said, confidence=sure, by="test/1"))
    return tuple(found)


def envelope(channel: Channel = Channel.EMAIL, *, automatic: tuple[Automatic, ...] = (), **more: Any) -> Envelope:
    sender = Address(name="Ada Neri", email="ada@posta.example") if channel in (Channel.EMAIL, Channel.PEC) else None
    facts: dict[str, Any] = {"sender": sender, "received_at": AT, "subject": "richiesta", **more}
    return Envelope(channel=channel, automatic=automatic, **facts)


def document(index: int, filename: str, *, size: int = 1000, defects: tuple[str, ...] = ()) -> Document:
    page = Page(number=0, text="testo del documento", source=TextSource.TEXT_LAYER)
    return Document(
        index=index, part=index + 1, path=f"{index + 2}/{filename}", filename=filename, digest="0" * 64,
        media_type="application/pdf", size=size, pages=(page,), page_count=1, text_source=TextSource.TEXT_LAYER,
        defects=defects,
    )  # fmt: skip


def paper(index: int, kind: str, *, signed: bool | None = None) -> Paper:
    return Paper(document=index, first_page=0, pages=1, kind=PaperKind(kind), confidence=0.95, signed=signed)


def submission(text: str = "Vorrei sapere come si legge la bolletta.") -> Submission:
    part = Part(
        index=0, parent=None, path="1", filename=None, declared_type="text/plain", media_type="text/plain",
        size=len(text), digest="1" * 64, role=Role.TEXT,
    )  # fmt: skip
    message = Message(part=0, depth=0, sender=None, subject=None, sent_at=None, new=text)
    return Submission(parts=(part,), messages=(message,), attachments=())


def judged(
    said: tuple[Finding, ...],
    *documents_and_papers: tuple[Document, Paper],
    outside: Envelope | None = None,
    text: str = "Vorrei sapere come si legge la bolletta.",
    context: Context = NO_LEDGER,
    policy: Policy = Policy(),
    isolated: str | None = None,
) -> Judgement:
    documents = tuple(d for d, _ in documents_and_papers)
    papers = tuple(p for _, p in documents_and_papers)
    return decide(
        outside or envelope(),
        replace(submission(text), isolated=isolated),
        documents,
        Examination(findings=said, papers=papers),
        context=context,
        policy=policy,
    )
