"""Registro di protocollo: every received and sent item gets a yearly number in an append-only, hash-chained table.

Number of at least seven digits, restarting each solar year in Rome (DPR 445/2000, art. 57); each row's hash covers the
row before it, so that a changed, missing or inserted row breaks the chain. Triggers refuse UPDATE and DELETE; a
registration is annulled by a further row that says so (art. 54).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, insert, select, text, update

from mailroom.calendar import ROME
from store.schema import counter, register

FIRST = "0" * 64
TOTAL = "register"
"""Counter of all rows ever registered; its row is the register's lock."""
COLUMNS = ("year", "number", "at", "direction", "item_id", "dispatch_key", "party", "subject", "digest", "note")

_RAISED = (
    update(counter)
    .where(counter.c.name == bindparam("counter"))
    .values(value=counter.c.value + bindparam("step"))
    .returning(counter.c.value)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be registered; number, year and hash come from the register."""

    direction: str
    """``in``, ``out`` or ``ann`` (annulment of the item's entry)."""
    item_id: str | None = None
    dispatch_key: str | None = None
    party: str | None = None
    subject: str | None = None
    digest: str | None = None
    note: str | None = None


def next_value(connection: Connection, name: str, step: int = 1) -> int:
    """Advances a gapless counter and returns its new value; the row stays locked until the transaction ends."""
    counted = {"counter": name, "step": step}
    value = connection.execute(_RAISED, counted).scalar_one_or_none()
    if value is None:
        # Two may count for the first time at once: the one who comes second waits here, then finds the row.
        connection.execute(text("INSERT INTO counter (name, value) VALUES (:n, 0) ON CONFLICT DO NOTHING"), {"n": name})
        value = connection.execute(_RAISED, counted).scalar_one()
    return int(value)


def lock(connection: Connection) -> None:
    """Whoever registers next waits until this transaction ends. Taking it early makes reception one at a time."""
    next_value(connection, TOTAL, 0)


def append(connection: Connection, entries: list[Entry], now: datetime) -> list[str]:
    """Registers entries in order; returns their numbers as ``2026/0000042``."""
    if not entries:
        return []
    next_value(connection, TOTAL, len(entries))
    newest, previous = _last(connection)
    # A clock that was set back must not write into a year that is closed.
    year = max(now.astimezone(ROME).year, newest)
    last = next_value(connection, f"register-{year}", len(entries))
    rows = []
    for number, entry in enumerate(entries, last - len(entries) + 1):
        row: dict[str, object] = {
            "year": year,
            "number": number,
            "at": now,
            "direction": entry.direction,
            "item_id": entry.item_id,
            "dispatch_key": entry.dispatch_key,
            "party": _clean(entry.party),
            "subject": _clean(entry.subject),
            "digest": entry.digest,
            "note": _clean(entry.note),
            "previous": previous,
        }
        previous = chain_hash(row)
        rows.append({**row, "hash": previous})
    connection.execute(insert(register), rows)
    return [f"{year}/{row['number']:07d}" for row in rows]


def _clean(words: str | None) -> str | None:
    """As the database will keep it: the hash has to fit what is read back."""
    return words.replace("\0", "").encode("utf-8", "replace").decode("utf-8") if words is not None else None


def chain_hash(row: dict[str, object]) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the row."""
    at = row["at"]
    assert isinstance(at, datetime)
    plain = {name: row[name] for name in COLUMNS} | {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    body = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{row['previous']}\n{body}".encode()).hexdigest()


def _last(connection: Connection) -> tuple[int, str]:
    newest = select(register.c.year, register.c.hash).order_by(register.c.year.desc(), register.c.number.desc())
    row = connection.execute(newest.limit(1)).one_or_none()
    return (row.year, row.hash) if row else (0, FIRST)
