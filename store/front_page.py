"""The numbers an operator sees first: how much went straight through, who waits, what we promised and are late with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, ScalarSelect, and_, func, select

from mailroom.calendar import ROME
from mailroom.case import CaseStatus
from mailroom.dispatch import DispatchChannel, DispatchState
from mailroom.item import Rung
from store.balance import untaken_now
from store.dispatch_views import IN_TROUBLE
from store.schema import alarm, case, item, outbox, receipt

OPEN = (CaseStatus.OPEN, CaseStatus.WAITING, CaseStatus.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    source: str
    code: str
    message: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    source: str
    received: int
    last_received_at: datetime | None
    unsettled: int
    alarms: tuple[AlarmRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    received_today: int
    closed_today: int
    straight_through_today: float | None
    """Closed without ever having been held, over all that came to an end or to a person; None if nothing did."""
    straight_through_week: float | None
    held: int
    held_by_code: Mapping[str, int]
    waiting: int
    oldest_waiting: datetime | None
    """When the item that waits longest for the machine came; held ones wait for people."""
    oldest_held: datetime | None
    late: int
    """Answers owed and overdue: cases without an acknowledgement, held items with no case yet."""
    due_today: int
    cases_open: int
    cases_waiting: int
    cases_overdue: int
    """Of these, how many were given up waiting for: somebody has to decide what becomes of them."""
    letters_to_print: int
    letters_to_post: int
    dispatches_troubled: int
    untaken: int
    """Things that lay at sources at the last look and were not taken since."""
    alarms: tuple[AlarmRow, ...]


def front_page(connection: Connection, now: datetime) -> FrontPage:
    midnight = now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (midnight + timedelta(days=1, hours=12)).replace(hour=0)
    by_code = _held_by_code(connection)
    open_item = and_(item.c.rung != Rung.CLOSED.value, item.c.held_code.is_(None))
    waiting, oldest = connection.execute(
        select(func.count(), func.min(item.c.received_at)).where(item.c.due_at.is_not(None), open_item)
    ).one()
    numbers = connection.execute(
        select(
            _count(item, item.c.received_at >= midnight),
            _count(item, item.c.closed_at >= midnight),
            select(func.min(item.c.held_since)).where(item.c.held_code.is_not(None)).scalar_subquery(),
            _count(case, case.c.status.in_([status.value for status in OPEN])),
            _count(case, case.c.status == CaseStatus.WAITING.value),
            _count(case, and_(case.c.status == CaseStatus.WAITING.value, case.c.waits_until < now)),
            _letters(printed=False),
            _letters(printed=True),
            _count(outbox, IN_TROUBLE),
        )
    ).one()
    return FrontPage(
        received_today=numbers[0],
        closed_today=numbers[1],
        straight_through_today=straight_through(connection, midnight),
        straight_through_week=straight_through(connection, midnight - timedelta(days=6)),
        held=sum(by_code.values()),
        held_by_code=by_code,
        waiting=waiting,
        oldest_waiting=oldest,
        oldest_held=numbers[2],
        late=_promises(connection, None, now),
        due_today=_promises(connection, now, tomorrow),
        cases_open=numbers[3],
        cases_waiting=numbers[4],
        cases_overdue=numbers[5],
        letters_to_print=numbers[6],
        letters_to_post=numbers[7],
        dispatches_troubled=numbers[8],
        untaken=sum(untaken_now(connection).values()),
        alarms=alarms(connection),
    )


def _count(of: object, condition: object) -> ScalarSelect[int]:
    return select(func.count()).select_from(of).where(condition).scalar_subquery()  # type: ignore[arg-type]


def _held_by_code(connection: Connection) -> dict[str, int]:
    wanted = select(item.c.held_code, func.count()).where(item.c.held_code.is_not(None)).group_by(item.c.held_code)
    return dict(connection.execute(wanted).all())


def straight_through(connection: Connection, since: datetime) -> float | None:
    """Batches that were only cut into letters count by their letters."""
    judged = item.c.disposition.is_not(None)
    closed = item.c.closed_at >= since
    untouched, ended, held = connection.execute(
        select(
            _count(item, and_(closed, judged, item.c.ever_held.is_(False))),
            _count(item, and_(closed, judged)),
            _count(item, and_(item.c.held_code.is_not(None), item.c.held_since >= since, judged)),
        )
    ).one()
    return untouched / (ended + held) if ended + held else None


def _letters(*, printed: bool) -> ScalarSelect[int]:
    mine = (outbox.c.channel == DispatchChannel.LETTER.value) & outbox.c.posted_at.is_(None)
    kept = outbox.c.state.not_in((DispatchState.HELD.value, DispatchState.FAILED.value))
    stage = outbox.c.printed_at.is_not(None) if printed else outbox.c.printed_at.is_(None)
    return _count(outbox, mine & kept & stage)


def _promises(connection: Connection, start: datetime | None, end: datetime) -> int:
    """Answers owed until `end` (and not before `start`) that have not gone out."""
    cases = and_(case.c.acknowledged_at.is_(None), case.c.acknowledge_by < end, case.c.erased_at.is_(None))
    # Coalesced, or SQLite would start from the many items without a case instead of the few held ones.
    caseless = func.coalesce(item.c.case_code, "") == ""
    items = and_(item.c.held_code.is_not(None), caseless, item.c.answer_due < end)
    if start is not None:
        cases, items = and_(cases, case.c.acknowledge_by >= start), and_(items, item.c.answer_due >= start)
    total: int = connection.execute(select(_count(case, cases) + _count(item, items))).scalar_one()
    return total


def alarms(connection: Connection) -> tuple[AlarmRow, ...]:
    rows = connection.execute(select(alarm).order_by(alarm.c.since)).mappings()
    return tuple(AlarmRow(**row) for row in rows)


def sources(connection: Connection) -> tuple[SourceRow, ...]:
    """Every source that ever gave us something, or raised an alarm."""
    raised = alarms(connection)
    # Two questions, for each of them can be answered from an index alone.
    counted = select(receipt.c.source, func.count(), func.max(receipt.c.received_at)).group_by(receipt.c.source)
    unsettled = select(receipt.c.source, func.count()).where(receipt.c.settled_at.is_(None)).group_by(receipt.c.source)
    waiting: dict[str, int] = dict(connection.execute(unsettled).all())
    known = {source: (count, last, waiting.get(source, 0)) for source, count, last in connection.execute(counted)}
    names = sorted(set(known) | {a.source for a in raised})
    return tuple(
        SourceRow(
            source=name,
            received=known[name][0] if name in known else 0,
            last_received_at=known[name][1] if name in known else None,
            unsettled=known[name][2] if name in known else 0,
            alarms=tuple(a for a in raised if a.source == name),
        )
        for name in names
    )
