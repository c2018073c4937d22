"""`sportello ingest`: files into custody, and as far up the ladder as they go, with the progress on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from console.words import plainly
from ingest.files import FilesSource
from ingest.reception import take
from road.config import GatewayConfig
from road.crew import BATCH
from road.gateway import Gateway, open_gateway
from store.item_views import ItemRow


def ingest_files(paths: list[Path], config: GatewayConfig) -> int:
    """Exit code: 1 if anything was held, is not decided yet, or could not be taken. Raises OSError for a path that is
    not there, before anything is taken."""
    gateway = open_gateway(config)
    refused: list[str] = []
    source = FilesSource(paths=paths, on_refused=lambda path, why: refused.append(f"{path}: {why}"))
    receipts = take(source, blobs=gateway.blobs, book=gateway.ledger).receipts
    ids = _climb(gateway, [*_broken_off(gateway, source), *(receipt.item_id for receipt in receipts)])
    delivery = gateway.delivery()
    while delivery.deliver():
        pass
    rows = [detail.row for item_id in ids if (detail := gateway.views.item(item_id))]
    held = [row for row in rows if row.held_code]
    waiting = [row for row in rows if not row.held_code and row.rung != "closed"]
    decided = sum(row.disposition is not None and not row.held_code for row in rows)
    print(
        f"{len(receipts)} nuovi, {len(source.known)} già noti, {decided} decisi, {len(held)} in attesa di una persona, "
        f"{len(waiting)} non finiti, {len(refused)} rifiutati"
    )
    _list(held, waiting, refused)
    return 1 if held or waiting or refused else 0


def _broken_off(gateway: Gateway, source: FilesSource) -> list[str]:
    """Items of files that were taken before, by a command that a full disk or a kill ended before it was through."""
    gateway.ledger.free_dead()
    unfinished = gateway.ledger.unfinished(source.name)
    return list(dict.fromkeys(unfinished[ref] for ref in source.known if ref in unfinished))


def _list(held: Sequence[ItemRow], waiting: Sequence[ItemRow], refused: Sequence[str]) -> None:
    for row in held:
        print(f"    {row.id} {row.held_code}: {plainly(row.held or '').replace(chr(10), ' ')}")
    for row in waiting:
        print(f"    {row.id} non finito ({row.rung}): lo riprende `sportello run`")
    for line in refused:
        print(f"    {line}")


def _climb(gateway: Gateway, ids: Sequence[str]) -> list[str]:
    """Climbs with these and with the letters cut from them; returns the ids of all. Quick mail first, what must be
    read by sight side by side."""
    everybody, slow = list(ids), list[str]()
    # The ledger rings for what is left for the slow queue, and for the letters of a batch.
    climber = gateway.climber(lambda rung, _: slow.extend(rung))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Lavorazione", total=len(ids), visible=bool(ids))
        for start in range(0, len(ids), BATCH):
            several = ids[start : start + BATCH]
            waiting = len(slow)
            climber.climb(several, slow=False)
            progress.advance(task, len(several) - len(slow) + waiting)
        with ThreadPoolExecutor(gateway.config.gateway.workers) as hands:
            while slow:
                now = list(slow)
                slow.clear()
                for _ in hands.map(lambda item_id: climber.climb([item_id], slow=True), now):
                    progress.advance(task)
                children = [item_id for item_id in slow if item_id not in everybody]
                everybody += children
                progress.update(task, total=len(everybody))
    return everybody
