"""The books per source and day: arrived = received = closed + held + waiting, or an alarm."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, case, func, select

from mailroom.item import Rung
from store.schema import inventory, item, receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    source: str
    day: date
    """UTC; of the receipt. What the source counts by its own day stands in `at_source` and `untaken`."""
    received: int
    """Receipts of that day, letters cut out of batches and second receipts of the same bytes apart."""
    letters: int
    """Items these receipts became; more than `received` where batches were cut."""
    closed: int
    held: int
    waiting: int
    at_source: int | None
    """What came to the source on that day and still lies there or aside, as of the last look; None if never looked."""
    untaken: int | None
    """Of these, how many have had no receipt since."""

    @property
    def arrived(self) -> int:
        """What came, as far as anybody knows: received, or seen at the source and not yet received."""
        return self.received + (self.untaken or 0)

    @property
    def difference(self) -> int:
        """What is not accounted for: 0 unless something is wrong or still untaken."""
        return (self.letters - self.closed - self.held - self.waiting) + (self.untaken or 0)


@dataclass(slots=True)
class _Sums:
    received: int = 0
    letters: int = 0
    closed: int = 0
    held: int = 0
    waiting: int = 0
    looked: tuple[int, int] | None = field(default=None)


def reconciliation(connection: Connection, *, since: datetime) -> tuple[BalanceRow, ...]:
    """Newest day first."""
    sums: defaultdict[tuple[str, str], _Sums] = defaultdict(_Sums)
    for row in connection.execute(_counted(connection, since)).mappings():
        into = sums[row["source"], str(row["day"])]
        into.letters += row["letters"]
        into.received += row["received"]
        state = "held" if row["held"] else "closed" if row["closed"] else "waiting"
        setattr(into, state, getattr(into, state) + row["letters"])
    untaken = untaken_now(connection)
    first = (since.astimezone(UTC).date() - timedelta(days=1)).isoformat()
    looks = select(inventory).where(inventory.c.day >= first)
    for row in connection.execute(looks).mappings():
        try:
            date.fromisoformat(row["day"])
        except ValueError:
            continue
        sums[row["source"], row["day"]].looked = (row["arrived"], untaken.get((row["source"], row["day"]), 0))
    rows = [_row(source, day, s) for (source, day), s in sums.items()]
    return tuple(sorted(rows, key=lambda r: (-r.day.toordinal(), r.source)))


def untaken_now(connection: Connection) -> dict[tuple[str, str], int]:
    """What the last look at each source found without a receipt, by source and day, less what was taken since: the
    oldest is taken first."""
    looks = select(inventory).where(inventory.c.untaken > 0).order_by(inventory.c.source, inventory.c.day)
    left: dict[tuple[str, str], int] = {}
    taken: dict[str, int] = {}
    for row in connection.execute(looks).mappings():
        source = row["source"]
        if source not in taken:
            taken[source] = _taken_since(connection, row)
        used = min(taken[source], row["untaken"])
        taken[source] -= used
        left[source, row["day"]] = row["untaken"] - used
    return left


def _taken_since(connection: Connection, look: RowMapping) -> int:
    """Receipts of the source that the look did not know of.

    By their number, not by their time: a receipt bears the moment at which its transaction began, and one that was
    still under way while the look asked for the receipts would count neither as known nor as taken since.
    """
    receipts = select(func.count()).select_from(receipt).where(receipt.c.source == look["source"])
    known: int = look["known"] or 0
    if look["known"] is None:  # a look of an earlier edition
        receipts = receipts.where(receipt.c.received_at > look["at"])
    return max(connection.execute(receipts).scalar_one() - known, 0)


def _counted(connection: Connection, since: datetime) -> Select[Any]:
    day = func.date(func.timezone("UTC", receipt.c.received_at))
    if connection.dialect.name == "sqlite":
        day = func.substr(receipt.c.received_at, 1, 10)
    held = item.c.held_code.is_not(None)
    closed = (item.c.rung == Rung.CLOSED.value) & item.c.held_code.is_(None)
    child = item.c.parent.is_not(None)
    return (
        select(
            receipt.c.source,
            day.label("day"),
            held.label("held"),
            closed.label("closed"),
            func.count().label("letters"),
            func.sum(case((child, 0), else_=1)).label("received"),
        )
        .join(item, item.c.id == receipt.c.item_id)
        .where(receipt.c.received_at >= since, receipt.c.alias.is_(False))
        .group_by(receipt.c.source, day, held, closed)
    )


def _row(source: str, day: str, sums: _Sums) -> BalanceRow:
    return BalanceRow(
        source=source,
        day=date.fromisoformat(day),
        received=sums.received,
        letters=sums.letters,
        closed=sums.closed,
        held=sums.held,
        waiting=sums.waiting,
        at_source=sums.looked[0] if sums.looked else None,
        untaken=sums.looked[1] if sums.looked else None,
    )
