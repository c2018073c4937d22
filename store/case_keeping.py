"""What a decision does to the case file: open a case, revise the one it opened before, add an item, complete it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from mailroom.calendar import ROME
from mailroom.case import Case, CaseStatus, new_code
from mailroom.context import CaseChange, Query
from mailroom.decision import Decision, Disposition
from mailroom.errors import Hold
from mailroom.item import Item
from store.case_rows import cases_of
from store.codec import encode
from store.columns import Words
from store.events import Noted
from store.outside import plain_message_id
from store.register import next_value
from store.schema import case, case_item
from store.schema import item as item_row

_OPENED = select(case_item.c.code).where(case_item.c.item_id == bindparam("item"), case_item.c.relation == "opens")
_CASE = select(case).where(case.c.code == bindparam("code"))
_NEW_CASE = insert(case)
_NEW_LINK = insert(case_item)
# A code that a citizen named need not be one of ours: of such a case nothing is learnt.
_LEARNED = text(
    "INSERT INTO known (kind, value, code) SELECT CAST(:kind AS varchar(12)), CAST(:value AS text), code "
    "FROM case_file WHERE code = :code ON CONFLICT DO NOTHING"
).bindparams(bindparam("value", type_=Words))
# Built once: building a statement anew costs as much as running it.

Fact = tuple[str, str, str]
"""Case code, kind, value."""

SETTLED = (CaseStatus.HANDED_OVER.value, CaseStatus.CLOSED.value)


def keep(
    connection: Connection, item: Item, query: Query, decision: Decision, change: CaseChange, now: datetime, wait: int
) -> tuple[Case | None, list[Noted]]:
    """The case after this decision of an item that does not simply open one (`open_all`), and what happened to it.

    Raises Hold for a case that can't be kept.
    """
    opened = None
    if item.revision > 1:
        opened = connection.execute(_OPENED, {"item": item.id}).scalar_one_or_none()
    notes: list[Noted] = []
    if change.open_new and opened is not None:
        code = opened
        _revise(connection, code, decision, now, wait)
        notes.append((item.id, code, "case_revised", "gateway", None))
    elif change.open_new:
        draft = draft_case(item.id, decision, now, wait)
        (drafted,) = open_all(connection, [(draft, query)])
        notes.append((item.id, drafted.code, "case_opened", "gateway", None))
        return drafted, notes + _adopt(connection, drafted.code, item)
    else:
        if opened is not None:
            notes += _void(connection, opened, item.id, now)
        if change.join is None:
            return None, notes
        code = change.join
        _link(connection, code, item.id, "follows" if change.duplicate_of is None else "duplicate")
        if change.completes or decision.disposition is Disposition.FOLLOW_UP:
            notes += _open_again(connection, code, now, wait)
        notes += _complete(connection, code, change, now)
    notes += _adopt(connection, code, item)
    # A revision of the item that opened the case is the applicant's own.
    learn(connection, [f for f in _facts(code, query) if change.vouched or f[1] != "sender"])
    return cases_of(connection, list(connection.execute(_CASE, {"code": code}).mappings()))[code], notes


def draft_case(item_id: str, decision: Decision, now: datetime, wait: int) -> Case:
    """The case as the decision would have it, before it has a code: one that can't be kept must not use one up.

    Raises Hold where the decision lacks what a case needs.
    """
    if decision.service is None or decision.sector is None or decision.topic is None:
        raise Hold("Pratica senza servizio, settore o argomento: va completata a mano.", code="incomplete_decision")
    if decision.needs_review:
        status = CaseStatus.OPEN
    else:
        status = CaseStatus.WAITING if decision.missing else CaseStatus.READY
    due = decision.answer_due
    return Case(
        code="",
        service=decision.service,
        sector=decision.sector,
        topic=decision.topic,
        status=status,
        applicant=decision.applicant,
        supply=decision.supply,
        missing=decision.missing,
        opened_at=now,
        acknowledge_by=datetime.combine(due, time(23, 59, 59), ROME) if due else None,
        waits_until=now + timedelta(days=wait) if status is CaseStatus.WAITING else None,
        items=(item_id,),
    )


def _values(drafted: Case) -> dict[str, object]:
    return {
        "service": drafted.service.value,
        "sector": drafted.sector.value,
        "topic": drafted.topic.value,
        "status": drafted.status.value,
        "applicant": encode(drafted.applicant),
        "supply": encode(drafted.supply),
        "missing": json.dumps([requirement.value for requirement in drafted.missing]),
        "acknowledge_by": drafted.acknowledge_by,
        "waits_until": drafted.waits_until,
    }


def open_all(connection: Connection, drafts: Sequence[tuple[Case, Query]]) -> list[Case]:
    """New cases with the next codes, in order, without a gap."""
    if not drafts:
        return []
    last = next_value(connection, "case", len(drafts))
    cases = [replace(draft, code=new_code(number)) for number, (draft, _) in enumerate(drafts, last - len(drafts) + 1)]
    connection.execute(_NEW_CASE, [{"code": c.code, "opened_at": c.opened_at, **_values(c)} for c in cases])
    connection.execute(_NEW_LINK, [{"code": c.code, "item_id": c.items[0], "relation": "opens"} for c in cases])
    facts = [fact for drafted, (_, query) in zip(cases, drafts, strict=True) for fact in _facts(drafted.code, query)]
    learn(connection, facts)
    return cases


def _revise(connection: Connection, code: str, decision: Decision, now: datetime, wait: int) -> None:
    """Decided anew, after a person's correction: the same case, never a second code for the same letter."""
    values = _values(draft_case("", decision, now, wait))
    settled = connection.execute(select(case.c.status).where(case.c.code == code)).scalar_one() in SETTLED
    if settled:
        del values["status"], values["waits_until"]
    connection.execute(update(case).where(case.c.code == code).values(**values))


