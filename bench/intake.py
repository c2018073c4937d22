"""Mails a second from a Dovecot mailbox to committed cases, on SQLite and on PostgreSQL, with honest fsync.

    python -m bench.intake [--mails 500]

Two baselines are measured in the same run on the same mails: the least that any intake must do (fetch, parse with the
standard library, write to a file with fsync), and django-helpdesk's `get_email`, which installs itself into an
environment of its own and is left out with a message where it can't.
"""

from __future__ import annotations

import argparse
import email
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import helpdesk
from bench.plain_pdf import text_pdf
from classifier.model.examples import examples
from ingest.mailbox_session import MailboxConfig
from mailroom.item import Receipt
from road.config import GatewayConfig, StateConfig
from road.gateway import open_gateway

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "servers"))

from dovecot import PASSWORD, Dovecot, dovecot
from postgres import postgres

BATCH = 25


def mails(count: int) -> Iterator[bytes]:
    """Letters of the corpus, each from a person of its own, with a one-page bill."""
    letters = examples()
    for number in range(count):
        words = letters[number % len(letters)].letter.main
        mail = EmailMessage()
        mail["From"] = f"Persona {number} <persona{number}@posta.example>"
        mail["To"] = "info@sportello.example"
        mail["Subject"] = f"richiesta {number}"
        mail["Date"] = "Tue, 17 Mar 2026 21:22:00 +0100"
        mail["Message-ID"] = f"<{number}@posta.example>"
        mail.set_content(f"{words}\n\nProtocollo personale {number * 7919}")
        pdf = text_pdf(f"Bolletta gas n. {number}\nCodice cliente {number * 31:08d}\nTotale da pagare euro {number},10")
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="bolletta.pdf")
        yield mail.as_bytes()


def fill(server: Dovecot, user: str, count: int) -> None:
    with server.client(user) as client:
        for raw in mails(count):
            client.append("INBOX", raw)


def baseline(server: Dovecot, folder: Path, user: str) -> float:
    started = time.perf_counter()
    with server.client(user) as client:
        client.select_folder("INBOX")
        uids = client.search()
        for uid in uids:
            raw = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
            for part in email.message_from_bytes(raw).walk():
                part.get_payload(decode=True)
            with (folder / f"{uid}.eml").open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
    return len(uids) / (time.perf_counter() - started)


def intake(server: Dovecot, folder: Path, user: str, url: str | None, workers: int) -> tuple[float, int]:
    """Mails a second from the mailbox to the last committed decision, and how many were decided.

    The workers have started when the clock does, as they have in a service; they climb while the poller still takes.
    """
    secret = folder / "password"
    secret.write_text(PASSWORD)
    box = MailboxConfig(name=user, host="127.0.0.1", port=server.port, user=user, tls="none", password_file=secret)
    config = GatewayConfig(gateway=StateConfig(state=folder / "state", database=url), mailbox=(box,))
    gateway = open_gateway(config)
    context = multiprocessing.get_context("spawn")
    bell: multiprocessing.Queue[list[str] | None] = context.Queue()
    done: multiprocessing.Queue[int] = context.Queue()
    processes = [context.Process(target=_work, args=(config, bell, done)) for _ in range(workers)]
    for process in processes:
        process.start()
    for _ in processes:
        done.get()
    started = time.perf_counter()
    count = 0
    for attendance in gateway.attendances(on_booked=lambda receipts: _ring(bell, receipts)):
        count += len(attendance.take().receipts)
    for _ in processes:
        bell.put(None)
    decided = sum(done.get() for _ in processes)
    whole = time.perf_counter() - started
    for process in processes:
        process.join()
    gateway.engine.dispose()
    return count / whole, decided


def _ring(bell: multiprocessing.Queue[list[str] | None], receipts: Sequence[Receipt]) -> None:
    ids = [receipt.item_id for receipt in receipts]
    for start in range(0, len(ids), BATCH):
        bell.put(ids[start : start + BATCH])


def _work(
    config: GatewayConfig, bell: multiprocessing.Queue[list[str] | None], done: multiprocessing.Queue[int]
) -> None:
    climber = open_gateway(config).climber(lambda ids, slow: None)
    done.put(0)
    decided = 0
    while (ids := bell.get()) is not None:
        decided += climber.climb(ids, slow=False)
    done.put(decided)


def _rival(console: Console, server: Dovecot, folder: Path) -> float | None:
    python = helpdesk.installed(folder / "environment")
    if isinstance(python, str):
        console.print(f"django-helpdesk can't be installed: {python}")
        return None
    figures = helpdesk.intake(python, folder / "helpdesk", server.port, "helpdesk", PASSWORD)
    if isinstance(figures, str):
        console.print(f"django-helpdesk couldn't run: {figures}")
        return None
    return figures[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    count = parser.parse_args().mails
    table = Table("what", "mails/s", "ratio", "of django-helpdesk", "decided", title=f"{count} mails with a PDF")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(dovecot())
        for user in ("base", "helpdesk", "one", "sqlite", "postgres"):
            fill(server, user, count)
            (folder / user).mkdir()
        least = baseline(server, folder / "base", "base")
        table.add_row("fetch, parse, fsync (baseline)", f"{least:.0f}", "1.00", "", "")
        console = Console()
        rival = _rival(console, server, folder)
        if rival:
            table.add_row("django-helpdesk get_email", f"{rival:.1f}", f"{rival / least:.2f}", "1.0 x", str(count))
        url = stack.enter_context(postgres())
        cores = os.cpu_count() or 1
        rows = [("SQLite, one worker", "one", None, 1), (f"SQLite, {cores} workers", "sqlite", None, cores)]
        rows.append((f"PostgreSQL, {cores} workers", "postgres", url, cores))
        for label, user, database, workers in rows:
            whole, decided = intake(server, folder / user, user, database, workers)
            times = f"{whole / rival:.1f} x" if rival else "–"
            table.add_row(label, f"{whole:.0f}", f"{whole / least:.2f}", times, str(decided))
        console.print(table)


if __name__ == "__main__":
    main()
