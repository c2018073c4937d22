"""All kinds of sources, by the configuration that makes one, and what the worker may ask of any of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from ingest import watching
from ingest.fax_queue import FaxFolderConfig, HylafaxConfig, fax_folder, hylafax_queue
from ingest.inventory import Inventory
from ingest.mailbox import Mailbox
from ingest.mailbox_session import MailboxConfig
from ingest.maildir import MaildirConfig, maildir
from ingest.reception import Receipts, Taken, take
from ingest.scan_folder import ScanFolderConfig, scan_folder
from mailroom.item import Arrival
from mailroom.ports import Blobs, ReceptionBook

SourceConfig = MailboxConfig | MaildirConfig | HylafaxConfig | FaxFolderConfig | ScanFolderConfig


class WatchedSource(Protocol):
    """A `mailroom.ports.Source` that can be watched, checked and counted."""

    name: str

    def offers(self, known: set[str]) -> Iterator[Arrival]: ...

    def settle(self, refs: Sequence[str]) -> list[str]: ...

    def waiting(self) -> int:
        """How many things the last offering saw and left: incomplete, or not to be taken."""
        ...

    def watch(
        self,
        on_ready: watching.Ready,
        stop: threading.Event,
        *,
        on_trouble: watching.Trouble | None = None,
        backoff: watching.Backoff | None = None,
    ) -> None:
        """Calls `on_ready` whenever something may lie there, until `stop` is set; Transient and Refused, of its own
        or from `on_ready`, are told to `on_trouble` and followed by a pause.
        """
        ...

    def check(self) -> str:
        """One line of good news for `doctor`. Raises Refused or Transient with the reason."""
        ...

    def inventory(self, memory: Mapping[str, str]) -> Inventory: ...

    def close(self) -> None: ...


SOURCES: tuple[tuple[type, Callable[[Any], WatchedSource]], ...] = (
    (MailboxConfig, Mailbox),
    (MaildirConfig, maildir),
    (HylafaxConfig, hylafax_queue),
    (FaxFolderConfig, fax_folder),
    (ScanFolderConfig, scan_folder),
)


def open_source(config: SourceConfig) -> WatchedSource:
    """The source that this configuration describes; nothing is connected or touched yet."""
    for kind, make in SOURCES:
        if isinstance(config, kind):
            return make(config)
    raise TypeError(f"no source is made from {type(config).__name__}")


class Attendance:
    """One source attended to, run after run: keeps the known refs between runs, so that a mailbox with years of
    receipts costs no more to look at than an empty one.
    """

    def __init__(
        self,
        source: WatchedSource,
        *,
        blobs: Blobs,
        book: ReceptionBook,
        on_booked: Receipts | None = None,
        batch: int = 100,
    ) -> None:
        self.source = source
        self._blobs = blobs
        self._book = book
        self._on_booked = on_booked
        self._batch = batch
        self._known: set[str] | None = None

    def take(self, stop: threading.Event | None = None) -> Taken:
        """As `reception.take`. After any failure the refs are asked of the book anew."""
        known, self._known = self._known, None
        known = self._book.known_refs(self.source.name) if known is None else known
        taken = take(
            self.source,
            blobs=self._blobs,
            book=self._book,
            known=known,
            on_booked=self._on_booked,
            batch=self._batch,
            stop=stop,
        )
        known.update(receipt.ref for receipt in (*taken.receipts, *taken.aliases))
        self._known = known
        return taken

    def watch(self, stop: threading.Event) -> None:
        """Attends until `stop` is set; troubles become alarms. Anything but Transient and Refused passes through."""
        alarms = watching.alarming(self.source.name, self._book)
        self.source.watch(lambda: self.take(stop), stop, on_trouble=alarms)
