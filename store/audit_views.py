"""What auditors and trainers ask for: who looked at what, what was erased, what people corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mailroom.finding import Finding
from store.codec import decode
from store.schema import access_log, correction, erasure


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    at: datetime
    by: str
    what: str
    item_id: str | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    at: datetime
    by: str
    reason: str
    item_id: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A labelled example: what a person said of an item."""

    item_id: str
    at: datetime
    by: str
    finding: Finding


def looks(connection: Connection, *, since: datetime, item_id: str | None) -> tuple[Look, ...]:
    wanted = select(access_log).where(access_log.c.at >= since).order_by(access_log.c.id)
    if item_id is not None:
        wanted = wanted.where(access_log.c.item_id == item_id)
    names = Look.__dataclass_fields__
    return tuple(Look(**{name: row[name] for name in names}) for row in connection.execute(wanted).mappings())


def erasures(connection: Connection, *, since: datetime) -> tuple[ErasureRow, ...]:
    wanted = select(erasure).where(erasure.c.at >= since).order_by(erasure.c.id)
    names = ErasureRow.__dataclass_fields__
    return tuple(ErasureRow(**{name: row[name] for name in names}) for row in connection.execute(wanted).mappings())


def corrections(connection: Connection, *, since: datetime) -> Iterator[Correction]:
    wanted = select(correction).where(correction.c.at >= since).order_by(correction.c.id)
    for row in connection.execute(wanted).mappings():
        yield Correction(item_id=row["item_id"], at=row["at"], by=row["by"], finding=decode(row["finding"], Finding))
