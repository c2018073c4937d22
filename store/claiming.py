"""Leases: who works on which item until when. Attempts are counted when an item is claimed, so that an input that
kills its worker counts too, and is held after a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, insert, or_, select, update

from mailroom.errors import LostLease
from mailroom.finding import Finding
from mailroom.item import LADDER, Hints, Item, Rung
from store.codec import Sheet, decode, decode_sheet, encode
from store.events import note_events
from store.lease import is_dead, new_lease
from store.schema import correction, item, progress, sheet

TOO_MANY = "too_many_attempts"

_MOVED = update(item).where(
    item.c.id == bindparam("my_id"), item.c.rung == bindparam("my_rung"), item.c.lease == bindparam("my_lease")
)

_LEASES = (
    select(item.c.id, item.c.rung, item.c.lease)
    .where(item.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(item.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An item that is ours to work on until `until`, with the sheets it has."""

    item: Item
    lease: str
    until: datetime
    sheets: Mapping[Rung, Sheet] = field(default_factory=dict)
    corrections: tuple[Finding, ...] = ()
    """What people have said of it, oldest first."""


def claim(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    lease_seconds: float,
    max_attempts: int,
    item_ids: Sequence[str] | None,
    rungs: Sequence[Rung] | None = None,
) -> list[Claim]:
    """Due items, oldest first, leased to the caller. Those tried too often are held instead."""
    due = select(item).where(_due(now)).order_by(item.c.due_at).limit(limit).with_for_update(skip_locked=True)
    if item_ids is not None:
        due = due.where(item.c.id.in_(list(item_ids)))
    if rungs is not None:
        due = due.where(item.c.rung.in_([rung.value for rung in rungs]))
    rows = list(connection.execute(due).mappings())
    tired = [row["id"] for row in rows if row["attempts"] >= max_attempts]
    for item_id in tired:
        reason = "Il documento ha fermato più volte la lavorazione automatica: serve una persona."
        hold(connection, item_id, TOO_MANY, reason, now)
    fresh = [row for row in rows if row["attempts"] < max_attempts]
    if not fresh:
        return []
    lease, until = new_lease(), now + timedelta(seconds=lease_seconds)
    connection.execute(
        update(item)
        .where(item.c.id.in_([row["id"] for row in fresh]))
        .values(lease=lease, lease_until=until, attempts=item.c.attempts + 1)
    )
    ids = [row["id"] for row in fresh]
    sheets, said = latest_sheets(connection, ids), corrections(connection, ids)
    return [
        Claim(
            item=_claimed(item_of(row)),
            lease=lease,
            until=until,
            sheets=sheets.get(row["id"], {}),
            corrections=tuple(said.get(row["id"], ())),
        )
        for row in fresh
    ]


def corrections(connection: Connection, ids: Sequence[str]) -> dict[str, list[Finding]]:
    """People's findings on these items, oldest first."""
    wanted = select(correction.c.item_id, correction.c.finding).where(correction.c.item_id.in_(ids))
    found: dict[str, list[Finding]] = {}
    for row in connection.execute(wanted.order_by(correction.c.id)):
        found.setdefault(row.item_id, []).append(decode(row.finding, Finding))
    return found


def _claimed(before: Item) -> Item:
    return replace(before, attempts=before.attempts + 1)


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(item.c.lease_until.is_(None), item.c.lease_until < now)
    return (item.c.due_at <= now) & item.c.held_code.is_(None) & (item.c.rung != Rung.CLOSED.value) & free


def due_items(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    channels: Sequence[str] | None = None,
    rungs: Sequence[Rung] | None = None,
) -> list[tuple[str, str, str]]:
    """(id, channel, rung) of items that wait for a worker."""
    wanted = select(item.c.id, item.c.channel, item.c.rung).where(_due(now)).order_by(item.c.due_at).limit(limit)
    if channels is not None:
        wanted = wanted.where(item.c.channel.in_(channels))
    if rungs is not None:
        wanted = wanted.where(item.c.rung.in_([rung.value for rung in rungs]))
    return [(row.id, row.channel, row.rung) for row in connection.execute(wanted)]


def latest_sheets(connection: Connection, ids: Sequence[str]) -> dict[str, dict[Rung, Sheet]]:
    """Latest revision of each rung's sheet; a rung that was reopened has none above the item's rung."""
    found: dict[str, dict[Rung, Sheet]] = {}
    newest: dict[tuple[str, str], int] = {}
    rows = connection.execute(
        select(sheet, item.c.rung.label("stands_on"))
        .join(item, item.c.id == sheet.c.item_id)
        .where(sheet.c.item_id.in_(ids))
    )
    order = list(Rung)
    for row in rows.mappings():
        rung = Rung(row["rung"])
        if order.index(rung) > order.index(Rung(row["stands_on"])):
            continue
        if row["revision"] >= newest.get((row["item_id"], rung), 0):
            newest[row["item_id"], rung] = row["revision"]
            found.setdefault(row["item_id"], {})[rung] = decode_sheet(rung, row["body"])
    return found


def item_of(row: RowMapping) -> Item:
    return Item(
        id=row["id"],
        digest=row["digest"],
        hints=decode(row["hints"], Hints),
        rung=Rung(row["rung"]),
        revision=row["revision"],
        attempts=row["attempts"],
        received_at=row["received_at"],
        held=row["held"],
        held_code=row["held_code"],
        due_at=row["due_at"],
        case_code=row["case_code"],
        parent=row["parent"],
    )


