"""Composition root: wires sources, rungs and senders to dramatiq actors. Nobody imports it.

    python -m worker run  [--config gateway.toml]     everything together
    python -m worker poll|work [--config …]           the parts, for several machines
    dramatiq worker:broker                            the actors under dramatiq's own command (SPORTELLO_CONFIG)

A message carries item ids and nothing else. Losing one costs the time until the sweeper looks again.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Until the work begins Ctrl-C ends this at once and without a word: what follows takes a second or two.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import dramatiq
import structlog

from mailroom.errors import GatewayError
from mailroom.item import Receipt
from road.attempting import PAUSE_SECONDS, keep_at, log_to_stderr
from road.broker import make_broker, unheard
from road.chores import AT_THE_SOURCES, AT_WORK, Chores
from road.climbing import Climber
from road.config import GatewayConfig, load
from road.crew import BATCH, Crew, muster
from road.delivering import Delivery
from road.gateway import Gateway, open_gateway
from road.serving import ConsoleServer
from road.stopping import stop_of
from road.warming import warm_up

log = structlog.get_logger()

SWEEP_SECONDS = 2.0


def broker() -> dramatiq.Broker:
    """For the ``dramatiq`` command, which calls it once a process; the configuration's path is in the environment."""
    path = os.environ.get("SPORTELLO_CONFIG")
    gateway = open_gateway(load(Path(path) if path else None))
    return Bell(gateway).broker


class Bell:
    """The broker and its three actors; `ring` wakes a worker wherever one is."""

    def __init__(self, gateway: Gateway, crew: Crew | None = None) -> None:
        self._crew = crew
        self.broker = make_broker(gateway.config.gateway.broker)
        self._climber: Climber = gateway.climber(self.ring)
        self.delivery: Delivery = gateway.delivery()
        self.unheard = threading.Event()
        """Set when somebody rang in vain; whoever rings for all again clears it."""
        self._climb = self._actor("climb", self._climb_quick)
        self._climb_slow = self._actor("climb_slow", self._climb_slowly)
        self._deliver = self._actor("deliver", self._deliver_due)

    def _actor(self, name: str, work: Callable[..., None]) -> dramatiq.Actor[..., None]:
        # The ledger retries, not the broker: a second bell for the same item does no harm and helps nobody.
        queue = "slow" if name == "climb_slow" else "default"
        make = dramatiq.actor(
            actor_name=name, queue_name=queue, broker=self.broker, max_retries=0, time_limit=3_600_000
        )
        return make(work)

    def ring(self, item_ids: Sequence[str], slow: bool) -> None:
        """Never fails: what nobody heard the sweeper rings for again."""
        actor = self._climb_slow if slow else self._climb
        size = 1 if slow else BATCH
        for start in range(0, len(item_ids), size):
            self._send(actor, list(item_ids[start : start + size]))

    def ring_for(self, receipts: Sequence[Receipt]) -> None:
        self.ring([receipt.item_id for receipt in receipts], False)

    def ring_delivery(self) -> None:
        self._send(self._deliver)

    def _send(self, actor: dramatiq.Actor[..., None], *said: list[str]) -> None:
        try:
            actor.send(*said)
        except unheard() as error:
            self.unheard.set()
            log.warning("bell_unheard", actor=actor.actor_name, kind=type(error).__name__)

    def _climb_quick(self, item_ids: list[str]) -> None:
        if self._crew is not None and self._crew.is_alive():
            self._crew.ring()
        elif self._climber.climb(item_ids, slow=False):
            self.ring_delivery()

    def _climb_slowly(self, item_ids: list[str]) -> None:
        if self._climber.climb(item_ids, slow=True):
            self.ring_delivery()

    def _deliver_due(self) -> None:
        while self.delivery.deliver():
            pass


