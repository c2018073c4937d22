"""The gateway's end of the process that reading children are forked from (`parsers.isolation_zygote`)."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from parsers import defects

_MESSAGE = 65_536
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Why there is no answer: `code` from `parsers.defects`, `detail` for the log (never a citizen's words)."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One protection and whether it is in force here, for `doctor`; `how` in Italian."""

    name: str
    in_force: bool
    how: str


@dataclass(slots=True)
class Child:
    pid: int
    sock: socket.socket
    answered: int = 0
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Zygote:
    """Our end of the process that children are forked from."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    walls: tuple[Wall, ...]
    folder: str

    @staticmethod
    def start(duties: Mapping[str, str]) -> Zygote | Defect:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-P", "-m", "parsers.isolation_zygote", str(theirs.fileno())]
        try:
            with theirs:
                process = subprocess.Popen(
                    command,
                    env=_environment(),
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                    cwd="/",
                )
            ours.settimeout(_START_SECONDS)
            ours.send(json.dumps({"duties": dict(duties), "hard": {"RLIMIT_CORE": 0}}).encode())
            said = json.loads(ours.recv(_MESSAGE) or b"{}")
            walls = tuple(_wall(name, how) for name, how in said["walls"].items())
            return Zygote(process, ours, walls, str(said["folder"]))
        except (OSError, ValueError, KeyError) as error:
            ours.close()
            return Defect(code=defects.NOT_STARTED, detail=type(error).__name__)

    def spawn(self, preload: list[str]) -> Child | Defect:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                message = json.dumps({"ask": "spawn", "preload": preload}).encode()
                socket.send_fds(self.control, [message], [theirs.fileno()])
            pid = json.loads(self.control.recv(_MESSAGE))["pid"]
            return Child(pid=int(pid), sock=ours)
        except (OSError, ValueError, KeyError) as error:
            ours.close()
            return Defect(code=defects.NOT_STARTED, detail=type(error).__name__)

    def end(self, pid: int) -> int | None:
        try:
            self.control.send(json.dumps({"ask": "end", "pid": pid}).encode())
            status = json.loads(self.control.recv(_MESSAGE))["status"]
            return None if status is None else int(status)
        except (OSError, ValueError, KeyError):
            return None

    def close(self) -> None:
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _wall(name: str, how: str | None) -> Wall:
    return Wall(name=name, in_force=how is not None, how=how or "il sistema non lo permette")


def _environment() -> dict[str, str]:
    """Nothing of ours that a reader needs not know: no secrets, one thread a process."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "TESSDATA_PREFIX") if name in os.environ}
    single = {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    paths = [str(Path(__file__).parents[1]), *(path for path in sys.path if path)]
    return {**kept, **single, "LC_ALL": "C.UTF-8", "PYTHONPATH": os.pathsep.join(paths)}
