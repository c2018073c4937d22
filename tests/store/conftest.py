"""A ledger with its blobs in a temporary folder, for what is the same on every database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mailroom.item import Arrival
from store.blobs import FileBlobs
from store.claiming import Claim
from store.deciding import Decided
from store.ledger import Ledger
from store.views import Views
from tests.servers.databases import SqliteDatabases
from tests.store.ledger_stand import Wish, WoundClock, arrival, deciding


@dataclass(slots=True, kw_only=True)
class Cellar:
    engine: Engine
    clock: WoundClock
    blobs: FileBlobs
    ledger: Ledger
    views: Views

    def take(self, *arrivals: Arrival) -> list[str]:
        digests = self.blobs.put_many([a.raw for a in arrivals])
        return [r.item_id for r in self.ledger.receive(list(zip(arrivals, digests, strict=True)))]

    def claim(self) -> Claim:
        (claim,) = self.ledger.claim(limit=5)
        return claim

    def settle(self, ref: str, wish: Wish | None = None, *, body: str | None = None) -> Decided:
        self.take(arrival(ref, body=body or ref))
        return self.ledger.decide(deciding(self.claim(), wish or Wish()))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    return SqliteDatabases(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture
def cellar(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Cellar]:
    engine, clock = sqlite_databases.fresh(), WoundClock()
    yield Cellar(
        engine=engine,
        clock=clock,
        blobs=FileBlobs(tmp_path / "blobs", durable=False),
        ledger=Ledger(engine, clock, max_attempts=3),
        views=Views(engine, clock),
    )
    engine.dispose()
