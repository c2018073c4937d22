"""Post: the hot folder of a scanner. A batch is taken as one item; cutting it into letters is the parsers' work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.custody_folder import custody_in
from ingest.folder import Folder
from ingest.folder_listing import FolderRules
from ingest.sidecar import zone_of
from mailroom.bounds import Bytes, Name, Patience, Pause
from mailroom.envelope import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFolderConfig:
    """Where a scanner (or a person) puts PDF and TIFF: files, files with ``<name>.json``, or folders with
    ``item.json``.
    """

    name: Name
    folder: Path
    custody: Path | None = None
    """Where `taken` and `done` are made, on the same file system; by default in the folder itself."""
    channel: Channel = Channel.POST
    sidecar_required: bool = False
    ready_suffix: Name | None = None
    settle_seconds: Pause = 2.0
    patience_seconds: Pause = 60.0
    """After this time without a change even a file that looks cut is taken."""
    overdue_seconds: Pause = 86_400.0
    timezone: str = "Europe/Rome"
    poll_seconds: Patience = 10.0
    largest_bytes: Bytes = 500 * 2**20

    def __post_init__(self) -> None:
        zone_of(self.timezone)


def scan_folder(config: ScanFolderConfig, *, now: Callable[[], datetime] | None = None) -> Folder:
    """The folder as a source."""
    rules = FolderRules(
        name=config.name,
        channel=config.channel,
        zone=zone_of(config.timezone),
        settle_seconds=config.settle_seconds,
        patience_seconds=config.patience_seconds,
        sidecar_required=config.sidecar_required,
        ready_suffix=config.ready_suffix,
        overdue_seconds=config.overdue_seconds,
        largest_bytes=config.largest_bytes,
        poll_seconds=config.poll_seconds,
    )
    return Folder(rules, custody_in(config.folder, config.custody, now))
