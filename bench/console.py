"""Milliseconds a page of the operators' console, over ledgers of many items.

    python -m bench.console [--items 10000 100000] [--rounds 9]

A few hundred letters climb the whole road; the ledger is then filled with copies of them (items, receipts, events,
cases, words to be searched), each with a day and a code of its own. Pages are asked for through the web application
itself, log-in and templates included, without a network. Prints median and worst of the rounds.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert, select, text

from bench.intake import mails
from console.accounts import set_password
from console.app import make_app
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.case import new_code
from road.config import GatewayConfig, StateConfig
from road.desk import GatewayDesk
from road.gateway import Gateway, open_gateway
from store.engine import reading, writing
from store.receiving import new_ids
from store.schema import case, case_item, event_log, item, receipt
from store.search import index

BASE = 240
MINUTES = 3
"""Between two arrivals of the past: a hundred thousand fill half a year."""
Row = dict[str, object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    table = Table(title="Console: ms a page, median (worst)", title_justify="left")
    table.add_column("page")
    columns: list[Mapping[str, Sequence[float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        gateway = seeded(Path(folder))
        for count in sorted(options.items):
            filled(gateway, count)
            table.add_column(f"{count:,} items", justify="right")
            columns.append(dict(measured(gateway, options.rounds)))
    for name in columns[0]:
        cells = (f"{statistics.median(found[name]):.0f} ({max(found[name]):.0f})" for found in columns)
        table.add_row(name, *cells)
    Console().print(table)


def seeded(folder: Path) -> Gateway:
    """A gateway with letters that really climbed."""
    bag = folder / "mails"
    bag.mkdir()
    for number, raw in enumerate(mails(BASE)):
        (bag / f"{number:04d}.eml").write_bytes(raw)
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=folder / "state")))
    taken = take(FilesSource(paths=sorted(bag.iterdir())), blobs=gateway.blobs, book=gateway.ledger)
    ids = [entry.item_id for entry in taken.receipts]
    climber = gateway.climber(lambda ids, slow: None)
    for start in range(0, len(ids), 40):
        climber.climb(ids[start : start + 40], slow=True)
    return gateway


def filled(gateway: Gateway, count: int) -> None:
    """Copies until there are so many items."""
    with reading(gateway.engine) as connection:
        there = connection.execute(select(item.c.id)).all()
        pattern = _pattern(connection)
    made = len(there)
    while made < count:
        with writing(gateway.engine) as connection:
            for _ in range(20):
                made += _copy(connection, pattern, made)
                if made >= count:
                    break
    with writing(gateway.engine) as connection:
        connection.execute(text("ANALYZE"))


def _pattern(connection: Connection) -> list[tuple[Row, Row | None, str]]:
    """Item, the case it opened, its searchable words; of the letters that climbed."""
    cases = {row["code"]: dict(row) for row in connection.execute(select(case)).mappings()}
    rows = connection.execute(
        text("SELECT r.item_id, s.body FROM search_row r JOIN search s ON s.rowid = r.id ORDER BY r.item_id LIMIT :n"),
        {"n": BASE},
    )
    words: dict[str, str] = {row[0]: row[1] for row in rows}
    items = connection.execute(select(item).where(item.c.id.in_(words)).order_by(item.c.id)).mappings()
    return [(dict(row), cases.get(row["case_code"]), words[row["id"]]) for row in items]


def _copy(connection: Connection, pattern: Sequence[tuple[Row, Row | None, str]], made: int) -> int:
    newest = pattern[0][0]["received_at"]
    items, receipts, events, cases, links, found = [], [], [], [], [], []
    ids = new_ids(newest, len(pattern))  # type: ignore[arg-type]
    for number, ((row, opened, words), item_id) in enumerate(zip(pattern, ids, strict=True), made):
        at = newest - timedelta(minutes=MINUTES * number)  # type: ignore[operator]
        code = new_code(9_000_000 - number) if opened else None
        free = {"held_code": None, "held": None, "held_since": None, "rung": "closed", "closed_at": at, "due_at": None}
        items.append({**row, **free, "id": item_id, "received_at": at, "case_code": code, "subject": f"caso {number}"})
        source = {"source": "copies", "ref": str(number), "digest": row["digest"], "size": 1000, "alias": False}
        receipts.append({**source, "received_at": at, "item_id": item_id, "settled_at": at})
        for kind in ("received", "decided", "closed"):
            events.append({"at": at, "item_id": item_id, "case_code": code, "kind": kind, "by": "gateway"})
        if opened and code:
            cases.append({**opened, "code": code, "opened_at": at, "acknowledged_at": at})
            links.append({"code": code, "item_id": item_id, "relation": "opens"})
        found.append((item_id, f"{words} numero{number} {code or ''}"))
    for table, rows in ((item, items), (receipt, receipts), (event_log, events), (case, cases), (case_item, links)):
        if rows:
            connection.execute(insert(table), rows)
    index(connection, found)
    return len(items)


def measured(gateway: Gateway, rounds: int) -> Iterator[tuple[str, Sequence[float]]]:
    password = secrets.token_urlsafe(8)
    desk = GatewayDesk(gateway)
    set_password(desk, "bench", password)
    held, some = gateway.views.held(limit=1), gateway.views.items(limit=1).rows[0]
    waiting = held[0].id if held else some.id
    pages = {
        "front page": "/",
        "next waiting item": "/desk",
        "waiting items": "/items?held=yes",
        "arrivals": "/items",
        "arrivals by fax": "/items?channel=fax",
        "arrivals of one day": f"/items?since={some.received_at.date()}&until={some.received_at.date()}",
        "one waiting item": f"/items/{waiting}",
        "search: a code": "/search?text=numero7777",
        "search: a name": "/search?text=persona77",
        "search: a frequent word": "/search?text=bolletta",
        "search: three words": "/search?text=bolletta+gas+protocollo",
        "search: a word and a day": f"/search?text=bolletta&since={some.received_at.date()}",
        "search: nothing": "/search?text=zzyzx",
        "cases": "/cases",
        "cases with a word": "/cases?text=bolletta",
    }
    with TestClient(make_app(desk), follow_redirects=False) as client:
        assert client.post("/login", data={"user": "bench", "password": password}).status_code == 303
        for name, path in pages.items():
            yield name, [_timed(client, path) for _ in range(rounds)]


def _timed(client: TestClient, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    assert answer.status_code in (200, 303), (path, answer.status_code)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
