"""One item as the operator sees it: its sheets taken apart into what the page shows."""

from __future__ import annotations

from dataclasses import dataclass

from console.correcting import CORRECTABLE
from console.desk import Desk
from console.marking import Stretch, marked, of_message, of_page
from console.provenance import Contradiction, contradictions
from console.questions import ABOUT_A_CASE, PRESENT, Question, asked, outcome_of
from mailroom.amending import paper_name
from mailroom.decision import Decision, Requirement
from mailroom.document import Document, Page
from mailroom.envelope import Envelope
from mailroom.finding import Examination, Finding, Paper, PaperKind
from mailroom.item import Rung
from mailroom.submission import Part, Role, Submission
from store.codec import OpenedSheet, ReadSheet
from store.item_views import ItemDetail, held_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One message with its evidence marked."""

    new: list[Stretch]
    signature: str
    quoted: str
    sender: str | None


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
        return any(paper.kind is PaperKind.IDENTITY_DOCUMENT for paper in self.papers)

    @property
    def papers(self) -> tuple[Paper, ...]:
        return self.examination.papers if self.examination else ()

    @property
    def named_papers(self) -> list[tuple[str, Paper, str | None]]:
        """Form name, paper and file name of every paper whose kind can be corrected; the sheets of a fax or scan have
        numbers only."""
        names = {document.index: document.filename for document in self.documents if not document.carrier}
        return [(paper_name(paper), paper, names.get(paper.document)) for paper in self.papers]

    @property
    def asked(self) -> tuple[Question, ...]:
        return asked(self.examination, self.decision)

    @property
    def scan(self) -> Document | None:
        """The fax or scan that can still be cut into letters."""
        whole = self.detail.hints.pages is None and not self.detail.children and self.detail.row.case_code is None
        carrier = next((d for d in self.documents if d.carrier and len(d.pages) > 1), None)
        return carrier if whole and carrier is not None else None

    @property
    def outcome(self) -> str | None:
        return outcome_of(self.decision)

    @property
    def cursor(self) -> str:
        """Where it stands among what waits; empty for what doesn't."""
        return held_cursor(self.detail.row)

    @property
    def questions(self) -> list[tuple[str, Finding | None]]:
        return [(kind, self.best(kind)) for kind in ABOUT_A_CASE]

    @property
    def why(self) -> list[tuple[str, Finding | None]]:
        return [(kind, self.best(kind)) for kind in ("mail", "sender_kind")]

    @property
    def fields(self) -> list[tuple[str, Finding | None, str]]:
        """Kind, finding, and the value to begin with: a case that was only guessed at stands ready, too."""
        return [(kind, found := self.best(kind), self._begin(kind, found)) for kind in CORRECTABLE]

    def _begin(self, kind: str, found: Finding | None) -> str:
        if found is None and kind == "case_code" and self.decision is not None:
            return self.decision.case_code or ""
        return found.value if found else ""

    @property
    def missing(self) -> list[tuple[Requirement, bool]]:
        """What is missing, and whether the operator can say that it is there all the same."""
        return [(needed, needed.value in PRESENT) for needed in (self.decision.missing if self.decision else ())]

    @property
    def disagreements(self) -> tuple[Finding, ...]:
        return self.examination.all("disagreement") if self.examination else ()

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        return contradictions(self.envelope)

    @property
    def messages(self) -> list[Words]:
        return [
            Words(
                new=marked(message.new, of_message(self.examination, number)),
                signature=message.signature,
                quoted=message.quoted,
                sender=(message.sender.email or message.sender.name) if message.sender else None,
            )
            for number, message in enumerate(self.submission.messages if self.submission else ())
        ]

    def text_of(self, document: Document, page: Page) -> list[Stretch]:
        return marked(page.text, of_page(self.examination, document.index, page.number))

    def best(self, kind: str) -> Finding | None:
        return self.examination.best(kind) if self.examination else None

    def part(self, index: int) -> Part | None:
        parts = self.submission.parts if self.submission else ()
        return parts[index] if 0 <= index < len(parts) else None

    @property
    def laid_out(self) -> list[Part]:
        """The mail's HTML, to be seen as its sender set it; the words of it stand above already."""
        worded = (Role.TEXT, Role.ALTERNATIVE)
        parts = self.submission.parts if self.submission else ()
        return [p for p in parts if p.media_type == "text/html" and p.role in worded and not self.barred(p)][:5]

    def barred(self, part: Part) -> bool:
        """Malware, something that holds malware, or no telling what it is: offered to nobody's browser."""
        parts = self.submission.parts if self.submission else ()
        above = {part.index}
        for other in parts:  # children stand behind their parents
            if other.parent in above:
                above.add(other.index)
        found = {defect for i in above for defect in parts[i].defects}
        found |= {defect for d in self.documents if d.part in above for defect in d.defects}
        return "malware" in found or "type_mismatch" in {*part.defects, *self._read_defects(part)}

    def _read_defects(self, part: Part) -> set[str]:
        return {defect for d in self.documents if d.digest == part.digest for defect in d.defects}

    def is_identity(self, part: int) -> bool:
        """Whether that part holds an identity document: a look at it is written down."""
        mine = {document.index for document in self.documents if document.part == part}
        return any(p.document in mine and p.kind is PaperKind.IDENTITY_DOCUMENT for p in self.papers)


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
