"""What a decision does to the case file: open a case, revise the one it opened before, add an item, complete it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from mailroom.case import Case, CaseStatus, new_code
from mailroom.context import CaseChange, Query
from mailroom.decision import Decision
from mailroom.errors import Hold
from store.case_rows import cases_of
from store.codec import encode
from store.events import Noted
from store.outside import plain_message_id
from store.register import ROME, next_value
from store.schema import case, case_item, known

SETTLED = (CaseStatus.HANDED_OVER.value, CaseStatus.CLOSED.value)


def keep(
    connection: Connection, item_id: str, query: Query, decision: Decision, change: CaseChange, now: datetime, wait: int
) -> tuple[Case | None, list[Noted]]:
    """The item's case after this decision, and what happened to it. Raises Hold for a case that can't be kept."""
    opened = connection.execute(
        select(case_item.c.code).where(case_item.c.item_id == item_id, case_item.c.relation == "opens")
    ).scalar_one_or_none()
    notes: list[Noted] = []
    if change.open_new:
        if opened is None:
            opened = _open(connection, decision, now, wait)
            _link(connection, opened, item_id, "opens")
            notes.append((item_id, opened, "case_opened", "gateway", None))
        else:
            _revise(connection, opened, decision, now, wait)
            notes.append((item_id, opened, "case_revised", "gateway", None))
        code = opened
    else:
        if opened is not None:
            notes += _void(connection, opened, item_id, now)
        if change.join is None:
            return None, notes
        code = change.join
        _link(connection, code, item_id, "follows" if change.duplicate_of is None else "duplicate")
        notes += _complete(connection, code, change, now)
    learn(connection, code, _facts(query))
    row = connection.execute(select(case).where(case.c.code == code)).mappings().one_or_none()
    if row is None:
        raise Hold(f"La pratica {code} non esiste.", code="unknown_case")
    return cases_of(connection, [row])[code], notes


def _values(decision: Decision, now: datetime, wait: int) -> dict[str, object]:
    if decision.service is None or decision.sector is None or decision.topic is None:
        raise Hold("Pratica senza servizio, settore o argomento: va completata a mano.", code="incomplete_decision")
    if decision.needs_review:
        status = CaseStatus.OPEN
    else:
        status = CaseStatus.WAITING if decision.missing else CaseStatus.READY
    due = decision.answer_due
    return {
        "service": decision.service.value,
        "sector": decision.sector.value,
        "topic": decision.topic.value,
        "status": status.value,
        "applicant": encode(decision.applicant),
        "supply": encode(decision.supply),
        "missing": json.dumps([requirement.value for requirement in decision.missing]),
        "acknowledge_by": datetime.combine(due, time(23, 59, 59), ROME) if due else None,
        "waits_until": now + timedelta(days=wait) if status is CaseStatus.WAITING else None,
    }


def _open(connection: Connection, decision: Decision, now: datetime, wait: int) -> str:
    values = _values(decision, now, wait)
    code = new_code(next_value(connection, "case"))
    connection.execute(insert(case).values(code=code, opened_at=now, **values))
    return code


def _revise(connection: Connection, code: str, decision: Decision, now: datetime, wait: int) -> None:
    """Decided anew, after a person's correction: the same case, never a second code for the same letter."""
    values = _values(decision, now, wait)
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
    old = set(connection.execute(select(known.c.kind, known.c.value).where(known.c.code == code)).tuples())
    rows = [{"kind": kind, "value": value[:320], "code": code} for kind, value in sorted(wanted)]
    rows = [row for row in rows if (row["kind"], row["value"]) not in old]
    if rows:
        connection.execute(insert(known), rows)
