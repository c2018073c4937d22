"""Small facts of the installation: console accounts and keys."""

from __future__ import annotations

from sqlalchemy import Engine, delete, insert, select

from store.schema import setting


def read_setting(engine: Engine, name: str) -> str | None:
    with engine.begin() as connection:
        return connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar_one_or_none()


def write_setting(engine: Engine, name: str, value: str) -> None:
    with engine.begin() as connection:
        connection.execute(delete(setting).where(setting.c.name == name))
        connection.execute(insert(setting).values(name=name, value=value))
