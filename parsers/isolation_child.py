"""The life of a reading child: wait for a duty, read within limits, answer, empty the folder, wait again.

Whatever a reading function does not foresee ends the child: the gateway learns the kind and the place of the error,
counts the document as `crashed` and has a fresh child at once. So nothing is caught here that isn't understood.
"""

from __future__ import annotations

import errno
import importlib
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from parsers import defects, isolation_walls, isolation_wire
from parsers.isolation_wire import Plain
from parsers.limits import Limits

Duty = Callable[[Plain, Limits], Plain]


def live(fd: int, folder: Path, *, duties: Mapping[str, str], hard: Mapping[str, int]) -> NoReturn:
    """Serves the gateway at the other end of `fd`; never returns."""
    sock = _settle(fd, folder, hard)
    sys.excepthook = lambda kind, error, trace: _tell_and_die(sock, kind, error, trace)
    try:
        while True:
            _serve_one(sock, duties)
            _empty(folder)
    except (isolation_wire.Ended, BrokenPipeError):
        os._exit(0)


def _serve_one(sock: socket.socket, duties: Mapping[str, str]) -> None:
    request = isolation_wire.receive(sock)
    limits = Limits(**request["limits"])
    _set_limits(limits, request["seconds"])
    duty = _find(duties[request["duty"]])
    answer = duty(request["payload"], limits)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    isolation_wire.send(sock, {"answer": answer, "memory": used})


def _find(target: str) -> Duty:
    module, _, name = target.partition(":")
    found: Duty = getattr(importlib.import_module(module), name)
    return found


def _settle(fd: int, folder: Path, hard: Mapping[str, int]) -> socket.socket:
    """Own group, own folder, no inherited descriptor but the one it talks through, hard limits."""
    os.setpgid(0, 0)
    isolation_walls.die_with_parent(signal.SIGKILL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    kept = os.dup2(fd, 3, inheritable=False) if fd != 3 else 3
    os.closerange(4, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 1 << 16 else 1 << 16)
    os.chdir(folder)
    os.environ["TMPDIR"] = os.environ["HOME"] = str(folder)
    tempfile.tempdir = str(folder)
    for name, value in hard.items():
        kind = getattr(resource, name)
        ceiling = resource.getrlimit(kind)[1]
        bound = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
        resource.setrlimit(kind, (bound, bound))
    isolation_walls.write_only_below(folder, Path(os.devnull), sockets_below=Path("/tmp"))
    return socket.socket(fileno=kept)


def _set_limits(limits: Limits, seconds: float) -> None:
    isolation_walls.set_soft(resource.RLIMIT_AS, limits.memory_bytes)
    isolation_walls.set_soft(resource.RLIMIT_FSIZE, limits.file_bytes)
    isolation_walls.set_soft(resource.RLIMIT_NOFILE, limits.open_files)
    # Processor time is counted over the child's life; the wall clock, which the gateway keeps, comes first.
    usage = resource.getrusage(resource.RUSAGE_SELF)
    isolation_walls.set_soft(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime + 2 * seconds) + 5)


def _empty(folder: Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink(missing_ok=True)


def _tell_and_die(
    sock: socket.socket, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> NoReturn:
    # The kind and the place only: the words of an exception may repeat what a citizen wrote.
    place = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-1:])
    code = defects.CRASHED
    if isinstance(error, MemoryError):
        code = defects.TOO_MUCH_MEMORY
    elif isinstance(error, OSError) and error.errno in (errno.EFBIG, errno.ENOSPC):
        code = defects.TOO_MUCH_OUTPUT
    try:
        isolation_wire.send(sock, {"failed": code, "detail": f"{kind.__name__}{place}"})
    finally:
        os._exit(1)
