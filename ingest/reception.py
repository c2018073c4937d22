"""Bytes, book, thanks: the only place where that order is written.

An arrival is ours when its bytes are durable (blob), its receipt is committed (book), and only then is the source
told to put it aside (thanks). A crash between any two of these leaves the thing at the source or a receipt that is
not yet settled; the next `take` finds either and goes on. Nothing is ever deleted, nothing is booked twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from mailroom.errors import Transient
from mailroom.item import Arrival, Receipt
from mailroom.ports import Blobs, ReceptionBook, Source

Receipts = Callable[[Sequence[Receipt]], None]

FIRST = 25
"""Arrivals of a run's first batch."""
STOPPED = "stopped"
"""Key of the source's memory: the reason why the source waits for a person."""
CONFIRMED = "confirmed"
"""Key of the source's memory: a person has looked at a stopped source and says: go on."""

STRANGE_CONTENT = "source_content"
"""Alarm: a mailbox is suddenly empty, wholly new, or renumbered without anything we know in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a source saw of itself before offering anything."""

    stop: str | None = None
    """Why nothing may be taken before a person has confirmed (Italian), or None."""
    renumbered: tuple[str, ...] = ()
    """Prefixes of refs under which the things may be old acquaintances: match them by digest first."""
    anchored: bool = False
    """The renumbered things ought to be known to us; if hardly any is, stop instead of taking all as new."""
    memory: Mapping[str, str] = field(default_factory=dict)
    """What to remember once everything offered has been booked."""


@runtime_checkable
class Surveyed(Protocol):
    """A source whose refs can be renumbered and whose content can be exchanged at one blow (a mailbox)."""

    def survey(self, known: Set[str], memory: Mapping[str, str]) -> Survey:
        """Looks at the source without changing it. `memory` is what was remembered after the last run."""
        ...


