"""The doors between the core and the world. Adapters live in the rooms; `worker.py` fits them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from mailroom.dispatch import Dispatch
from mailroom.document import Document
from mailroom.envelope import Envelope
from mailroom.finding import Examination
from mailroom.item import Arrival, Receipt
from mailroom.submission import Submission


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class Blobs(Protocol):
    """Bytes by SHA-256 digest (lower-case hexadecimal). `put` returns only when they are durable."""

    def put(self, data: bytes) -> str: ...

    def put_many(self, datas: Sequence[bytes]) -> list[str]:
        """As `put`, with the waits for the disk shared."""
        ...

    def get(self, digest: str) -> bytes:
        """Raises KeyError if there is no such blob, ValueError if the stored bytes don't match their digest."""
        ...

    def has(self, digest: str) -> bool: ...

    def digests(self) -> Iterator[str]: ...


class ReceptionBook(Protocol):
    """The part of the ledger that reception writes in: one call, one transaction."""

    def receive(self, arrivals: Sequence[tuple[Arrival, str]]) -> list[Receipt]:
        """Book arrivals (with the digest of their durable blob). An arrival whose (source, ref) is booked
        already gives its old receipt back: never a second item."""
        ...

    def known_refs(self, source: str) -> set[str]:
        """Every ref of that source that has a receipt."""
        ...

    def receipt_of_digest(self, source: str, digest: str) -> Receipt | None:
        """The first receipt at that source for these bytes (for UIDVALIDITY changes)."""
        ...

    def alias(self, arrival: Arrival, digest: str, of: Receipt) -> Receipt:
        """Book a second receipt for an item we have already."""
        ...

    def unsettled(self, source: str) -> list[Receipt]:
        """Receipts whose thing at the source has not yet been settled (moved, flagged)."""
        ...

    def settled(self, source: str, refs: Iterable[str]) -> None: ...

    def source_state(self, source: str) -> Mapping[str, str]:
        """What the source remembers between runs (UIDVALIDITY, last count …)."""
        ...

    def remember(self, source: str, state: Mapping[str, str]) -> None: ...

    def alarm(self, source: str, code: str, message: str | None) -> None:
        """Raise (or with None clear) an alarm shown on the console's front page and by `doctor`."""
        ...


class Source(Protocol):
    """Where items come from. `offers` never changes the source; `settle` moves or flags, never deletes."""

    name: str

    def offers(self, known: set[str]) -> Iterator[Arrival]:
        """Everything that lies there and is not in `known`."""
        ...

    def settle(self, refs: Sequence[str]) -> list[str]:
        """Put taken things aside; returns the refs that are now aside (or gone)."""
        ...


class Sender(Protocol):
    """Raises Transient (nothing went out), Refused, or InDoubt; returns the outcome in a short line."""

    def send(self, dispatch: Dispatch, payload: bytes) -> str: ...


class Classifier(Protocol):
    def __call__(self, envelope: Envelope, submission: Submission, documents: Sequence[Document]) -> Examination: ...
