"""Arrivals, receipts and items: what lies at a source, the proof that we took it, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailroom.envelope import Channel, Transport


class Rung(StrEnum):
    """The ladder. An item stands on the last rung whose sheet is written."""

    RECEIVED = "received"
    OPENED = "opened"
    READ = "read"
    EXAMINED = "examined"
    DECIDED = "decided"
    CLOSED = "closed"


LADDER: tuple[Rung, ...] = tuple(Rung)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the source knows beside the bytes (fax session data, scanner sidecar, mailbox kind)."""

    channel: Channel
    filename: str | None = None
    received_at: datetime | None = None
    transport: Transport = Transport()
    pages: tuple[int, int] | None = None
    """First page (0-based) and count, when the item is one letter of a batch file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One thing lying at a source, not yet ours. `ref` never comes back there for other bytes."""

    source: str
    ref: str
    raw: bytes
    hints: Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    source: str
    ref: str
    digest: str
    size: int
    received_at: datetime
    item_id: str
    alias: bool = False
    """The same bytes seen again after a UIDVALIDITY change: no new item was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: str
    digest: str
    hints: Hints
    rung: Rung
    revision: int
    attempts: int
    received_at: datetime
    held: str | None = None
    """The reason in plain Italian why it waits for a person, or None."""
    held_code: str | None = None
    """A code explained in docs/errors.md."""
    due_at: datetime | None = None
    case_code: str | None = None
    parent: str | None = None
    """Item of the batch this letter was cut from."""
