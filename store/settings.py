"""Small facts of the installation: console accounts, keys, and when a recurring job last had its turn."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, insert, select

from store.engine import reading, writing
from store.schema import setting


def read_setting(engine: Engine, name: str) -> str | None:
    with reading(engine) as connection:
        return connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def write_setting(engine: Engine, name: str, value: str) -> None:
    with writing(engine) as connection:
        connection.execute(delete(setting).where(setting.c.name == name))
        connection.execute(insert(setting).values(name=name, value=value))


def setting_once(engine: Engine, name: str, value: str) -> str:
    """The fact as it stands; `value` if nobody has set it yet. Of several that ask at once all get the same."""
    with writing(engine) as connection:
        there = connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()
        if there is None:
            connection.execute(insert(setting).values(name=name, value=value))
        return there if there is not None else value


def take_turn(engine: Engine, job: str, *, every: timedelta, now: datetime) -> bool:
    """Whether this recurring job is due, and then it is noted as done: of several workers one gets the turn."""
    name = f"job.{job}"[:60]
    with writing(engine) as connection:
        last = connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()
        if last is not None and now - datetime.fromisoformat(last) < every:
            return False
        connection.execute(delete(setting).where(setting.c.name == name))
        connection.execute(insert(setting).values(name=name, value=now.isoformat()))
        return True
