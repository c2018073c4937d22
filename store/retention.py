"""The dated retention rule: the only way in which a machine deletes anything.

What goes: bytes, sheets, words, names. What stays: the skeleton of the receipt, the item's outcome, the register entry
with its digest, and a line in the erasure report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from sqlalchemy import Connection, Engine, and_, delete, exists, insert, or_, select, update

from mailroom.bounds import Between
from mailroom.case import CaseStatus
from mailroom.envelope import Channel
from mailroom.item import Hints, Rung
from mailroom.ports import Clock
from store.blobs import FileBlobs
from store.codec import encode
from store.engine import reading, writing
from store.events import note_events
from store.schema import (
    band,
    blob_use,
    case,
    case_item,
    correction,
    document,
    erasure,
    event_log,
    fingerprint,
    item,
    known,
    outbox,
    progress,
    sheet,
)
from store.search import forget

BATCH = 200


Kept = Annotated[int, Between(1, 36_525)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """Days after closing, by detail of the disposition first, then by disposition; nothing named is kept for ever."""

    by_detail: Mapping[str, Kept] = field(
        default_factory=lambda: {"spam": 30, "newsletter": 30, "misdirected": 90, "blank": 90}, hash=False
    )
    by_disposition: Mapping[str, Kept] = field(
        default_factory=lambda: {"service_message": 180, "not_for_us": 90, "portal_only": 365, "unreadable": 180},
        hash=False,
    )
    settled_case: Kept = 3650
    """Days after a case was closed or handed over, for all its items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    item_id: str
    closed_at: datetime
    disposition: str | None
    detail: str | None
    case_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The report of one run."""

    items: tuple[str, ...]
    blobs: int
    """Files removed; those that another item still needs stay."""


class Retention:
    def __init__(
        self, engine: Engine, blobs: FileBlobs, clock: Clock, *, forget: Sequence[Callable[[str], object]] = ()
    ) -> None:
        """`forget`: whatever else keeps something that was made of a file, asked to let go of it by its digest."""
        self._forget = forget
        self._engine = engine
        self._blobs = blobs
        self._clock = clock

    def candidates(self, policy: RetentionPolicy, *, limit: int = 1000) -> tuple[Candidate, ...]:
        """Closed items whose time is over, oldest first. Held and waiting ones never are, nor those of open cases."""
        with reading(self._engine) as connection:
            return _candidates(connection, policy, self._clock.now(), limit)

    def erase(self, item_ids: Sequence[str], *, by: str, reason: str) -> Erased:
        """Erases closed items, whatever their age: the caller has asked `candidates`, or the law (art. 17 GDPR).
        Items that are not closed, or erased already, are left alone."""
        gone: list[str] = []
        removed = 0
        for start in range(0, len(item_ids), BATCH):
            with writing(self._engine) as connection:
                done, digests = _erase(connection, item_ids[start : start + BATCH], by, reason, self._clock.now())
            gone += done
            # After the commit: a crash in between leaves files that `sweep` finds by the report.
            removed += sum(self._remove(digest) for digest in digests)
        return Erased(items=tuple(gone), blobs=removed)

    def sweep(self) -> int:
        """Removes files of erased items that a crash left behind; returns how many."""
        with reading(self._engine) as connection:
            noted = list(connection.execute(select(erasure.c.digest).distinct()).scalars())
            free = [digest for digest in noted if not _needed(connection, digest)]
        return sum(self._remove(digest) for digest in free)

    def _remove(self, digest: str) -> bool:
        for let_go in self._forget:
            let_go(digest)
        return self._blobs.remove(digest)


def _candidates(connection: Connection, policy: RetentionPolicy, now: datetime, limit: int) -> tuple[Candidate, ...]:
    ages = [
        and_(item.c.detail == detail, item.c.closed_at < now - timedelta(days=days))
        for detail, days in policy.by_detail.items()
    ]
    ages += [
        and_(
            item.c.disposition == disposition,
            or_(item.c.detail.is_(None), item.c.detail.not_in(list(policy.by_detail))),
            item.c.closed_at < now - timedelta(days=days),
        )
        for disposition, days in policy.by_disposition.items()
    ]
    settled_before = now - timedelta(days=policy.settled_case)
    linked = exists().where(case_item.c.item_id == item.c.id)
    young = (
        select(case_item.c.item_id)
        .join(case, case.c.code == case_item.c.code)
        .where(
            case_item.c.item_id == item.c.id,
            or_(
                case.c.status.not_in((CaseStatus.CLOSED.value, CaseStatus.HANDED_OVER.value)),
                and_(case.c.closed_at.is_(None), case.c.handed_over_at.is_(None)),
                case.c.closed_at >= settled_before,
                and_(case.c.closed_at.is_(None), case.c.handed_over_at >= settled_before),
            ),
        )
        .exists()
    )
    children = item.alias()
    cut = exists().where(children.c.parent == item.c.id)
    living = exists().where(children.c.parent == item.c.id, children.c.erased_at.is_(None))
    over = or_(and_(~linked, ~cut, or_(*ages)), and_(linked, ~young), and_(cut, ~living))
    wanted = (
        select(item.c.id, item.c.closed_at, item.c.disposition, item.c.detail, item.c.case_code)
        .where(item.c.rung == Rung.CLOSED.value, item.c.held_code.is_(None), item.c.erased_at.is_(None), over)
        .order_by(item.c.closed_at)
        .limit(limit)
    )
    return tuple(
        Candidate(
            item_id=row.id,
            closed_at=row.closed_at,
            disposition=row.disposition,
            detail=row.detail,
            case_code=row.case_code,
        )
        for row in connection.execute(wanted)
    )


def _erase(
    connection: Connection, item_ids: Sequence[str], by: str, reason: str, now: datetime
) -> tuple[list[str], list[str]]:
    closed = (item.c.rung == Rung.CLOSED.value) & item.c.erased_at.is_(None) & item.c.held_code.is_(None)
    rows = list(
        connection.execute(
            select(item.c.id, item.c.digest, item.c.channel)
            .where(item.c.id.in_(list(item_ids)), closed)
            .with_for_update()
        )
    )
    ids = [row.id for row in rows]
    if not ids:
        return [], []
    used = select(blob_use.c.item_id, blob_use.c.digest).where(blob_use.c.item_id.in_(ids))
    noted = {(row.item_id, row.digest) for row in connection.execute(used)} | {(row.id, row.digest) for row in rows}
    _erase_items(connection, ids, now)
    for row in rows:
        bare = encode(Hints(channel=Channel(row.channel)))
        connection.execute(update(item).where(item.c.id == row.id).values(hints=bare))
    _erase_cases(connection, ids, now)
    connection.execute(
        insert(erasure),
        [{"at": now, "by": by, "reason": reason, "item_id": i, "digest": d} for i, d in sorted(noted)],
    )
    note_events(connection, [(item_id, None, "erased", by, reason) for item_id in ids], now)
    return ids, [digest for digest in {digest for _, digest in noted} if not _needed(connection, digest)]


def _erase_items(connection: Connection, ids: list[str], now: datetime) -> None:
    for table in (sheet, correction, fingerprint, band, document, blob_use, progress):
        connection.execute(delete(table).where(table.c.item_id.in_(ids)))
    forget(connection, ids)
    nothing = {"sender": None, "subject": None, "summary": None, "held": None, "erased_at": now}
    connection.execute(update(item).where(item.c.id.in_(ids)).values(**nothing))
    connection.execute(update(event_log).where(event_log.c.item_id.in_(ids)).values(note=None))
    _empty_dispatches(connection, outbox.c.item_id.in_(ids))


def _empty_dispatches(connection: Connection, mine: object) -> None:
    values = {"payload": b"", "recipient": None, "outcome": None}
    connection.execute(update(outbox).where(mine).values(**values))  # type: ignore[arg-type]


def _erase_cases(connection: Connection, ids: list[str], now: datetime) -> None:
    """Cases none of whose items is left lose their names too."""
    living = (
        select(case_item.c.code)
        .join(item, item.c.id == case_item.c.item_id)
        .where(item.c.erased_at.is_(None), case_item.c.code == case.c.code)
        .exists()
    )
    mine = select(case_item.c.code).where(case_item.c.item_id.in_(ids))
    codes = list(connection.execute(select(case.c.code).where(case.c.code.in_(mine), ~living)).scalars())
    if codes:
        connection.execute(delete(known).where(known.c.code.in_(codes)))
        nothing = {"applicant": "{}", "supply": "{}", "portal_status": None, "erased_at": now}
        connection.execute(update(case).where(case.c.code.in_(codes)).values(**nothing))
        connection.execute(update(event_log).where(event_log.c.case_code.in_(codes)).values(note=None))
        _empty_dispatches(connection, outbox.c.case_code.in_(codes))


def _needed(connection: Connection, digest: str) -> bool:
    whole = select(item.c.id).where(item.c.digest == digest, item.c.erased_at.is_(None)).limit(1)
    part = select(blob_use.c.item_id).where(blob_use.c.digest == digest).limit(1)
    return any(connection.execute(wanted).first() is not None for wanted in (whole, part))
