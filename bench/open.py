"""How fast arrivals are opened, next to bare mail-parser and the standard library, over the same mails in one run.

    python -m bench.open [--mailbag FOLDER] [--seconds 4] [--profile]

Ours finds types by content, unpacks containers (in child processes), finds the words, gives every leaf a role and its
digest; the others parse and decode. Each reader has the same time for each group; the best round counts.
"""

from __future__ import annotations

import argparse
import cProfile
import logging
import pstats
import random
import time
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default
from pathlib import Path

import mailparser

from bench.mails import letter, mutated
from mailroom.envelope import Channel
from mailroom.item import Hints
from parsers.isolation import house_workshop
from parsers.opening import open_arrival

_HINTS = Hints(channel=Channel.EMAIL)
_FAILURES = (LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError, MessageError)
Reader = Callable[[bytes], object]


def ours(raw: bytes) -> object:
    return open_arrival(raw, _HINTS)


def modern(raw: bytes) -> object:
    message = message_from_bytes(raw, policy=default)
    return [part.get_content() for part in message.walk() if not part.is_multipart()]


def old_idiom(raw: bytes) -> object:
    message = message_from_bytes(raw)
    return [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]


READERS: tuple[tuple[str, Reader], ...] = (
    ("open_arrival", ours),
    ("mail-parser", mailparser.parse_from_bytes),
    ("email, policy default", modern),
    ("email, compat32", old_idiom),
)


def groups(mailbag: Path) -> dict[str, list[bytes]]:
    dice = random.Random(7)
    plain = [letter(dice) for _ in range(200)]
    found = {"generated letters": plain, "the same, mutilated": [mutated(raw, dice) for raw in plain]}
    items = [path.read_bytes() for path in sorted(mailbag.glob("items/*/message.eml"))]
    if items:
        found["mailbag"] = items
        found["mailbag, under 100 kB"] = [raw for raw in items if len(raw) < 100_000]
    return found


def measure(mails: Sequence[bytes], seconds: float) -> dict[str, tuple[float, int]]:
    """By reader: mails a second in its best round, and how many made it raise. The readers take turns, so that what
    else the machine does meets all of them."""
    best = {label: float("inf") for label, _ in READERS}
    raised = {label: 0 for label, _ in READERS}
    deadline = time.perf_counter() + seconds * len(READERS)
    while time.perf_counter() < deadline:
        for label, reader in READERS:
            spent, raised[label] = round_of(reader, mails)
            best[label] = min(best[label], spent)
    return {label: (len(mails) / best[label], raised[label]) for label, _ in READERS}


def round_of(reader: Reader, mails: Sequence[bytes]) -> tuple[float, int]:
    started, raised = time.perf_counter(), 0
    for raw in mails:
        try:
            reader(raw)
        except _FAILURES:
            raised += 1
    return time.perf_counter() - started, raised


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mailbag", type=Path, default=Path("../shared/mailbag"))
    options.add_argument("--seconds", type=float, default=4.0, help="for each reader and group")
    options.add_argument("--profile", action="store_true", help="where our time goes instead")
    chosen = options.parse_args()
    logging.getLogger("mailparser").setLevel(logging.ERROR)
    for name, mails in groups(chosen.mailbag).items():
        size = sum(map(len, mails)) / len(mails) / 1000
        print(f"\n{name}: {len(mails)} mails of {size:.1f} kB")
        if chosen.profile:
            _profile(mails)
            continue
        ours(mails[0])
        speeds = measure(mails, chosen.seconds)
        base = speeds["mail-parser"][0]
        for label, (speed, raised) in speeds.items():
            print(f"  {label:24}{speed:10.0f} mails/s   {speed / base:6.2f} x mail-parser   raised on {raised}")
    house_workshop().close()


def _profile(mails: Sequence[bytes]) -> None:
    profile = cProfile.Profile()
    profile.enable()
    for raw in mails:
        ours(raw)
    profile.disable()
    pstats.Stats(profile).sort_stats("cumtime").print_stats(25)


if __name__ == "__main__":
    main()
