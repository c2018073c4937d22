"""Lease tokens that say which process of which machine holds an item, so that a neighbour can tell when it is dead.

Without this an item of a killed worker waits for its lease to run out, however long that is; other machines still
wait, for nobody can see from afar whether a process lives.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path

NOWHERE = "000000"
_SPLIT = (6, 14, 24)
"""Where place, process, start and chance end in the 32 hexadecimal digits."""


def new_lease() -> str:
    """32 hexadecimal digits: place, process id, its start, chance."""
    pid = os.getpid()
    return f"{_place()}{pid:08x}{_start_of(pid) or 0:010x}{secrets.token_hex(4)}"


def is_dead(lease: str) -> bool:
    """Whether its holder was a process of this machine (and container) that is no more. False in any doubt."""
    place, pid, start = (lease[a:b] for a, b in zip((0, *_SPLIT), _SPLIT, strict=False))
    if place == NOWHERE or place != _place():
        return False
    try:
        return _start_of(int(pid, 16)) != int(start, 16)
    except ValueError:
        return False


@cache
def _place() -> str:
    """This boot and this namespace of processes: ids mean nothing beyond."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return NOWHERE
    return hashlib.sha256(f"{boot}/{space}".encode()).hexdigest()[:6]


def _start_of(pid: int) -> int | None:
    """When it started, in ticks since boot (proc(5), field 22 of stat); None for no such process."""
    try:
        said = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = said.rpartition(b")")[2].split()
    if fields[0] in (b"Z", b"X"):
        return None
    return int(fields[19]) & 0xFF_FFFF_FFFF
