"""The deciding transaction: look up, judge, change the books, owe the answer. One lock, so that two twins can't both
be first and case codes have no gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from sqlalchemy import Connection, delete, insert

from mailroom.calendar import ROME
from mailroom.case import Case, Filed
from mailroom.context import Compose, Context, Judge, Judgement, Query
from mailroom.decision import Disposition
from mailroom.dispatch import Dispatch
from mailroom.errors import GatewayError, LostLease
from mailroom.homecoming import Homecoming
from mailroom.item import Rung
from store.case_keeping import draft_case, keep, open_all
from store.claiming import Claim, move_all, ours, sheet_rows
from store.codec import OpenedSheet, Sheet
from store.context_lookup import MARKS, band_keys, look_up, marks
from store.events import Noted, note_events
from store.filing import filed
from store.homecoming import come_home
from store.outboxing import owe
from store.papers import paper_rows, used_blobs
from store.register import Entry, append, next_value
from store.remembering import remember
from store.schema import blob_use, document
from store.schema import sheet as sheet_table
from store.search import index, searchable

REVIEW = "review"
NOBODY = Context()

NOT_REGISTERED = {
    "spam": "Escluso dalla registrazione: pubblicità (DPR 445/2000, art. 53 c. 5).",
    "newsletter": "Escluso dalla registrazione: notiziario (DPR 445/2000, art. 53 c. 5).",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Everything the transaction needs for one item."""

    claim: Claim
    query: Query
    judge: Judge
    compose: Compose
    sheets: Mapping[Rung, Sheet] = field(default_factory=dict)
    """Sheets of the rungs below that are not written yet."""
    written: Mapping[Rung, str] = field(default_factory=dict)
    """What `store.codec.encode` made of them already: the transaction keeps everybody else waiting."""
    unmet: Judgement | None = None
    """What the judge said of an empty context, made before the transaction: most items meet nobody we know."""
    summary: str | None = None
    """One line for the operators' lists."""
    wait_days: int = 30
    """How long a case waits for what the citizen was asked to send."""
    homecoming: Homecoming | None = None
    """What the item says of a message of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    item_id: str
    judgement: Judgement
    case: Case | None
    dispatches: tuple[Dispatch, ...]


@dataclass(slots=True)
class Books:
    """What several decisions of one transaction write together at its end: nobody looks it up before."""

    sheets: list[dict[str, object]] = field(default_factory=list)
    papers: list[dict[str, object]] = field(default_factory=list)
    blobs: list[dict[str, object]] = field(default_factory=list)
    words: list[tuple[str, str]] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    events: list[Noted] = field(default_factory=list)

    def __iadd__(self, other: Books) -> Books:
        for name in self.__slots__:
            getattr(self, name).extend(getattr(other, name))
        return self

    def write(self, connection: Connection, now: datetime) -> None:
        if self.revised:
            for table in (document, blob_use):
                connection.execute(delete(table).where(table.c.item_id.in_(self.revised)))
        for table, rows in ((sheet_table, self.sheets), (document, self.papers), (blob_use, self.blobs)):
            if rows:
                connection.execute(insert(table), rows)
        index(connection, self.words, replacing=self.revised)
        append(connection, self.entries, now)
        note_events(connection, self.events, now)


def lock(connection: Connection) -> None:
    """Serialises deciding on PostgreSQL; on SQLite the writing transaction is alone already."""
    next_value(connection, "decisions")


def decide_all(
    connection: Connection, entries: Sequence[Deciding], now: datetime
) -> tuple[list[Decided | GatewayError], Books]:
    """Decides in the order given, as if one after the other; the caller writes the books at the end.

    Neighbours that have nothing to do with each other go in one wave: one statement for all where each alone would
    need its own. What is ours to raise becomes the entry's result; anything else passes through.
    """
    results: list[Decided | GatewayError] = []
    books = Books()
    rest = list(entries)
    width = len(rest)
    while rest:
        contexts = look_up(connection, [entry.query for entry in rest[:width]], now)
        count = _independent(rest[:width], contexts)
        # Where neighbours hang together, looking far ahead is looking in vain.
        width = len(rest) if count == width else 2 * count
        wave = list(zip(rest[:count], contexts[:count], strict=True))
        rest = rest[count:]
        if _looks_back(wave, entries):
            # Their papers are asked for when a case is complete: what waits for the end is written before.
            books.write(connection, now)
            books = Books()
        outcome = _attempt(connection, wave, now)
        # Where one of several can't be kept or answered, each gets a try of its own, and the culprit is found.
        apart = [_attempt(connection, [one], now) for one in wave] if isinstance(outcome, GatewayError) else [outcome]
        for found in apart:
            if isinstance(found, GatewayError):
                results.append(found)
            else:
                results += found[0]
                books += found[1]
    return results, books


Wave = Sequence[tuple[Deciding, Context]]
Outcome = tuple[list[Decided | GatewayError], Books]


def _looks_back(wave: Wave, entries: Sequence[Deciding]) -> bool:
    """Whether the wave may touch a case with an item that this transaction decides."""
    mine = {entry.claim.item.id for entry in entries}
    return any(
        not mine.isdisjoint(known.case.items)
        for _, context in wave
        for known in (*context.named, *context.threaded, *context.open_of_sender)
    )


def _independent(entries: Sequence[Deciding], contexts: Sequence[Context]) -> int:
    """How many of the first entries touch nothing in common: neither a mark, nor a case, nor each other's words."""
    touched: set[tuple[str, str]] = set()
    for number, (entry, context) in enumerate(zip(entries, contexts, strict=True)):
        mine = _touches(entry, context)
        # A code that nobody has yet may be given to a neighbour a moment from now.
        unknown = set(entry.query.case_codes) - {known.case.code for known in context.named}
        if number and (unknown or not touched.isdisjoint(mine) or entry.claim.item.revision > 1):
            return number
        touched |= mine
        if entry.claim.item.revision > 1:
            return number + 1
    return len(entries)


