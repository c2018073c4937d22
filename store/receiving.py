"""The book of receipts: what was taken from which source, and what the sources remember."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, tuple_, update

from mailroom.envelope import Channel
from mailroom.item import Arrival, Receipt, Rung
from store.codec import encode
from store.events import note_events
from store.outside import fields
from store.register import Entry, append, lock
from store.schema import alarm, inventory, item, receipt, source_state


def new_ids(now: datetime, count: int) -> list[str]:
    """Ids that sort by time of making and, made together, in their order; the random part keeps two workers apart."""
    start = f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(4)}"
    return [f"{start}{number:04x}" for number in range(count)]


def receive(connection: Connection, arrivals: Sequence[tuple[Arrival, str]], now: datetime) -> list[Receipt]:
    """Receipts in the order of `arrivals`; old ones for what is booked already."""
    lock(connection)
    old = _known(connection, [(a.source, a.ref) for a, _ in arrivals])
    receipts: list[Receipt] = []
    fresh: list[tuple[Arrival, Receipt]] = []
    for (arrival, digest), item_id in zip(arrivals, new_ids(now, len(arrivals)), strict=True):
        key = (arrival.source, arrival.ref)
        if key not in old:
            old[key] = Receipt(
                source=arrival.source,
                ref=arrival.ref,
                digest=digest,
                size=len(arrival.raw),
                received_at=now,
                item_id=item_id,
            )
            fresh.append((arrival, old[key]))
        receipts.append(old[key])
    _book(connection, fresh, now)
    return receipts


def _known(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Receipt]:
    found: dict[tuple[str, str], Receipt] = {}
    for start in range(0, len(keys), 400):
        wanted = tuple_(receipt.c.source, receipt.c.ref).in_(keys[start : start + 400])
        for row in connection.execute(select(receipt).where(wanted)).mappings():
            found[row["source"], row["ref"]] = _receipt(row)
    return found


def _book(connection: Connection, fresh: Sequence[tuple[Arrival, Receipt]], now: datetime) -> None:
    if not fresh:
        return
    outsides = [_outside(arrival) for arrival, _ in fresh]
    connection.execute(
        insert(item),
        [
            {
                "id": r.item_id,
                "digest": r.digest,
                "channel": a.hints.channel.value,
                "hints": encode(a.hints),
                "rung": Rung.RECEIVED.value,
                "revision": 1,
                "attempts": 0,
                "received_at": now,
                "due_at": now,
                "sender": party,
                "subject": subject,
            }
            for (a, r), (party, subject) in zip(fresh, outsides, strict=True)
        ],
    )
    connection.execute(insert(receipt), [_row(r) for _, r in fresh])
    note_events(connection, [(r.item_id, None, "received", a.source, None) for a, r in fresh], now)
    entries = [
        Entry(
            direction="in",
            item_id=r.item_id,
            party=party,
            subject=subject,
            digest=r.digest,
            note=a.hints.channel.value,
        )
        for (a, r), (party, subject) in zip(fresh, outsides, strict=True)
    ]
    append(connection, entries, now)


def _outside(arrival: Arrival) -> tuple[str | None, str | None]:
    """Sender and subject as they stand on the outside: header fields of mail, session data of paper."""
    hints = arrival.hints
    if hints.channel in (Channel.EMAIL, Channel.PEC):
        said = fields(arrival.raw)
        return said.get("from"), said.get("subject")
    transport = hints.transport
    return transport.fax_sender or transport.fax_tsi or transport.registered_mail, hints.filename


def _row(booked: Receipt) -> dict[str, object]:
    return {
        "source": booked.source,
        "ref": booked.ref,
        "digest": booked.digest,
        "size": booked.size,
        "received_at": booked.received_at,
        "item_id": booked.item_id,
        "alias": booked.alias,
    }


def _receipt(row: RowMapping) -> Receipt:
    names = ("source", "ref", "digest", "size", "received_at", "item_id", "alias")
    return Receipt(**{name: row[name] for name in names})


def known_refs(connection: Connection, source: str) -> set[str]:
    return set(connection.execute(select(receipt.c.ref).where(receipt.c.source == source)).scalars())


def unfinished(connection: Connection, source: str) -> dict[str, str]:
    """Items that are still on the ladder and wait for no person, by the refs they were received under."""
    climbing = (item.c.rung != Rung.CLOSED.value) & item.c.held_code.is_(None)
    wanted = select(receipt.c.ref, receipt.c.item_id).join(item, item.c.id == receipt.c.item_id)
    return {row.ref: row.item_id for row in connection.execute(wanted.where(receipt.c.source == source, climbing))}


def receipt_of_digest(connection: Connection, source: str, digest: str) -> Receipt | None:
    first = (
        select(receipt)
        .where(receipt.c.source == source, receipt.c.digest == digest, receipt.c.alias.is_(False))
        .order_by(receipt.c.received_at)
        .limit(1)
    )
    row = connection.execute(first).mappings().one_or_none()
    return _receipt(row) if row else None


def alias(connection: Connection, arrival: Arrival, digest: str, of: Receipt, now: datetime) -> Receipt:
    booked = _known(connection, [(arrival.source, arrival.ref)]).get((arrival.source, arrival.ref))
    if booked is not None:
        return booked
    second = Receipt(
        source=arrival.source,
        ref=arrival.ref,
        digest=digest,
        size=len(arrival.raw),
        received_at=now,
        item_id=of.item_id,
        alias=True,
    )
    connection.execute(insert(receipt).values(**_row(second)))
    note_events(connection, [(of.item_id, None, "seen_again", arrival.source, None)], now)
    return second


def unsettled(connection: Connection, source: str) -> list[Receipt]:
    rows = connection.execute(select(receipt).where(receipt.c.source == source, receipt.c.settled_at.is_(None)))
    return [_receipt(row) for row in rows.mappings()]


def settled(connection: Connection, source: str, refs: Iterable[str], now: datetime) -> None:
    rows = [{"s": source, "r": ref} for ref in refs]
    if rows:
        mark = update(receipt).where(receipt.c.source == bindparam("s"), receipt.c.ref == bindparam("r"))
        connection.execute(mark.values(settled_at=now), rows)


def remembered(connection: Connection, source: str) -> dict[str, str]:
    body = connection.execute(select(source_state.c.state).where(source_state.c.source == source)).scalar_one_or_none()
    return dict(json.loads(body)) if body else {}


def remember(connection: Connection, source: str, state: Mapping[str, str], now: datetime) -> None:
    connection.execute(delete(source_state).where(source_state.c.source == source))
    connection.execute(insert(source_state).values(source=source, state=json.dumps(dict(state)), at=now))


def raise_alarm(connection: Connection, source: str, code: str, message: str | None, now: datetime) -> None:
    """Raises, rewords or (with None) clears; the time of the first raising is kept."""
    same = (alarm.c.source == source) & (alarm.c.code == code)
    since = connection.execute(select(alarm.c.since).where(same)).scalar_one_or_none()
    connection.execute(delete(alarm).where(same))
    if message is not None:
        connection.execute(insert(alarm).values(source=source, code=code, message=message, since=since or now))


def record_inventory(
    connection: Connection, source: str, days: Mapping[str, tuple[int, int]], known: int, now: datetime
) -> None:
    """Counts of one look at the source: ISO day → things that lie there, and how many of these have no receipt."""
    # A day that no longer lies there keeps its last count, but nothing of it can be untaken any more.
    connection.execute(update(inventory).where(inventory.c.source == source).values(untaken=0))
    connection.execute(delete(inventory).where(inventory.c.source == source, inventory.c.day.in_(list(days))))
    look = {"source": source, "known": known, "at": now}
    rows = [{**look, "day": day, "arrived": arrived, "untaken": untaken} for day, (arrived, untaken) in days.items()]
    if rows:
        connection.execute(insert(inventory), rows)
