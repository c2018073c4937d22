"""What `inspect` prints and `cases export` repeats: the sheets of one item in the words of the outside contract."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mailroom.decision import Decision, Disposition, Reply, ReplyKind, Verdict, Via
from mailroom.document import Document, Page, TextSource
from mailroom.envelope import Envelope
from mailroom.finding import Evidence, Examination, Finding
from mailroom.item import Hints
from outbound.phrases import Language, Phrases, phrases_of

Answer = dict[str, Any]
EVIDENCE_OF = ("applicant.", "supply.", "case_code", "service", "sector", "topic")


def describe(
    *,
    item: str,
    letter: int | None,
    sha256: str,
    envelope: Envelope,
    documents: Sequence[Document],
    examination: Examination,
    decision: Decision,
    wording: tuple[str | None, str | None],
    timings_ms: Mapping[str, float],
    phrases: Phrases,
) -> dict[str, Any]:
    """One JSON-ready object with the names of the contract; unknown is None.

    `phrases`: the words that say why a paper was refused, and what to do.
    """
    subject, body = wording
    return {
        "item": item,
        **({"letter": letter} if letter is not None else {}),
        "sha256": sha256,
        "channel": envelope.channel.value,
        "received_at": envelope.received_at.isoformat() if envelope.received_at else None,
        "disposition": decision.disposition.value,
        "disposition_detail": decision.detail,
        "service": _scored(decision.service, decision.service_confidence),
        "sector": _scored(decision.sector, decision.sector_confidence),
        "topic": _scored(decision.topic, decision.topic_confidence),
        "applicant": {
            name: getattr(decision.applicant, name)
            for name in ("first_name", "last_name", "tax_code", "email", "phone", "address")
        },
        "supply": {name: getattr(decision.supply, name) for name in ("pod", "pdr", "customer_code", "supplier")},
        "case_code": decision.case_code,
        "documents": [_document(verdict, documents, phrases) for verdict in decision.verdicts],
        "missing": [requirement.value for requirement in decision.missing],
        "needs_review": decision.needs_review,
        "review_reasons": list(decision.review_reasons),
        "evidence": [e for f in examination.findings if f.kind.startswith(EVIDENCE_OF) for e in _evidence(f)],
        "rules": [{"rule": r.rule, "hit": r.hit, "why": r.why} for r in decision.rules],
        "policy": decision.policy,
        "reply": {
            "kind": decision.reply.kind.value,
            "via": decision.reply.via.value,
            "subject": subject,
            "body": body,
        },
        "timings_ms": {name: round(value, 1) for name, value in timings_ms.items()},
    }


def describe_stuck(*, item: str, sha256: str, hints: Hints, why: str) -> Answer:
    """The object of an item that could not be taken to a decision: the gateway would hold it."""
    decision = Decision(
        disposition=Disposition.UNREADABLE,
        reply=Reply(kind=ReplyKind.NONE, via=Via.NONE),
        needs_review=True,
        review_reasons=(why,),
    )
    return describe(
        item=item,
        letter=None,
        sha256=sha256,
        envelope=Envelope(channel=hints.channel, received_at=hints.received_at, transport=hints.transport),
        documents=(),
        examination=Examination(findings=(), papers=()),
        decision=decision,
        wording=(None, None),
        timings_ms={},
        phrases=phrases_of(None, Language.ITALIAN),
    )


def json_line(answer: Mapping[str, Any]) -> str:
    """One line of JSON. Lone surrogates (names of files in no known encoding) stay escaped: no stream could carry
    them."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _scored(value: Any, confidence: float) -> dict[str, Any]:
    return {"value": value.value if value is not None else None, "confidence": round(confidence, 4)}


def _document(verdict: Verdict, documents: Sequence[Document], phrases: Phrases) -> dict[str, Any]:
    paper = verdict.paper
    document = documents[paper.document]
    pages = [p for p in document.pages if paper.first_page <= p.number < paper.first_page + paper.pages]
    place: dict[str, Any] = {}
    if document.carrier:
        # Counted within the letter: of a batch, the file's own numbers would begin in the middle.
        place = {"first_page": paper.first_page - (document.pages[0].number if document.pages else 0)}
    return {
        "filename": None if document.carrier else document.filename,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.digest,
        **place,
        "pages": paper.pages if document.carrier else document.page_count,
        "kind": paper.kind.value,
        "confidence": round(paper.confidence, 4),
        "accepted": verdict.accepted,
        "problem": verdict.problem.value if verdict.problem else None,
        "advice": phrases.refused(verdict.problem) if verdict.problem else None,
        "text_source": _source(document, pages),
        "text_chars": sum(len(p.text) for p in pages),
    }


def _source(document: Document, pages: Sequence[Page]) -> str:
    if not document.carrier:
        return document.text_source.value
    sources = [page.source for page in pages]
    return max(sources, key=sources.count, default=TextSource.NONE).value


def _evidence(finding: Finding) -> list[dict[str, Any]]:
    return [_one(finding, e) for e in finding.evidence]


def _one(finding: Finding, evidence: Evidence) -> dict[str, Any]:
    return {
        "field": finding.kind,
        "value": finding.value,
        "where": evidence.where.value,
        "document": evidence.document,
        "page": evidence.page,
        "box": [round(edge, 4) for edge in evidence.box] if evidence.box else None,
        "text": evidence.text,
        "note": evidence.note,
        "by": finding.by,
        "confidence": round(finding.confidence, 4),
    }
