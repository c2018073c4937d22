"""Processor time of this process and of all that descend from it: on a machine that others use too, the clock alone
says little."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def spent() -> float:
    """Seconds so far, of those that live now; of the dead only what their parents have reaped."""
    children, seconds = defaultdict[int, list[int]](list), dict[int, float]()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        # proc(5): 4 is the parent, 14 to 17 are user and system time of its own and of its reaped children.
        children[int(fields[1])].append(int(entry.name))
        seconds[int(entry.name)] = sum(map(int, fields[11:15])) / _TICK
    waiting, total = [os.getpid()], 0.0
    while waiting:
        pid = waiting.pop()
        total += seconds.get(pid, 0.0)
        waiting += children[pid]
    return total