class Sweeper:
    """Rings again for whatever is due and was not rung for, or whose bell got lost."""

    def __init__(self, gateway: Gateway, bell: Bell) -> None:
        self._gateway = gateway
        self._bell = bell
        self._rung: dict[str, int] = {}
        self._round = 0

    def sweep(self) -> None:
        self._round += 1
        if self._bell.unheard.is_set():
            self._bell.unheard.clear()
            self._rung.clear()
        self._gateway.ledger.free_dead()
        due = self._gateway.ledger.due_items(500)
        quick = [i for i, channel, rung in due if self._wants(i) and not _is_slow(channel, rung)]
        slow = [i for i, channel, rung in due if i not in set(quick) and self._wants(i)]
        self._rung = {i: self._rung.get(i, self._round) for i, _, _ in due}
        for ids, is_slow in ((quick, False), (slow, True)):
            if ids:
                self._bell.ring(ids, is_slow)
                self._rung.update(dict.fromkeys(ids, self._round))
        if self._bell.delivery.is_due():
            self._bell.ring_delivery()

    def _wants(self, item_id: str) -> bool:
        """Not rung for within the last rounds: the queue may simply be long."""
        return self._round - self._rung.get(item_id, -100) >= 15

    def watch(self, stop: threading.Event) -> None:
        """Until `stop` is set. Raises Transient while the ledger does not answer: whoever keeps it at work begins it
        again."""
        self.sweep()
        while not stop.wait(SWEEP_SECONDS):
            self.sweep()


def _is_slow(channel: str, rung: str) -> bool:
    return channel in ("fax", "post") or rung != "received"


def run(config: GatewayConfig, *, poll: bool, work: bool, console: bool, stop: threading.Event) -> None:
    """Starts the parts that were asked for and returns when `stop` is set and they have ended."""
    gateway = open_gateway(config)
    crew = None
    if work:
        warm_up(gateway.tools(), config.answers)
        climbers = config.gateway.climbers
        crew = muster(gateway, climbers) if climbers > 1 else None
    try:
        server = ConsoleServer(gateway) if console else None
    except GatewayError:
        if crew:
            crew.stop()
        raise
    bell = Bell(gateway, crew)
    threads: list[threading.Thread] = []
    workers: list[dramatiq.Worker] = []
    if work:
        again, held = gateway.ledger.recover_dispatches()
        log.info("recovered", sent_again=again, held=held)
        workers.append(dramatiq.Worker(bell.broker, worker_threads=config.gateway.workers, worker_timeout=200))
        workers[0].start()
        sweeper = Sweeper(gateway, bell)
        threads.append(_kept("sweeper", partial(sweeper.watch, stop), stop, pause=SWEEP_SECONDS))
    if poll:
        for attendance in gateway.attendances(on_booked=bell.ring_for):
            threads.append(_kept(f"source {attendance.source.name}", partial(attendance.watch, stop), stop))
    chores = Chores(gateway, (*(AT_WORK if work else ()), *(AT_THE_SOURCES if poll else ())))
    threads.append(_kept("chores", partial(chores.watch, stop), stop))
    for thread in threads:
        thread.start()
    if server:
        server.start()
    stop.wait()
    if crew:
        crew.stop()
    if server:
        server.stop()
    for worker in workers:
        worker.stop()
    for thread in threads:
        thread.join(30)
    gateway.engine.dispose()


def _kept(
    name: str, work: Callable[[], None], stop: threading.Event, *, pause: float = PAUSE_SECONDS
) -> threading.Thread:
    return threading.Thread(target=keep_at, args=(work, stop), kwargs={"name": name, "pause": pause}, name=name)


def main() -> None:
    parser = argparse.ArgumentParser(prog="worker", description=__doc__)
    parser.add_argument("part", choices=("run", "poll", "work", "console"))
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    log_to_stderr()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    everything = given.part == "run"
    try:
        run(
            load(given.config),
            poll=everything or given.part == "poll",
            work=everything or given.part == "work",
            console=everything or given.part == "console",
            stop=stop,
        )
    except (GatewayError, OSError) as error:
        told = stop_of(error)
        print(f"sportello: {told.says}", file=sys.stderr)
        raise SystemExit(told.code) from error


if __name__ == "__main__":
    main()
