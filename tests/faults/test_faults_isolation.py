"""Readers that crash, hang, swell, chatter and spy: each costs its own document and nothing else."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from parsers import isolation_wire
from parsers.isolation import Defect, Workshop
from parsers.limits import DEFAULT_LIMITS
from tests.faults.fault_duties import FAULTS

SMALL = replace(
    DEFAULT_LIMITS, document_seconds=20.0, memory_bytes=400_000_000, output_bytes=1_000_000, file_bytes=1_000_000
)


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    workshop = Workshop(size=2, duties=FAULTS)
    yield workshop
    workshop.close()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()


def gone(pid: int) -> bool:
    for _ in range(500):
        try:
            if not alive(pid):
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


def sleepers(mark: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "cmdline").read_text():
                    found.append(entry.name)
            except OSError:
                continue
    return found


@pytest.mark.parametrize(
    "value", [None, 1.5, "perché\udce8", b"\0\xff" * 500, [b"a", {"b": [b"c", 1]}, None], {"k": b""}, "x" * 100_000]
)
def test_what_goes_in_comes_back(workshop: Workshop, value: object) -> None:
    assert workshop.run("echo", value, limits=SMALL) == value


def test_large_contents_go_through(workshop: Workshop) -> None:
    big = os.urandom(1 << 20) * 30
    assert workshop.run("echo", big, limits=replace(SMALL, output_bytes=1 << 26)) == big


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("raise_error", "crashed"),
        ("segfault", "crashed"),
        ("say_nonsense", "crashed"),
        ("eat_memory", "too_much_memory"),
        ("talk_too_much", "too_much_output"),
        ("fill_the_disk", "too_much_output"),
    ],
)
def test_a_reader_that_misbehaves_is_a_defect_and_the_next_document_is_read(
    workshop: Workshop, fault: str, code: str
) -> None:
    failed = workshop.run(fault, "Mario Rossi", limits=SMALL)
    assert isinstance(failed, Defect)
    assert failed.code == code
    assert "Mario" not in failed.detail
    assert workshop.run("echo", "after", limits=SMALL) == "after"


@pytest.mark.parametrize("fault", ["hang", "spin"])
def test_a_reader_that_hangs_is_ended_in_time(workshop: Workshop, fault: str) -> None:
    began = time.monotonic()
    failed = workshop.run(fault, None, limits=SMALL, seconds=0.3)
    assert isinstance(failed, Defect)
    assert failed.code == "timed_out"
    assert time.monotonic() - began < 3
    assert workshop.run("echo", "after", limits=SMALL) == "after"


@pytest.mark.parametrize(("fault", "seconds"), [("hang_in_a_tool", 98761), ("escape_in_a_tool", 98762)])
def test_the_tools_that_a_reader_started_end_with_it(workshop: Workshop, fault: str, seconds: int) -> None:
    failed = workshop.run(fault, seconds, limits=SMALL, seconds=0.5)
    assert isinstance(failed, Defect)
    assert failed.code == "timed_out"
    for _ in range(300):
        if not sleepers(f"sleep\0{seconds}"):
            return
        time.sleep(0.01)
    pytest.fail("the tool outlived its reader")


def test_a_reader_reaches_no_network(workshop: Workshop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = workshop.run("call_home", server.getsockname()[1], limits=SMALL)
    in_force = {wall.name: wall.in_force for wall in workshop.walls()}
    if in_force["network_namespace"] or in_force["network_filter"]:
        assert answer != "connected"


def test_a_reader_writes_into_its_own_folder_only_and_finds_it_empty(workshop: Workshop, tmp_path: Path) -> None:
    assert workshop.run("leave_a_file", None, limits=SMALL) == []
    assert workshop.run("leave_a_file", None, limits=SMALL) == []
    outside = tmp_path / "outside"
    answer = workshop.run("write_elsewhere", str(outside), limits=SMALL)
    if {wall.name: wall.in_force for wall in workshop.walls()}["files"]:
        assert answer == "PermissionError"
        assert not outside.exists()


def test_a_reader_sees_no_secret_of_the_gateway(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_DATABASE_PASSWORD", "segreta")
    with_secret = Workshop(size=1, duties=FAULTS)
    seen = with_secret.run("look_around", None, limits=SMALL)
    with_secret.close()
    assert "SPORTELLO_DATABASE_PASSWORD" not in seen["environment"]
    assert seen["environment"]["OMP_THREAD_LIMIT"] == "1"
    assert seen["open"] <= 8


def test_a_child_is_kept_for_the_next_document_and_retired_after_many() -> None:
    workshop = Workshop(size=1, duties=FAULTS, tasks_per_child=3)
    pids = [workshop.run("who", None, limits=SMALL) for _ in range(6)]
    workshop.close()
    assert pids[0] == pids[1] == pids[2] != pids[3] == pids[4] == pids[5]


def test_a_child_that_died_idle_is_nobodys_fault(workshop: Workshop) -> None:
    pid = workshop.run("who", None, limits=SMALL)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert workshop.run("echo", "still here", limits=SMALL) == "still here"


def test_a_workshop_whose_root_process_died_starts_anew() -> None:
    workshop = Workshop(size=1, duties=FAULTS)
    pid = workshop.run("who", None, limits=SMALL)
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(parent, signal.SIGKILL)
    assert gone(pid), "children end with the process they were forked from"
    assert workshop.run("echo", "anew", limits=SMALL) == "anew"
    workshop.close()


def test_many_threads_share_few_children() -> None:
    workshop = Workshop(size=2, duties=FAULTS)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: workshop.run("echo", number, limits=SMALL), range(100)))
        pids = set(threads.map(lambda _: workshop.run("who", None, limits=SMALL), range(20)))
    workshop.close()
    assert answers == list(range(100))
    assert len(pids) <= 2


def test_a_hanging_document_does_not_hold_up_the_others(workshop: Workshop) -> None:
    slow = threading.Thread(target=lambda: workshop.run("hang", None, limits=SMALL, seconds=2))
    slow.start()
    began = time.monotonic()
    assert [workshop.run("echo", number, limits=SMALL) for number in range(20)] == list(range(20))
    assert time.monotonic() - began < 1.5
    slow.join()


def test_closing_leaves_no_process_and_no_folder() -> None:
    workshop = Workshop(size=1, duties=FAULTS)
    pid = workshop.run("who", None, limits=SMALL)
    folder = Path(workshop.run("look_around", None, limits=SMALL)["folder"])
    assert folder.is_dir()
    workshop.close()
    assert gone(pid)
    assert not folder.parent.exists()


_ORPHANING = """
import os, signal, sys, threading
from parsers.isolation import Workshop
from parsers.limits import DEFAULT_LIMITS
from tests.faults.fault_duties import FAULTS
workshop = Workshop(size=2, duties=FAULTS)
print(workshop.run("who", None, limits=DEFAULT_LIMITS), flush=True)
print(workshop.run("look_around", None, limits=DEFAULT_LIMITS)["folder"], flush=True)
hang = lambda: workshop.run("hang_in_a_tool", 98763, limits=DEFAULT_LIMITS)
threading.Thread(target=hang, daemon=True).start()
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_gateway_that_is_killed_takes_its_readers_with_it() -> None:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", _ORPHANING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as gateway:
        assert gateway.stdout is not None and gateway.stdin is not None
        pid, folder = int(gateway.stdout.readline()), Path(gateway.stdout.readline().strip())
        for _ in range(300):
            if sleepers("sleep\00098763"):
                break
            time.sleep(0.01)
        gateway.stdin.write("now\n")
        gateway.stdin.flush()
        gateway.wait(10)
    assert gone(pid)
    for _ in range(500):
        if not sleepers("sleep\00098763") and not folder.parent.exists():
            return
        time.sleep(0.01)
    pytest.fail("something outlived the gateway")


def test_the_walls_in_force_are_told_for_doctor(workshop: Workshop) -> None:
    walls = workshop.walls()
    assert walls[0].in_force
    assert {"network_namespace", "network_filter", "files"} <= {wall.name for wall in walls}
    assert all(wall.how for wall in walls)


@pytest.mark.parametrize("size", [0, 10, isolation_wire._AT_ONCE - 40, isolation_wire._AT_ONCE, 3_000_000])
def test_a_frame_of_any_size_crosses_the_border_whole(size: int) -> None:
    ours, theirs = socket.socketpair()
    said = {"words": "è" * (size // 50), "bytes": [os.urandom(size), b"", b"end"], "none": None}
    with ours, theirs, ThreadPoolExecutor(1) as pool:
        heard = pool.submit(isolation_wire.receive, theirs)
        isolation_wire.send(ours, said)
        assert heard.result(20) == said


def test_who_says_more_than_was_asked_is_not_believed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"".join(isolation_wire.pack({"answer": 1})) + b"".join(isolation_wire.pack({"answer": 2})))
        with pytest.raises(isolation_wire.BadFrame):
            isolation_wire.receive(ours)
