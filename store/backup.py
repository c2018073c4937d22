"""A consistent copy of ledger and blobs in one tar file, and the way back.

The database is copied first: a blob is durable before the ledger speaks of it, so every blob the copy needs is there
when the blobs are copied after it.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, inspect, select

from mailroom.errors import ConfigError
from mailroom.ports import Blobs
from store.blobs import sync_folder
from store.engine import reading
from store.schema import item

FORMAT = 1
MANIFEST, SQLITE, POSTGRESQL = "manifest.json", "ledger.db", "ledger.pgdump"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    blobs: int
    size: int
    """Bytes of the tar file (backup) or of all blobs (restore)."""
    damaged: tuple[str, ...] = ()
    """Blobs that did not match their digest and are not in the copy."""


def backup(engine: Engine, blobs: Blobs, file: Path, *, now: datetime) -> Copied:
    """Writes `file` in whole or not at all; the file is durable when this returns.

    Raises ConfigError where PostgreSQL's own tools are missing, OSError where the disk is full.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as raw:
            with tarfile.open(fileobj=raw, mode="w|") as tar:
                count, damaged = _pack(tar, engine, blobs, file.parent, now)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
        sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)
    return Copied(blobs=count, size=file.stat().st_size, damaged=tuple(damaged))


def _pack(tar: tarfile.TarFile, engine: Engine, blobs: Blobs, folder: Path, now: datetime) -> tuple[int, list[str]]:
    damaged: list[str] = []
    count = 0
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        name = _dump(engine, Path(scratch))
        _add(tar, MANIFEST, json.dumps({"format": FORMAT, "made": now.isoformat(), "ledger": name}).encode(), now)
        tar.add(Path(scratch) / name, arcname=name, filter=_anonymous)
    for digest in blobs.digests():
        try:
            data = blobs.get(digest)
        except ValueError:
            damaged.append(digest)
        except KeyError:
            continue  # erased a moment ago by the retention rule
        else:
            _add(tar, f"blobs/{digest}", data, now)
            count += 1
    return count, damaged


def restore(file: Path, engine: Engine, blobs: Blobs) -> Copied:
    """Fills an empty installation. Raises ConfigError if something is there already, or if the file is no backup."""
    if inspect(engine).has_table("item"):
        with reading(engine) as connection:
            if connection.execute(select(item.c.id).limit(1)).first() is not None:
                raise ConfigError("restore: the ledger is not empty")
    try:
        with file.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|") as tar:
            return _unpack(tar, engine, blobs)
    except tarfile.TarError as error:
        raise ConfigError(f"restore: {file} is no backup: {error}") from error


def _unpack(tar: tarfile.TarFile, engine: Engine, blobs: Blobs) -> Copied:
    """Blobs first, the ledger last: a restore that breaks off leaves an empty ledger, and can be done again."""
    manifest: dict[str, object] | None = None
    count = size = 0
    with tempfile.TemporaryDirectory() as scratch:
        ledger: Path | None = None
        for member in tar:
            body = tar.extractfile(member) if member.isfile() else None
            if body is None:
                raise ConfigError(f"restore: {member.name!r} does not belong in a backup")
            if member.name == MANIFEST:
                manifest = _manifest(body.read(65_536))
            elif manifest is not None and member.name == manifest["ledger"]:
                ledger = Path(scratch) / member.name
                with ledger.open("wb") as out:
                    shutil.copyfileobj(body, out)
            elif member.name.startswith("blobs/"):
                data = body.read()
                if blobs.put(data) != member.name.removeprefix("blobs/"):
                    raise ConfigError(f"restore: {member.name} does not match its digest")
                count, size = count + 1, size + len(data)
            else:
                raise ConfigError(f"restore: {member.name!r} does not belong in a backup")
        if ledger is None:
            raise ConfigError("restore: there is no ledger in the file")
        _load(engine, ledger)
    return Copied(blobs=count, size=size)


def _manifest(body: bytes) -> dict[str, object]:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("format") != FORMAT or said.get("ledger") not in (SQLITE, POSTGRESQL):
        raise ConfigError("restore: the manifest is not one of ours")
    return said


def _dump(engine: Engine, folder: Path) -> str:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            target = sqlite3.connect(folder / SQLITE)
            try:
                source.backup(target)
            finally:
                target.close()
        return SQLITE
    _run(engine, ["pg_dump", "--format=custom", "--no-owner", "--file", str(folder / POSTGRESQL)])
    return POSTGRESQL


def _load(engine: Engine, ledger: Path) -> None:
    if (engine.dialect.name == "sqlite") != (ledger.name == SQLITE):
        raise ConfigError("restore: the backup is of the other kind of database")
    if ledger.name == POSTGRESQL:
        engine.dispose()
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
        _run(engine, ["pg_restore", *options, "--dbname", engine.url.database or "", str(ledger)])
        return
    with engine.connect() as connection:
        target = connection.connection.driver_connection
        assert isinstance(target, sqlite3.Connection)
        source = sqlite3.connect(ledger)
        try:
            source.backup(target)
        finally:
            source.close()
    engine.dispose()


def _run(engine: Engine, command: list[str]) -> None:
    """A tool of PostgreSQL's against the engine's database; the password never stands in the process list."""
    program = shutil.which(command[0])
    if program is None:
        raise ConfigError(f"{command[0]} is not installed")
    url = engine.url
    host = url.host or url.query.get("host")
    said = {
        "PGHOST": host if isinstance(host, str) else None,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
    }
    environment = {**os.environ, **{name: value for name, value in said.items() if value}}
    done = subprocess.run([program, *command[1:]], env=environment, capture_output=True, check=False)
    if done.returncode:
        raise ConfigError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")


def _add(tar: tarfile.TarFile, name: str, data: bytes, now: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(data), 0o600, int(now.timestamp())
    tar.addfile(member, io.BytesIO(data))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
