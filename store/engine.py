"""Opens the database: SQLite with honest fsync by default, PostgreSQL by URL. And the two doors to it: `reading` and
`writing`, which say of a database that can't serve now that it is Transient, and of nothing else."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, TimeoutError

from mailroom.errors import ConfigError, Transient

KINDS = ("sqlite", "postgresql")
_BUSY_SECONDS = 60
_CONNECT_SECONDS = 10
NOT_NOW = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says of the place it works in. The same class of exception also stands for our own mistakes in SQL."""


def check_url(url: str, *, key: str) -> None:
    """Raises ValueError that names the configuration's `key`, but not the URL (it may hold a password)."""
    try:
        kind = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError(f"{key}: not a database URL (sqlite:///PATH or postgresql://…)") from None
    if kind not in KINDS:
        raise ValueError(f"{key}: {kind!r} is no database of ours (sqlite:///PATH or postgresql://…)")


def open_engine(url: str) -> Engine:
    """An engine whose transactions are ours alone to begin, for a URL that `check_url` accepts."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        pool: dict[str, Any] = {}
        if parsed.database and parsed.database != ":memory:":
            pool = {"pool_size": 20, "max_overflow": 30, "pool_timeout": 60}
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if "connect_timeout" not in parsed.query:  # the driver itself waits two minutes for a host that is silent
        parsed = parsed.update_query_dict({"connect_timeout": str(_CONNECT_SECONDS)})
    return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=60)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver would begin by itself, deferred; we want the write lock at the start, or none at all.
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """SQLite itself does not wait where another process is just making the same change."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_immediate(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("sqlite_deferred", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One snapshot to read from. On SQLite it takes no write lock, so that looking never makes a writer wait."""
    with _translated(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            yield connection.execution_options(sqlite_deferred=True)
        else:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction, committed when the block ends and undone when it raises."""
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def opening(engine: Engine) -> Iterator[None]:
    """For a start: raises ConfigError, in the database's own words, where it can't be reached or is none."""
    try:
        yield
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())[:200]
        raise ConfigError(f"the ledger ({engine.dialect.name}) can't be opened: {said}", code="ledger") from error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise Transient("il registro è occupato", code="ledger") from error
    except OperationalError as error:
        if isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorcode & 0xFF not in NOT_NOW:
            raise
        raise Transient(f"il registro non risponde: {_cause(error.orig)}", code="ledger") from error


def _cause(error: BaseException | None) -> str:
    """SQLite's own words tell of the place (a full disk, a file that may not be written), never of what is stored."""
    return str(error) if isinstance(error, sqlite3.Error) else type(error).__name__
