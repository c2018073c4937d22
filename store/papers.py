"""The papers of a decided item as rows: what the case shows, and which blobs the item needs."""

from __future__ import annotations

from collections.abc import Mapping

from mailroom.decision import Decision, Verdict
from mailroom.document import Document
from mailroom.finding import Examination, Paper
from mailroom.item import Rung
from store.codec import OpenedSheet, ReadSheet, Sheet


def paper_rows(item_id: str, decision: Decision, sheets: Mapping[Rung, Sheet]) -> list[dict[str, object]]:
    """One row a paper, in the order of the examination; papers of unknown documents are left out."""
    read = sheets.get(Rung.READ)
    documents = {d.index: d for d in read.documents} if isinstance(read, ReadSheet) else {}
    examined = sheets.get(Rung.EXAMINED)
    papers = examined.papers if isinstance(examined, Examination) else ()
    verdicts = {_place(verdict.paper): verdict for verdict in decision.verdicts}
    examined_places = {_place(paper) for paper in papers}
    # A scan in which nothing could be read came apart into no papers, and is one all the same.
    everything = [*papers, *(v.paper for v in decision.verdicts if _place(v.paper) not in examined_places)]
    return [
        _row(item_id, number, paper, documents[paper.document], verdicts.get(_place(paper)))
        for number, paper in enumerate(everything)
        if paper.document in documents
    ]


def _place(paper: Paper) -> tuple[int, int, int]:
    return paper.document, paper.first_page, paper.pages


def _row(item_id: str, number: int, paper: Paper, whole: Document, verdict: Verdict | None) -> dict[str, object]:
    problem = verdict.problem if verdict else None
    return {
        "item_id": item_id,
        "number": number,
        "digest": whole.digest,
        "filename": whole.filename,
        "media_type": whole.media_type,
        "size": whole.size,
        "first_page": paper.first_page,
        "pages": paper.pages,
        "kind": paper.kind.value,
        "accepted": verdict.accepted if verdict else True,
        "problem": problem.value if problem else None,
        "carrier": whole.carrier,
    }


def used_blobs(sheets: Mapping[Rung, Sheet]) -> list[str]:
    """Digests of all parts of the submission, each once."""
    opened = sheets.get(Rung.OPENED)
    if not isinstance(opened, OpenedSheet):
        return []
    return list(dict.fromkeys(part.digest for part in opened.submission.parts if part.digest))
