"""One item as the operator sees it: its sheets taken apart into what the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from console.desk import Desk
from console.pictures import page_picture
from mailroom.decision import Decision
from mailroom.document import Box, Document
from mailroom.envelope import Envelope
from mailroom.finding import Examination, Finding, PaperKind
from mailroom.item import Rung
from mailroom.submission import Submission
from store.codec import OpenedSheet, ReadSheet
from store.item_views import ItemDetail

SURE = 0.9
QUESTIONS = ("mail", "sender_kind", "service", "sector", "topic")
FIELDS = (
    "applicant.first_name",
    "applicant.last_name",
    "applicant.tax_code",
    "applicant.email",
    "applicant.phone",
    "applicant.address",
    "supply.pod",
    "supply.pdr",
    "supply.customer_code",
    "supply.supplier",
    "case_code",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    detail: ItemDetail
    envelope: Envelope | None
    submission: Submission | None
    documents: tuple[Document, ...]
    examination: Examination | None
    decision: Decision | None

    @property
    def dangerous(self) -> bool:
        """Holds malware, or has not been looked through yet: its bytes are not given out."""
        if self.submission is None:
            return True
        defects = [part.defects for part in self.submission.parts] + [d.defects for d in self.documents]
        return any("malware" in found for found in defects)

    @property
    def has_identity(self) -> bool:
        papers = self.examination.papers if self.examination else ()
        return any(paper.kind is PaperKind.IDENTITY_DOCUMENT for paper in papers)

    @property
    def likely(self) -> list[tuple[str, list[tuple[str, float]]]]:
        """Doubtful questions with their two likeliest answers, for one-click decisions."""
        found = []
        for kind, finding in self.questions:
            if finding is not None and finding.confidence < SURE and finding.alternatives:
                answers = [(finding.value, finding.confidence), *finding.alternatives]
                found.append((kind, list(dict(reversed(answers)).items())[::-1][:2]))
        return found

    @property
    def questions(self) -> list[tuple[str, Finding | None]]:
        return [(kind, self.examination.best(kind) if self.examination else None) for kind in QUESTIONS]

    @property
    def fields(self) -> list[tuple[str, Finding | None]]:
        return [(kind, self.examination.best(kind) if self.examination else None) for kind in FIELDS]


def item_page(desk: Desk, item_id: str) -> ItemPage | None:
    detail = desk.views.item(item_id)
    if detail is None:
        return None
    opened, read = detail.sheets.get(Rung.OPENED), detail.sheets.get(Rung.READ)
    examined, decided = detail.sheets.get(Rung.EXAMINED), detail.sheets.get(Rung.DECIDED)
    return ItemPage(
        detail=detail,
        envelope=opened.envelope if isinstance(opened, OpenedSheet) else None,
        submission=opened.submission if isinstance(opened, OpenedSheet) else None,
        documents=read.documents if isinstance(read, ReadSheet) else (),
        examination=examined if isinstance(examined, Examination) else None,
        decision=decided if isinstance(decided, Decision) else None,
    )


def picture_of(desk: Desk, page: ItemPage, index: int, number: int, *, by: str) -> bytes:
    """PNG of one page with the evidence outlined. A look at an identity document is written down. Raises KeyError,
    ValueError or IndexError for what is not there or can't be shown."""
    if index < 0 or number < 0:
        raise IndexError("counted from zero")
    document = page.documents[index]
    if _is_barred(page, document):
        raise ValueError("not to be shown")
    shown = next((p for p in document.pages if p.number == number), None)
    if document.pages and shown is None:
        raise IndexError("no such page")
    if _is_identity(page, index, number):
        desk.looked_at(page.detail.row.id, document.digest, by)
    data = desk.content(page.detail.row.id, document.digest)
    return page_picture(
        data, document.media_type, number, turned=shown.rotation if shown else 0, boxes=_boxes(page, index, number)
    )


def _is_barred(page: ItemPage, document: Document) -> bool:
    parts = page.submission.parts if page.submission else ()
    defects = {d for part in parts if part.digest == document.digest for d in part.defects} | set(document.defects)
    return not defects.isdisjoint({"malware", "type_mismatch"})


def _is_identity(page: ItemPage, index: int, number: int) -> bool:
    papers = page.examination.papers if page.examination else ()
    return any(
        p.document == index
        and p.first_page <= number < p.first_page + p.pages
        and p.kind is PaperKind.IDENTITY_DOCUMENT
        for p in papers
    )


def _boxes(page: ItemPage, index: int, number: int) -> list[Box]:
    findings = page.examination.findings if page.examination else ()
    return [
        evidence.box
        for finding in findings
        if finding.kind in FIELDS
        for evidence in finding.evidence
        if evidence.document == index and evidence.page == number and evidence.box
    ]