def _touches(entry: Deciding, context: Context) -> set[tuple[str, str]]:
    """What this decision reads that another may write. (Message-IDs and tokens are learnt of answers only: nobody can
    have replied to what is not yet sent.)"""
    query = entry.query
    cases = {known.case.code for known in (*context.named, *context.threaded, *context.open_of_sender)}
    twins = {twin.case_code for twin in context.twins if twin.case_code}
    return {
        *(mark for mark in marks(query) if mark[0] in MARKS),
        *(("case", code) for code in (*query.case_codes, *cases, *twins)),
        *(("item", item_id) for item_id in (query.item_id, *(twin.item_id for twin in context.twins))),
        *(("digest", digest) for digest in (query.content_digest,) if digest),
        *(("band", key) for key in band_keys(query.minhash)),
    }


def _attempt(connection: Connection, wave: Wave, now: datetime) -> Outcome | GatewayError:
    # Plain statements: SQLAlchemy's nested transactions cost as much as a tenth of a decision.
    connection.exec_driver_sql("SAVEPOINT wave")
    outcome: Outcome | GatewayError
    try:
        outcome = _decide_wave(connection, wave, now)
    except GatewayError as error:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT wave")
        outcome = error
    connection.exec_driver_sql("RELEASE SAVEPOINT wave")
    return outcome


@dataclass(slots=True)
class _Judged:
    entry: Deciding
    judgement: Judgement
    draft: Case | None
    """The case it opens, without a code."""
    case: Case | None = None
    happened: list[Noted] = field(default_factory=list)


def _decide_wave(connection: Connection, wave: Wave, now: datetime) -> Outcome:
    """Judges all, then writes for all. Raises GatewayError for what fails once writing has begun."""
    mine = ours(connection, [entry.claim for entry, _ in wave])
    results: dict[int, Decided | GatewayError] = {}
    judged: dict[int, _Judged] = {}
    for number, (entry, context) in enumerate(wave):
        try:
            if entry.claim.item.id not in mine:
                raise LostLease(f"item {entry.claim.item.id} has another worker")
            judged[number] = _judge(entry, context, now)
        except GatewayError as error:
            results[number] = error
    books = _settle(connection, list(judged.values()), now)
    dispatches = {
        number: each.entry.compose(each.judgement, each.case, _earlier(connection, each))
        for number, each in judged.items()
    }
    books.entries += owe(connection, [d for owed in dispatches.values() for d in owed], now)
    for number, each in judged.items():
        results[number] = Decided(
            item_id=each.entry.claim.item.id,
            judgement=each.judgement,
            case=each.case,
            dispatches=dispatches[number],
        )
    return [results[number] for number in range(len(wave))], books


def _earlier(connection: Connection, judged: _Judged) -> tuple[Filed, ...]:
    """Only where they are wanted: a case that is complete now goes out with all its sendings."""
    if judged.case is None or not judged.judgement.change.completes or judged.case.missing:
        return ()
    return filed(connection, [i for i in judged.case.items if i != judged.entry.claim.item.id])


def _judge(entry: Deciding, context: Context, now: datetime) -> _Judged:
    judgement = entry.unmet if entry.unmet is not None and context == NOBODY else entry.judge(context)
    item = entry.claim.item
    opening = judgement.change.open_new and item.revision == 1
    draft = draft_case(item.id, judgement.decision, now, entry.wait_days) if opening else None
    return _Judged(entry=entry, judgement=judgement, draft=draft)


