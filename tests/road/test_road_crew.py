"""A worker with processes of its own for quick mail: one of them may die, and all of them end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import select

from road.config import load
from road.gateway import Gateway, open_gateway
from store.claiming import TOO_MANY
from store.engine import reading
from store.schema import event_log, item
from tests.road.answering import letter

PATIENCE = 110.0
ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "posta" / name).mkdir(parents=True)
    file = tmp_path / "gateway.toml"
    file.write_text(
        '[gateway]\nstate = "state"\nprocesses = 2\n[console]\nport = 0\n'
        '[[maildir]]\nname = "posta"\nfolder = "posta"\npoll_seconds = 0.2\n',
        "utf-8",
    )
    return file


@pytest.fixture
def worker(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "worker", "run", "--config", str(config)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        yield running
        running.kill()


def children(pid: int) -> list[int]:
    try:
        return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def climbers(pid: int) -> tuple[int, list[int]]:
    """Foreman and climbers; the foreman is the child that the worker forked of itself."""
    mine = command_of(pid)
    forks = [child for child in children(pid) if command_of(child) == mine]
    return (forks[0], [c for c in children(forks[0]) if lives(c)]) if forks else (0, [])


def command_of(pid: int) -> bytes | None:
    """None once the process is gone: it may end between two looks."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    except OSError:
        return False


def until(true: Callable[[], bool], *, look: float = 0.05) -> None:
    deadline, pause = monotonic() + PATIENCE, threading.Event()
    while not true():
        assert monotonic() < deadline, "too late"
        pause.wait(look)


def drop(config: Path, name: str) -> None:
    box = config.parent / "posta"
    (box / "tmp" / name).write_bytes(letter("Buongiorno, invio i documenti.", subject=name))
    (box / "tmp" / name).rename(box / "new" / name)


def decided(gateway: Gateway) -> int:
    return sum(row.disposition is not None for row in gateway.views.items().rows)


def test_a_climber_that_dies_is_replaced_and_all_end_with_their_worker(
    config: Path, worker: subprocess.Popen[bytes]
) -> None:
    gateway = open_gateway(load(config))
    until(lambda: len(climbers(worker.pid)[1]) == 2)
    foreman, before = climbers(worker.pid)
    os.kill(before[0], signal.SIGKILL)
    for name in ("uno", "due", "tre"):
        drop(config, name)
    until(lambda: decided(gateway) == 3)
    until(lambda: len(climbers(worker.pid)[1]) == 2)
    everybody = [foreman, *climbers(worker.pid)[1]]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    until(lambda: not any(map(lives, everybody)))


ENDED_WHILE_ENGAGING = """
import os, signal, sys
from pathlib import Path
from road import crew
from road.config import load
from road.gateway import open_gateway

engage = crew._engage

def engage_and_end(*given):
    pid = engage(*given)
    os.kill(os.getpid(), signal.SIGTERM)
    return pid

crew._engage = engage_and_end
os.waitpid(crew.muster(open_gateway(load(Path(sys.argv[1]))), 1).foreman, 0)
"""


def test_a_climber_that_is_being_engaged_when_the_end_comes_ends_too(config: Path) -> None:
    command = [sys.executable, "-c", ENDED_WHILE_ENGAGING, str(config)]
    assert subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode == 0


def test_when_the_foreman_is_gone_the_worker_climbs_by_itself(config: Path, worker: subprocess.Popen[bytes]) -> None:
    gateway = open_gateway(load(config))
    until(lambda: len(climbers(worker.pid)[1]) == 2)
    foreman, crew = climbers(worker.pid)
    os.kill(foreman, signal.SIGKILL)
    until(lambda: not any(map(lives, crew)))
    drop(config, "uno")
    until(lambda: decided(gateway) == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0


def test_what_a_climber_had_in_hand_when_it_was_killed_is_climbed_by_others_and_once(
    config: Path, worker: subprocess.Popen[bytes]
) -> None:
    gateway, many, killed = open_gateway(load(config)), 40, set[int]()

    def kill_who_climbs() -> bool:
        for pid in at_climbing(gateway).intersection(climbers(worker.pid)[1]) - killed:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        return len(killed) >= 2

    until(lambda: len(climbers(worker.pid)[1]) == 2)
    for number in range(many):
        drop(config, f"lettera {number}")
    until(kill_who_climbs, look=0.002)
    until(lambda: decided(gateway) == many)
    with reading(gateway.engine) as connection:
        happened = Counter(map(tuple, connection.execute(select(event_log.c.item_id, event_log.c.kind))))
        tries = connection.execute(select(item.c.attempts, item.c.held_code)).all()
    assert sum(kind == "decided" for _, kind in happened) == many == len(tries)
    assert set(happened.values()) == {1}
    assert all(attempts == 0 and held != TOO_MANY for attempts, held in tries)


def at_climbing(gateway: Gateway) -> set[int]:
    """The processes that hold items: a lease names its holder."""
    with reading(gateway.engine) as connection:
        leases = connection.execute(select(item.c.lease).where(item.c.lease.is_not(None)).distinct()).scalars()
        return {int(lease[6:14], 16) for lease in leases}
