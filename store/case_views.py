"""Cases as operators and exports see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from mailroom.case import Case, CaseStatus
from mailroom.decision import Decision
from mailroom.item import Rung
from store.case_rows import cases_of
from store.claiming import latest_sheets
from store.codec import Sheet
from store.dispatch_views import DispatchRow, dispatches_of
from store.item_views import EventRow, ItemRow, PaperRow, papers, road, row_of
from store.schema import case, case_item, event_log, item, known
from store.search import holds_words, is_frequent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    status: CaseStatus | None = None
    service: str | None = None
    text: str | None = None
    late: bool = False
    """Only those whose answer is overdue."""
    overdue: bool = False
    """Only those that wait for papers longer than they were given."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    case: Case
    acknowledged_at: datetime | None
    reminded_at: datetime | None
    handed_over_at: datetime | None
    closed_at: datetime | None
    portal_status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    rows: tuple[CaseRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    row: CaseRow
    items: tuple[tuple[str, ItemRow], ...]
    """Relation (opens, follows, duplicate) and item, in the order of arrival."""
    papers: tuple[PaperRow, ...]
    dispatches: tuple[DispatchRow, ...]
    road: tuple[EventRow, ...]
    known_senders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedItem:
    """Everything `cases export` needs to repeat what `inspect` prints."""

    row: ItemRow
    digest: str
    case_code: str | None
    sheets: dict[Rung, Sheet]

    @property
    def decision(self) -> Decision | None:
        sheet = self.sheets.get(Rung.DECIDED)
        return sheet if isinstance(sheet, Decision) else None


def list_cases(connection: Connection, wanted: CaseFilter, *, now: datetime, after: str | None, limit: int) -> CasePage:
    """Newest first; the cursor is the code of the last row."""
    conditions = _conditions(connection, wanted, now)
    if after:
        conditions.append(case.c.code < after)
    found = list(
        connection.execute(select(case).where(*conditions).order_by(case.c.code.desc()).limit(limit + 1)).mappings()
    )
    whole = cases_of(connection, found[:limit])
    rows = tuple(_row(dict(row), whole[row["code"]]) for row in found[:limit])
    return CasePage(rows=rows, next=rows[-1].case.code if len(found) > limit else None)


def _conditions(connection: Connection, wanted: CaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        found.append(case.c.status == wanted.status.value)
    if wanted.service is not None:
        found.append(case.c.service == wanted.service)
    if wanted.late:
        found.append(and_(case.c.acknowledged_at.is_(None), case.c.acknowledge_by < now))
    if wanted.overdue:
        found.append(and_(case.c.status == CaseStatus.WAITING.value, case.c.waits_until < now))
    if wanted.since is not None:
        found.append(case.c.opened_at >= wanted.since)
    if wanted.until is not None:
        found.append(case.c.opened_at < wanted.until)
    if wanted.text and wanted.text.strip():
        found.append(or_(case.c.code == wanted.text.strip().upper(), _through_items(connection, wanted.text)))
    return found


def _through_items(connection: Connection, query: str) -> ColumnElement[bool]:
    holding = holds_words(connection, query, case_item.c.item_id)
    if is_frequent(connection, query):
        return exists(select(case_item.c.code).where(case_item.c.code == case.c.code, holding))
    return case.c.code.in_(select(case_item.c.code).where(holding))


def _row(row: dict[str, object], whole: Case) -> CaseRow:
    names = set(CaseRow.__dataclass_fields__) - {"case"}
    return CaseRow(case=whole, **{name: row[name] for name in names})  # type: ignore[arg-type]


def case_detail(connection: Connection, code: str) -> CaseDetail | None:
    found = connection.execute(select(case).where(case.c.code == code)).mappings().one_or_none()
    if found is None:
        return None
    whole = cases_of(connection, [found])[code]
    linked = connection.execute(
        select(item, case_item.c.relation)
        .join(case_item, case_item.c.item_id == item.c.id)
        .where(case_item.c.code == code)
        .order_by(item.c.received_at, item.c.id)
    ).mappings()
    senders = select(known.c.value).where(known.c.code == code, known.c.kind == "sender").order_by(known.c.value)
    return CaseDetail(
        row=_row(dict(found), whole),
        items=tuple((row["relation"], row_of(row)) for row in linked),
        papers=papers(connection, whole.items),
        dispatches=dispatches_of(connection, case_code=code),
        road=road(connection, or_(event_log.c.case_code == code, event_log.c.item_id.in_(whole.items))),
        known_senders=tuple(connection.execute(senders).scalars()),
    )


def export_items(connection: Connection, *, since: datetime | None, batch: int = 100) -> Iterator[ExportedItem]:
    """Every decided item with its sheets, oldest first, read in batches: it streams."""
    last = ""
    conditions: list[ColumnElement[bool]] = [item.c.disposition.is_not(None), item.c.erased_at.is_(None)]
    if since is not None:
        conditions.append(item.c.received_at >= since)
    while True:
        rows = list(
            connection.execute(
                select(item).where(*conditions, item.c.id > last).order_by(item.c.id).limit(batch)
            ).mappings()
        )
        if not rows:
            return
        sheets = latest_sheets(connection, [row["id"] for row in rows])
        for row in rows:
            yield ExportedItem(
                row=row_of(row), digest=row["digest"], case_code=row["case_code"], sheets=sheets.get(row["id"], {})
            )
        last = rows[-1]["id"]
