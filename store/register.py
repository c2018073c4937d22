"""Registro di protocollo: every received and sent item gets a yearly number in an append-only, hash-chained table.

Number of at least seven digits, restarting each solar year in Rome (DPR 445/2000, art. 57); each row's hash covers the
row before it, so that a changed, missing or inserted row breaks the chain. Triggers refuse UPDATE and DELETE; a
registration is annulled by a further row that says so (art. 54).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from store.schema import counter, register

ROME = ZoneInfo("Europe/Rome")
FIRST = "0" * 64
COLUMNS = ("year", "number", "at", "direction", "item_id", "dispatch_key", "party", "subject", "digest", "note")


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
    changed = connection.execute(
        update(counter).where(counter.c.name == name).values(value=counter.c.value + step).returning(counter.c.value)
    ).scalar_one_or_none()
    if changed is not None:
        return int(changed)
    connection.execute(insert(counter).values(name=name, value=step))
    return step


def append(connection: Connection, entries: list[Entry], now: datetime) -> list[str]:
    """Registers entries in order; returns their numbers as ``2026/0000042``."""
    if not entries:
        return []
    year = now.astimezone(ROME).year
    last = next_value(connection, f"register-{year}", len(entries))
    previous = _last_hash(connection)
    rows = []
    for number, entry in enumerate(entries, last - len(entries) + 1):
        row = {
            "year": year,
            "number": number,
            "at": now,
            "direction": entry.direction,
            "item_id": entry.item_id,
            "dispatch_key": entry.dispatch_key,
            "party": entry.party,
            "subject": entry.subject,
            "digest": entry.digest,
            "note": entry.note,
            "previous": previous,
        }
        previous = chain_hash(row)
        rows.append({**row, "hash": previous})
    connection.execute(insert(register), rows)
    return [f"{year}/{row['number']:07d}" for row in rows]


def chain_hash(row: dict[str, object]) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the row."""
    at = row["at"]
    assert isinstance(at, datetime)
    plain = {name: row[name] for name in COLUMNS} | {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    body = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{row['previous']}\n{body}".encode()).hexdigest()


def _last_hash(connection: Connection) -> str:
    newest = select(register.c.hash).order_by(register.c.year.desc(), register.c.number.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or FIRST


def broken_links(connection: Connection) -> Iterator[str]:
    """One sentence (Italian) for each place where the chain does not hold; nothing when it is whole."""
    previous, year, number = FIRST, 0, 0
    rows = connection.execute(select(register).order_by(register.c.year, register.c.number))
    for row in rows.mappings():
        name = f"{row['year']}/{row['number']:07d}"
        wanted = number + 1 if row["year"] == year else 1
        if row["number"] != wanted:
            yield f"registro: prima di {name} manca un numero"
        if row["previous"] != previous:
            yield f"registro: {name} non segue la registrazione precedente"
        if chain_hash(dict(row)) != row["hash"]:
            yield f"registro: {name} è stata modificata"
        previous, year, number = row["hash"], row["year"], row["number"]


def daily_register(connection: Connection, day: date) -> tuple[bytes, str]:
    """The day's register as XML, and its SHA-256 (DPR 445/2000, art. 53 c. 2)."""
    start = datetime(day.year, day.month, day.day, tzinfo=ROME)
    root = ElementTree.Element("RegistroGiornaliero", Data=day.isoformat())
    rows = connection.execute(
        select(register)
        .where(register.c.at >= start, register.c.at < start + timedelta(days=1))
        .order_by(register.c.year, register.c.number)
    )
    for row in rows.mappings():
        entry = ElementTree.SubElement(
            root,
            "Registrazione",
            Numero=f"{row['number']:07d}",
            Anno=str(row["year"]),
            Verso={"in": "entrata", "out": "uscita"}.get(row["direction"], "annullamento"),
            Ora=row["at"].astimezone(ROME).isoformat(timespec="seconds"),
        )
        for name, value in (
            ("Corrispondente", row["party"]),
            ("Oggetto", row["subject"]),
            ("Annotazione", row["note"]),
        ):
            if value:
                ElementTree.SubElement(entry, name).text = "".join(c for c in value if c.isprintable())
        if row["digest"]:
            ElementTree.SubElement(entry, "Impronta", algoritmo="SHA-256").text = row["digest"]
        ElementTree.SubElement(entry, "Catena").text = row["hash"]
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data, hashlib.sha256(data).hexdigest()
