"""Cases in time: what they wait for, reminders, the Portal's word, and looks at what is private."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from mailroom.case import Case, CaseStatus
from mailroom.dispatch import Dispatch
from mailroom.item import Rung
from store.case_rows import cases_of
from store.events import note_events
from store.outboxing import owe
from store.register import append, next_value
from store.schema import access_log, case, case_item, claim_use, item, webhook_seen


def to_remind(connection: Connection, runs_out_before: datetime, limit: int) -> list[Case]:
    return _waiting(connection, (case.c.waits_until < runs_out_before) & case.c.reminded_at.is_(None), limit)


def overdue(connection: Connection, now: datetime, limit: int) -> list[Case]:
    return _waiting(connection, case.c.waits_until < now, limit)


def _waiting(connection: Connection, condition: ColumnElement[bool], limit: int) -> list[Case]:
    mine = (case.c.status == CaseStatus.WAITING.value) & condition
    rows = list(connection.execute(select(case).where(mine).order_by(case.c.waits_until).limit(limit)).mappings())
    return list(cases_of(connection, rows).values())


def reminded(connection: Connection, code: str, dispatches: Sequence[Dispatch], now: datetime) -> bool:
    still = (case.c.code == code) & (case.c.status == CaseStatus.WAITING.value) & case.c.reminded_at.is_(None)
    if connection.execute(update(case).where(still).values(reminded_at=now)).rowcount != 1:
        return False
    append(connection, owe(connection, dispatches, now), now)
    note_events(connection, [(None, code, "reminded", "gateway", None)], now)
    return True


def to_give_up(connection: Connection, over_before: datetime, limit: int) -> list[Case]:
    """Reminded cases whose time was over before, none of whose sendings still climbs or waits for a person."""
    unfinished = exists().where(
        case_item.c.code == case.c.code, item.c.id == case_item.c.item_id, item.c.rung != Rung.CLOSED.value
    )
    over = (case.c.waits_until < over_before) & (case.c.reminded_at < over_before) & ~unfinished
    return _waiting(connection, over, limit)


def give_up(connection: Connection, waited: Case, dispatches: Sequence[Dispatch], now: datetime) -> bool:
    """Closes a case that still waits as it did when `waited` was read; no decision may touch it meanwhile."""
    next_value(connection, "decisions")
    still = (
        (case.c.code == waited.code)
        & (case.c.status == CaseStatus.WAITING.value)
        & (case.c.waits_until == waited.waits_until)
    )
    values = {"status": CaseStatus.CLOSED.value, "closed_at": now, "given_up_at": now, "waits_until": None}
    if connection.execute(update(case).where(still).values(**values)).rowcount != 1:
        return False
    append(connection, owe(connection, dispatches, now), now)
    note_events(connection, [(None, waited.code, "given_up", "gateway", None)], now)
    return True


def set_status(connection: Connection, code: str, status: CaseStatus, by: str, why: str | None, now: datetime) -> bool:
    values: dict[str, object] = {"status": status.value}
    values["closed_at"] = now if status is CaseStatus.CLOSED else None
    if status is not CaseStatus.WAITING:
        values["waits_until"] = None
    # A person has looked: no later sending undoes what they said.
    values["given_up_at"] = None
    if connection.execute(update(case).where(case.c.code == code).values(**values)).rowcount != 1:
        return False
    note = f"{status.value}: {why}" if why else status.value
    note_events(connection, [(None, code, "status", by, note)], now)
    return True


def portal_status(
    connection: Connection, event_id: str, code: str, status: str, said_at: datetime | None, now: datetime
) -> bool:
    if len(event_id) > 100:
        event_id = hashlib.sha256(event_id.encode("utf-8", "replace")).hexdigest()
    if connection.execute(select(webhook_seen.c.id).where(webhook_seen.c.id == event_id)).first():
        return False
    connection.execute(insert(webhook_seen).values(id=event_id, at=now))
    moment = min(said_at or now, now)
    values: dict[str, object] = {"portal_status": status, "portal_said_at": moment}
    if status == CaseStatus.CLOSED.value:
        values |= {"status": CaseStatus.CLOSED.value, "closed_at": now, "waits_until": None}
    not_overtaken = (case.c.code == code) & (case.c.portal_said_at.is_(None) | (case.c.portal_said_at <= moment))
    changed = connection.execute(update(case).where(not_overtaken).values(**values)).rowcount == 1
    note_events(connection, [(None, code, "portal" if changed else "portal_late", "portal", status)], now)
    return True


def use_claim(connection: Connection, digest: str, code: str, now: datetime) -> bool:
    if claim_used(connection, digest) or not connection.execute(select(case.c.code).where(case.c.code == code)).first():
        return False
    connection.execute(insert(claim_use).values(id=digest, code=code, at=now))
    note_events(connection, [(None, code, "claimed", "citizen", None)], now)
    return True


def claim_used(connection: Connection, digest: str) -> bool:
    return connection.execute(select(claim_use.c.id).where(claim_use.c.id == digest)).first() is not None


def log_look(
    connection: Connection, by: str, what: str, item_id: str | None, digest: str | None, now: datetime
) -> None:
    connection.execute(insert(access_log).values(at=now, by=by, what=what, item_id=item_id, digest=digest))
