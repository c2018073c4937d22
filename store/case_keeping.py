"""What a decision does to the case file: open a case, revise the one it opened before, add an item, complete it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from mailroom.case import Case, CaseStatus, new_code
from mailroom.context import CaseChange, Query
from mailroom.decision import Decision
from mailroom.errors import Hold
from mailroom.item import Item
from store.case_rows import cases_of
from store.codec import encode
from store.columns import Words
from store.events import Noted
from store.outside import plain_message_id
from store.register import ROME, next_value
from store.schema import case, case_item

_OPENED = select(case_item.c.code).where(case_item.c.item_id == bindparam("item"), case_item.c.relation == "opens")
_CASE = select(case).where(case.c.code == bindparam("code"))
_NEW_CASE = insert(case)
_NEW_LINK = insert(case_item)
_LEARNED = text(
    "INSERT INTO known (kind, value, code) VALUES (:kind, :value, :code) ON CONFLICT DO NOTHING"
).bindparams(bindparam("value", type_=Words))
# Built once: building a statement anew costs as much as running it.

SETTLED = (CaseStatus.HANDED_OVER.value, CaseStatus.CLOSED.value)


def keep(
    connection: Connection, item: Item, query: Query, decision: Decision, change: CaseChange, now: datetime, wait: int
) -> tuple[Case | None, list[Noted]]:
    """The item's case after this decision, and what happened to it. Raises Hold for a case that can't be kept."""
    opened = None
    if item.revision > 1:
        opened = connection.execute(_OPENED, {"item": item.id}).scalar_one_or_none()
    if change.open_new and opened is None:
        case_file = _open(connection, item.id, decision, now, wait)
        learn(connection, case_file.code, _facts(query))
        return case_file, [(item.id, case_file.code, "case_opened", "gateway", None)]
    notes: list[Noted] = []
    if change.open_new and opened is not None:
        code = opened
        _revise(connection, code, decision, now, wait)
        notes.append((item.id, code, "case_revised", "gateway", None))
    else:
        if opened is not None:
            notes += _void(connection, opened, item.id, now)
        if change.join is None:
            return None, notes
        code = change.join
        _link(connection, code, item.id, "follows" if change.duplicate_of is None else "duplicate")
        notes += _complete(connection, code, change, now)
    learn(connection, code, _facts(query))
    return cases_of(connection, list(connection.execute(_CASE, {"code": code}).mappings()))[code], notes


def _drafted(code: str, item_id: str, decision: Decision, now: datetime, wait: int) -> Case:
    """The case as the decision would have it."""
    if decision.service is None or decision.sector is None or decision.topic is None:
        raise Hold("Pratica senza servizio, settore o argomento: va completata a mano.", code="incomplete_decision")
    if decision.needs_review:
        status = CaseStatus.OPEN
    else:
        status = CaseStatus.WAITING if decision.missing else CaseStatus.READY
    due = decision.answer_due
    return Case(
        code=code,
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


def _open(connection: Connection, item_id: str, decision: Decision, now: datetime, wait: int) -> Case:
    # Drafted before the code is allotted: a case that can't be kept must not use one up.
    drafted = _drafted("", item_id, decision, now, wait)
    drafted = replace(drafted, code=new_code(next_value(connection, "case")))
    connection.execute(_NEW_CASE, {"code": drafted.code, "opened_at": now, **_values(drafted)})
    connection.execute(_NEW_LINK, {"code": drafted.code, "item_id": item_id, "relation": "opens"})
    return drafted


def _revise(connection: Connection, code: str, decision: Decision, now: datetime, wait: int) -> None:
    """Decided anew, after a person's correction: the same case, never a second code for the same letter."""
    values = _values(_drafted(code, "", decision, now, wait))
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


def _facts(query: Query) -> set[tuple[str, str]]:
    return {
        *(("sender", value.lower()) for value in query.senders),
        *(("tax_code", value) for value in query.tax_codes),
        *(("supply", value) for value in query.supplies),
    }


def learn(connection: Connection, code: str, facts: Iterable[tuple[str, str]]) -> None:
    """Adds to what is known of a case: (kind, value) with kind sender, tax_code, supply, message or token."""
    wanted = {(kind, plain_message_id(value) if kind == "message" else value) for kind, value in facts if value}
    if not wanted:
        return
    rows = [{"kind": kind, "value": value[:320], "code": code} for kind, value in sorted(wanted)]
    connection.execute(_LEARNED, rows)
