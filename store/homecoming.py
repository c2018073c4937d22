"""Our own messages that come home: what failed waits for another way, what arrived is noted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from mailroom.dispatch import Dispatch, DispatchChannel, DispatchState
from mailroom.homecoming import RETURNED, Homecoming
from store.events import Noted, note_events
from store.outboxing import dispatch_of, owe
from store.outside import plain_message_id
from store.register import append
from store.schema import case, outbox

REPLACED = "replaced"
"""Came back, and a letter goes out instead."""
UNREACHABLE = "unreachable"
"""Came back, and no other address is known: an operator's task."""

MOST_IDS = 20
_GONE = (DispatchState.BEGUN.value, DispatchState.SENT.value)


def come_home(connection: Connection, found: Homecoming, now: datetime) -> list[Noted]:
    """Settles what the report says of messages of ours; returns the events. A report that comes twice, or of something
    we never sent, changes nothing."""
    ids = [plain_message_id(value)[:320] for value in found.message_ids[:MOST_IDS]]
    mine = outbox.c.message_id.in_(ids) & outbox.c.state.in_(_GONE)
    columns = (outbox.c.key, outbox.c.item_id, outbox.c.case_code)
    rows = connection.execute(select(*columns).where(mine)).all() if ids else []
    if found.arrived:
        return [(row.item_id, row.case_code, "delivered", "gateway", found.says) for row in rows]
    for row in rows:
        _fail(connection, row.key, row.case_code, found.says)
    return [(row.item_id, row.case_code, RETURNED, "gateway", found.says) for row in rows]


def turned_away(connection: Connection, dispatch: Dispatch, says: str, now: datetime) -> None:
    """What a mail server took for nobody: as if it had come back."""
    _fail(connection, dispatch.key, dispatch.case_code, says)
    note_events(connection, [(dispatch.item_id, dispatch.case_code, RETURNED, "gateway", None)], now)


def _fail(connection: Connection, key: str, case_code: str | None, says: str) -> None:
    back = {"state": DispatchState.FAILED.value, "held_code": RETURNED, "outcome": says}
    connection.execute(update(outbox).where(outbox.c.key == key).values(**back))
    if case_code:
        # Nobody has got the answer: the promise to give one stands again.
        connection.execute(update(case).where(case.c.code == case_code).values(acknowledged_at=None))


def returned(connection: Connection, limit: int) -> list[Dispatch]:
    """What came back and has not been looked at, oldest first."""
    mine = (outbox.c.state == DispatchState.FAILED.value) & (outbox.c.held_code == RETURNED)
    rows = connection.execute(select(outbox).where(mine).order_by(outbox.c.created_at).limit(limit))
    return [dispatch_of(row) for row in rows.mappings()]


def replace(connection: Connection, dispatch: Dispatch, letter: Dispatch | None, now: datetime) -> bool:
    """Owes the letter in the place of what came back; without one a person is asked. False if somebody was quicker."""
    mine = (outbox.c.key == dispatch.key) & (outbox.c.held_code == RETURNED)
    code = REPLACED if letter is not None else UNREACHABLE
    if connection.execute(update(outbox).where(mine).values(held_code=code)).rowcount != 1:
        return False
    if letter is not None:
        assert letter.channel is DispatchChannel.LETTER
        append(connection, owe(connection, [letter], now), now)
    note_events(connection, [(dispatch.item_id, dispatch.case_code, code, "gateway", None)], now)
    return True
