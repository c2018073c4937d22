"""The register on paper, so to speak: one file a day, and an export for the body's own protocol system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.console import Console

from mailroom.calendar import ROME
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway
from road.moments import day_of, start_of

MOST_DAYS = 400
"""Written at one go: after a long rest the remainder comes the next time."""


def keep_daily_register(gateway: Gateway, now: datetime) -> int:
    """How many days were written: those that are over and not yet in the state's folder ``register``. The register of
    a day goes to preservation within the next working day (AgID guidelines on documents, 3.1.6)."""
    return sum(1 for _ in _written(gateway, gateway.config.gateway.state / "register", now))


def write_days(folder: Path, config: GatewayConfig, *, day: str | None) -> None:
    gateway = open_gateway(config)
    out = Console()
    if day is not None:
        out.print(str(_write(gateway, folder, day_of(day, "--day"))), highlight=False)
        return
    for file in _written(gateway, folder, gateway.clock.now()):
        out.print(str(file), highlight=False)


def export_entries(folder: Path, config: GatewayConfig, *, since: str) -> None:
    gateway = open_gateway(config)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, entry in enumerate(gateway.views.segnature(since=start_of(since, "--since"), office=config.register), 1):
        (folder / f"segnatura-{count:07d}.xml").write_bytes(entry)
    Console().print(f"{folder}: {count} registrazioni", highlight=False)


def _written(gateway: Gateway, folder: Path, now: datetime) -> Iterator[Path]:
    first = gateway.views.first_registration()
    if first is None:
        return
    day, today = first.astimezone(ROME).date(), now.astimezone(ROME).date()
    missing = [d for n in range((today - day).days) if not _file(folder, d := day + timedelta(days=n)).exists()]
    for lacking in missing[:MOST_DAYS]:
        yield _write(gateway, folder, lacking)


def _file(folder: Path, day: date) -> Path:
    return folder / f"registro-{day.isoformat()}.xml"


def _write(gateway: Gateway, folder: Path, day: date) -> Path:
    data, digest = gateway.views.daily_register(day)
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, day)
    file.with_suffix(".xml.sha256").write_text(f"{digest}  {file.name}\n", "ascii")
    partial = file.with_suffix(".part")
    with partial.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(file)
    return file
