"""The worker's step: claims items, climbs with them rung by rung, and commits what was learnt.

Quick mail climbs from *received* to *closed* in memory and is committed in one transaction with its neighbours; an
item that needs OCR is committed after *open* and left for the slow queue, so that no scan delays anybody's e-mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from mailroom.amending import amended, cut_by_person
from mailroom.case import Case, Filed, FiledPaper
from mailroom.context import Context, Judgement
from mailroom.dispatch import Dispatch
from mailroom.document import PageRange
from mailroom.errors import GatewayError, Hold, LostLease, Transient
from mailroom.finding import Finding
from mailroom.homecoming import homecoming
from mailroom.house_rules import query
from mailroom.item import Rung
from mailroom.ports import Blobs, Clock
from outbound.acknowledging import AnswersConfig
from outbound.composing import compose
from outbound.occasion import Occasion
from outbound.personal import Personal
from outbound.phrases import Language
from outbound.tongue import language_of
from parsers.reading import Surveys, look_ahead
from road.attempting import Failure, attempt
from road.contents import Contents
from road.joining import joined
from road.rungs import Known, Tools, cuts, decide_rung, examine_rung, open_rung, read_quickly_rung, read_rung
from store.claiming import Claim
from store.codec import OpenedSheet, ReadSheet, Sheet, encode
from store.deciding import NOBODY, Deciding
from store.ledger import Ledger

log = structlog.get_logger()
T = TypeVar("T")

UNREADABLE_BLOB = "L'originale non è leggibile nell'archivio: serve un intervento tecnico."
HELD_BYTES = 8 * 2**20
"""Of opened items' parts in memory at once, beyond the one that crosses this line."""
RETRY_SECONDS = (5.0, 30.0, 120.0, 600.0, 1800.0)
Ring = Callable[[Sequence[str], bool], None]
"""Rings the bell for item ids; True for the slow queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A claimed item, open."""

    claim: Claim
    opened: OpenedSheet
    parts: Mapping[str, bytes]
    """Bytes by digest, where it was opened just now."""
    fresh: Mapping[Rung, Sheet]
    """Sheets that are not written yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A claimed item of which all is known that it says itself."""

    claim: Claim
    known: Known
    fresh: Mapping[Rung, Sheet]