def sheet_rows(
    claim: Claim, sheets: Mapping[Rung, Sheet], now: datetime, *, written: Mapping[Rung, str] = MappingProxyType({})
) -> list[dict[str, object]]:
    """`written`: what `encode` made of some of the sheets before."""
    return [
        {
            "item_id": claim.item.id,
            "rung": rung.value,
            "revision": claim.item.revision,
            "body": written[rung] if rung in written else encode(body),
            "created_at": now,
        }
        for rung, body in sheets.items()
    ]


def write_sheets(connection: Connection, claim: Claim, sheets: Mapping[Rung, Sheet], now: datetime) -> None:
    rows = sheet_rows(claim, sheets, now)
    if rows:
        connection.execute(insert(sheet), rows)


def advance(
    connection: Connection, claim: Claim, sheets: Mapping[Rung, Sheet], *, to: Rung, now: datetime, note: str | None
) -> None:
    """Compare-and-set on (id, rung, lease): raises LostLease if somebody else has the item by now."""
    move(connection, claim, {"rung": to.value, "attempts": 0, "due_at": now, "lease": None, "lease_until": None})
    write_sheets(connection, claim, sheets, now)
    note_events(connection, [(claim.item.id, None, to.value, "gateway", note)], now)


def move(connection: Connection, claim: Claim, values: Mapping[str, object]) -> None:
    mine = {"my_id": claim.item.id, "my_rung": claim.item.rung.value, "my_lease": claim.lease}
    if connection.execute(_MOVED, {**mine, **values}).rowcount != 1:
        raise LostLease(f"item {claim.item.id} has another worker")


def ours(connection: Connection, claims: Sequence[Claim]) -> set[str]:
    """Ids of those that nobody else has taken; they can't be taken until the transaction ends."""
    leases = {claim.item.id: (claim.item.rung.value, claim.lease) for claim in claims}
    rows = connection.execute(_LEASES, {"ids": sorted(leases)})
    return {row.id for row in rows if (row.rung, row.lease) == leases[row.id]}


def move_all(connection: Connection, moves: Sequence[tuple[Claim, Mapping[str, object]]]) -> None:
    """As `move`, for claims that are `ours` in this transaction."""
    alike: dict[frozenset[str], list[dict[str, object]]] = {}
    for claim, values in moves:
        mine = {"my_id": claim.item.id, "my_rung": claim.item.rung.value, "my_lease": claim.lease}
        alike.setdefault(frozenset(values), []).append({**mine, **values})
    for rows in alike.values():
        connection.execute(_MOVED, rows)


def defer(connection: Connection, claim: Claim, until: datetime, reason: str, now: datetime) -> None:
    move(connection, claim, {"due_at": until, "lease": None, "lease_until": None})
    note_events(connection, [(claim.item.id, None, "deferred", "gateway", reason)], now)


def renew(connection: Connection, claim: Claim, until: datetime) -> Claim:
    """More time for slow work; raises LostLease if it came too late."""
    move(connection, claim, {"lease_until": until})
    return replace(claim, until=until)


def dead_leases(connection: Connection, now: datetime) -> list[str]:
    """Leases of processes of this machine that are no more."""
    # What is leased is due: its small index serves here too.
    leased = item.c.due_at.is_not(None) & item.c.lease.is_not(None) & (item.c.lease_until >= now)
    wanted = select(item.c.lease).where(leased).distinct()
    return [lease for lease in connection.execute(wanted).scalars() if is_dead(lease)]


def free_dead(connection: Connection, now: datetime) -> int:
    """Lets go what a process of this machine held that is no more; how many. The attempt stays counted."""
    dead = dead_leases(connection, now)
    freed = update(item).where(item.c.lease.in_(dead)).values(lease=None, lease_until=None)
    return connection.execute(freed).rowcount


def hold(connection: Connection, held: Claim | str, code: str, reason: str, now: datetime) -> None:
    """By claim only while it is ours (else LostLease); by id whoever works on it."""
    values = {
        "held_code": code,
        "held": reason,
        "held_since": now,
        "ever_held": True,
        "due_at": None,
        "lease": None,
        "lease_until": None,
    }
    if isinstance(held, Claim):
        move(connection, held, values)
        item_id = held.item.id
    else:
        connection.execute(update(item).where(item.c.id == held).values(**values))
        item_id = held
    note_events(connection, [(item_id, None, "held", "gateway", f"{code}: {reason}")], now)


def reopen(connection: Connection, item_id: str, *, to: Rung | None, by: str, kind: str, now: datetime) -> bool:
    """Takes the item out of hold and lets it climb again, from an earlier rung under a new revision if asked."""
    there = select(item.c.rung).where(item.c.id == item_id, item.c.erased_at.is_(None)).with_for_update()
    stands_on = connection.execute(there).scalar_one_or_none()
    if stands_on is None:
        return False
    values: dict[str, object] = {
        "held_code": None,
        "held": None,
        "held_since": None,
        "closed_at": None,
        "attempts": 0,
        "due_at": now,
        "lease": None,
        "lease_until": None,
    }
    if to is not None:
        to = min(to, Rung(stands_on), key=LADDER.index)
        newest = select(func.coalesce(func.max(sheet.c.revision), 0)).where(sheet.c.item_id == item_id)
        values |= {"rung": to.value, "revision": int(connection.execute(newest).scalar_one()) + 1}
    connection.execute(update(item).where(item.c.id == item_id).values(**values))
    note_events(connection, [(item_id, None, kind, by, to.value if to else None)], now)
    return True


def report_progress(connection: Connection, item_id: str, done: int, total: int, now: datetime) -> None:
    values = {"done": done, "total": total, "at": now}
    changed = connection.execute(update(progress).where(progress.c.item_id == item_id).values(**values))
    if not changed.rowcount:
        connection.execute(insert(progress).values(item_id=item_id, **values))