def _settle(connection: Connection, judged: list[_Judged], now: datetime) -> Books:
    """Cases, items and fingerprints of a wave; returns what can wait for the end of the transaction."""
    opening = [(each, each.draft) for each in judged if each.draft is not None]
    opened = open_all(connection, [(draft, each.entry.query) for each, draft in opening])
    for (each, _), file in zip(opening, opened, strict=True):
        each.case = file
        each.happened = [(each.entry.claim.item.id, file.code, "case_opened", "gateway", None)]
    for each in judged:
        if each.draft is None:
            entry, said = each.entry, each.judgement
            each.case, each.happened = keep(
                connection, entry.claim.item, entry.query, said.decision, said.change, now, entry.wait_days
            )
        if each.case is not None:
            each.judgement = _with_code(each.judgement, each.case.code)
    books = Books()
    moves = []
    for each in judged:
        report = each.entry.homecoming
        if report is not None and each.judgement.decision.disposition is Disposition.SERVICE_MESSAGE:
            each.happened += come_home(connection, report, now)
        sheets = {**each.entry.claim.sheets, **each.entry.sheets, Rung.DECIDED: each.judgement.decision}
        moves.append((each.entry.claim, _standing(each.entry, each.judgement, each.case, sheets, now)))
        books += _books(each, sheets, now)
    move_all(connection, moves)
    again = [each.entry.claim.item.id for each in judged if each.entry.claim.item.revision > 1]
    remember(connection, [each.entry.query for each in judged], again=again)
    return books


def _with_code(judgement: Judgement, code: str) -> Judgement:
    """`case_code` of a decision names an existing case; a new one's code stands in the item."""
    decision = judgement.decision
    if decision.case_code is not None or decision.disposition is Disposition.CASE:
        return judgement
    return replace(judgement, decision=replace(decision, case_code=code))


def _standing(
    deciding: Deciding, judgement: Judgement, file: Case | None, sheets: Mapping[Rung, Sheet], now: datetime
) -> dict[str, object]:
    """Where the item stands after the decision."""
    decision = judgement.decision
    held = decision.needs_review
    due = decision.answer_due
    values: dict[str, object] = {
        "rung": (Rung.DECIDED if held else Rung.CLOSED).value,
        "attempts": 0,
        "due_at": None,
        "lease": None,
        "lease_until": None,
        "held_code": REVIEW if held else None,
        "held": ("\n".join(decision.review_reasons) or "Da rivedere.") if held else None,
        "held_since": now if held else None,
        "closed_at": None if held else now,
        "case_code": file.code if file else None,
        "duplicate_of": judgement.change.duplicate_of,
        "summary": deciding.summary,
        "disposition": decision.disposition.value,
        "detail": decision.detail,
        "service": decision.service.value if decision.service else None,
        "answer_due": datetime.combine(due, time(23, 59, 59), ROME) if due else None,
    }
    if held:
        values["ever_held"] = True
    opened = sheets.get(Rung.OPENED)
    if isinstance(opened, OpenedSheet):
        values |= outside(opened)
    return values


def outside(opened: OpenedSheet) -> dict[str, object]:
    """Sender and subject for the operators' lists."""
    envelope = opened.envelope
    own = opened.submission.own
    sender = envelope.sender
    transport = envelope.transport
    found = {
        "sender": (sender.email or sender.name) if sender else transport.fax_sender or transport.registered_mail,
        "subject": envelope.subject or (own.subject if own else None),
    }
    return {name: value for name, value in found.items() if value}


def _books(judged: _Judged, sheets: Mapping[Rung, Sheet], now: datetime) -> Books:
    claim, decision = judged.entry.claim, judged.judgement.decision
    code = judged.case.code if judged.case else None
    outcome = "held" if decision.needs_review else "closed"
    reason = NOT_REGISTERED.get(decision.detail or "") if not decision.needs_review else None
    first = claim.item.revision == 1
    return Books(
        sheets=sheet_rows(claim, {**judged.entry.sheets, Rung.DECIDED: decision}, now, written=judged.entry.written),
        papers=paper_rows(claim.item.id, decision, sheets),
        blobs=[{"item_id": claim.item.id, "digest": digest} for digest in used_blobs(sheets)],
        words=[(claim.item.id, searchable(claim.item.id, code, sheets))],
        revised=[] if first else [claim.item.id],
        entries=[Entry(direction="ann", item_id=claim.item.id, note=reason)] if reason and first else [],
        events=[
            *judged.happened,
            (claim.item.id, code, "decided", "gateway", decision.disposition.value),
            (claim.item.id, code, outcome, "gateway", REVIEW if decision.needs_review else None),
        ],
    )
