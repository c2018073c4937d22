"""Migrations lead to the schema the code speaks, once, and at once when there is nothing to do."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import OperationalError

from mailroom.errors import Transient
from store.engine import open_engine, writing
from store.migrating import migrate
from store.schema import metadata

ROOT = Path(__file__).parents[2]


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    before, head = migrate(engine)
    assert before is None
    assert migrate(engine) == (head, head)
    engine.dispose()


def test_the_migrated_schema_is_the_one_the_code_speaks(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(engine)
    with engine.connect() as connection:
        ours = {"include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_two_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    engines = [open_engine(f"sqlite:///{tmp_path / 'ledger.db'}") for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(migrate, engines))
    assert sorted(before is None for before, _ in results) == [False, False, True]
    for engine in engines:
        engine.dispose()


OPENED_BY_SIX = """
import sys
from concurrent.futures import ProcessPoolExecutor
from store.engine import open_engine

def connect(file):
    open_engine(f"sqlite:///{file}").connect().close()

with ProcessPoolExecutor(6) as pool:
    for number in range(60):
        list(pool.map(connect, [f"{sys.argv[1]}/{number}.db"] * 6))
"""


def test_processes_that_open_a_new_database_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """The change to write-ahead logging is the one thing that SQLite itself doesn't wait with."""
    command = [sys.executable, "-c", OPENED_BY_SIX, str(tmp_path)]
    opened = subprocess.run(command, cwd=ROOT, timeout=100, check=False, capture_output=True, text=True)
    assert opened.returncode == 0, opened.stderr[-500:]


def test_sqlite_waits_for_the_disk_and_for_other_writers(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    with engine.connect() as connection:
        said = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert said == ["wal", 2, 1, 60000]
    engine.dispose()


def test_a_ledger_that_can_not_be_written_is_transient_and_our_own_mistake_is_not(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(engine)
    with pytest.raises(OperationalError), writing(engine) as connection:
        connection.exec_driver_sql("SELECT nonsense FROM nowhere")
    with pytest.raises(Transient), writing(engine) as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("DELETE FROM setting")
    engine.dispose()


def test_indexes_of_expressions_are_there_too(tmp_path: Path) -> None:
    """Alembic can't compare them."""
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(engine)
    with engine.connect() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    assert {str(index.name) for table in metadata.tables.values() for index in table.indexes} <= names
    engine.dispose()
