"""Files given by hand: .eml, mbox, Maildir, .msg, .tif, .pdf, images, folders of those, and item folders.

`arrivals_in` offers them as arrivals for `sportello ingest` and `sportello inspect`; it changes nothing on disk. A
folder that holds ``item.json`` and the item's files is one item. What can't be taken (a symlink, a pipe, a file
beyond the limit) is reported by `on_refused` and the walk goes on.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.item_folder import ITEM_FILE, main_file, read_item_folder
from ingest.mbox import looks_like_mbox, messages
from ingest.safe_read import CannotRead, read_file, read_start
from ingest.sidecar import Sidecar, is_sidecar, read_sidecar
from mailroom.envelope import Channel
from mailroom.item import Arrival, Hints

log = logging.getLogger(__name__)

Refused = Callable[[Path, str], None]

DEEPEST = 12
_NOISE = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "dovecot.index", "dovecot-uidlist"})


def arrivals_in(
    paths: Iterable[Path],
    *,
    channel: Channel | None = None,
    on_refused: Refused | None = None,
    source: str = "files",
    largest: int = 250 * 2**20,
) -> Iterator[Arrival]:
    """One arrival an item, in the order of `paths`, folders in the order of names.

    `channel` overrides what sidecar and content say. `ref` is the path (an mbox message has its number behind a
    ``#``). Raises OSError for a path that is not there, before the first arrival.
    """
    walk = _Walk(channel=channel, refused=on_refused or _log_refused, source=source, largest=largest)
    several = list(paths)
    for path in several:
        path.lstat()
    for path in several:
        yield from walk.path(path)


def channel_of(name: str, start: bytes) -> Channel:
    """The channel a bare file most likely came by: a TIFF by fax, other page images by post, the rest by mail."""
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return Channel.FAX
    suffix = Path(name).suffix.lower()
    if suffix in (".tif", ".tiff"):
        return Channel.FAX
    if suffix in (".eml", ".msg", ".mbox", ".mbx") or _looks_like_message(start):
        return Channel.EMAIL
    return Channel.POST


@dataclass(slots=True, kw_only=True)
class FilesSource:
    """Files given by hand as a Source: settling leaves them where they are.

    A ref is the path from the root, however it was typed, and what never comes back for other bytes, as a path alone
    may.
    """

    paths: Sequence[Path]
    channel: Channel | None = None
    on_refused: Refused | None = None
    name: str = "files"
    known: list[str] = field(default_factory=list)
    """Refs that the last offering left out because they have a receipt."""

    def offers(self, known: set[str]) -> Iterator[Arrival]:
        self.known = []
        for path in self.paths:
            path.lstat()
        for place, typed in {_place(path): path for path in self.paths}.items():
            found = arrivals_in([place], channel=self.channel, on_refused=self.on_refused, source=self.name)
            for arrival in found:
                digest = hashlib.sha256(arrival.raw).hexdigest()[:16]
                # Ledgers hold refs that were written as they were typed.
                refs = [f"{name}@{digest}" for name in (arrival.ref, _as_typed(arrival.ref, place, typed))]
                booked = next((ref for ref in refs if ref in known), None)
                if booked is None:
                    yield replace(arrival, ref=refs[0])
                else:
                    self.known.append(booked)

    def settle(self, refs: Sequence[str]) -> list[str]:
        return list(refs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    channel: Channel | None
    refused: Refused
    source: str
    largest: int

    def path(self, path: Path, depth: int = 0) -> Iterator[Arrival]:
        try:
            yield from self._path(path, depth)
        except PermissionError as error:
            self.refused(path, f"illeggibile: {error.strerror}")

    def _path(self, path: Path, depth: int) -> Iterator[Arrival]:
        if path.is_symlink() and depth:
            # One named on the command line is meant; one met on the way may lead anywhere.
            self.refused(path, "collegamento simbolico")
        elif not path.is_dir():
            yield from self._file(path)
        elif depth > DEEPEST:
            self.refused(path, "cartelle troppo annidate")
        elif (path / ITEM_FILE).is_file():
            yield from self._item_folder(path)
        else:
            yield from self._folder(path, depth)

    def _folder(self, path: Path, depth: int) -> Iterator[Arrival]:
        maildir = (path / "cur").is_dir() and (path / "new").is_dir()
        for entry in sorted(path.iterdir()):
            if maildir and entry.name == "tmp":
                continue
            hidden = entry.name.startswith(".") and not (entry.is_dir() and (entry / "cur").is_dir())
            if hidden or entry.name.lower() in _NOISE or (maildir and not entry.is_dir()):
                continue
            if _beside_another(entry):
                continue
            yield from self.path(entry, depth + 1)

    def _file(self, path: Path) -> Iterator[Arrival]:
        try:
            if looks_like_mbox(read_start(path)):
                yield from self._mbox(path)
                return
            raw = read_file(path, largest=self.largest, follow=True)
        except CannotRead as refusal:
            self.refused(path, str(refusal))
            return
        beside = self._sidecar_of(path)
        yield self._arrival(str(path), raw, path, beside, beside.channel or channel_of(path.name, raw[:4096]))

    def _mbox(self, path: Path) -> Iterator[Arrival]:
        with path.open("rb") as stream:
            for number, message in enumerate(messages(stream, largest=self.largest), start=1):
                if message is None:
                    self.refused(path, f"messaggio {number} troppo grande: oltre {self.largest} byte")
                else:
                    yield self._arrival(f"{path}#{number}", message, path, Sidecar(), Channel.EMAIL)

    def _item_folder(self, path: Path) -> Iterator[Arrival]:
        try:
            item = read_item_folder(path, largest=self.largest)
        except CannotRead as refusal:
            self.refused(path, str(refusal))
            return
        found = item.sidecar.channel or channel_of(item.filename, item.raw[:4096])
        yield self._arrival(str(path), item.raw, path / item.filename, item.sidecar, found)

    def _sidecar_of(self, path: Path) -> Sidecar:
        for beside in (path.with_name(f"{path.name}.json"), path.with_suffix(".json"), path.with_suffix(".xml")):
            if beside != path and beside.is_file():
                try:
                    return read_sidecar(beside.name, read_file(beside, largest=2**20))
                except CannotRead as refusal:
                    self.refused(beside, str(refusal))
        return Sidecar()

    def _arrival(self, ref: str, raw: bytes, path: Path, beside: Sidecar, channel: Channel) -> Arrival:
        hints = Hints(
            channel=self.channel or channel,
            filename=path.name,
            received_at=beside.received_at,
            transport=beside.transport,
        )
        return Arrival(source=self.source, ref=ref, raw=raw, hints=hints)


def _place(path: Path) -> Path:
    """The path from the root, by way of no link. A file that is a link keeps its name: its sidecar is called so."""
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def _as_typed(ref: str, place: Path, typed: Path) -> str:
    below = ref.removeprefix(str(place))
    return str(typed / below[1:]) if below.startswith("/") else f"{typed}{below}"


def _beside_another(path: Path) -> bool:
    """A sidecar whose main file lies next to it is no item of its own."""
    if not is_sidecar(path.name) or path.is_dir():
        return False
    named = path.with_suffix("")
    others = (p for p in path.parent.glob(f"{_escaped(path.stem)}.*") if not is_sidecar(p.name))
    return named.is_file() or main_file(others) is not None


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _looks_like_message(start: bytes) -> bool:
    """A header field on the first line (RFC 5322 section 2.2)."""
    name, colon, _ = start.lstrip(b"\r\n").partition(b":")
    return bool(colon) and 0 < len(name) <= 60 and all(33 <= byte <= 126 for byte in name)


def _log_refused(path: Path, reason: str) -> None:
    log.warning("refused: %s (%s)", path.name, reason)
