"""A folder that others write into, as a source: fax servers, scanners, a Maildir's ``new``."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from watchfiles import watch as file_events

from ingest import watching
from ingest.custody_folder import WAITING, Candidate, Custody, original_name, taken_at
from ingest.folder_listing import FolderRules, candidates, orphans
from ingest.folder_readiness import is_ready, observe
from ingest.inventory import Inventory, Lying
from ingest.item_folder import ITEM_FILE, item_files, read_item_folder
from ingest.safe_read import CannotRead, read_file
from ingest.sidecar import Sidecar, is_sidecar, read_sidecar
from mailroom.errors import Transient
from mailroom.item import Arrival, Hints

REFUSED = "folder_refused"
"""Alarm: links, pipes, files too large: they stay where they are."""
OVERDUE = "folder_overdue"
"""Alarm: something has been lying there untaken for too long."""


@dataclass(slots=True)
class _Notes:
    """What one round over the folder left to say."""

    refused: dict[str, str] = field(default_factory=dict)
    oldest: float | None = None
    waiting: int = 0


class Folder:
    """Source over one folder. Methods raise Transient while the folder can't be reached."""

    def __init__(self, rules: FolderRules, custody: Custody) -> None:
        self.rules = rules
        self.custody = custody
        self.name = rules.name
        self._seen: dict[str, tuple[object, float]] = {}
        self._notes = _Notes()

    def offers(self, known: Set[str]) -> Iterator[Arrival]:
        """Takes what is complete into ``taken/``, then offers everything there that has no receipt."""
        self.custody.prepare()
        self._notes = _Notes()
        with self.custody.alone() as alone:
            if alone:
                self.custody.undo_halves()
                self.custody.take(list(self._ready()))
        for ref in self.custody.refs():
            if ref not in known and (arrival := self._arrival(ref)) is not None:
                yield arrival

    def settle(self, refs: Sequence[str]) -> list[str]:
        self.custody.prepare()
        return self.custody.put_away(refs)

    def complaints(self) -> Mapping[str, str | None]:
        notes = self._notes
        refused = "; ".join(f"{name}: {why}" for name, why in sorted(notes.refused.items())[:5])
        overdue = None
        if notes.oldest is not None and notes.oldest > self.rules.overdue_seconds:
            overdue = f"{notes.waiting} non presi, il più vecchio da {notes.oldest / 3600:.0f} ore"
        return {REFUSED: f"{len(notes.refused)} rifiutati: {refused}" if refused else None, OVERDUE: overdue}

    def waiting(self) -> int:
        """Files that were not complete at the last offering: for runs that want to end when all is taken."""
        return self._notes.waiting

    def watch(
        self,
        on_ready: watching.Ready,
        stop: threading.Event,
        *,
        on_trouble: watching.Trouble | None = None,
        backoff: watching.Backoff | None = None,
    ) -> None:
        """Calls `on_ready` at once, on file events, and after each interval, until `stop` is set."""
        watching.watch(on_ready, self._wait, stop, on_trouble=on_trouble, backoff=backoff)

    def check(self) -> str:
        """For `doctor`: the folders exist, can be written, and lie on one file system."""
        self.custody.prepare()
        for folder in (self.custody.hot, self.custody.taken, self.custody.done):
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise Transient(f"cartella {folder.name}: nessun permesso di scrittura", code="folder_unreachable")
        lying = sum(1 for _ in candidates(self.custody, self.rules))
        return f"{lying} in arrivo, {len(self.custody.refs())} in carico"

    def inventory(self, memory: Mapping[str, str]) -> Inventory:
        """What lies in the folder and in ``taken/``. What is not taken yet has its name as ref."""
        del memory
        self.custody.prepare()
        lying = [Lying(ref=ref, arrived=taken_at(ref)) for ref in self.custody.refs()]
        for candidate in candidates(self.custody, self.rules):
            changed = _changed(candidate.main)
            if changed is not None:
                arrived = datetime.fromtimestamp(changed, UTC)
                lying.append(Lying(ref=f"{WAITING}{candidate.main.name}", arrived=arrived))
        return Inventory(source=self.name, lying=tuple(lying))

    def close(self) -> None:
        """Nothing is held open between calls."""

    def _ready(self) -> Iterator[Candidate]:
        seen, now = self._seen, monotonic()
        self._seen = {}
        found = list(candidates(self.custody, self.rules))
        for orphan in orphans(self.custody, self.rules, found):
            self._note_waiting(orphan)
        for candidate in found:
            try:
                since = self._unchanged_since(candidate, seen, now)
                ready = self._complete(candidate, now - since)
            except CannotRead as refusal:
                self._notes.refused[candidate.main.name] = str(refusal)
                continue
            except FileNotFoundError:
                continue
            except OSError as error:
                self._notes.refused[candidate.main.name] = f"illeggibile: {error.strerror}"
                continue
            if ready:
                yield candidate
            else:
                self._note_waiting(candidate.main)

    def _unchanged_since(self, candidate: Candidate, seen: Mapping[str, tuple[object, float]], now: float) -> float:
        looks = tuple(_looks(path) for path in _files_of(candidate))
        before = seen.get(candidate.main.name)
        since = before[1] if before is not None and before[0] == looks else now
        self._seen[candidate.main.name] = (looks, since)
        return since

    def _complete(self, candidate: Candidate, unchanged_for: float) -> bool:
        """Raises CannotRead for what is no regular file or too large."""
        rules, main = self.rules, candidate.main
        facts = main.lstat()
        if stat.S_ISDIR(facts.st_mode):
            return self._folder_complete(main, unchanged_for)
        if not stat.S_ISREG(facts.st_mode):
            raise CannotRead("collegamento simbolico" if stat.S_ISLNK(facts.st_mode) else "non è un file normale")
        if facts.st_size > rules.largest_bytes:
            raise CannotRead(f"troppo grande: {facts.st_size} byte")
        if rules.complete_on_arrival:
            return True
        suffixes = {path.name.removeprefix(main.name) for path in candidate.beside}
        if rules.ready_suffix and rules.ready_suffix not in suffixes:
            return False
        if unchanged_for < rules.settle_seconds:
            return False  # before reading it
        if rules.sidecar_required and not any(is_sidecar(path.name) for path in candidate.beside):
            return False
        signs = observe(
            main, unchanged_for=unchanged_for, announced=bool(candidate.beside), largest=rules.largest_bytes
        )
        return is_ready(signs, settle=rules.settle_seconds, patience=rules.patience_seconds)

    def _folder_complete(self, folder: Path, unchanged_for: float) -> bool:
        """A folder is an item once its ``item.json`` is there and nobody writes into any of its files."""
        if not (folder / ITEM_FILE).is_file():
            return False
        for file in (*item_files(folder), folder / ITEM_FILE):
            signs = observe(file, unchanged_for=unchanged_for, announced=True, largest=self.rules.largest_bytes)
            if not is_ready(signs, settle=self.rules.settle_seconds, patience=self.rules.patience_seconds):
                return False
        return True

    def _note_waiting(self, path: Path) -> None:
        changed = _changed(path)
        if changed is not None:
            age = self.custody.now().timestamp() - changed
            self._notes.waiting += 1
            self._notes.oldest = max(self._notes.oldest or 0.0, age)

    def _arrival(self, ref: str) -> Arrival | None:
        path, name = self.custody.path(ref), original_name(ref)
        try:
            if path.is_dir() and not path.is_symlink():
                item = read_item_folder(path, largest=self.rules.largest_bytes, zone=self.rules.zone)
                name, raw, sidecar = item.filename, item.raw, item.sidecar
            else:
                raw, sidecar = read_file(path, largest=self.rules.largest_bytes), self._sidecar(ref)
        except (CannotRead, OSError) as refusal:
            self._notes.refused[name] = str(refusal) if isinstance(refusal, CannotRead) else "illeggibile"
            return None
        if self.rules.describe is not None:
            sidecar = self.rules.describe(name, raw, sidecar)
        hints = Hints(
            channel=self.rules.channel if sidecar.channel is None else sidecar.channel,
            filename=name if self.rules.names_files else None,
            received_at=sidecar.received_at or self._came(path),
            transport=sidecar.transport,
        )
        return Arrival(source=self.name, ref=ref, raw=raw, hints=hints)

    def _came(self, path: Path) -> datetime | None:
        changed = _changed(path)
        return datetime.fromtimestamp(int(changed), UTC) if changed is not None else None

    def _sidecar(self, ref: str) -> Sidecar:
        path = self.custody.sidecar_of(ref)
        if path is None:
            return Sidecar()
        return read_sidecar(path.name, read_file(path, largest=self.rules.largest_bytes), zone=self.rules.zone)

    def _wait(self, stop: threading.Event) -> None:
        """File events get lost (network shares, overflow), so the wait is never longer than the interval."""
        longest = timedelta(seconds=self.rules.poll_seconds)
        if self._notes.waiting:
            longest = min(longest, timedelta(seconds=max(0.2, self.rules.settle_seconds)))
        try:
            events = file_events(
                self.custody.hot,
                stop_event=stop,
                watch_filter=None,
                debounce=100,
                rust_timeout=max(50, int(longest.total_seconds() * 1000)),
                yield_on_timeout=True,
                recursive=False,
            )
            next(events, None)
        except OSError as error:
            raise Transient(f"cartella {self.custody.hot.name}: {error.strerror}", code="folder_unreachable") from error


def _files_of(candidate: Candidate) -> list[Path]:
    inside = sorted(candidate.main.iterdir()) if candidate.main.is_dir() and not candidate.main.is_symlink() else []
    return [candidate.main, *inside, *candidate.beside]


def _looks(path: Path) -> tuple[str, int, int, int]:
    facts = path.lstat()
    return path.name, facts.st_size, facts.st_mtime_ns, facts.st_ino


def _changed(path: Path) -> float | None:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return None
