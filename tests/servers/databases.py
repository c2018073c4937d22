"""Empty ledgers by the dozen: each database is migrated once and then copied."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from store.engine import open_engine
from store.migrating import migrate
from tests.servers.postgres import postgres


class SqliteDatabases:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = itertools.count(1)
        engine = open_engine(f"sqlite:///{folder / 'template.db'}")
        migrate(engine)
        engine.dispose()

    def fresh(self) -> Engine:
        path = self._folder / f"ledger{next(self._number)}.db"
        shutil.copy(self._folder / "template.db", path)
        engine = open_engine(f"sqlite:///{path}")
        # These tests cut no power: what is committed need not reach the disk.
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
        return engine


class PostgresDatabases:
    """Databases made from one migrated template."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._number = itertools.count(1)
        self._admin = create_engine(url, isolation_level="AUTOCOMMIT")
        self._admin_runs("CREATE DATABASE template_ledger")
        engine = open_engine(self._of("template_ledger"))
        migrate(engine)
        engine.dispose()

    def fresh(self) -> Engine:
        name = f"ledger{next(self._number)}"
        self._admin_runs(f"CREATE DATABASE {name} TEMPLATE template_ledger")
        return open_engine(self._of(name))

    def close(self) -> None:
        self._admin.dispose()

    def _of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _admin_runs(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def postgres_databases() -> Iterator[PostgresDatabases]:
    with postgres() as url:
        databases = PostgresDatabases(url)
        try:
            yield databases
        finally:
            databases.close()
