"""Faxes: HylaFAX's receive queue, and folders where other fax servers drop TIFF or PDF with a sidecar.

HylaFAX writes the TIFF in place under flock and purges `recvq` after seven days (`faxcron`): the lock is respected,
and a fax untaken for a day raises an alarm. Mails of a fax-to-mail server come through the mailbox (`fax_from`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path

from ingest.custody_folder import custody_in
from ingest.fax_session import combined, log_line_of, session_of_log, session_of_tiff
from ingest.folder import Folder
from ingest.folder_listing import FolderRules
from ingest.sidecar import Sidecar, zone_of
from mailroom.bounds import Bytes, Name, Patience, Pause
from mailroom.envelope import Channel, Transport

_LOG_TAIL = 4 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class HylafaxConfig:
    """HylaFAX's spool on this machine."""

    name: Name
    spool: Path
    """The folder that holds `recvq` and `etc/xferfaxlog`, usually /var/spool/hylafax."""
    custody: Path | None = None
    """Where taken faxes go, on the same file system; by default the folder `sportello` in the spool."""
    settle_seconds: Pause = 30.0
    """HylaFAX's own `faxrcvd` script looks at the file right after the call: let it finish."""
    overdue_seconds: Pause = 86_400.0
    timezone: str = "Europe/Rome"
    poll_seconds: Patience = 10.0
    largest_bytes: Bytes = 250 * 2**20

    def __post_init__(self) -> None:
        zone_of(self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaxFolderConfig:
    """A folder where a fax server drops its faxes."""

    name: Name
    folder: Path
    custody: Path | None = None
    """Where `taken` and `done` are made, on the same file system; by default in the folder itself."""
    sidecar_required: bool = False
    """The server always writes JSON or XML beside the fax: don't take one without it."""
    ready_suffix: Name | None = None
    """A marker such as ``.ok`` that the server writes last, behind the fax's whole name."""
    settle_seconds: Pause = 2.0
    patience_seconds: Pause = 60.0
    """After this time without a change even a fax that looks cut is taken."""
    overdue_seconds: Pause = 86_400.0
    timezone: str = "Europe/Rome"
    poll_seconds: Patience = 10.0
    largest_bytes: Bytes = 250 * 2**20

    def __post_init__(self) -> None:
        zone_of(self.timezone)


def hylafax_queue(config: HylafaxConfig, *, now: Callable[[], datetime] | None = None) -> Folder:
    """The receive queue as a source."""
    zone = zone_of(config.timezone)
    rules = FolderRules(
        name=config.name,
        channel=Channel.FAX,
        zone=zone,
        pattern="fax*.*",
        settle_seconds=config.settle_seconds,
        overdue_seconds=config.overdue_seconds,
        largest_bytes=config.largest_bytes,
        poll_seconds=config.poll_seconds,
        describe=_hylafax_facts(config.spool / "etc" / "xferfaxlog", zone),
    )
    return Folder(rules, custody_in(config.spool / "recvq", config.custody or config.spool / "sportello", now))


def fax_folder(config: FaxFolderConfig, *, now: Callable[[], datetime] | None = None) -> Folder:
    """A drop folder as a source."""
    rules = FolderRules(
        name=config.name,
        channel=Channel.FAX,
        zone=zone_of(config.timezone),
        settle_seconds=config.settle_seconds,
        patience_seconds=config.patience_seconds,
        sidecar_required=config.sidecar_required,
        ready_suffix=config.ready_suffix,
        overdue_seconds=config.overdue_seconds,
        largest_bytes=config.largest_bytes,
        poll_seconds=config.poll_seconds,
        describe=_tiff_facts(zone_of(config.timezone)),
    )
    return Folder(rules, custody_in(config.folder, config.custody, now))


def _hylafax_facts(log: Path, zone: tzinfo) -> Callable[[str, bytes, Sidecar], Sidecar]:
    def describe(name: str, raw: bytes, sidecar: Sidecar) -> Sidecar:
        line = log_line_of(_tail(log), name)
        session = combined(session_of_tiff(raw, zone=zone), session_of_log(line, zone=zone) if line else None)
        return _filled(sidecar, session.received_at, session.transport)

    return describe


def _tiff_facts(zone: tzinfo) -> Callable[[str, bytes, Sidecar], Sidecar]:
    def describe(name: str, raw: bytes, sidecar: Sidecar) -> Sidecar:
        del name
        session = session_of_tiff(raw, zone=zone)
        # Only the pages are sure to mean the same whoever wrote the file.
        return _filled(sidecar, session.received_at, Transport(pages=session.transport.pages))

    return describe


def _filled(sidecar: Sidecar, received_at: datetime | None, transport: Transport) -> Sidecar:
    """What the sidecar leaves open, from the session."""
    said = sidecar.transport
    return replace(
        sidecar,
        received_at=sidecar.received_at or received_at,
        transport=replace(
            said,
            fax_sender=said.fax_sender or transport.fax_sender,
            fax_tsi=said.fax_tsi or transport.fax_tsi,
            pages=said.pages or transport.pages,
            comm_id=said.comm_id or transport.comm_id,
        ),
    )


def _tail(path: Path) -> str:
    """The end of the session log; empty if it can't be read (HylaFAX keeps it for its own user)."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - _LOG_TAIL))
            return stream.read(_LOG_TAIL).decode("latin-1")
    except OSError:
        return ""
