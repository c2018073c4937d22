"""What we owe, as operators see it: the print queue, and what is in trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, or_, select

from mailroom.dispatch import DispatchChannel, DispatchState
from store.homecoming import REPLACED
from store.schema import outbox

IN_TROUBLE = outbox.c.state.in_((DispatchState.HELD.value, DispatchState.FAILED.value)) & (
    outbox.c.held_code.is_distinct_from(REPLACED)
)
"""Somebody has to do something about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRow:
    key: str
    channel: DispatchChannel
    to: str | None
    state: DispatchState
    attempts: int
    due_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    printed_at: datetime | None
    posted_at: datetime | None
    outcome: str | None
    held_code: str | None
    item_id: str | None
    case_code: str | None
    repeatable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """A dispatch with what goes out."""

    row: DispatchRow
    payload: bytes


_COLUMNS = [column for column in outbox.c if column.name != "payload"]


def dispatch_row(row: RowMapping) -> DispatchRow:
    names = set(DispatchRow.__dataclass_fields__) - {"channel", "to", "state"}
    return DispatchRow(
        channel=DispatchChannel(row["channel"]),
        to=row["recipient"],
        state=DispatchState(row["state"]),
        **{name: row[name] for name in names},
    )


def dispatches_of(
    connection: Connection, *, item_id: str | None = None, case_code: str | None = None
) -> tuple[DispatchRow, ...]:
    mine = outbox.c.item_id == item_id if item_id is not None else outbox.c.case_code == case_code
    rows = connection.execute(select(*_COLUMNS).where(mine).order_by(outbox.c.created_at, outbox.c.key))
    return tuple(dispatch_row(row) for row in rows.mappings())


def troubled(connection: Connection, *, now: datetime, limit: int) -> tuple[DispatchRow, ...]:
    """Held and failed ones, and those tried in vain for an hour or begun that long ago; oldest first."""
    hour = now - timedelta(hours=1)
    late = (outbox.c.state == DispatchState.DUE.value) & (outbox.c.attempts > 2) & (outbox.c.created_at < hour)
    stuck = (outbox.c.state == DispatchState.BEGUN.value) & (outbox.c.begun_at < hour)
    rows = connection.execute(
        select(*_COLUMNS).where(or_(IN_TROUBLE, late, stuck)).order_by(outbox.c.created_at).limit(limit)
    )
    return tuple(dispatch_row(row) for row in rows.mappings())


def last_answer(connection: Connection, code: str) -> OwedRow | None:
    """The newest answer on a case that was not given up, with its words; None if nothing was answered."""
    kept = outbox.c.state.not_in((DispatchState.HELD.value, DispatchState.FAILED.value))
    worded = outbox.c.channel != DispatchChannel.PORTAL.value
    mine = (outbox.c.case_code == code) & kept & worded & (func.length(outbox.c.payload) > 0)
    row = (
        connection.execute(select(outbox).where(mine).order_by(outbox.c.created_at.desc()).limit(1)).mappings().first()
    )
    return OwedRow(row=dispatch_row(row), payload=bytes(row["payload"])) if row is not None else None


def owed(connection: Connection, keys: Sequence[str]) -> tuple[OwedRow, ...]:
    """Those of these keys that there are, oldest first."""
    rows = connection.execute(select(outbox).where(outbox.c.key.in_(keys)).order_by(outbox.c.created_at))
    return tuple(OwedRow(row=dispatch_row(row), payload=bytes(row["payload"])) for row in rows.mappings())


def letters(connection: Connection, *, printed: bool, limit: int) -> tuple[OwedRow, ...]:
    """Letters to print, or those printed and not yet posted; oldest first, with what to print."""
    mine = (outbox.c.channel == DispatchChannel.LETTER.value) & outbox.c.posted_at.is_(None)
    stage = outbox.c.printed_at.is_not(None) if printed else outbox.c.printed_at.is_(None)
    kept = outbox.c.state.not_in((DispatchState.HELD.value, DispatchState.FAILED.value))
    rows = connection.execute(select(outbox).where(mine, stage, kept).order_by(outbox.c.created_at).limit(limit))
    return tuple(OwedRow(row=dispatch_row(row), payload=bytes(row["payload"])) for row in rows.mappings())
