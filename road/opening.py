"""The state folder and the ledger, as far as a start must trust them: what is wrong there stops it in one line that
names file and key, before anything is received."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mailroom.errors import ConfigError
from road.config import GatewayConfig
from store.beginning import begin, has_begun, has_originals
from store.blobs import any_blob
from store.engine import open_engine
from store.migrating import migrate

ORIGINALS = "originals"
BACKUP = "docs/operating.md, Backup"


def make_state(config: GatewayConfig) -> Path:
    """The state folder, made if it is missing. Raises ConfigError if that can't be."""
    state = config.gateway.state
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{_read_in(config)}gateway.state: {state}: {error.strerror}") from error
    if not os.access(state, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigError(f"{_read_in(config)}gateway.state: {state}: may not be written")
    return state


def engine_of(config: GatewayConfig) -> Engine:
    """Raises ConfigError if the folder that the database's file should be in isn't there."""
    engine = open_engine(config.database_url)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not file.startswith("file:") and not Path(file).parent.is_dir():
        raise ConfigError(f"{_place(config)}{Path(file).parent}: there is no such folder")
    return engine


def open_ledger(config: GatewayConfig, now: datetime) -> Engine:
    """An engine for the ledger, of the newest schema and begun, that goes with the originals in the state folder.

    Raises ConfigError if it can't be opened or doesn't go with them, GatewayError if it is of a newer gateway.
    """
    engine = engine_of(config)
    originals = config.gateway.state / ORIGINALS
    # Looked for before the ledger is: a gateway that starts beside this one begins its ledger before it keeps any.
    kept = any_blob(originals)
    try:
        if not has_begun(engine) and kept:
            raise ConfigError(
                f"the ledger has received nothing, but {originals} holds originals: bring the ledger back from the "
                f"backup ({BACKUP}); to begin anew on purpose, move {originals} away"
            )
        migrate(engine)
    except ConfigError as error:
        raise ConfigError(f"{_place(config)}{error}", code="ledger") from error
    if not originals.is_dir() and has_originals(engine):
        raise ConfigError(
            f"{_read_in(config)}gateway.state: there is no {originals}, but the ledger has received things: mount the "
            f"disk or restore the backup ({BACKUP}); to go on without them on purpose, make that folder",
            code="ledger",
        )
    begin(engine, now)
    return engine


def _read_in(config: GatewayConfig) -> str:
    return f"{config.file}: " if config.file else ""


def _place(config: GatewayConfig) -> str:
    """File and key that say where the ledger is; its own file where the state folder says it."""
    where = config.gateway
    if where.database_file:
        return f"{_read_in(config)}gateway.database_file: "
    if where.database:
        return f"{_read_in(config)}gateway.database: "
    return f"{_read_in(config)}gateway.state: {where.state / 'ledger.db'}: "
