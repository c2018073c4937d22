"""Brings the database to the newest schema; at once when it is there already."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, text

from mailroom.errors import GatewayError
from store.engine import opening


def migrate(engine: Engine) -> tuple[str | None, str]:
    """(revision before, revision after). Two processes starting at once wait for each other.

    Raises ConfigError where the database can't be reached or is none, GatewayError where it is of a newer gateway.
    """
    try:
        with opening(engine):
            return _migrate(engine)
    except CommandError as error:
        raise GatewayError(f"the ledger is of another edition of the gateway: {error}", code="ledger") from error


def _migrate(engine: Engine) -> tuple[str | None, str]:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7302265)"))
        before = MigrationContext.configure(connection).get_current_revision()
        if before != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return before, head
