"""A Maildir that a local mail server delivers into, as a source: for machines without an IMAP server.

Only ``new`` is looked at: a mail program that opens the same Maildir would move letters to ``cur`` and hide them. Where
people read along, use IMAP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.custody_folder import custody_in
from ingest.folder import Folder
from ingest.folder_listing import FolderRules
from mailroom.bounds import Bytes, Name, Patience, Pause
from mailroom.envelope import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirConfig:
    name: Name
    folder: Path
    """The Maildir itself, the folder that holds `new`; `taken` and `done` are made in it."""
    channel: Channel = Channel.EMAIL
    overdue_seconds: Pause = 86_400.0
    poll_seconds: Patience = 10.0
    largest_bytes: Bytes = 250 * 2**20


def maildir(config: MaildirConfig, *, now: Callable[[], datetime] | None = None) -> Folder:
    """The Maildir as a source. Deliveries come by rename and are complete (man 5 maildir)."""
    rules = FolderRules(
        name=config.name,
        channel=config.channel,
        zone=UTC,
        complete_on_arrival=True,
        names_files=False,
        overdue_seconds=config.overdue_seconds,
        largest_bytes=config.largest_bytes,
        poll_seconds=config.poll_seconds,
    )
    return Folder(rules, custody_in(config.folder / "new", config.folder, now))
