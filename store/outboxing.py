"""The outbox: due → begun (the intent is durable) → sent; what is in doubt and can't be repeated waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from mailroom.dispatch import Dispatch, DispatchChannel, DispatchState
from store.events import note_events
from store.schema import case, outbox


def owe(connection: Connection, dispatches: Sequence[Dispatch], now: datetime) -> None:
    """Writes debts; the same key is owed once, however often it is written."""
    if not dispatches:
        return
    keys = [d.key for d in dispatches]
    old = set(connection.execute(select(outbox.c.key).where(outbox.c.key.in_(keys))).scalars())
    rows = [
        {
            "key": d.key,
            "channel": d.channel.value,
            "recipient": d.to,
            "payload": d.payload,
            "repeatable": d.repeatable,
            "item_id": d.item_id,
            "case_code": d.case_code,
            "not_before": d.not_before,
            "state": DispatchState.DUE.value,
            "attempts": 0,
            "due_at": d.not_before or now,
            "created_at": now,
        }
        for d in dispatches
        if d.key not in old
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def due(connection: Connection, now: datetime, limit: int) -> list[str]:
    wanted = (
        select(outbox.c.key)
        .where(outbox.c.state == DispatchState.DUE.value, or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now))
        .order_by(outbox.c.due_at)
        .limit(limit)
    )
    return list(connection.execute(wanted).scalars())


def begin(connection: Connection, key: str, now: datetime) -> Dispatch | None:
    """Marks the intent, counts the attempt; None if somebody else has begun it."""
    mine = (outbox.c.key == key) & (outbox.c.state == DispatchState.DUE.value)
    values = {"state": DispatchState.BEGUN.value, "attempts": outbox.c.attempts + 1, "due_at": now}
    if connection.execute(update(outbox).where(mine).values(**values)).rowcount != 1:
        return None
    return dispatch_of(connection.execute(select(outbox).where(outbox.c.key == key)).mappings().one())


def dispatch_of(row: RowMapping) -> Dispatch:
    return Dispatch(
        key=row["key"],
        channel=DispatchChannel(row["channel"]),
        to=row["recipient"],
        payload=bytes(row["payload"]),
        repeatable=row["repeatable"],
        item_id=row["item_id"],
        case_code=row["case_code"],
        not_before=row["not_before"],
        state=DispatchState(row["state"]),
        attempts=row["attempts"],
        outcome=row["outcome"],
    )


def sent(connection: Connection, dispatch: Dispatch, outcome: str, now: datetime) -> None:
    values = {"state": DispatchState.SENT.value, "outcome": outcome, "sent_at": now}
    connection.execute(update(outbox).where(outbox.c.key == dispatch.key).values(**values))
    if dispatch.case_code and dispatch.channel is not DispatchChannel.PORTAL:
        first = (case.c.code == dispatch.case_code) & case.c.acknowledged_at.is_(None)
        connection.execute(update(case).where(first).values(acknowledged_at=now))
    if dispatch.channel is DispatchChannel.PORTAL and dispatch.case_code:
        connection.execute(update(case).where(case.c.code == dispatch.case_code).values(status="handed_over"))
    note_events(connection, [(dispatch.item_id, dispatch.case_code, "sent", "gateway", dispatch.channel.value)], now)


def again(connection: Connection, key: str, at: datetime, reason: str) -> None:
    values = {"state": DispatchState.DUE.value, "due_at": at, "outcome": reason}
    connection.execute(update(outbox).where(outbox.c.key == key).values(**values))


def hold(connection: Connection, dispatch: Dispatch, code: str, reason: str, now: datetime) -> None:
    values = {"state": DispatchState.HELD.value, "held_code": code, "outcome": reason}
    connection.execute(update(outbox).where(outbox.c.key == dispatch.key).values(**values))
    note_events(connection, [(dispatch.item_id, dispatch.case_code, "dispatch_held", "gateway", code)], now)


def release(connection: Connection, key: str, now: datetime) -> bool:
    mine = (outbox.c.key == key) & outbox.c.state.in_((DispatchState.HELD.value, DispatchState.FAILED.value))
    values = {"state": DispatchState.DUE.value, "due_at": now, "attempts": 0, "held_code": None}
    return connection.execute(update(outbox).where(mine).values(**values)).rowcount == 1


def recover(connection: Connection, before: datetime, now: datetime) -> tuple[int, int]:
    """After a crash: what was begun before that moment is sent again where the other side will recognise it, and
    waits for a person where not. Returns (sent again, held)."""
    begun = (outbox.c.state == DispatchState.BEGUN.value) & (outbox.c.due_at < before)
    rows = [dispatch_of(row) for row in connection.execute(select(outbox).where(begun)).mappings()]
    for dispatch in rows:
        if dispatch.repeatable:
            again(connection, dispatch.key, now, "ripreso dopo un'interruzione")
        else:
            reason = "Iniziato e interrotto: non si sa se sia partito. Verificare prima di ripetere."
            hold(connection, dispatch, "in_doubt", reason, now)
    repeated = sum(d.repeatable for d in rows)
    return repeated, len(rows) - repeated


def mark_letters(connection: Connection, keys: Sequence[str], column: str, now: datetime) -> int:
    mine = outbox.c.key.in_(list(keys)) & (outbox.c.channel == DispatchChannel.LETTER.value)
    return connection.execute(update(outbox).where(mine).values(**{column: now})).rowcount