@dataclass(frozen=True, slots=True, kw_only=True)
class Climber:
    ledger: Ledger
    blobs: Blobs
    contents: Contents
    tools: Tools
    answers: AnswersConfig
    personal: Personal
    clock: Clock
    ring: Ring
    lease_seconds: float = 900

    def climb(self, item_ids: Sequence[str], *, slow: bool) -> int:
        """Takes these items as far as they go; returns how many were decided. Never raises for what is in an item."""
        claims = self.ledger.claim(limit=len(item_ids), item_ids=item_ids, lease_seconds=self.lease_seconds)
        # Rung by rung, not item by item: a processor does the same thing again in two thirds of the time.
        examined = [each for portion in self._portions(claims) for each in self._climbed(portion, slow)]
        ready = [entry for e in examined if (entry := self._safely([e.claim], partial(self._deciding, e)))]
        if not ready:
            return 0
        together = self._safely([e.claim for e in ready], partial(self.ledger.decide_many, ready), alone=False)
        if together is None:
            # One of them spoiled the transaction: each gets its own, and the culprit is found.
            return sum(self._safely([e.claim], partial(self.ledger.decide, e)) is not None for e in ready)
        for entry, result in zip(ready, together, strict=True):
            if isinstance(result, GatewayError):
                self._failed(entry.claim, result)
        return sum(not isinstance(result, GatewayError) for result in together)

    def _safely(self, claims: Sequence[Claim], step: Callable[[], T], *, alone: bool = True) -> T | None:
        """The step's result; None if there is none, after which the one item it was about waits or is held."""
        found = attempt(step, items=[c.item.id for c in claims])
        if not isinstance(found, Failure):
            return found
        if alone and isinstance(found.error, GatewayError):
            self._failed(claims[0], found.error)
        elif alone:
            wait = RETRY_SECONDS[min(claims[0].item.attempts, len(RETRY_SECONDS) - 1)]
            self.ledger.defer(claims[0], wait, f"errore interno {found.reference}")
        return None

    def _failed(self, claim: Claim, error: GatewayError) -> None:
        try:
            if isinstance(error, LostLease):
                raise error
            if isinstance(error, Transient):
                self.ledger.defer(claim, error.retry_after or 60, str(error))
            else:
                self.ledger.hold(claim, error.code, str(error))
        except LostLease:
            log.info("lost_lease", item=claim.item.id)

    def _portions(self, claims: Sequence[Claim]) -> Iterator[list[Begun]]:
        """Opens them all, but never more at once than memory bears."""
        portion: list[Begun] = []
        weight = 0
        for claim in claims:
            begun = self._safely([claim], partial(self._open, claim))
            if begun is None:
                continue
            portion.append(begun)
            weight += sum(map(len, begun.parts.values()))
            if weight > HELD_BYTES:
                yield portion
                portion, weight = [], 0
        if portion:
            yield portion

    def _open(self, claim: Claim) -> Begun | None:
        opened = claim.sheets.get(Rung.OPENED)
        if opened is not None:
            assert isinstance(opened, OpenedSheet)
            return Begun(claim=claim, opened=opened, parts={}, fresh={})
        raw = self._original(claim)
        found = open_rung(raw, claim.item.hints, self.tools)
        opened = OpenedSheet(envelope=found.envelope, submission=found.submission)
        whole = self._whole(claim, raw, opened)
        if whole is not None:
            self.ring([whole], False)
            return None
        return Begun(claim=claim, opened=opened, parts=found.contents, fresh={Rung.OPENED: opened})

    def _climbed(self, portion: Sequence[Begun], slow: bool) -> list[Examined]:
        surveys: Surveys = {}
        if not slow:
            surveys = look_ahead([(b.opened.submission, b.parts) for b in portion], settings=self.tools.reading)
        steps = [(begun.claim, partial(self._climb, begun, slow, surveys)) for begun in portion]
        return [each for claim, step in steps if (each := self._safely([claim], step))]

    def _climb(self, begun: Begun, slow: bool, surveys: Surveys) -> Examined | None:
        claim, opened, fresh = begun.claim, begun.opened, dict(begun.fresh)
        item = claim.item
        read = claim.sheets.get(Rung.READ)
        if read is None:
            content = self.contents.of(item, at_hand=begun.parts)
            documents = (
                read_rung(
                    opened.submission, content, self.tools, pages=item.hints.pages, progress=self._progress(claim)
                )
                if slow
                else read_quickly_rung(opened.submission, content, self.tools, surveys)
            )
            if documents is None:
                self.contents.keep(begun.parts)
                self.ledger.advance(claim, fresh, to=Rung.OPENED)
                self.ring([item.id], True)
                return None
            read = ReadSheet(documents=documents)
            fresh[Rung.READ] = read
        assert isinstance(read, ReadSheet)
        said = claim.corrections
        # One that has a case stays whole, whatever was said of it: its letters would be answered beside the case.
        whole_scan = item.hints.pages is None and item.case_code is None
        ranges = self._letters(read, said) if whole_scan else ()
        if ranges:
            children = self.ledger.split(claim, fresh, ranges)
            self.ring([child.item_id for child in children], True)
            return None
        examination = examine_rung(opened.envelope, opened.submission, read.documents, self.tools)
        examination = amended(examination, said)
        fresh[Rung.EXAMINED] = examination
        known = Known(
            envelope=opened.envelope,
            submission=opened.submission,
            documents=read.documents,
            examination=examination,
            timings_ms={},
        )
        return Examined(claim=claim, known=known, fresh=fresh)

    def _whole(self, claim: Claim, raw: bytes, opened: OpenedSheet) -> str | None:
        """The item of the message whose last piece this is."""
        try:
            return joined(claim, raw, opened, ledger=self.ledger, blobs=self.blobs)
        except (KeyError, ValueError) as error:
            raise Hold(UNREADABLE_BLOB, code="blob") from error

    def _letters(self, read: ReadSheet, said: Sequence[Finding]) -> tuple[PageRange, ...]:
        carrier = next((d for d in read.documents if d.carrier), None)
        pages = [page.number for page in carrier.pages] if carrier else []
        return cut_by_person(said, pages) or cuts(read.documents, self.tools)

    def _original(self, claim: Claim) -> bytes:
        try:
            return self.blobs.get(claim.item.digest)
        except (KeyError, ValueError) as error:
            raise Hold(UNREADABLE_BLOB, code="blob") from error

    def _progress(self, claim: Claim) -> Callable[[int, int], None]:
        """Tells how far the reading is, and keeps the item ours while it goes on: raises LostLease where it is not."""
        pause = timedelta(seconds=self.lease_seconds / 3)
        renew_at = self.clock.now() + pause

        def report(done: int, total: int) -> None:
            nonlocal renew_at
            self.ledger.report_progress(claim.item.id, done, total)
            now = self.clock.now()
            if now >= renew_at:
                self.ledger.renew(claim, self.lease_seconds)
                renew_at = now + pause

        return report

    def _deciding(self, examined: Examined) -> Deciding:
        claim, known, fresh = examined.claim, examined.known, examined.fresh

        def judge(context: Context) -> Judgement:
            return decide_rung(known, self.tools, context)

        def owe(judgement: Judgement, case: Case | None, earlier: tuple[Filed, ...]) -> tuple[Dispatch, ...]:
            occasion = self._occasion(claim, known, judgement)
            return compose(judgement, case, occasion, answers=self.answers, personal=self.personal, earlier=earlier)

        asked = query(claim.item.id, known.envelope, known.submission, known.documents, known.examination)
        return Deciding(
            claim=claim,
            query=asked,
            judge=judge,
            compose=owe,
            sheets=fresh,
            written={rung: encode(sheet) for rung, sheet in fresh.items()},
            unmet=judge(NOBODY),
            summary=summary_of(known),
            homecoming=homecoming(known.envelope),
        )

    def _occasion(self, claim: Claim, known: Known, judgement: Judgement) -> Occasion:
        return Occasion(
            item_id=claim.item.id,
            revision=claim.item.revision,
            envelope=known.envelope,
            now=self.clock.now(),
            language=_language(known),
            filed=_filed(claim, known, judgement),
        )


