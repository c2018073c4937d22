"""A scanned batch becomes one item a letter; the batch itself is closed, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from mailroom.document import PageRange
from mailroom.errors import Hold
from mailroom.item import Receipt, Rung
from store.claiming import Claim, move, write_sheets
from store.codec import Sheet, encode
from store.events import note_events
from store.receiving import new_ids
from store.register import Entry, append, lock
from store.schema import band, fingerprint, item, receipt


def split(
    connection: Connection, claim: Claim, sheets: Mapping[Rung, Sheet], ranges: Sequence[PageRange], now: datetime
) -> list[Receipt]:
    """Receipts of the letters, in order; none where the batch was cut before (it was tried again): cut elsewhere now,
    its sheets would be in two letters. Raises LostLease, and Hold for a batch that has a case: its letters would be
    answered beside it."""
    lock(connection)
    freed = {"due_at": None, "lease": None, "lease_until": None}
    # What it was thought to be as a whole is said of its letters now.
    undecided = {"disposition": None, "detail": None, "service": None, "answer_due": None, "duplicate_of": None}
    move(connection, claim, {"rung": Rung.CLOSED.value, "closed_at": now, "attempts": 0, **freed, **undecided})
    code = connection.execute(select(item.c.case_code).where(item.c.id == claim.item.id)).scalar_one()
    if code is not None:
        raise Hold(f"Ha già la pratica {code}: la scansione non si taglia più.")
    write_sheets(connection, claim, sheets, now)
    # A batch that waited for a person has been remembered: its letters would be doubles of it.
    for table in (band, fingerprint):
        connection.execute(delete(table).where(table.c.item_id == claim.item.id))
    if connection.execute(select(item.c.id).where(item.c.parent == claim.item.id).limit(1)).first():
        return []
    source, ref = _origin(connection, claim.item.id)
    letters = [
        (
            span,
            Receipt(
                source=source,
                ref=f"{ref}#{number}",
                digest=claim.item.digest,
                size=0,
                received_at=now,
                item_id=item_id,
            ),
        )
        for number, (span, item_id) in enumerate(zip(ranges, new_ids(now, len(ranges)), strict=True), 1)
    ]
    _book(connection, claim, letters, now)
    note_events(connection, [(claim.item.id, None, "cut", "gateway", f"{len(letters)} lettere")], now)
    return [letter for _, letter in letters]


def _origin(connection: Connection, item_id: str) -> tuple[str, str]:
    first = select(receipt.c.source, receipt.c.ref).where(receipt.c.item_id == item_id).order_by(receipt.c.received_at)
    source, ref = connection.execute(first.limit(1)).one()
    return source, ref


def _book(connection: Connection, claim: Claim, letters: Sequence[tuple[PageRange, Receipt]], now: datetime) -> None:
    if not letters:
        return
    parent = claim.item
    connection.execute(
        insert(item),
        [
            {
                "id": letter.item_id,
                "digest": parent.digest,
                "channel": parent.hints.channel.value,
                "hints": encode(replace(parent.hints, pages=(span.first, span.count))),
                "rung": Rung.RECEIVED.value,
                "revision": 1,
                "attempts": 0,
                "received_at": parent.received_at,
                "due_at": now,
                "parent": parent.id,
            }
            for span, letter in letters
        ],
    )
    connection.execute(
        insert(receipt),
        [
            {
                "source": letter.source,
                "ref": letter.ref,
                "digest": letter.digest,
                "size": 0,
                "received_at": parent.received_at,
                "item_id": letter.item_id,
                "alias": False,
                "settled_at": now,
            }
            for _, letter in letters
        ],
    )
    entries = [
        Entry(
            direction="in",
            item_id=letter.item_id,
            digest=letter.digest,
            note=f"{parent.hints.channel.value}; pagine {span.first + 1}-{span.first + span.count} della scansione",
        )
        for span, letter in letters
    ]
    batch = Entry(direction="ann", item_id=parent.id, note="Scansione divisa in lettere, registrate una per una.")
    append(connection, [*entries, batch], now)
    note_events(connection, [(letter.item_id, None, "received", "gateway", letter.ref) for _, letter in letters], now)