def _void(connection: Connection, code: str, item_id: str, now: datetime) -> list[Noted]:
    """The item that opened the case belongs elsewhere, a person says. The code stays given: the case is closed, unless
    other items keep it alive."""
    mine = (case_item.c.code == code) & (case_item.c.item_id == item_id)
    connection.execute(delete(case_item).where(mine))
    others = connection.execute(select(case_item.c.item_id).where(case_item.c.code == code).limit(1)).first()
    if others is None:
        values = {"status": CaseStatus.CLOSED.value, "closed_at": now, "waits_until": None}
        connection.execute(update(case).where(case.c.code == code).values(**values))
    return [(item_id, code, "case_left", "gateway", None)]


def _link(connection: Connection, code: str, item_id: str, relation: str) -> None:
    mine = (case_item.c.code == code) & (case_item.c.item_id == item_id)
    there = connection.execute(select(case_item.c.relation).where(mine)).scalar_one_or_none()
    if there is None:
        if connection.execute(select(case.c.code).where(case.c.code == code)).first() is None:
            raise Hold(f"La pratica {code} non esiste.", code="unknown_case")
        connection.execute(insert(case_item).values(code=code, item_id=item_id, relation=relation))
    elif there != relation:
        connection.execute(update(case_item).where(mine).values(relation=relation))


def _adopt(connection: Connection, code: str, item: Item) -> list[Noted]:
    """The doubles of an item that was held follow it into its case once a person has decided: one case, many items."""
    if item.revision == 1:
        return []
    alone = (item_row.c.duplicate_of == item.id) & item_row.c.case_code.is_(None)
    doubles = list(connection.execute(select(item_row.c.id).where(alone)).scalars())
    for double in doubles:
        _link(connection, code, double, "duplicate")
    if doubles:
        connection.execute(update(item_row).where(item_row.c.id.in_(doubles)).values(case_code=code))
    return [(double, code, "joined", "gateway", None) for double in doubles]


def _open_again(connection: Connection, code: str, now: datetime, wait: int) -> list[Noted]:
    """A case that was given up for what never came: whoever writes about it after all finds it waiting anew. (One
    that a person or the Portal closed stays closed.)"""
    given_up = (case.c.code == code) & (case.c.status == CaseStatus.CLOSED.value) & case.c.given_up_at.is_not(None)
    values = {
        "status": CaseStatus.WAITING.value,
        "waits_until": now + timedelta(days=wait),
        "closed_at": None,
        "given_up_at": None,
    }
    if connection.execute(update(case).where(given_up).values(**values)).rowcount != 1:
        return []
    return [(None, code, "reopened", "gateway", None)]


def _complete(connection: Connection, code: str, change: CaseChange, now: datetime) -> list[Noted]:
    """What the joining item brings is no longer missing; with nothing missing a waiting case is ready."""
    if not change.completes:
        return []
    row = connection.execute(select(case.c.missing, case.c.status).where(case.c.code == code)).one()
    brought = {requirement.value for requirement in change.completes}
    missing = [name for name in json.loads(row.missing) if name not in brought]
    values: dict[str, object] = {"missing": json.dumps(missing)}
    ready = not missing and row.status == CaseStatus.WAITING.value
    if ready:
        values |= {"status": CaseStatus.READY.value, "waits_until": None}
    connection.execute(update(case).where(case.c.code == code).values(**values))
    return [(None, code, "completed", "gateway", None)] if ready else []


def _facts(code: str, query: Query) -> list[Fact]:
    return [
        *((code, "sender", value.lower()) for value in query.senders),
        *((code, "tax_code", value) for value in query.tax_codes),
        *((code, "supply", value) for value in query.supplies),
    ]


def learn(connection: Connection, facts: Iterable[Fact]) -> None:
    """Adds to what is known of cases: (code, kind, value) with kind sender, tax_code, supply, message or token."""
    wanted = {
        (code, kind, (plain_message_id(value) if kind == "message" else value)[:320])
        for code, kind, value in facts
        if value
    }
    if wanted:
        rows = [{"code": code, "kind": kind, "value": value} for code, kind, value in sorted(wanted)]
        connection.execute(_LEARNED, rows)
