"""`script/run`: the whole gateway on its embedded default, fed with samples, with its progress on the terminal."""

from __future__ import annotations

import fcntl
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from console.words import plainly, say
from mailroom.errors import ConfigError
from outbound.sandbox_portal import SandboxPortal
from parsers.isolation_walls import die_with_parent
from road import samples
from road.config import load
from road.gateway import Gateway, open_gateway
from road.senders import senders_for
from store.item_views import ItemFilter, ItemRow

PATIENCE = 1800.0
"""Seconds after which `--once` gives up waiting."""
MOST_SHOWN = 20
CUT = "lotto tagliato in lettere"


def demonstrate(folder: Path, *, bag: Path | None, with_samples: bool, once: bool, port: int) -> int:
    """Exit code: 0; 1 if an item was left without an outcome or the work stopped by itself; 130 if `once` was
    interrupted. Raises ConfigError if another demonstration is at work in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False)
    stop = threading.Event()
    with _alone(folder), ExitStack() as open_things:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        port, busy = _free(port), port
        portal = SandboxPortal(folder / "portal.db")
        stage = samples.set_up(folder, console_port=port, portal=portal.url)
        open_things.callback(stage.close)
        gateway = open_gateway(load(stage.config))
        worker = _begin(stage, console)
        open_things.callback(_end, worker)
        open_things.callback(portal.start().close)
        if with_samples:
            _feed(stage, samples.sample_items(bag), gateway, console)
        if not once:
            also = f" (la porta {busy} è occupata)" if busy not in (0, port) else ""
            console.print(f"Console degli operatori: http://127.0.0.1:{port}/{also}  –  Ctrl-C per fermare")
        finished = _follow(gateway, len(samples.fed(folder)), stop, worker, console)
        _summary(gateway, console)
        if not once:
            while not stop.wait(0.5) and worker.poll() is None:
                pass
        if worker.poll() is not None and not stop.is_set():
            console.print(f"La lavorazione si è fermata da sola: {_diary(folder)} dice perché.")
            return 1
        return 0 if finished or not once else 130 if stop.is_set() else 1


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"{folder}: a demonstration is running there (--folder takes another place)") from None
        yield


def _free(port: int) -> int:
    """That port of the loopback interface, or any free one if it is taken."""
    for wanted in (port, 0):
        try:
            with socket.create_server(("127.0.0.1", wanted)) as probe:
                return int(probe.getsockname()[1])
        except OSError:
            continue
    return port


def _diary(folder: Path) -> Path:
    return folder / "worker.log"


def _begin(stage: samples.Stage, console: Console) -> subprocess.Popen[str]:
    """The gateway as a process of its own; what it says to whoever sits here goes above the progress bar."""
    command = [sys.executable, "-m", "worker", "run", "--config", str(stage.config)]
    with _diary(stage.folder).open("ab") as diary:
        # Were we killed outright, nobody would end it, and the next demonstration would find it at work.
        along = partial(die_with_parent, signal.SIGTERM)
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=diary, text=True, preexec_fn=along)

    def listen() -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            console.print(line.rstrip(), markup=False)

    threading.Thread(target=listen, name="worker's words", daemon=True).start()
    return worker


def _end(worker: subprocess.Popen[str]) -> None:
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(40)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _feed(stage: samples.Stage, items: list[Path], gateway: Gateway, console: Console) -> None:
    fresh = [item for item in items if item.name not in samples.fed(stage.folder)]
    if fresh and not samples.fed(stage.folder) and gateway.views.items(ItemFilter(), limit=1).rows:
        fresh = []  # a folder of an earlier edition, which kept no list
    if not items:
        console.print("Non c'è nessun arrivo di prova.")
    elif fresh:
        console.print(f"{len(fresh)} arrivi di prova: posta, PEC, fax e scansioni")
        samples.feed(stage, fresh)
    else:
        console.print(f"I {len(items)} arrivi di prova sono già stati lavorati ({stage.folder}; --folder ricomincia)")


def _follow(gateway: Gateway, fed: int, stop: threading.Event, worker: subprocess.Popen[str], console: Console) -> bool:
    """Shows how many items have an outcome until all have; False if it was stopped or took too long."""
    end = time.monotonic() + PATIENCE
    sent_here = tuple(senders_for(gateway.config, gateway.document))

    def looked() -> tuple[int, bool]:
        """How many have an outcome, and whether nothing is left to do."""
        rows = _rows(gateway)
        ended = {row.id for row in rows if row.rung == "closed" or row.held_code is not None}
        tops = [row.id for row in rows if row.parent is None]
        over = len(tops) >= fed and len(ended) == len(rows)
        return len(ended.intersection(tops)), over and not gateway.ledger.due_dispatches(1, channels=sent_here)

    if looked()[1]:
        return True
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Lavorazione", total=max(fed, 1))
        while not stop.wait(0.5) and worker.poll() is None and time.monotonic() < end:
            done, over = looked()
            progress.update(task, completed=min(done, fed))
            if over:
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
    for name in (*map(say, channels), "in tutto"):
        table.add_column(name, justify="right")
    counts = Counter((_outcome(row), row.channel.value) for row in rows)
    for outcome in sorted({outcome for outcome, _ in counts}):
        cells = [counts[outcome, channel] for channel in channels]
        table.add_row(outcome, *(str(n or "") for n in cells), str(sum(cells)))
    console.print(table)
    held = [row for row in rows if row.held_code is not None]
    total = len([row for row in rows if _outcome(row) != CUT])
    page = gateway.views.front_page()
    console.print(f"{total} lettere, {total - len(held)} senza intervento, {len(held)} in attesa di una persona")
    console.print(
        f"pratiche in corso: {page.cases_open}, di cui {page.cases_waiting} in attesa di documenti; "
        f"lettere da stampare: {page.letters_to_print}"
    )
    if held:
        _reasons(held, console)


def _reasons(held: list[ItemRow], console: Console) -> None:
    table = Table(title="Perché aspettano", title_justify="left")
    for name in ("canale", "che cosa", "motivo"):
        table.add_column(name, overflow="fold")
    for row in held[:MOST_SHOWN]:
        reason = plainly(row.held or row.held_code or "")
        table.add_row(say(row.channel), Text((row.summary or row.id)[:60]), Text(reason))
    console.print(table)
    if len(held) > MOST_SHOWN:
        console.print(f"… e altri {len(held) - MOST_SHOWN}: sportello quarantine list, o la console")


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
    return names.get(row.disposition or "", CUT)
