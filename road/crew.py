"""Processes that climb with quick mail beside this one, so that it uses every core.

Python runs one thread of a process at a time; a mail costs it ten milliseconds, most of them of thinking. A *foreman*,
forked while there is but one thread and everything is warm, forks the climbers and puts another in the place of one
that dies. They take what the ledger says is due, as any worker does: a ring of the bell only spares them the wait.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import structlog

from mailroom.envelope import Channel
from mailroom.errors import Transient
from mailroom.item import Rung
from parsers.isolation_walls import die_with_parent
from road.climbing import Climber
from road.gateway import Gateway
from road.warming import warm_up
from store.ledger import Ledger

log = structlog.get_logger()

BATCH = 50
LEAST = 5
"""Where little is left, each takes its part of it, but no less: a transaction wants a few mails."""
LOOK_SECONDS = 2.0
REST_SECONDS = 1.0
"""Before a climber that died is replaced: what kills it at once shall not keep a core busy."""
QUICK_CHANNELS = (Channel.EMAIL, Channel.PEC)
_STOPPING = {signal.SIGTERM, signal.SIGINT}


@dataclass(frozen=True, slots=True)
class Crew:
    """The climbers of this process, as seen from it."""

    foreman: int
    bells: tuple[socket.socket, ...]

    def ring(self) -> None:
        """Something may be due. Never waits and never fails: a climber with signs enough needs no other."""
        for bell in self.bells:
            with contextlib.suppress(OSError):
                bell.send(b"!")

    def await_ready(self, seconds: float) -> bool:
        """Whether every climber is warm, or is so within that time. (Nobody needs to wait: what is due keeps.)"""
        deadline, cold = time.monotonic() + seconds, set(self.bells)
        while cold:
            heard, _, _ = select.select(list(cold), [], [], max(0.0, deadline - time.monotonic()))
            if not heard:
                return False
            cold.difference_update(heard)
        return True

    def is_alive(self) -> bool:
        """False once the foreman is gone, and the climbers with it."""
        try:
            return os.waitpid(self.foreman, os.WNOHANG)[0] == 0
        except ChildProcessError:
            return False

    def stop(self) -> None:
        """Returns when each has ended what it had in hand."""
        if self.is_alive():
            os.kill(self.foreman, signal.SIGTERM)
            os.waitpid(self.foreman, 0)
        for bell in self.bells:
            bell.close()


@dataclass(frozen=True, slots=True)
class Seat:
    """One climber's place among its neighbours."""

    number: int
    of: int


def muster(gateway: Gateway, count: int) -> Crew:
    """Forks a crew of so many climbers. To be called while this process has but one thread, and is warm."""
    # A connection of the database doesn't survive being shared by two processes.
    gateway.engine.dispose()
    pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(count)]
    here = os.getpid()
    foreman = os.fork()
    if foreman == 0:
        _die_with(here)
        _lead(gateway, [ear for _, ear in pairs])
    for bell, ear in pairs:
        bell.setblocking(False)
        ear.close()
    return Crew(foreman, tuple(bell for bell, _ in pairs))


def _die_with(parent: int) -> None:
    die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _lead(gateway: Gateway, ears: Sequence[socket.socket]) -> NoReturn:
    """The foreman's life: until all have ended after a TERM."""
    climbers: dict[int, int] = {}
    stopping = threading.Event()

    def stop(*_: object) -> None:
        stopping.set()
        for pid in climbers:
            os.kill(pid, signal.SIGTERM)

    # Ctrl-C reaches the whole group: the process that we climb for tells us when it is time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)

    def engage(seat: int) -> None:
        pid = _engage(gateway, ears, seat)
        climbers[pid] = seat
        if stopping.is_set():
            # The TERM that came while it was being forked did not know it yet.
            os.kill(pid, signal.SIGTERM)

    for seat in range(len(ears)):
        engage(seat)
    while climbers:
        pid, status = os.wait()
        seat = climbers.pop(pid)
        if stopping.is_set():
            continue
        log.warning("climber_died", seat=seat, status=os.waitstatus_to_exitcode(status))
        time.sleep(REST_SECONDS)
        if not stopping.is_set():
            engage(seat)
    os._exit(0)


def _engage(gateway: Gateway, ears: Sequence[socket.socket], seat: int) -> int:
    """Forks one climber. A TERM in between is kept back until either side can take it."""
    here = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    pid = os.fork()
    if pid == 0:
        _die_with(here)
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
        # What is left of it: the reading children are each process's own.
        warm_up(gateway.tools(), gateway.config.answers)
        climber = gateway.climber(lambda ids, slow: None)
        ears[seat].setblocking(False)
        with contextlib.suppress(OSError):
            ears[seat].send(b"!")
        climb_due(gateway.ledger, climber, ears[seat], Seat(seat, len(ears)), stop)
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    return pid


def climb_due(ledger: Ledger, climber: Climber, ear: socket.socket, seat: Seat, stop: threading.Event) -> None:
    """Climbs with quick mail that is due, batch by batch, until `stop` is set. What turns out to be slow, and what is
    to be sent, is left to the sweeper of the process that we climb for."""
    while not stop.is_set():
        try:
            mine = _share(ledger, seat)
            if mine:
                climber.climb(mine, slow=False)
                continue
        except Transient as error:
            log.warning("climber_waits", code=error.code)
        _listen(ear)


def _share(ledger: Ledger, seat: Seat) -> list[str]:
    """Neighbours begin at different places of the queue, so that they seldom reach for the same items."""
    due = ledger.due_items(BATCH * seat.of, channels=QUICK_CHANNELS, rungs=(Rung.RECEIVED,))
    ids = [item_id for item_id, _, _ in due]
    size = min(BATCH, max(LEAST, -(-len(ids) // seat.of)))
    return ids[seat.number * size :][:size] or ids[:size]


def _listen(ear: socket.socket) -> None:
    """Until somebody rings, or a while has passed."""
    select.select([ear], [], [], LOOK_SECONDS)
    with contextlib.suppress(BlockingIOError):
        while True:
            ear.recv(16)
