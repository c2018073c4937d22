"""Opens mutilated mails until the time is up: nothing may raise, hang, or lose a leaf.

    python -m tests.fuzz.opening --minutes 10 [--seed 1] [--seeds FOLDER]

Mails are drawn from a seed (`bench.mails`), or from the files of a folder, and cut, repeated, spoilt and crossed with
one another. What loses a leaf or takes too long is kept in the folder of findings under its digest; a mail that
raises ends the run and stays there as ``current``.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.mails import letter, mutated
from mailroom.envelope import Channel
from mailroom.item import Hints
from mailroom.submission import Role
from parsers.isolation import house_workshop
from parsers.message import body_of, parse, walk
from parsers.opening import Opened, open_arrival

SLOW_SECONDS = 5.0
LARGEST = 300_000
_HINTS = Hints(channel=Channel.EMAIL)


def complaint(raw: bytes) -> str | None:
    """What is wrong with how this mail opens; None if nothing is."""
    started = time.perf_counter()
    found = open_arrival(raw, _HINTS)
    if (spent := time.perf_counter() - started) > SLOW_SECONDS:
        return f"{spent:.1f} s for {len(raw)} bytes"
    return unaccounted(raw, found)


def unaccounted(raw: bytes, found: Opened) -> str | None:
    """Every leaf is a part with its bytes and a role, and what was refused says why."""
    parts = found.submission.parts
    if [part.index for part in parts] != list(range(len(parts))):
        return "parts are not numbered in order"
    if missing := [part.path for part in parts if part.digest not in found.contents]:
        return f"no bytes for {missing[:3]}"
    if silent := [part.path for part in parts if part.role is Role.REFUSED and not part.reason]:
        return f"refused without a reason: {silent[:3]}"
    if not raw.startswith(b"\xd0\xcf\x11\xe0") and found.envelope.certified is None:
        refused = b"".join(found.contents[part.digest] for part in parts if part.role is Role.REFUSED)
        for node in walk(parse(raw)):
            if node.leaf and node.kind.startswith(("image/", "application/")):
                data = body_of(node.message)[0]
                if hashlib.sha256(data).hexdigest() not in found.contents and data not in refused:
                    return f"lost the leaf {node.trail} ({node.kind})"
    return None


def mails(dice: random.Random, folder: Path | None) -> Iterator[bytes]:
    """Without end."""
    given = [path.read_bytes()[:LARGEST] for path in sorted(folder.rglob("*")) if path.is_file()] if folder else []
    while True:
        base = dice.choice(given) if given and dice.random() < 0.7 else letter(dice)
        if dice.random() < 0.15:
            other = dice.choice(given) if given else letter(dice)
            base = base[: dice.randrange(len(base) + 1)] + other[dice.randrange(len(other) + 1) :]
        yield mutated(base, dice)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--seeds", type=Path, help="folder of mails to start from, besides the drawn ones")
    options.add_argument("--findings", type=Path, default=Path("var/fuzz"))
    chosen = options.parse_args()
    deadline = time.monotonic() + 60 * chosen.minutes
    chosen.findings.mkdir(parents=True, exist_ok=True)
    opened = failed = 0
    for raw in mails(random.Random(chosen.seed), chosen.seeds):
        if time.monotonic() > deadline:
            break
        opened += 1
        # Written beforehand: should it raise, or take the process with it, the mail is there.
        current = chosen.findings / f"current-{chosen.seed}.eml"
        current.write_bytes(raw)
        if (wrong := complaint(raw)) is not None:
            failed += 1
            place = current.rename(chosen.findings / f"{hashlib.sha256(raw).hexdigest()[:16]}.eml")
            print(f"{place} (seed {chosen.seed}, mail {opened}): {wrong}", flush=True)
    (chosen.findings / f"current-{chosen.seed}.eml").unlink(missing_ok=True)
    house_workshop().close()
    print(f"{opened} mails opened, {failed} complaints")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
