"""When this ledger began, written before the first original is kept. A ledger that never began, beside originals that
are there, is therefore none of a first start that was killed: the one that knew them is gone or somewhere else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect, select

from store.engine import opening, reading
from store.schema import item, receipt, setting
from store.settings import setting_once

BEGUN = "begun"
"""Name of the setting."""


def has_begun(engine: Engine) -> bool:
    """Whether the ledger was begun, or has received anything (those of older gateways say it only so). Of one that is
    not there nothing is made. Raises ConfigError if it can't be opened."""
    if _is_missing(engine):
        return False
    with opening(engine), engine.connect() as connection:
        looking = connection.execution_options(sqlite_deferred=True)
        there = inspect(looking).has_table
        begun = select(setting.c.value).where(setting.c.name == BEGUN)
        asked = ((setting, begun), (receipt, select(receipt.c.item_id).limit(1)))
        return any(there(table.name) and looking.execute(wanted).first() is not None for table, wanted in asked)


def begin(engine: Engine, now: datetime) -> None:
    """Durable when it returns; the first time stands."""
    setting_once(engine, BEGUN, now.isoformat())


def has_originals(engine: Engine) -> bool:
    """Whether the ledger, of the newest schema, knows originals that were not erased."""
    with reading(engine) as connection:
        return connection.execute(select(item.c.id).where(item.c.erased_at.is_(None)).limit(1)).first() is not None


def _is_missing(engine: Engine) -> bool:
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return file is not None and not file.startswith("file:") and not Path(file).exists()
