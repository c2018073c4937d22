"""`script/run`: the whole gateway on its embedded default, fed with samples, with its progress on the terminal."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from outbound.sandbox_portal import SandboxPortal
from road import samples
from road.config import load
from road.gateway import Gateway, open_gateway
from road.senders import senders_for
from store.item_views import ItemFilter, ItemRow

PATIENCE = 1800.0
"""Seconds after which `--once` gives up waiting."""


def demonstrate(folder: Path, *, bag: Path | None, with_samples: bool, once: bool, port: int) -> int:
    """Exit code: 0, or 1 if an item was left without an outcome."""
    console = Console()
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    folder.mkdir(parents=True, exist_ok=True)
    portal = SandboxPortal(folder / "portal.db").start()
    stage = samples.set_up(folder, console_port=port, portal=portal.url)
    diary = folder / "worker.log"
    with diary.open("ab") as out:
        # What it says on standard output is meant for whoever sits here: the password of the first start.
        worker = subprocess.Popen([sys.executable, "-m", "worker", "run", "--config", str(stage.config)], stderr=out)
    try:
        gateway = open_gateway(load(stage.config))
        items = samples.sample_items(bag) if with_samples and not _fed(gateway) else []
        if items:
            console.print(f"{len(items)} arrivi di prova: posta, PEC, fax e scansioni")
            samples.feed(stage, items)
        if not once:
            console.print(f"Console degli operatori: http://127.0.0.1:{port}/  (Ctrl-C per fermare)")
        finished = _follow(gateway, len(items), stop, worker, console) if items or once else True
        _summary(gateway, console)
        if worker.poll() is not None:
            console.print(f"La lavorazione si è fermata da sola: {diary} dice perché.")
        if not once:
            while not stop.wait(0.5) and worker.poll() is None:
                pass
        return 0 if finished else 1
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(40)
        except subprocess.TimeoutExpired:
            worker.kill()
        stage.close()
        portal.close()


def _fed(gateway: Gateway) -> bool:
    return bool(gateway.views.items(ItemFilter(), limit=1).rows)


def _follow(
    gateway: Gateway, fed: int, stop: threading.Event, worker: subprocess.Popen[bytes], console: Console
) -> bool:
    """Shows how many items have an outcome until all have; False if it was stopped or took too long."""
    end = time.monotonic() + PATIENCE
    sent_here = tuple(senders_for(gateway.config, gateway.document))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Lavorazione", total=max(fed, 1))
        while not stop.wait(0.5) and worker.poll() is None and time.monotonic() < end:
            rows = _rows(gateway)
            tops = [row for row in rows if row.parent is None]
            done = sum(row.rung == "closed" or row.held_code is not None for row in tops)
            progress.update(task, completed=min(done, fed), total=max(fed, 1))
            settled = all(row.rung == "closed" or row.held_code is not None for row in rows)
            if len(tops) >= fed and settled and not gateway.ledger.due_dispatches(1, channels=sent_here):
                return True
    return False


def _rows(gateway: Gateway) -> list[ItemRow]:
    rows: list[ItemRow] = []
    after: str | None = None
    while True:
        page = gateway.views.items(ItemFilter(), after=after, limit=500)
        rows += page.rows
        after = page.next
        if after is None:
            return rows


def _summary(gateway: Gateway, console: Console) -> None:
    rows = _rows(gateway)
    table = Table(title="Che cosa ne è stato", title_justify="left")
    table.add_column("esito")
    channels = ("email", "pec", "fax", "post")
    for name in (*channels, "in tutto"):
        table.add_column(name, justify="right")
    counts = Counter((_outcome(row), row.channel.value) for row in rows)
    for outcome in sorted({outcome for outcome, _ in counts}):
        cells = [counts[outcome, channel] for channel in channels]
        table.add_row(outcome, *(str(n or "") for n in cells), str(sum(cells)))
    console.print(table)
    held = sum(row.held_code is not None for row in rows)
    total = len([row for row in rows if _outcome(row) != "lotto tagliato in lettere"])
    page = gateway.views.front_page()
    console.print(f"{total} lettere, {total - held} senza intervento, {held} in attesa di una persona")
    console.print(f"pratiche aperte: {page.cases_open}; lettere da stampare: {page.letters_to_print}")


def _outcome(row: ItemRow) -> str:
    if row.held_code is not None:
        return "in attesa di una persona"
    if row.rung != "closed":
        return "in lavorazione"
    names = {
        "case": "pratica aperta",
        "follow_up": "seguito di una pratica",
        "duplicate": "duplicato collegato",
        "portal_only": "inviato al Portale",
        "service_message": "messaggio di servizio archiviato",
        "not_for_us": "non per noi, archiviato",
        "unreadable": "illeggibile, chiesto di nuovo",
    }
    return names.get(row.disposition or "", "lotto tagliato in lettere")
