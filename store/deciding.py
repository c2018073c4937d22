"""The deciding transaction: look up, judge, change the books, owe the answer. One lock, so that two twins can't both
be first and case codes have no gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from sqlalchemy import Connection, delete, insert

from mailroom.case import Case
from mailroom.context import Compose, Judge, Judgement, Query
from mailroom.decision import Decision, Disposition
from mailroom.dispatch import Dispatch
from mailroom.item import Rung
from store.case_keeping import keep
from store.claiming import Claim, move, sheet_rows
from store.codec import OpenedSheet, Sheet
from store.context_lookup import band_keys, look_up
from store.events import Noted, note_events
from store.outboxing import owe
from store.papers import paper_rows, used_blobs
from store.register import ROME, Entry, append, next_value
from store.schema import band, blob_use, document, fingerprint
from store.schema import sheet as sheet_table
from store.search import index, searchable

REVIEW = "review"
_NEW_FINGERPRINT = insert(fingerprint)
_NEW_BANDS = insert(band)

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
    summary: str | None = None
    """One line for the operators' lists."""
    wait_days: int = 30
    """How long a case waits for what the citizen was asked to send."""


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


def decide(connection: Connection, deciding: Deciding, now: datetime) -> tuple[Decided, Books]:
    """The caller writes the books once all decisions of the transaction are taken.

    Raises LostLease, Hold, or whatever the judge and the composer raise.
    """
    claim, query = deciding.claim, deciding.query
    judgement = deciding.judge(look_up(connection, query, now))
    decision, change = judgement.decision, judgement.change
    file, happened = keep(connection, claim.item, query, decision, change, now, deciding.wait_days)
    if file is not None and decision.case_code is None:
        decision = _with_code(decision, file.code)
        judgement = replace(judgement, decision=decision)
    whole = {**claim.sheets, **deciding.sheets, Rung.DECIDED: decision}
    move(connection, claim, _standing(deciding, judgement, file, whole, now))
    _remember(connection, query, again=claim.item.revision > 1)
    dispatches = deciding.compose(judgement, file)
    books = _books(deciding, decision, file, whole, now)
    books.entries += owe(connection, dispatches, now)
    books.events = [*happened, *books.events]
    return Decided(item_id=claim.item.id, judgement=judgement, case=file, dispatches=dispatches), books


def _with_code(decision: Decision, code: str) -> Decision:
    """`case_code` of a decision names an existing case; a new one's code stands in the item."""
    return replace(decision, case_code=code) if decision.disposition is not Disposition.CASE else decision


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
        values |= _outside(opened)
    return values


def _outside(opened: OpenedSheet) -> dict[str, object]:
    envelope = opened.envelope
    own = opened.submission.own
    sender = envelope.sender
    transport = envelope.transport
    found = {
        "sender": (sender.email or sender.name) if sender else transport.fax_sender or transport.registered_mail,
        "subject": envelope.subject or (own.subject if own else None),
    }
    return {name: value for name, value in found.items() if value}


def _remember(connection: Connection, query: Query, *, again: bool) -> None:
    """Fingerprints, by which later twins are found, in place of those of an earlier revision."""
    if again:
        connection.execute(delete(fingerprint).where(fingerprint.c.item_id == query.item_id))
        connection.execute(delete(band).where(band.c.item_id == query.item_id))
    connection.execute(
        _NEW_FINGERPRINT,
        {
            "item_id": query.item_id,
            "content_digest": query.content_digest,
            "minhash": json.dumps(query.minhash),
            "tax_codes": json.dumps(query.tax_codes),
            "supplies": json.dumps(query.supplies),
            "senders": json.dumps(query.senders),
        },
    )
    keys = band_keys(query.minhash)
    if keys:
        connection.execute(_NEW_BANDS, [{"key": key, "item_id": query.item_id} for key in dict.fromkeys(keys)])


def _books(
    deciding: Deciding, decision: Decision, file: Case | None, sheets: Mapping[Rung, Sheet], now: datetime
) -> Books:
    claim = deciding.claim
    code = file.code if file else None
    outcome = "held" if decision.needs_review else "closed"
    reason = NOT_REGISTERED.get(decision.detail or "") if not decision.needs_review else None
    first = claim.item.revision == 1
    return Books(
        sheets=sheet_rows(claim, {**deciding.sheets, Rung.DECIDED: decision}, now),
        papers=paper_rows(claim.item.id, decision, sheets),
        blobs=[{"item_id": claim.item.id, "digest": digest} for digest in used_blobs(sheets)],
        words=[(claim.item.id, searchable(claim.item.id, code, sheets))],
        revised=[] if first else [claim.item.id],
        entries=[Entry(direction="ann", item_id=claim.item.id, note=reason)] if reason and first else [],
        events=[
            (claim.item.id, code, "decided", "gateway", decision.disposition.value),
            (claim.item.id, code, outcome, "gateway", REVIEW if decision.needs_review else None),
        ],
    )