def _filed(claim: Claim, known: Known, judgement: Judgement) -> Filed:
    own = known.submission.own
    accepted = [verdict.paper for verdict in judgement.decision.verdicts if verdict.accepted]
    return Filed(
        item_id=claim.item.id,
        channel=known.envelope.channel.value,
        received_at=known.envelope.received_at,
        subject=known.envelope.subject or (own.subject if own else None),
        text=own.new if own else "",
        papers=tuple(
            FiledPaper(
                sha256=known.documents[paper.document].digest,
                filename=known.documents[paper.document].filename,
                media_type=known.documents[paper.document].media_type,
                size=known.documents[paper.document].size,
                kind=paper.kind.value,
                first_page=paper.first_page,
                pages=paper.pages,
            )
            for paper in accepted
        ),
    )


def _language(known: Known) -> Language:
    own = known.submission.own
    text = own.new if own and own.new.strip() else " ".join(p.text for d in known.documents[:1] for p in d.pages[:1])
    return language_of(text)


def summary_of(known: Known) -> str:
    """One line for the operators' lists: the subject, or the first words of the paper."""
    subject = (known.envelope.subject or "").strip()
    own = known.submission.own
    words = own.new if own else " ".join(page.text for d in known.documents[:1] for page in d.pages[:2])
    return (subject or " ".join(words.split()))[:160]
