"""Foreign formats are read in child processes, so that a bad file can cost its own reading and nothing else.

A `Workshop` keeps a few children ready (see `parsers.isolation_zygote`); each reads one document at a time within
limits on time, memory, output and files, without a network and in a temporary folder of its own. A crash, a hang
or an overrun comes back as a `Defect`, a value like any other. Safe to call from many threads.
"""

from __future__ import annotations

import atexit
import functools
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from parsers import defects, isolation_wire
from parsers.isolation_duties import DUTIES
from parsers.isolation_root import Child, Defect, Wall, Zygote
from parsers.isolation_wire import Plain
from parsers.limits import DEFAULT_LIMITS, MEGABYTE, Limits

__all__ = ["Defect", "Wall", "Workshop", "house_workshop", "isolation_status", "run_isolated"]

_SIGXCPU = 24


def run_isolated(
    name: str,
    payload: Plain,
    *,
    limits: Limits = DEFAULT_LIMITS,
    seconds: float | None = None,
    workshop: Workshop | None = None,
) -> Plain | Defect:
    """What the duty `name` (see `parsers.isolation_duties`) answers to `payload`, or the defect that kept it from it.

    `seconds` is the wall-clock time, else the limits' time for one document. Raises KeyError for an unknown duty.
    """
    return (workshop or house_workshop()).run(name, payload, limits=limits, seconds=seconds)


def isolation_status() -> tuple[Wall, ...]:
    """Which walls stand on this machine; starts the workshop if it is not yet open."""
    return house_workshop().walls()


def house_workshop() -> Workshop:
    """The workshop of this process: children belong to one process, so that is the right place for one of them."""
    return _workshop_of(os.getpid())


@functools.cache
def _workshop_of(pid: int) -> Workshop:
    workshop = Workshop()
    atexit.register(workshop.close)
    return workshop


class Workshop:
    """A pool of reading children. `size` of them at most work at once; further callers wait for a free one."""

    def __init__(
        self,
        *,
        size: int | None = None,
        duties: Mapping[str, str] = DUTIES,
        tasks_per_child: int = 500,
        memory_to_retire: int = 384 * MEGABYTE,
        preload: Sequence[str] = (),
    ) -> None:
        """`preload`: modules known to be good, imported once for all children instead of in each of the first."""
        self._duties = dict(duties)
        self._tasks_per_child = tasks_per_child
        self._memory_to_retire = memory_to_retire
        self._free = threading.BoundedSemaphore(size or max(2, os.cpu_count() or 2))
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._modules = set(preload)
        self._zygote: Zygote | None = None
        self._closed = False
        os.register_at_fork(after_in_child=self._forget)

    def run(
        self, name: str, payload: Plain, *, limits: Limits, seconds: float | None = None, documents: int = 1
    ) -> Plain | Defect:
        """See `run_isolated`. `documents`: how many are in the payload, for a child retires after so many."""
        module = self._duties[name].partition(":")[0]
        allowed = limits.document_seconds if seconds is None else seconds
        request = {"duty": name, "payload": payload, "limits": _as_dict(limits), "seconds": allowed}
        with self._free:
            while True:
                child = self._take()
                if isinstance(child, Defect):
                    return child
                fresh = child.answered == 0
                outcome = self._ask(child, request, limits=limits, seconds=allowed)
                if not isinstance(outcome, Defect):
                    self._modules.add(module)
                    child.answered += documents
                    self._give_back(child)
                elif not fresh and outcome.code in (defects.CRASHED, defects.TOO_MUCH_MEMORY):
                    # It may have died of what earlier documents left behind: judged only by a fresh child.
                    self._drop_idle()
                    continue
                return outcome

    def walls(self) -> tuple[Wall, ...]:
        """Which protections are in force here."""
        with self._lock:
            zygote = self._open()
        if isinstance(zygote, Defect):
            return (Wall(name="processi figli", in_force=False, how=zygote.detail),)
        always = Wall(name="processi figli", in_force=True, how="tempo, memoria, uscita e file limitati")
        return (always, *zygote.walls)

    def close(self) -> None:
        """Ends every child and removes their folders. The workshop may be used again: it starts anew."""
        with self._lock:
            idle, self._idle = self._idle, []
            zygote, self._zygote = self._zygote, None
        for child in idle:
            child.sock.close()
        if zygote is not None:
            zygote.close()

    def _ask(self, child: Child, request: Plain, *, limits: Limits, seconds: float) -> Plain | Defect:
        deadline = time.monotonic() + seconds
        try:
            isolation_wire.send(child.sock, request, deadline=deadline)
            reply = isolation_wire.receive(child.sock, limit=limits.output_bytes, deadline=deadline)
            failed, answer = reply.get("failed"), reply.get("answer")
            child.memory = int(reply.get("memory") or 0)
        except TimeoutError:
            return self._end(child, Defect(code=defects.TIMED_OUT, detail=f"{seconds:g} s"))
        except isolation_wire.FrameTooLarge:
            return self._end(child, Defect(code=defects.TOO_MUCH_OUTPUT, detail=f"{limits.output_bytes} bytes"))
        except (isolation_wire.Ended, OSError):
            return self._end(child, None)
        except (isolation_wire.BadFrame, AttributeError, TypeError, ValueError):
            return self._end(child, Defect(code=defects.CRASHED, detail="unreadable answer"))
        if failed is not None:
            code = failed if failed in defects.ISOLATION_DEFECTS else defects.CRASHED
            return self._end(child, Defect(code=code, detail=str(reply.get("detail"))[:200]))
        return answer

    def _take(self) -> Child | Defect:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            for _ in range(2):
                zygote = self._open()
                if isinstance(zygote, Defect):
                    return zygote
                child = zygote.spawn(sorted(self._modules))
                if not isinstance(child, Defect):
                    break
                # It has died since it was last asked: a new one gets one try.
                self._zygote = None
                zygote.close()
            return child

    def _open(self) -> Zygote | Defect:
        if self._zygote is None:
            opened = Zygote.start(self._duties)
            if isinstance(opened, Defect):
                return opened
            self._zygote = opened
        return self._zygote

    def _give_back(self, child: Child) -> None:
        if child.answered >= self._tasks_per_child or child.memory > self._memory_to_retire:
            child.sock.close()
            return
        with self._lock:
            self._idle.append(child)

    def _drop_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.sock.close()

    def _end(self, child: Child, defect: Defect | None) -> Defect:
        """Kills the child with its group; without a `defect` the way it ended says which one it is."""
        child.sock.close()
        with self._lock:
            status = self._zygote.end(child.pid) if self._zygote else None
        if defect is not None:
            return defect
        if status == -_SIGXCPU:
            return Defect(code=defects.TIMED_OUT, detail="processor time")
        return Defect(code=defects.CRASHED, detail=f"exit {status}" if status is not None else "gone")

    def _forget(self) -> None:
        """After a fork of the gateway itself: the children are the other process's, we only hold copies."""
        for child in self._idle:
            child.sock.close()
        if self._zygote is not None:
            self._zygote.control.close()
        self._idle, self._zygote, self._lock = [], None, threading.Lock()


@functools.lru_cache(maxsize=16)
def _as_dict(limits: Limits) -> dict[str, float]:
    return asdict(limits)
