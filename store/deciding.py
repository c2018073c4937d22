"""The deciding transaction: look up, judge, change the books, owe the answer. One lock, so that two twins can't both
be first and case codes have no gaps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mailroom.case import Case, CaseStatus, new_code
from mailroom.context import CaseChange, Compose, Judge, Judgement, Query
from mailroom.decision import Decision, Disposition
from mailroom.dispatch import Dispatch
from mailroom.item import Rung
from store.claiming import Claim, move, write_sheets
from store.codec import Sheet, encode
from store.context_lookup import band_keys, case_of, look_up
from store.events import note_events
from store.outboxing import owe
from store.register import Entry, append, next_value
from store.schema import band, case, case_item, fingerprint, known

REVIEW = "review"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    item_id: str
    judgement: Judgement
    case: Case | None
    dispatches: tuple[Dispatch, ...]


def lock(connection: Connection) -> None:
    """Serialises deciding on PostgreSQL; on SQLite the writing transaction is alone already."""
    next_value(connection, "decisions", 1)


def decide(connection: Connection, deciding: Deciding, now: datetime) -> Decided:
    claim, query = deciding.claim, deciding.query
    judgement = deciding.judge(look_up(connection, query))
    decision = judgement.decision
    file = _case(connection, claim, query, judgement, now)
    if file is not None and decision.case_code is None:
        decision = _with_code(decision, file.code)
        judgement = Judgement(decision=decision, change=judgement.change)
    held = decision.needs_review
    reasons = "\n".join(decision.review_reasons) or "Da rivedere."
    move(
        connection,
        claim,
        {
            "rung": (Rung.DECIDED if held else Rung.CLOSED).value,
            "attempts": 0,
            "due_at": None,
            "lease": None,
            "lease_until": None,
            "held_code": REVIEW if held else None,
            "held": reasons if held else None,
            "case_code": file.code if file else None,
            "duplicate_of": judgement.change.duplicate_of,
            "summary": deciding.summary,
        },
    )
    write_sheets(connection, claim, {**deciding.sheets, Rung.DECIDED: decision}, now)
    _remember(connection, query)
    dispatches = deciding.compose(judgement, file)
    owe(connection, dispatches, now)
    _note(connection, claim, decision, file, dispatches, now)
    return Decided(item_id=claim.item.id, judgement=judgement, case=file, dispatches=dispatches)


def _with_code(decision: Decision, code: str) -> Decision:
    return replace(decision, case_code=code) if decision.disposition is not Disposition.CASE else decision


def _case(connection: Connection, claim: Claim, query: Query, judgement: Judgement, now: datetime) -> Case | None:
    change, decision = judgement.change, judgement.decision
    if change.open_new and claim.item.case_code is not None:
        code = claim.item.case_code
        _rewrite(connection, code, decision)
    elif change.open_new:
        code = _open(connection, decision, now)
        _link(connection, code, claim.item.id, "opens")
    elif change.join is not None:
        code = change.join
        _link(connection, code, claim.item.id, "follows" if change.duplicate_of is None else "duplicate")
        _complete(connection, code, change, now)
    else:
        return None
    _learn(connection, code, query)
    row = connection.execute(select(case).where(case.c.code == code)).mappings().one()
    return case_of(connection, row)


def _open(connection: Connection, decision: Decision, now: datetime) -> str:
    code = new_code(next_value(connection, "case"))
    assert decision.service and decision.sector and decision.topic
    due = decision.answer_due
    connection.execute(
        insert(case).values(
            code=code,
            service=decision.service.value,
            sector=decision.sector.value,
            topic=decision.topic.value,
            status=(CaseStatus.WAITING if decision.missing else CaseStatus.READY).value,
            applicant=encode(decision.applicant),
            supply=encode(decision.supply),
            missing=json.dumps([m.value for m in decision.missing]),
            opened_at=now,
            acknowledge_by=datetime(due.year, due.month, due.day, 22, tzinfo=now.tzinfo) if due else None,
        )
    )
    return code


def _rewrite(connection: Connection, code: str, decision: Decision) -> None:
    """The item that opened this case was decided again: the case keeps its code and takes the new reading."""
    assert decision.service and decision.sector and decision.topic
    connection.execute(
        update(case)
        .where(case.c.code == code)
        .values(
            service=decision.service.value,
            sector=decision.sector.value,
            topic=decision.topic.value,
            applicant=encode(decision.applicant),
            supply=encode(decision.supply),
            missing=json.dumps([m.value for m in decision.missing]),
        )
    )


def _link(connection: Connection, code: str, item_id: str, relation: str) -> None:
    there = select(case_item.c.code).where(case_item.c.code == code, case_item.c.item_id == item_id)
    if connection.execute(there).first() is None:
        connection.execute(insert(case_item).values(code=code, item_id=item_id, relation=relation))


def _complete(connection: Connection, code: str, change: CaseChange, now: datetime) -> None:
    """What the joining item brings is no longer missing; with nothing missing the case is ready."""
    row = connection.execute(select(case.c.missing, case.c.status).where(case.c.code == code)).one()
    brought = {requirement.value for requirement in change.completes}
    missing = [name for name in json.loads(row.missing) if name not in brought]
    ready = not missing and row.status == CaseStatus.WAITING.value
    connection.execute(
        update(case)
        .where(case.c.code == code)
        .values(missing=json.dumps(missing), status=CaseStatus.READY.value if ready else row.status)
    )
    if ready:
        note_events(connection, [(None, code, "completed", "gateway", None)], now)


def _learn(connection: Connection, code: str, query: Query) -> None:
    facts = {
        *(("sender", value) for value in query.senders),
        *(("tax_code", value) for value in query.tax_codes),
        *(("supply", value) for value in query.supplies),
    }
    add_known(connection, code, facts)


def add_known(connection: Connection, code: str, facts: Iterable[tuple[str, str]]) -> None:
    old = set(connection.execute(select(known.c.kind, known.c.value).where(known.c.code == code)).tuples())
    rows = [{"kind": k, "value": v[:320], "code": code} for k, v in sorted(set(facts) - old)]
    if rows:
        connection.execute(insert(known), rows)


def _remember(connection: Connection, query: Query) -> None:
    """Fingerprints, by which later twins are found."""
    there = select(fingerprint.c.item_id).where(fingerprint.c.item_id == query.item_id)
    if connection.execute(there).first() is not None:
        return
    connection.execute(
        insert(fingerprint).values(
            item_id=query.item_id,
            content_digest=query.content_digest,
            minhash=json.dumps(list(query.minhash)),
            tax_codes=json.dumps(list(query.tax_codes)),
            supplies=json.dumps(list(query.supplies)),
            senders=json.dumps(list(query.senders)),
        )
    )
    keys = band_keys(query.minhash)
    if keys:
        connection.execute(insert(band), [{"key": key, "item_id": query.item_id} for key in dict.fromkeys(keys)])


def _note(
    connection: Connection,
    claim: Claim,
    decision: Decision,
    file: Case | None,
    dispatches: tuple[Dispatch, ...],
    now: datetime,
) -> None:
    code = file.code if file else None
    note_events(
        connection,
        [
            (claim.item.id, code, "decided", "gateway", decision.disposition.value),
            (claim.item.id, code, "held" if decision.needs_review else "closed", "gateway", None),
        ],
        now,
    )
    append(
        connection,
        [
            Entry(direction="out", item_id=claim.item.id, dispatch_key=d.key, party=None, note=d.channel.value)
            for d in dispatches
        ],
        now,
    )
