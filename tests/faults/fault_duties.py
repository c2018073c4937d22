"""Readers that misbehave on purpose, registered in the workshops of the fault tests like any other duty."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from parsers.isolation_wire import Plain
from parsers.limits import Limits

FAULTS = {
    name: f"tests.faults.fault_duties:{name}"
    for name in (
        "echo", "hang", "spin", "raise_error", "segfault", "eat_memory", "talk_too_much", "fill_the_disk",
        "call_home", "hang_in_a_tool", "escape_in_a_tool", "leave_a_file", "look_around", "say_nonsense", "who",
        "write_elsewhere",
    )
}  # fmt: skip


def echo(payload: Plain, limits: Limits) -> Plain:
    return payload


def who(payload: Plain, limits: Limits) -> Plain:
    return os.getpid()


def hang(payload: Plain, limits: Limits) -> Plain:
    time.sleep(3600)


def spin(payload: Plain, limits: Limits) -> Plain:
    while True:
        pass


def raise_error(payload: Plain, limits: Limits) -> Plain:
    raise LookupError(f"the secret of {payload}")


def segfault(payload: Plain, limits: Limits) -> Plain:
    ctypes.string_at(0)


def eat_memory(payload: Plain, limits: Limits) -> Plain:
    return len(bytearray(8 * limits.memory_bytes))


def talk_too_much(payload: Plain, limits: Limits) -> Plain:
    return b"x" * (limits.output_bytes + 1)


def fill_the_disk(payload: Plain, limits: Limits) -> Plain:
    with tempfile.TemporaryFile() as file:
        while True:
            file.write(b"x" * (1 << 16))
            file.flush()


def call_home(payload: Plain, limits: Limits) -> Plain:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.connect(("127.0.0.1", payload))
    except OSError as error:
        return type(error).__name__
    return "connected"


def hang_in_a_tool(payload: Plain, limits: Limits) -> Plain:
    subprocess.run(["sleep", str(payload)], check=False)


def escape_in_a_tool(payload: Plain, limits: Limits) -> Plain:
    subprocess.run(["setsid", "--wait", "sleep", str(payload)], check=False)


def leave_a_file(payload: Plain, limits: Limits) -> Plain:
    before = sorted(path.name for path in Path.cwd().iterdir())
    Path("left").write_bytes(b"behind")
    Path("folder").mkdir()
    return before


def write_elsewhere(payload: Plain, limits: Limits) -> Plain:
    try:
        Path(payload).write_bytes(b"x")
    except OSError as error:
        return type(error).__name__
    return "written"


def look_around(payload: Plain, limits: Limits) -> Plain:
    open_now = [fd for fd in range(256) if Path(f"/proc/self/fd/{fd}").is_symlink()]
    return {"environment": dict(os.environ), "folder": str(Path.cwd()), "open": len(open_now)}


def say_nonsense(payload: Plain, limits: Limits) -> Plain:
    os.write(3, b"\xff" * 64)
    time.sleep(3600)
