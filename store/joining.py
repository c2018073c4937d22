"""Mails that are pieces of one message become one item; the pieces are closed, and nothing of them is lost.

The mirror of `store.cutting`: the whole gets an item of its own, whose original is what the pieces' originals make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from mailroom.decision import Decision, Disposition
from mailroom.errors import LostLease
from mailroom.item import Receipt, Rung
from store.claiming import Claim, ours, write_sheets
from store.codec import OpenedSheet, encode
from store.deciding import outside
from store.events import note_events
from store.receiving import new_ids
from store.register import Entry, append, lock
from store.schema import band, fingerprint, item, piece, receipt, sheet

PATIENCE = timedelta(days=30)
"""Pieces that came longer apart are not joined by a machine."""


PIECE = Decision(disposition=Disposition.SERVICE_MESSAGE, detail="piece", needs_review=False)
"""What becomes of a piece: nothing of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPiece:
    item_id: str
    digest: str


def note(
    connection: Connection, claim: Claim, message: str, number: int, total: int | None, now: datetime
) -> tuple[StoredPiece, ...]:
    """Writes down which piece the item is; all pieces in order once they are here and none has been decided, else none.
    Of a piece that came twice the first counts. `message` names the whole, by the digest of sender and id."""
    lock(connection)
    if not connection.execute(select(piece.c.item_id).where(piece.c.item_id == claim.item.id)).first():
        row = {"item_id": claim.item.id, "message": message, "number": number, "total": total}
        connection.execute(insert(piece).values(**row))
    rows = connection.execute(
        select(piece.c.item_id, piece.c.number, piece.c.total, item.c.digest)
        .join(item, item.c.id == piece.c.item_id)
        .where(piece.c.message == message, item.c.rung != Rung.CLOSED.value, item.c.received_at > now - PATIENCE)
        .order_by(item.c.received_at.desc(), item.c.id.desc())
    ).all()
    totals = {row.total for row in rows if row.total is not None}
    if len(totals) != 1:
        return ()
    here = {row.number: StoredPiece(item_id=row.item_id, digest=row.digest) for row in rows}
    numbers = range(1, totals.pop() + 1)
    return tuple(here[n] for n in numbers) if all(n in here for n in numbers) else ()


def join(
    connection: Connection,
    claim: Claim,
    opened: OpenedSheet,
    pieces: Sequence[StoredPiece],
    digest: str,
    size: int,
    now: datetime,
) -> Receipt:
    """The receipt of the whole, whose bytes are durable under `digest`; it follows on the first piece. `claim` is on
    one of the pieces. Raises LostLease if it is lost, or somebody has decided a piece meanwhile."""
    lock(connection)
    ids = [each.item_id for each in pieces]
    if not ours(connection, [claim]):
        raise LostLease(f"item {claim.item.id} has another worker")
    write_sheets(connection, claim, {Rung.OPENED: opened}, now)
    connection.execute(update(item).where(item.c.id == claim.item.id).values(**outside(opened)))
    _close(connection, ids, now)
    (whole_id,) = new_ids(now, 1)
    whole = _book(connection, whole_id, ids, digest, size)
    closing = [Entry(direction="ann", item_id=each, note=f"Pezzo riunito nell'invio {whole_id}.") for each in ids]
    origin = f"email; riunito da {len(ids)} messaggi"
    append(connection, [Entry(direction="in", item_id=whole_id, digest=digest, note=origin), *closing], now)
    note_events(connection, [(each, None, "piece_joined", "gateway", whole_id) for each in ids], now)
    note_events(connection, [(whole_id, None, "received", "gateway", whole.ref)], now)
    return whole


def _close(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """The pieces say no more of their own: what was thought of them is withdrawn, and no letter is a double of them."""
    freed = {"due_at": None, "lease": None, "lease_until": None, "held_code": None, "held": None, "held_since": None}
    told = {"disposition": PIECE.disposition.value, "detail": PIECE.detail, "service": None, "answer_due": None}
    still = item.c.id.in_(ids) & (item.c.rung != Rung.CLOSED.value)
    values = {"rung": Rung.CLOSED.value, "closed_at": now, "attempts": 0, **freed, **told}
    if connection.execute(update(item).where(still).values(**values)).rowcount != len(ids):
        raise LostLease("a piece was decided meanwhile")
    newest = (
        select(sheet.c.item_id, func.max(sheet.c.revision)).where(sheet.c.item_id.in_(ids)).group_by(sheet.c.item_id)
    )
    revisions = {item_id: int(last) + 1 for item_id, last in connection.execute(newest)}
    for item_id in ids:
        revision = revisions.get(item_id, 1)
        connection.execute(update(item).where(item.c.id == item_id).values(revision=revision))
        row = {"item_id": item_id, "rung": Rung.DECIDED.value, "revision": revision, "body": encode(PIECE)}
        connection.execute(insert(sheet).values(**row, created_at=now))
    for table in (band, fingerprint):
        connection.execute(delete(table).where(table.c.item_id.in_(ids)))


def _book(connection: Connection, whole_id: str, ids: Sequence[str], digest: str, size: int) -> Receipt:
    first = ids[0]
    parent = connection.execute(select(item.c.channel, item.c.hints).where(item.c.id == first)).one()
    last = connection.execute(select(func.max(item.c.received_at)).where(item.c.id.in_(ids))).scalar_one()
    origin = select(receipt.c.source, receipt.c.ref).where(receipt.c.item_id == first).order_by(receipt.c.received_at)
    source, ref = connection.execute(origin.limit(1)).one()
    row = {"id": whole_id, "digest": digest, "channel": parent.channel, "hints": parent.hints, "revision": 1}
    state = {"rung": Rung.RECEIVED.value, "attempts": 0, "received_at": last, "due_at": last, "parent": first}
    connection.execute(insert(item).values(**row, **state))
    # A piece that a person let climb again may be joined again.
    name = f"{ref}#intero-{whole_id}"
    booked = {"source": source, "ref": name, "digest": digest, "size": size, "received_at": last, "item_id": whole_id}
    connection.execute(insert(receipt).values(**booked, alias=False, settled_at=last))
    return Receipt(source=source, ref=name, digest=digest, size=size, received_at=last, item_id=whole_id)
