"""The balance between what lies at a source and what we have receipts for, apart from the reception's own books.

A poller that says "all well" proves nothing: this job lists the source anew, by a connection of its own, and compares.
Three differences are alarms: things that lie there untaken for too long, things that vanished before anybody took
them, and mail in the folder of settled mail that we never took (somebody moved it there by hand).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ingest.custody_folder import taken_under_new_name
from ingest.inventory import Inventory, Lying
from mailroom.ports import ReceptionBook

UNTAKEN = "reconciliation_untaken"
VANISHED = "reconciliation_vanished"
STRAYS = "reconciliation_strays"

SEEN_BY_PEOPLE = (VANISHED, STRAYS)
"""Alarms that no later look takes back: somebody says that it is settled."""

MOST_REMEMBERED = 5000
"""Untaken refs kept from one look to the next."""


class Record(Protocol):
    """Keeps the counts of one look: source, {day: (arrived, without receipt)}."""

    def __call__(self, source: str, days: Mapping[str, tuple[int, int]], /, *, known: int) -> object:
        """`known`: how many receipts of the source there were when the look was compared with them."""
        ...


class Countable(Protocol):
    """A source that can list all it holds."""

    name: str

    def inventory(self, memory: Mapping[str, str]) -> Inventory: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one look found, by ref."""

    days: Mapping[str, tuple[int, int]]
    """Day (UTC, ISO) to things at the source that came on it, and how many of these have no receipt."""
    untaken: tuple[str, ...]
    """Without a receipt for longer than the grace."""
    waiting: tuple[str, ...]
    """Without a receipt, late or not: what the next look asks about."""
    vanished: tuple[str, ...]
    """Lay there at the last look, are gone, and never got a receipt."""
    strays: int
    """Messages among the settled ones that were not settled by us and were not there at the first look."""
    strays_ever: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastLook:
    at: datetime
    waiting: frozenset[str]
    strays: int | None
    """How many there were at the very first look, or when a person last said that it is well."""


def reconcile(
    source: Countable,
    *,
    book: ReceptionBook,
    now: datetime,
    grace: timedelta = timedelta(minutes=15),
    record: Record | None = None,
) -> Difference:
    """Looks, compares, raises or clears the alarms, and passes the counts to `record`.

    Raises Transient or Refused if the source can't be read: then nothing is said about it.
    """
    # A name of its own: the reception writes the source's memory at the same time.
    notes_of = f"{source.name}#reconciliation"
    before = _read(book.source_state(notes_of))
    inventory = source.inventory(book.source_state(source.name))
    # Asked after the look: what was taken meanwhile is known, what came meanwhile is not in the list.
    known = book.known_refs(source.name)
    found = compare(inventory, known, before=before, now=now, grace=grace)
    for code, message in alarms_of(found).items():
        book.alarm(source.name, code, message)
    book.remember(notes_of, _written(found, now, before))
    if record is not None:
        record(source.name, found.days, known=len(known))
    return found


def acknowledge(source: str, code: str, *, book: ReceptionBook) -> None:
    """A person has seen to one of `SEEN_BY_PEOPLE`: what is gone is gone, and what strayed may lie there."""
    notes_of = f"{source}#reconciliation"
    if code == STRAYS:
        said = book.source_state(notes_of)
        book.remember(notes_of, {**said, "last": _forgiven(said.get("last", "{}"))})
    book.alarm(source, code, None)


def _forgiven(last: str) -> str:
    notes = json.loads(last)
    return json.dumps({**notes, "strays": notes.get("strays_now", notes.get("strays"))})


def compare(
    inventory: Inventory, known: Set[str], *, before: LastLook | None, now: datetime, grace: timedelta
) -> Difference:
    """The differences between a look at the source, the refs that have a receipt, and the look before."""
    present = {lying.ref for lying in inventory.lying}
    waiting = [lying for lying in inventory.lying if lying.ref not in known]
    arrived = Counter(_day(lying.arrived) for lying in inventory.lying)
    missing = Counter(_day(lying.arrived) for lying in waiting)
    gone = before.waiting - present - known if before is not None else set()
    return Difference(
        days={day: (arrived[day], missing[day]) for day in sorted(arrived)},
        untaken=tuple(lying.ref for lying in waiting if _is_late(lying, before, now - grace)),
        waiting=tuple(lying.ref for lying in waiting),
        vanished=tuple(
            sorted(ref for ref in gone if before is not None and not taken_under_new_name(ref, known, before.at))
        ),
        strays=_strays(inventory, before),
        strays_ever=inventory.strays,
    )


def alarms_of(found: Difference) -> dict[str, str | None]:
    """The alarms to raise, and with None those to clear. What vanished stays on the page until a person has seen it:
    it is never cleared from here.
    """
    alarms = {
        UNTAKEN: f"{len(found.untaken)} arrivi fermi alla fonte senza ricevuta" if found.untaken else None,
        STRAYS: f"{found.strays} messaggi nella cartella dei lavorati mai presi in carico" if found.strays else None,
    }
    if found.vanished:
        alarms[VANISHED] = f"{len(found.vanished)} arrivi spariti dalla fonte prima di essere presi in carico"
    return alarms


def _is_late(lying: Lying, before: LastLook | None, limit: datetime) -> bool:
    if lying.arrived is not None:
        return lying.arrived < limit
    return before is not None and before.at < limit and lying.ref in before.waiting


def _strays(inventory: Inventory, before: LastLook | None) -> int:
    """Those that came since the first look: what lay there before the gateway was never ours to take."""
    if inventory.strays is None or before is None or before.strays is None:
        return 0
    return max(0, inventory.strays - before.strays)


def _day(moment: datetime | None) -> str:
    return moment.astimezone(UTC).date().isoformat() if moment is not None else "unknown"


def _read(notes: Mapping[str, str]) -> LastLook | None:
    try:
        said = json.loads(notes["last"])
        return LastLook(
            at=datetime.fromisoformat(said["at"]), waiting=frozenset(said["waiting"]), strays=said["strays"]
        )
    except (KeyError, ValueError, TypeError):
        return None


def _written(found: Difference, now: datetime, before: LastLook | None) -> dict[str, str]:
    strays = found.strays_ever if before is None or before.strays is None else before.strays
    waiting = found.waiting[:MOST_REMEMBERED]
    notes = {"at": now.isoformat(), "waiting": waiting, "strays": strays, "strays_now": found.strays_ever}
    return {"last": json.dumps(notes)}
