"""Mails a second from a Dovecot mailbox to committed cases, on SQLite and on PostgreSQL, with honest fsync.

    python -m bench.intake [--mails 500]

Two baselines are measured in the same run on the same mails: the least that any intake must do (fetch, parse with the
standard library, write to a file with fsync), and django-helpdesk's `get_email`, which installs itself into an
environment of its own and is left out with a message where it can't. The processor's milliseconds are those of all
processes of the measured side, without Dovecot's and PostgreSQL's.
"""

from __future__ import annotations

import argparse
import email
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bench import helpdesk
from bench.plain_pdf import text_pdf
from bench.processor import spent
from classifier.model.examples import examples
from ingest.mailbox_session import MailboxConfig
from road.config import GatewayConfig, StateConfig
from road.crew import muster
from road.gateway import Gateway, open_gateway
from road.warming import warm_up
from store.engine import reading
from store.schema import item

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "servers"))

from dovecot import PASSWORD, Dovecot, dovecot
from postgres import postgres

READY_SECONDS = 60.0
LOOK_SECONDS = 0.02
LOOK_AGAIN = 0.002
"""Seconds for each mail that is still to be decided, half a second at most: looking takes its part of a core."""


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


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run."""

    rate: float
    """Mails a second."""
    cpu: float
    """Milliseconds of processor a mail."""
    decided: int


def intake(server: Dovecot, folder: Path, user: str, url: str | None, processes: int) -> Figures:
    """From the mailbox to the last committed decision.

    The climbers are warm when the clock starts, as they are in a service; they climb while the poller takes.
    """
    secret = folder / "password"
    secret.write_text(PASSWORD)
    box = MailboxConfig(name=user, host="127.0.0.1", port=server.port, user=user, tls="none", password_file=secret)
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=folder / "state", database=url), mailbox=(box,)))
    warm_up(gateway.tools(), gateway.config.answers)
    crew = muster(gateway, processes)
    if not crew.await_ready(READY_SECONDS):
        raise SystemExit("bench.intake: the climbers don't get ready")
    before, started = spent(), time.perf_counter()
    taken = 0
    for attendance in gateway.attendances(on_booked=lambda _: crew.ring()):
        taken += len(attendance.take().receipts)
    while (decided := _decided(gateway)) < taken and crew.is_alive():
        time.sleep(min(0.5, max(LOOK_SECONDS, (taken - decided) * LOOK_AGAIN)))
    whole, cpu = time.perf_counter() - started, spent() - before
    crew.stop()
    gateway.engine.dispose()
    return Figures(decided / whole, cpu * 1000 / max(1, decided), decided)


def _decided(gateway: Gateway) -> int:
    with reading(gateway.engine) as connection:
        return connection.execute(select(func.count()).where(item.c.disposition.is_not(None))).scalar_one()


def _rival(console: Console, server: Dovecot, folder: Path) -> helpdesk.Figures | None:
    python = helpdesk.installed(folder / "environment")
    if isinstance(python, str):
        console.print(f"django-helpdesk can't be installed: {python}")
        return None
    figures = helpdesk.intake(python, folder / "helpdesk", server.port, "helpdesk", PASSWORD)
    if isinstance(figures, str):
        console.print(f"django-helpdesk couldn't run: {figures}")
        return None
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=500)
    count = parser.parse_args().mails
    heads = ("what", "mails/s", "ratio", "of django-helpdesk", "CPU ms/mail", "decided")
    table = Table(*heads, title=f"{count} mails with a PDF")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(dovecot())
        for user in ("base", "helpdesk", "one", "sqlite", "postgres"):
            fill(server, user, count)
            (folder / user).mkdir()
        least = baseline(server, folder / "base", "base")
        table.add_row("fetch, parse, fsync (baseline)", f"{least:.0f}", "1.00", "", "", "")
        console = Console()
        rival = _rival(console, server, folder)
        if rival:
            name, rate = "django-helpdesk get_email", rival.rate
            table.add_row(name, f"{rate:.1f}", f"{rate / least:.2f}", "1.0 x", f"{rival.cpu:.1f}", str(rival.tickets))
        url = stack.enter_context(postgres())
        cores = os.cpu_count() or 1
        rows = [("SQLite, one climber", "one", None, 1), (f"SQLite, {cores} climbers", "sqlite", None, cores)]
        rows.append((f"PostgreSQL, {cores} climbers", "postgres", url, cores))
        for label, user, database, processes in rows:
            ours = intake(server, folder / user, user, database, processes)
            times = f"{ours.rate / rival.rate:.1f} x" if rival else "–"
            rates = (f"{ours.rate:.0f}", f"{ours.rate / least:.2f}", times, f"{ours.cpu:.1f}")
            table.add_row(label, *rates, str(ours.decided))
        console.print(table)


if __name__ == "__main__":
    main()
