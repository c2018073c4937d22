"""A real clamd in a temporary folder, with a signature database of our own: one line, the EICAR test file."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamd:
    path: str
    port: int


def clamd_program() -> str | None:
    return shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def running_clamd(folder: Path, *, stream_max: str = "5M") -> Iterator[Clamd]:
    """Up within a second; ended with the block. Raises RuntimeError if it does not come up."""
    program = clamd_program()
    if program is None:
        raise RuntimeError("clamd is not installed")
    database = folder / "db"
    database.mkdir()
    (database / "own.ndb").write_text(f"Own.Test.Eicar:0:*:{EICAR.hex()}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = folder / "clamd.ctl"
    config = folder / "clamd.conf"
    config.write_text(
        f"Foreground yes\nDatabaseDirectory {database}\nLocalSocket {path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength {stream_max}\nMaxThreads 2\nConcurrentDatabaseReload no\n"
        f"LogFile {folder / 'clamd.log'}\nPidFile {folder / 'clamd.pid'}\n"
    )
    process = subprocess.Popen(
        [program, "--config-file", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        _await(process, path, port)
        yield Clamd(path=str(path), port=port)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen[bytes], path: Path, port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"clamd ended with {process.returncode}")
        try:
            with socket.socket(socket.AF_UNIX) as unix, socket.create_connection(("127.0.0.1", port), 1):
                unix.connect(str(path))
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("clamd did not come up")
