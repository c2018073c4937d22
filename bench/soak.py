"""Hours of work in a table: does it keep its memory, its files and its pace, and does it lose anything?

    python -m bench.soak [--minutes 10] [--rate 120] [--kill-every 90]

A worker process of its own takes letters from a real Dovecot at `rate` a minute, answers over a real SMTP server and
hands over to the sandbox Portal, which fails now and then. At random moments, every `kill-every` seconds in the mean,
the worker is killed outright and started again. In the end nothing more arrives, the worker finishes, and the books
are checked: every letter one item and one outcome, every Message-ID once at the mail server, every case once at the
Portal, nothing left in the inbox. Exit code 1 if they don't balance.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.table import Table

from bench.intake import mails
from mailroom.item import Rung
from outbound.sandbox_portal import SandboxPortal
from road.config import load
from road.gateway import Gateway, open_gateway
from store.item_views import ItemFilter, ItemRow
from store.verify import verify

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "servers"))

from dovecot import PASSWORD, Dovecot, dovecot
from smtp import Mailbox, smtp_server

PATIENCE = 300.0
PROMISED = "at least once is the promise"
USER = "posta"


@dataclass(frozen=True, slots=True)
class Books:
    """What went in and what became of it."""

    letters: int
    items: int
    decided: int
    lost: int
    """Letters that are in no item."""
    doubled: int
    """Items beyond the first for one letter."""
    flaws: tuple[str, ...]


@dataclass(slots=True)
class Worker:
    """The gateway's process, killed and started again on the same state."""

    config: Path
    log: Path
    running: subprocess.Popen[bytes] | None = None
    starts: int = 0

    def start(self) -> None:
        with self.log.open("ab") as out:
            command = [sys.executable, "-m", "worker", "run", "--config", str(self.config)]
            self.running = subprocess.Popen(command, stdout=out, stderr=out)
        self.starts += 1

    def kill(self) -> None:
        if self.running is not None:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()

    def measures(self) -> tuple[float, int, int]:
        """Resident MB, open files, threads."""
        assert self.running is not None
        place = Path(f"/proc/{self.running.pid}")
        said = dict(line.split(":", 1) for line in (place / "status").read_text().splitlines() if ":" in line)
        return int(said["VmRSS"].split()[0]) / 1024, len(list((place / "fd").iterdir())), int(said["Threads"])


@dataclass(slots=True)
class Minute:
    arrived: int = 0
    measures: tuple[float, int, int] = (0, 0, 0)
    waiting: int = 0
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=120, help="letters a minute")
    parser.add_argument("--kill-every", type=float, default=90, help="seconds; 0 for never")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, smtp_server() as server, dovecot() as post:
        portal = SandboxPortal().start()
        flaws = soak(Path(folder), post, server, portal, given.minutes, given.rate, given.kill_every)
        portal.close()
    raise SystemExit(1 if flaws else 0)


def configured(root: Path, post: Dovecot, server: Mailbox, portal: SandboxPortal) -> Path:
    (root / "password").write_text(PASSWORD)
    config = root / "gateway.toml"
    config.write_text(
        f'[gateway]\nstate = "state"\n[console]\nport = 0\n[[mailbox]]\nname = "posta"\nhost = "127.0.0.1"\n'
        f'port = {post.port}\nuser = "{USER}"\ntls = "none"\npassword_file = "password"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
        f'[portal]\nurl = "{portal.url}"\nrest_seconds = 2\n',
        "utf-8",
    )
    return config


def soak(
    root: Path, post: Dovecot, server: Mailbox, portal: SandboxPortal, minutes: float, rate: float, kill_every: float
) -> int:
    config = configured(root, post, server, portal)
    gateway, worker, dice = open_gateway(load(config)), Worker(config, root / "log"), random.Random()
    letters, rows, sent = mails(int(minutes * rate) + 1), [], Counter[str]()
    worker.start()
    started, pause = monotonic(), threading.Event()
    kill_at = started + dice.uniform(0, 2 * kill_every) if kill_every else math.inf
    minute, minute_ends = Minute(), started + 60
    with post.client(USER) as sender:
        while monotonic() - started < minutes * 60:
            while sent.total() < (monotonic() - started) / 60 * rate:
                # As the server hands it out, whatever the line ends it was given.
                letter = next(letters).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
                sender.append("INBOX", letter)
                sent[hashlib.sha256(letter).hexdigest()] += 1
                minute.arrived += 1
            if dice.random() < 0.02:
                portal.faults += [503] * dice.randint(1, 4)
            if dice.random() < 0.02:
                server.script += [dice.choice(("451 later", None))]
            if monotonic() > kill_at:
                worker.kill()
                worker.start()
                kill_at = monotonic() + dice.uniform(0, 2 * kill_every)
            if monotonic() > minute_ends:
                rows.append(closed_minute(gateway, worker, minute))
                minute, minute_ends = Minute(), minute_ends + 60
            pause.wait(0.2)
    rows.append(closed_minute(gateway, worker, minute))
    finish(gateway, sent.total())
    books = balance(gateway, post, server, sent)
    worker.kill()
    return told(rows, books, worker.starts)


