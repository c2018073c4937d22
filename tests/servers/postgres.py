"""A throw-away PostgreSQL on a socket in a temporary folder, gone with its folder; as root it runs as an unprivileged
user, because the server refuses root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDERS = ("/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/15/bin")


def programs() -> Path | None:
    """The folder that holds initdb and pg_ctl, or None where PostgreSQL is not installed."""
    for folder in FOLDERS:
        if (Path(folder) / "initdb").is_file():
            return Path(folder)
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def postgres() -> Iterator[str]:
    """URL of an empty database; `fsync` is off, since these tests cut no power."""
    folder = programs()
    if folder is None:
        raise FileNotFoundError("initdb")
    root = Path(tempfile.mkdtemp(prefix="pg-"))
    user = _unprivileged()
    try:
        if user is not None:
            os.chown(root, user.pw_uid, user.pw_gid)
        data = root / "data"
        _run(user, [folder / "initdb", "-D", data, "-A", "trust", "-U", "sportello", "-E", "UTF8", "--no-sync"])
        options = f"-k {root} -c listen_addresses= -c fsync=off -c max_connections=60"
        _run(user, [folder / "pg_ctl", "-D", data, "-w", "-l", root / "log", "-o", options, "start"])
        try:
            yield f"postgresql+psycopg://sportello@/postgres?host={root}"
        finally:
            _run(user, [folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    """Who runs the server when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise KeyError("no unprivileged user")


def _run(user: pwd.struct_passwd | None, command: list[str | Path]) -> None:
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        timeout=60,
    )
