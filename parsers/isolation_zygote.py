"""The process that the reading children are forked from: small, single-threaded, and never touched by foreign bytes.

Forking a threaded gateway is unsafe and starting an interpreter for each child is slow, so the gateway starts this
one (``python -m parsers.isolation_zygote``) and asks it for children over a socket. It ends when the gateway does,
however that happens, and takes every child, every descendant and the temporary folders with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from parsers import isolation_child, isolation_walls

_MESSAGE = 65_536


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    order = json.loads(control.recv(_MESSAGE))
    root = Path(tempfile.mkdtemp(prefix="sportello-lettura-"))
    control.send(json.dumps({"walls": _raise_walls(), "folder": str(root)}).encode())
    nursery = Nursery(control=control, root=root)
    birth = nursery.serve()
    if birth is not None:
        # We are the child. Nothing of the nursery's code lies below us that an exception could run into.
        isolation_child.live(*birth, duties=order["duties"], hard=order["hard"])
    nursery.end_all()
    shutil.rmtree(root, ignore_errors=True)


def _raise_walls() -> dict[str, str | None]:
    isolation_walls.adopt_orphans()
    namespace = isolation_walls.leave_network()
    filtered = isolation_walls.forbid_sockets()
    # Each child puts up this one itself, around the folder that is its own.
    files = "landlock: scrive solo nella propria cartella temporanea" if isolation_walls.landlock() >= 1 else None
    return {
        "network_namespace": namespace,
        "network_filter": filtered,
        "files": files,
    }


class Nursery:
    """Forks children on request, reaps them, and knows how each of them ended."""

    def __init__(self, *, control: socket.socket, root: Path) -> None:
        self._control = control
        self._root = root
        self._children: dict[int, Path] = {}
        self._ended: dict[int, int] = {}
        self._count = 0

    def serve(self) -> tuple[int, Path] | None:
        """Answers until the gateway's end is closed (None); in a new child, returns its descriptor and folder."""
        woken, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if woken in ready:
                    woken.recv(4096)
                self._reap()
                if self._control not in ready:
                    continue
                message, fds, _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
                if not message:
                    signal.set_wakeup_fd(-1)
                    return None
                request: dict[str, Any] = json.loads(message)
                if request["ask"] == "spawn":
                    birth = self._spawn(fds[0], request["preload"])
                    if birth is not None:
                        return birth
                else:
                    self._answer({"status": self._end(request["pid"])})

    def _answer(self, value: dict[str, Any]) -> None:
        self._control.send(json.dumps(value).encode())

    def _spawn(self, fd: int, preload: list[str]) -> tuple[int, Path] | None:
        for module in preload:
            # A module that cannot be imported fails in the child, where it is reported.
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
        gc.freeze()
        self._count += 1
        folder = self._root / str(self._count)
        folder.mkdir(mode=0o700)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return fd, folder
        os.close(fd)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        self._children[pid] = folder
        self._answer({"pid": pid})
        return None

    def _end(self, pid: int) -> int | None:
        """Kills a child with all its group; returns how it ended, as `os.waitstatus_to_exitcode` says."""
        if pid in self._children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._bury(pid)
        return self._ended.pop(pid, None)

    def _bury(self, pid: int) -> None:
        # Wait without reaping first: as long as the child is not reaped, its group's number cannot be another's.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        self._ended[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        shutil.rmtree(self._children.pop(pid), ignore_errors=True)
        self._end_strays()

    def _end_strays(self) -> None:
        """Descendants of a dead child that left its group have become ours: they end as well."""
        try:
            own = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        except OSError:
            return
        for pid in {int(number) for number in own} - self._children.keys():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while True:
            try:
                dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if dead is None:
                return
            if dead.si_pid in self._children:
                self._bury(dead.si_pid)
            else:
                os.waitpid(dead.si_pid, 0)

    def end_all(self) -> None:
        for pid in tuple(self._children):
            self._end(pid)


if __name__ == "__main__":
    main()
