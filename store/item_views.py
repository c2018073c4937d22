"""Items as operators see them: lists that turn pages by key, one item with its whole road."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select

from mailroom.envelope import Channel
from mailroom.item import Hints, Rung
from store.claiming import latest_sheets
from store.codec import Sheet, decode
from store.dispatch_views import DispatchRow, dispatches_of
from store.schema import blob_use, case_item, correction, document, event_log, item, progress, receipt, register
from store.search import holds_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """What to list; None and empty mean no restriction."""

    channel: Channel | None = None
    rung: Rung | None = None
    held: bool | None = None
    disposition: str | None = None
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    id: str
    channel: Channel
    rung: Rung
    received_at: datetime
    sender: str | None
    subject: str | None
    summary: str | None
    disposition: str | None
    detail: str | None
    service: str | None
    case_code: str | None
    held_code: str | None
    held: str | None
    held_since: datetime | None
    attempts: int
    due_at: datetime | None
    parent: str | None
    progress: tuple[int, int] | None = None
    """Pages read, pages in all, while a slow reading goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    rows: tuple[ItemRow, ...]
    next: str | None
    """Cursor of the following page, None on the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    at: datetime
    kind: str
    by: str
    note: str | None
    item_id: str | None
    case_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    item_id: str
    number: int
    digest: str
    filename: str | None
    media_type: str
    size: int
    first_page: int
    pages: int
    kind: str
    accepted: bool
    problem: str | None
    carrier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRow:
    source: str
    ref: str
    digest: str
    size: int
    received_at: datetime
    alias: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDetail:
    row: ItemRow
    digest: str
    hints: Hints
    revision: int
    duplicate_of: str | None
    erased_at: datetime | None
    receipts: tuple[ReceiptRow, ...]
    road: tuple[EventRow, ...]
    papers: tuple[PaperRow, ...]
    dispatches: tuple[DispatchRow, ...]
    protocol_number: str | None
    children: tuple[str, ...]
    cases: tuple[tuple[str, str], ...]
    """Case code and relation (opens, follows, duplicate)."""
    corrections: tuple[str, ...]
    """JSON of the findings people made."""
    sheets: Mapping[Rung, Sheet] = field(default_factory=dict)


def list_items(connection: Connection, wanted: ItemFilter, *, after: str | None, limit: int) -> ItemPage:
    """Newest first. `after` is the `next` of the page before; an unknown cursor starts anew."""
    rows = connection.execute(
        _joined().where(*_conditions(connection, wanted), *_beyond(after)).order_by(*_NEWEST).limit(limit + 1)
    )
    found = tuple(row_of(row) for row in rows.mappings())
    more = len(found) > limit
    return ItemPage(rows=found[:limit], next=_cursor(found[limit - 1]) if more else None)


_NEWEST = (item.c.received_at.desc(), item.c.id.desc())


def _joined() -> Select[Any]:
    return select(item, progress.c.done, progress.c.total).outerjoin(progress, progress.c.item_id == item.c.id)


def _cursor(row: ItemRow) -> str:
    return f"{row.received_at.isoformat()}~{row.id}"


def _beyond(after: str | None) -> list[ColumnElement[bool]]:
    at, item_id = _place(after)
    if at is None:
        return []
    return [or_(item.c.received_at < at, and_(item.c.received_at == at, item.c.id < item_id))]


def _place(cursor: str | None) -> tuple[datetime | None, str]:
    """Moment and item of a cursor; no moment if it is none of ours."""
    moment, _, item_id = (cursor or "").partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None, ""
    return (at if at.tzinfo is not None else None), item_id


def _conditions(connection: Connection, wanted: ItemFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.channel is not None:
        found.append(item.c.channel == wanted.channel.value)
    if wanted.rung is not None:
        found.append(item.c.rung == wanted.rung.value)
    if wanted.held is not None:
        found.append(item.c.held_code.is_not(None) if wanted.held else item.c.held_code.is_(None))
    if wanted.disposition is not None:
        found.append(item.c.disposition == wanted.disposition)
    if wanted.since is not None:
        found.append(item.c.received_at >= wanted.since)
    if wanted.until is not None:
        found.append(item.c.received_at < wanted.until)
    if wanted.parent is not None:
        found.append(item.c.parent == wanted.parent)
    if wanted.text and wanted.text.strip():
        found.append(holds_words(connection, wanted.text, item.c.id))
    return found


def row_of(row: RowMapping) -> ItemRow:
    total = row.get("total")
    return ItemRow(
        id=row["id"],
        channel=Channel(row["channel"]),
        rung=Rung(row["rung"]),
        received_at=row["received_at"],
        sender=row["sender"],
        subject=row["subject"],
        summary=row["summary"],
        disposition=row["disposition"],
        detail=row["detail"],
        service=row["service"],
        case_code=row["case_code"],
        held_code=row["held_code"],
        held=row["held"],
        held_since=row["held_since"],
        attempts=row["attempts"],
        due_at=row["due_at"],
        parent=row["parent"],
        progress=(row["done"], total) if total is not None else None,
    )


def held_items(connection: Connection, *, after: str | None, limit: int) -> tuple[ItemRow, ...]:
    """Longest waiting first; `after` is the `held_cursor` of the last one seen."""
    waiting = _joined().where(item.c.held_code.is_not(None), *_later(after))
    rows = connection.execute(waiting.order_by(item.c.held_since, item.c.id).limit(limit))
    return tuple(row_of(row) for row in rows.mappings())


def held_count(connection: Connection) -> int:
    waiting = select(func.count()).select_from(item).where(item.c.held_code.is_not(None))
    return int(connection.execute(waiting).scalar_one())


def held_cursor(row: ItemRow) -> str:
    """Where a waiting item stands in the queue; empty for one that waits for nobody."""
    return f"{row.held_since.isoformat()}~{row.id}" if row.held_since else ""


def _later(after: str | None) -> list[ColumnElement[bool]]:
    at, item_id = _place(after)
    if at is None:
        return []
    return [or_(item.c.held_since > at, and_(item.c.held_since == at, item.c.id > item_id))]


def item_detail(connection: Connection, item_id: str) -> ItemDetail | None:
    row = connection.execute(_joined().where(item.c.id == item_id)).mappings().one_or_none()
    if row is None:
        return None
    linked = select(case_item.c.code, case_item.c.relation).where(case_item.c.item_id == item_id)
    said = select(correction.c.finding).where(correction.c.item_id == item_id).order_by(correction.c.id)
    children = select(item.c.id).where(item.c.parent == item_id).order_by(item.c.id)
    return ItemDetail(
        row=row_of(row),
        digest=row["digest"],
        hints=decode(row["hints"], Hints),
        revision=row["revision"],
        duplicate_of=row["duplicate_of"],
        erased_at=row["erased_at"],
        receipts=_receipts(connection, item_id),
        road=road(connection, event_log.c.item_id == item_id),
        papers=papers(connection, [item_id]),
        dispatches=dispatches_of(connection, item_id=item_id),
        protocol_number=protocol_number(connection, item_id),
        children=tuple(connection.execute(children).scalars()),
        cases=tuple(connection.execute(linked)),
        corrections=tuple(connection.execute(said).scalars()),
        sheets=latest_sheets(connection, [item_id]).get(item_id, {}),
    )


def _receipts(connection: Connection, item_id: str) -> tuple[ReceiptRow, ...]:
    rows = connection.execute(select(receipt).where(receipt.c.item_id == item_id).order_by(receipt.c.received_at))
    names = ReceiptRow.__dataclass_fields__
    return tuple(ReceiptRow(**{name: row[name] for name in names}) for row in rows.mappings())


def road(connection: Connection, condition: ColumnElement[bool]) -> tuple[EventRow, ...]:
    rows = connection.execute(select(event_log).where(condition).order_by(event_log.c.id)).mappings()
    names = EventRow.__dataclass_fields__
    return tuple(EventRow(**{name: row[name] for name in names}) for row in rows)


def papers(connection: Connection, item_ids: Sequence[str]) -> tuple[PaperRow, ...]:
    """Documents of decided items, in the order of the items given by their ids."""
    if not item_ids:
        return ()
    wanted = select(document).where(document.c.item_id.in_(item_ids)).order_by(document.c.item_id, document.c.number)
    names = PaperRow.__dataclass_fields__
    return tuple(PaperRow(**{name: row[name] for name in names}) for row in connection.execute(wanted).mappings())


def protocol_number(connection: Connection, item_id: str) -> str | None:
    """Number of the item's registration on arrival, as ``2026/0000042``."""
    entry = (
        select(register.c.year, register.c.number)
        .where(register.c.item_id == item_id, register.c.direction == "in")
        .order_by(register.c.year, register.c.number)
        .limit(1)
    )
    found = connection.execute(entry).one_or_none()
    return f"{found.year}/{found.number:07d}" if found else None


def registered(connection: Connection, year: int, number: int) -> str | None:
    """The item that was registered on arrival under that number."""
    mine = (register.c.year == year) & (register.c.number == number) & (register.c.direction == "in")
    return connection.execute(select(register.c.item_id).where(mine)).scalar_one_or_none()


def holds_blob(connection: Connection, item_id: str, digest: str) -> bool:
    """The digest is that of the item's original or of one of its parts: who may see the item may see those bytes."""
    raw = select(item.c.id).where(item.c.id == item_id, item.c.digest == digest, item.c.erased_at.is_(None))
    part = select(blob_use.c.item_id).where(blob_use.c.digest == digest, blob_use.c.item_id == item_id)
    return any(connection.execute(wanted).first() is not None for wanted in (raw, part))
