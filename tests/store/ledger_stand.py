"""What tests of the ledger are made of: arrivals, judges that open or join, a clock that a test winds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from mailroom.case import Case
from mailroom.context import CaseChange, Compose, Context, Judge, Judgement, Query
from mailroom.decision import (
    Applicant,
    Decision,
    Disposition,
    Requirement,
    Sector,
    Service,
    Supply,
    Topic,
    Verdict,
)
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.document import Document, Page, TextSource
from mailroom.envelope import Address, Channel, Envelope
from mailroom.finding import Examination, Paper, PaperKind
from mailroom.item import Arrival, Hints, Rung
from mailroom.submission import Message, Part, Role, Submission
from store.claiming import Claim
from store.codec import OpenedSheet, ReadSheet, Sheet
from store.deciding import Deciding

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class WoundClock:
    at: datetime = NOON

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def wind(self, **by: float) -> None:
        self.at += timedelta(**by)


def arrival(ref: str, *, source: str = "casella", body: str = "testo", channel: Channel = Channel.EMAIL) -> Arrival:
    raw = f"From: Ada <ada@example.org>\r\nSubject: =?utf-8?q?Bolletta_n=C2=B0?= {ref}\r\n\r\n{body}".encode()
    return Arrival(source=source, ref=ref, raw=raw, hints=Hints(channel=channel))


def digest_of(taken: Arrival) -> str:
    import hashlib

    return hashlib.sha256(taken.raw).hexdigest()


def opened(words: str = "non pago questa bolletta", *, part_digest: str = "b" * 64) -> OpenedSheet:
    part = Part(
        index=0,
        parent=None,
        path="1/bolletta.pdf",
        filename="bolletta.pdf",
        declared_type="application/pdf",
        media_type="application/pdf",
        size=10,
        digest=part_digest,
        role=Role.ATTACHMENT,
    )
    message = Message(part=0, depth=0, sender=None, subject="Reclamo", sent_at=None, new=words)
    return OpenedSheet(
        envelope=Envelope(channel=Channel.EMAIL, sender=Address(email="ada@example.org"), subject="Reclamo"),
        submission=Submission(parts=(part,), messages=(message,), attachments=(0,)),
    )


def read(*, digest: str = "b" * 64) -> ReadSheet:
    page = Page(number=0, text="totale da pagare")
    document = Document(
        index=0,
        part=0,
        path="1/bolletta.pdf",
        filename="bolletta.pdf",
        digest=digest,
        media_type="application/pdf",
        size=10,
        pages=(page,),
        page_count=1,
        text_source=TextSource.TEXT_LAYER,
    )
    return ReadSheet(documents=(document,))


PAPER = Paper(document=0, first_page=0, pages=1, kind=PaperKind.BILL, confidence=0.9)


def sheets(words: str = "non pago questa bolletta", *, part_digest: str = "b" * 64) -> dict[Rung, Sheet]:
    return {
        Rung.OPENED: opened(words, part_digest=part_digest),
        Rung.READ: read(digest=part_digest),
        Rung.EXAMINED: Examination(findings=(), papers=(PAPER,)),
    }


OPENING = Decision(
    disposition=Disposition.CASE,
    service=Service.SMART_HELP,
    sector=Sector.GAS,
    topic=Topic.CMOR,
    applicant=Applicant(first_name="Ada", last_name="Rossi", tax_code="RSSDAA80A41H501T", email="ada@example.org"),
    supply=Supply(pdr="00881234567890"),
    verdicts=(Verdict(paper=PAPER, filename="bolletta.pdf", accepted=True),),
    needs_review=False,
)


def opens(decision: Decision = OPENING) -> Judge:
    return lambda _context: Judgement(decision=decision, change=CaseChange(open_new=True))


def lacking(*missing: Requirement) -> Decision:
    return replace(OPENING, missing=missing)


def joins(code: str, *completes: Requirement) -> Judge:
    decision = replace(OPENING, disposition=Disposition.FOLLOW_UP, case_code=code)
    return lambda _context: Judgement(decision=decision, change=CaseChange(join=code, completes=completes))


def files(disposition: Disposition, detail: str | None = None) -> Judge:
    decision = Decision(disposition=disposition, detail=detail, needs_review=False)
    return lambda _context: Judgement(decision=decision)


def opens_unless_twin(context: Context) -> Judgement:
    """A judge as the house rules are one: the same submission again joins the case of the first."""
    twin = next((t for t in context.twins if t.exact and t.case_code), None)
    if twin is None:
        return Judgement(decision=OPENING, change=CaseChange(open_new=True))
    decision = replace(OPENING, disposition=Disposition.DUPLICATE, case_code=twin.case_code)
    return Judgement(decision=decision, change=CaseChange(join=twin.case_code, duplicate_of=twin.item_id))


def acknowledgement(key: str = "ack") -> Compose:
    def compose(_judgement: Judgement, case: Case | None, _earlier: object = ()) -> tuple[Dispatch, ...]:
        if case is None:
            return ()
        payload = f"Message-ID: <{key}.{case.code}@sportello.example>\r\nSubject: Pratica {case.code}\r\n\r\nok"
        return (
            Dispatch(
                key=f"{key}:{case.code}",
                channel=DispatchChannel.EMAIL,
                to="ada@example.org",
                payload=payload.encode(),
                repeatable=True,
                case_code=case.code,
            ),
        )

    return compose


def silence(_judgement: Judgement, _case: Case | None, _earlier: object = ()) -> tuple[Dispatch, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a claim is to be decided."""

    judge: Judge = field(default_factory=opens)
    compose: Compose = silence
    query: Callable[[str], Query] = lambda item_id: Query(item_id=item_id)
    words: str = "non pago questa bolletta"


def deciding(claim: Claim, wish: Wish = Wish()) -> Deciding:
    missing = {r: s for r, s in sheets(wish.words).items() if r not in claim.sheets}
    return Deciding(
        claim=claim,
        query=wish.query(claim.item.id),
        judge=wish.judge,
        compose=wish.compose,
        sheets=missing,
        summary="CMOR, gas",
    )