def closed_minute(gateway: Gateway, worker: Worker, minute: Minute) -> Minute:
    minute.measures = worker.measures()
    minute.waiting = gateway.views.front_page().waiting
    newest = gateway.views.items(limit=200).rows
    minute.seconds = [took for row in newest if (took := seconds_of(gateway, row)) is not None]
    return minute


def seconds_of(gateway: Gateway, row: ItemRow) -> float | None:
    """From custody to decision; None while it is not decided, or longer ago than a minute."""
    if (datetime.now(UTC) - row.received_at).total_seconds() > 60 or row.disposition is None:
        return None
    detail = gateway.views.item(row.id)
    decided = next((event.at for event in detail.road if event.kind == "decided"), None) if detail else None
    return (decided - row.received_at).total_seconds() if decided else None


def all_items(gateway: Gateway) -> Iterator[ItemRow]:
    after: str | None = None
    while True:
        page = gateway.views.items(ItemFilter(), after=after, limit=500)
        yield from page.rows
        after = page.next
        if after is None:
            return


def finish(gateway: Gateway, sent: int) -> None:
    """Until every letter is decided and nothing is due, or patience ends: the books will tell."""
    deadline, pause = monotonic() + PATIENCE, threading.Event()
    while monotonic() < deadline:
        decided = sum(row.disposition is not None for row in all_items(gateway))
        owed = gateway.ledger.due_dispatches(1, channels=tuple(gateway.delivery().senders))
        if decided >= sent and not owed:
            return
        pause.wait(1)


def balance(gateway: Gateway, post: Dovecot, server: Mailbox, sent: Counter[str]) -> Books:
    rows = list(all_items(gateway))
    details = [detail for row in rows if (detail := gateway.views.item(row.id))]
    taken = Counter(detail.digest for detail in details)
    undecided = [row.id for row in rows if row.rung is not Rung.CLOSED and row.held_code is None]
    flaws = [f"{len(undecided)} items without an outcome"] if undecided else []
    with post.client(USER) as client:
        left = client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"]
    flaws += [f"{left} letters still lie in the inbox"] if left else []
    ids = Counter(str(message_from_bytes(bytes(e.content or b""))["Message-ID"]) for e in server.mails)
    twice = sum(count > 1 for count in ids.values())
    # A kill between the server's "taken" and our note of it makes a second delivery under the same Message-ID.
    flaws += [f"{twice} answers came twice under one Message-ID ({PROMISED})"] if twice else []
    flaws += [
        f"{check.kind} {check.name}: {check.flaw}" for check in verify(gateway.engine, gateway.blobs) if check.flaw
    ]
    return Books(
        letters=sent.total(),
        items=len(rows),
        decided=len(rows) - len(undecided),
        lost=(sent - taken).total(),
        doubled=(taken - sent).total(),
        flaws=tuple(flaws),
    )


def told(rows: list[Minute], books: Books, starts: int) -> int:
    """Prints the table and the balance; how many flaws there are."""
    table = Table("minute", "arrived", "waiting", "s to decision (median)", "(95 %)", "MB", "files", "threads")
    for number, row in enumerate(rows, 1):
        seconds = sorted(row.seconds) or [0.0]
        late = seconds[int(len(seconds) * 0.95) - 1] if len(seconds) > 1 else seconds[0]
        megabytes, files, threads = row.measures
        cells = (row.arrived, row.waiting, f"{statistics.median(seconds):.1f}", f"{late:.1f}", f"{megabytes:.0f}")
        table.add_row(str(number), *map(str, cells), str(files), str(threads))
    out = Console()
    out.print(table)
    out.print(
        f"letters in {books.letters}, items {books.items}, with an outcome {books.decided}, "
        f"lost {books.lost}, doubled {books.doubled}; the worker was started {starts} times"
    )
    for flaw in books.flaws:
        out.print(f"    {flaw}")
    hard = sum(PROMISED not in flaw for flaw in books.flaws) + books.lost + books.doubled
    out.print("the books don't balance" if hard else "the books balance")
    return hard


if __name__ == "__main__":
    main()
