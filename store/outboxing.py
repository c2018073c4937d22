"""The outbox: due → begun (the intent is durable) → sent; what is in doubt and can't be repeated waits for a person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from mailroom.case import CaseStatus
from mailroom.dispatch import Dispatch, DispatchChannel, DispatchState
from store.case_keeping import learn
from store.events import note_events
from store.outside import fields, plain_message_id
from store.register import Entry
from store.schema import case, outbox

MAIL = (DispatchChannel.EMAIL, DispatchChannel.PEC)
_OWED = select(outbox.c.key).where(outbox.c.key.in_(bindparam("keys", expanding=True)))
_NEW = insert(outbox)


def owe(connection: Connection, dispatches: Sequence[Dispatch], now: datetime) -> list[Entry]:
    """Writes debts; the same key is owed once, however often it is written. Returns what is to be registered."""
    if not dispatches:
        return []
    keys = [d.key for d in dispatches]
    old = set(connection.execute(_OWED, {"keys": keys}).scalars())
    fresh = _unsaid(connection, list({d.key: d for d in dispatches if d.key not in old}.values()))
    if not fresh:
        return []
    said = {d.key: _said(d) for d in fresh}
    connection.execute(_NEW, [_row(d, said[d.key], now) for d in fresh])
    registered = [(d, said[d.key]) for d in fresh if d.channel is not DispatchChannel.PORTAL]
    # From now on the answer's Message-ID leads to the case: a bounce may be quicker than the commit of its sending.
    sent = [(d.case_code, "message", s["message-id"]) for d, s in registered if d.case_code and "message-id" in s]
    tokens = [(d.case_code, "token", d.reply_token) for d in fresh if d.case_code and d.reply_token]
    learn(connection, [*sent, *tokens])
    return [_entry(d, said) for d, said in registered]


def _unsaid(connection: Connection, fresh: list[Dispatch]) -> list[Dispatch]:
    """Without those that say again what was said: an item decided anew is often answered as before."""
    items = {d.item_id for d in fresh if d.words and d.item_id}
    if not items:
        return fresh
    wanted = select(outbox.c.item_id, outbox.c.recipient, outbox.c.words).where(
        outbox.c.item_id.in_(items), outbox.c.words.is_not(None), outbox.c.state != DispatchState.FAILED.value
    )
    said = {tuple(row) for row in connection.execute(wanted)}
    return [d for d in fresh if d.words is None or (d.item_id, d.to, d.words) not in said]


def _said(dispatch: Dispatch) -> dict[str, str]:
    return fields(dispatch.payload) if dispatch.channel in MAIL else {}


def _row(dispatch: Dispatch, said: Mapping[str, str], now: datetime) -> dict[str, object]:
    return {
        "key": dispatch.key,
        "channel": dispatch.channel.value,
        "recipient": dispatch.to,
        "payload": dispatch.payload,
        "repeatable": dispatch.repeatable,
        "item_id": dispatch.item_id,
        "case_code": dispatch.case_code,
        "not_before": dispatch.not_before,
        "state": DispatchState.DUE.value,
        "attempts": 0,
        "due_at": dispatch.not_before or now,
        "created_at": now,
        "words": dispatch.words,
        "message_id": plain_message_id(said["message-id"])[:320] if "message-id" in said else None,
    }


def _entry(dispatch: Dispatch, said: dict[str, str]) -> Entry:
    return Entry(
        direction="out",
        item_id=dispatch.item_id,
        dispatch_key=dispatch.key,
        party=dispatch.to,
        subject=said.get("subject"),
        digest=hashlib.sha256(dispatch.payload).hexdigest(),
        note=dispatch.channel.value,
    )


def due(
    connection: Connection, now: datetime, limit: int, channels: Sequence[DispatchChannel] | None = None
) -> list[str]:
    ready = (outbox.c.state == DispatchState.DUE.value) & or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now)
    wanted = select(outbox.c.key).where(ready).order_by(outbox.c.due_at, outbox.c.key).limit(limit)
    if channels is not None:
        wanted = wanted.where(outbox.c.channel.in_([channel.value for channel in channels]))
    return list(connection.execute(wanted).scalars())


def begin(connection: Connection, key: str, now: datetime) -> Dispatch | None:
    """Marks the intent, counts the attempt; None if somebody else has begun it."""
    mine = (outbox.c.key == key) & (outbox.c.state == DispatchState.DUE.value)
    values = {"state": DispatchState.BEGUN.value, "attempts": outbox.c.attempts + 1, "begun_at": now}
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
    values = {"state": DispatchState.SENT.value, "outcome": outcome, "sent_at": now, "held_code": None}
    connection.execute(update(outbox).where(outbox.c.key == dispatch.key).values(**values))
    if dispatch.case_code and dispatch.channel in MAIL:
        first = (case.c.code == dispatch.case_code) & case.c.acknowledged_at.is_(None)
        connection.execute(update(case).where(first).values(acknowledged_at=now))
    if dispatch.channel is DispatchChannel.PORTAL and dispatch.case_code:
        still = (case.c.code == dispatch.case_code) & (case.c.status != CaseStatus.CLOSED.value)
        values = {"status": CaseStatus.HANDED_OVER.value, "handed_over_at": now}
        connection.execute(update(case).where(still).values(**values))
    note_events(connection, [(dispatch.item_id, dispatch.case_code, "sent", "gateway", dispatch.channel.value)], now)


def again(connection: Connection, key: str, at: datetime, reason: str, *, tried: bool = True) -> None:
    values: dict[str, object] = {"state": DispatchState.DUE.value, "due_at": at, "outcome": reason}
    if not tried:
        values["attempts"] = outbox.c.attempts - 1
    connection.execute(update(outbox).where(outbox.c.key == key).values(**values))


def hold(connection: Connection, dispatch: Dispatch, code: str, reason: str, now: datetime) -> None:
    values = {"state": DispatchState.HELD.value, "held_code": code, "outcome": reason}
    connection.execute(update(outbox).where(outbox.c.key == dispatch.key).values(**values))
    note_events(connection, [(dispatch.item_id, dispatch.case_code, "dispatch_held", "gateway", code)], now)


def release(connection: Connection, key: str, by: str, now: datetime) -> bool:
    mine = (outbox.c.key == key) & outbox.c.state.in_((DispatchState.HELD.value, DispatchState.FAILED.value))
    values = {"state": DispatchState.DUE.value, "due_at": now, "attempts": 0, "held_code": None}
    row = connection.execute(select(outbox.c.item_id, outbox.c.case_code).where(mine)).one_or_none()
    if row is None:
        return False
    connection.execute(update(outbox).where(mine).values(**values))
    note_events(connection, [(row.item_id, row.case_code, "dispatch_released", by, key)], now)
    return True


def recover(connection: Connection, before: datetime, now: datetime) -> tuple[int, int]:
    """After a crash: what was begun before that moment is sent again where the other side will recognise it, and
    waits for a person where not. Returns (sent again, held)."""
    begun = (outbox.c.state == DispatchState.BEGUN.value) & (outbox.c.begun_at < before)
    rows = [dispatch_of(row) for row in connection.execute(select(outbox).where(begun)).mappings()]
    for dispatch in rows:
        if dispatch.repeatable:
            again(connection, dispatch.key, now, "ripreso dopo un'interruzione")
        else:
            reason = "Iniziato e interrotto: non si sa se sia partito. Verificare prima di ripetere."
            hold(connection, dispatch, "in_doubt", reason, now)
    repeated = sum(d.repeatable for d in rows)
    return repeated, len(rows) - repeated


def mark_printed(connection: Connection, keys: Sequence[str], by: str, now: datetime) -> int:
    """Letters that lie on paper now; printing one is what sends it as far as the gateway goes."""
    mine = outbox.c.key.in_(list(keys)) & (outbox.c.channel == DispatchChannel.LETTER.value)
    fresh = mine & outbox.c.printed_at.is_(None)
    changed = list(connection.execute(select(outbox.c.key, outbox.c.item_id, outbox.c.case_code).where(fresh)))
    connection.execute(update(outbox).where(fresh).values(printed_at=now, state=DispatchState.SENT.value, sent_at=now))
    note_events(connection, [(row.item_id, row.case_code, "printed", by, row.key) for row in changed], now)
    return len(changed)


def mark_posted(connection: Connection, keys: Sequence[str], by: str, now: datetime) -> int:
    """Letters that went to the post: the case's answer is out."""
    mine = outbox.c.key.in_(list(keys)) & (outbox.c.channel == DispatchChannel.LETTER.value)
    fresh = mine & outbox.c.posted_at.is_(None) & outbox.c.printed_at.is_not(None)
    changed = list(connection.execute(select(outbox.c.key, outbox.c.item_id, outbox.c.case_code).where(fresh)))
    connection.execute(update(outbox).where(fresh).values(posted_at=now))
    codes = [row.case_code for row in changed if row.case_code]
    if codes:
        first = case.c.code.in_(codes) & case.c.acknowledged_at.is_(None)
        connection.execute(update(case).where(first).values(acknowledged_at=now))
    note_events(connection, [(row.item_id, row.case_code, "posted", by, row.key) for row in changed], now)
    return len(changed)