@runtime_checkable
class Complaining(Protocol):
    """A source that meets things it can't take (too large, a symlink, a vanished folder)."""

    def complaints(self) -> Mapping[str, str | None]:
        """Alarms by code as of the last offering; None clears the alarm."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The outcome of one run over one source."""

    source: str
    receipts: tuple[Receipt, ...] = ()
    """Receipts of new items, in the order of taking."""
    aliases: tuple[Receipt, ...] = ()
    """Second receipts of items we had already (UIDVALIDITY change)."""
    settled: int = 0
    stopped: str | None = None
    """Why the source was not read: a person has to look first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    receipts: list[Receipt]
    aliases: list[Receipt]

    def refs(self) -> list[str]:
        return [receipt.ref for receipt in (*self.receipts, *self.aliases)]


class _StrangersOnly(Exception):
    """A renumbered source holds hardly anything we know."""


def take(
    source: Source,
    *,
    blobs: Blobs,
    book: ReceptionBook,
    batch: int = 100,
    batch_bytes: int = 32 * 2**20,
    known: Set[str] | None = None,
    on_booked: Receipts | None = None,
    known_share: float = 0.5,
    stop: threading.Event | None = None,
) -> Taken:
    """Takes everything that lies at the source into custody.

    `known` are the refs that have a receipt (asked of the book if None; a stale set costs a second fetch, never a
    second item). `on_booked` is called with the new receipts of each batch once they are committed. `stop` ends the
    run after the batch in hand. What the source raises (Transient, Refused) passes through, and storage that can't
    be written is Transient; what was booked before stays booked, and is settled on the next run.
    """
    known = book.known_refs(source.name) if known is None else known
    memory = dict(book.source_state(source.name))
    survey = source.survey(known, memory) if isinstance(source, Surveyed) else Survey()
    if survey.stop is not None:
        return _stop(source.name, survey.stop, memory, book, settled=0)
    settled = _settle(source, [receipt.ref for receipt in book.unsettled(source.name)], book)
    receipts: list[Receipt] = []
    aliases: list[Receipt] = []
    acquainted = sum(ref.startswith(survey.renumbered) for ref in known) if survey.renumbered else 0
    # Until the first batch is booked nobody has work. But who must tell a stranger from an acquaintance looks at many.
    first = batch if survey.renumbered else min(batch, FIRST)
    try:
        for arrivals in _batches(source.offers(set(known)), batch, batch_bytes, first=first):
            booked = _book(arrivals, survey, acquainted, known_share, blobs=blobs, book=book)
            acquainted += len(booked.aliases)
            if on_booked is not None and booked.receipts:
                on_booked(booked.receipts)
            settled += _settle(source, booked.refs(), book)
            receipts += booked.receipts
            aliases += booked.aliases
            if stop is not None and stop.is_set():
                return Taken(source=source.name, receipts=tuple(receipts), aliases=tuple(aliases), settled=settled)
    except _StrangersOnly as strangers:
        return _stop(source.name, str(strangers), memory, book, settled=settled)
    _go_on(source, survey, memory, book)
    return Taken(source=source.name, receipts=tuple(receipts), aliases=tuple(aliases), settled=settled)


def confirm(source: str, *, book: ReceptionBook) -> None:
    """A person has looked at a stopped source: what lies there now is taken as it is."""
    book.remember(source, {**book.source_state(source), CONFIRMED: "1"})


def _book(
    arrivals: Sequence[Arrival],
    survey: Survey,
    acquainted: int,
    known_share: float,
    *,
    blobs: Blobs,
    book: ReceptionBook,
) -> _Batch:
    try:
        digests = blobs.put_many([arrival.raw for arrival in arrivals])
    except OSError as error:
        # A full disk is a trouble of the place, not a defect: nothing is booked, everything is still at the source.
        raise Transient(f"custodia dei documenti: {error.strerror or error}", code="storage") from error
    fresh: list[tuple[Arrival, str]] = []
    seen: list[tuple[Arrival, str, Receipt]] = []
    renumbered = 0
    for arrival, digest in zip(arrivals, digests, strict=True):
        doubtful = bool(survey.renumbered) and arrival.ref.startswith(survey.renumbered)
        renumbered += doubtful
        earlier = book.receipt_of_digest(arrival.source, digest) if doubtful else None
        if earlier is None:
            fresh.append((arrival, digest))
        else:
            seen.append((arrival, digest, earlier))
    share = (acquainted + len(seen)) / max(1, acquainted + renumbered)
    if survey.anchored and renumbered and share < known_share:
        raise _StrangersOnly(
            f"la casella è stata rinumerata e solo {acquainted + len(seen)} messaggi su "
            f"{acquainted + renumbered} sono già noti: potrebbe essere un'altra casella"
        )
    aliases = [book.alias(arrival, digest, earlier) for arrival, digest, earlier in seen]
    return _Batch(receipts=list(book.receive(fresh)) if fresh else [], aliases=aliases)


def _settle(source: Source, refs: Sequence[str], book: ReceptionBook) -> int:
    if not refs:
        return 0
    aside = source.settle(refs)
    if aside:
        book.settled(source.name, aside)
    return len(aside)


def _stop(name: str, reason: str, memory: Mapping[str, str], book: ReceptionBook, *, settled: int) -> Taken:
    if memory.get(STOPPED) != reason:
        book.remember(name, {**memory, STOPPED: reason})
    book.alarm(name, STRANGE_CONTENT, reason)
    return Taken(source=name, settled=settled, stopped=reason)


def _go_on(source: Source, survey: Survey, memory: Mapping[str, str], book: ReceptionBook) -> None:
    """Remember the new state only now: a run that broke off is surveyed again against the old one."""
    if memory.get(STOPPED):
        book.alarm(source.name, STRANGE_CONTENT, None)
    # Emptied, not removed: the book may merge what it is told to remember.
    cleared = {key: "" for key in (STOPPED, CONFIRMED) if key in memory}
    after = {**memory, **cleared, **survey.memory}
    if after != memory:
        book.remember(source.name, after)
    if isinstance(source, Complaining):
        for code, message in source.complaints().items():
            book.alarm(source.name, code, message)


def _batches(arrivals: Iterable[Arrival], count: int, size: int, *, first: int) -> Iterator[list[Arrival]]:
    """Lists of at most `count` arrivals, closed early once `size` bytes are in hand. The first has at most `first`, and
    each next twice as many: whoever works on them is not to wait for more."""
    held: list[Arrival] = []
    weight, most = 0, first
    for arrival in arrivals:
        held.append(arrival)
        weight += len(arrival.raw)
        if len(held) >= most or weight >= size:
            yield held
            held, weight, most = [], 0, min(count, 2 * most)
    if held:
        yield held
