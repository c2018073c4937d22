"""Letters for the mailroom: the print run as one PDF, from the console and from the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mailroom.calendar import ROME
from mailroom.dispatch import DispatchChannel
from outbound.letter import draft, print_run
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway


def letters_pdf(gateway: Gateway, keys: Sequence[str]) -> bytes | None:
    """Cover list and these letters, oldest first; None if there is none of them."""
    owed = [found for found in gateway.views.owed(keys) if found.row.channel is DispatchChannel.LETTER]
    letters = [draft(found.payload) for found in owed if found.payload]
    if not letters:
        return None
    today = gateway.clock.now().astimezone(ROME).date()
    return print_run(letters, answers=gateway.config.answers, day=today)


def list_letters(config: GatewayConfig) -> None:
    """Prints both queues, oldest letter first."""
    views = open_gateway(config).views
    for title, letters in (("Da stampare", views.print_queue()), ("Stampate, da spedire", views.to_post())):
        table = Table(title=f"{title}: {len(letters)}", title_justify="left")
        for column in ("dal", "pratica", "destinatario"):
            table.add_column(column)
        for letter in letters:
            since = letter.row.created_at.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
            table.add_row(since, letter.row.case_code or "", letter.row.to or "")
        Console().print(table)


def print_letters(file: Path, config: GatewayConfig, *, keep: bool) -> int:
    """Exit code: 0, or 1 if no letter waits. The file is there in whole before a letter counts as printed."""
    gateway = open_gateway(config)
    keys = [letter.row.key for letter in gateway.views.print_queue()]
    data = letters_pdf(gateway, keys)
    if data is None:
        print("Nessuna lettera da stampare.")
        return 1
    with file.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    if not keep:
        gateway.ledger.mark_printed(keys, "shell")
    print(f"{file}: {len(keys)} lettere")
    return 0


def post_letters(config: GatewayConfig) -> None:
    gateway = open_gateway(config)
    keys = [letter.row.key for letter in gateway.views.to_post()]
    print(f"{gateway.ledger.mark_posted(keys, 'shell')} lettere spedite")
