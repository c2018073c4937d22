"""Custody on a file system: from the folder where others write, by rename into ``taken/`` under a name of its own,
later by rename into ``done/``. Nothing is copied, nothing is deleted.

The name in ``taken/`` is the ref: time, chance, and the old name. A rename is durable once the folders are synced,
which happens before anything is offered: a file that came back after a power cut under its old name would be taken
twice. Sidecars go before their file on the way in and on the way out, so that a crash between never leaves a file
that has lost its facts; a sidecar alone in ``taken/`` goes back.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.sidecar import is_sidecar
from mailroom.errors import Refused, Transient

_SIDECAR = ".sidecar"
_REF = re.compile(r"(\d{8}T\d{6})-[0-9a-f]{16}~.+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is to be taken as one item: a file or a whole folder, and what lies beside it."""

    main: Path
    beside: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """The three places. All methods raise Transient if the file system refuses."""

    hot: Path
    taken: Path
    done: Path
    now: Callable[[], datetime]

    def prepare(self) -> None:
        """Makes the folders. Raises Refused if a rename between them would not be one."""
        with _file_system():
            self.hot.stat()  # before mkdir: a share that is not mounted must not be made up
            for folder in (self.taken, self.done):
                folder.mkdir(parents=True, exist_ok=True)
            devices = {folder.stat().st_dev for folder in (self.hot, self.taken, self.done)}
        if len(devices) > 1:
            raise Refused(f"{self.hot.name}, taken e done non sono sullo stesso file system", code="folder_setup")

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Holds the custody's own lock; False if another process of ours is at it."""
        with _file_system():
            handle = os.open(self.taken / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)

    def take(self, candidates: Sequence[Candidate]) -> list[str]:
        """Renames into ``taken/`` and syncs once for all. The refs; what vanished meanwhile is left out."""
        refs = []
        with _file_system():
            for candidate in candidates:
                ref = self._new_ref(candidate.main.name)
                for sidecar in candidate.beside:
                    _rename(sidecar, self.taken / f"{ref}{_SIDECAR}{sidecar.suffix.lower()}")
                if _rename(candidate.main, self.taken / ref):
                    refs.append(ref)
            if candidates:
                _sync(self.taken)
                _sync(self.hot)
        return refs

    def undo_halves(self) -> None:
        """Gives sidecars back whose file was not taken after them (a crash between the two renames)."""
        with _file_system():
            for name in self._names():
                ref, mark, suffix = name.rpartition(_SIDECAR)
                alone = bool(mark) and not (self.taken / ref).exists()
                if alone and not self._done_place(ref).joinpath(ref).exists():
                    (self.taken / name).rename(_free(self.hot / f"{original_name(ref)}{suffix}"))

    def refs(self) -> list[str]:
        """What lies in ``taken/``, oldest first."""
        with _file_system():
            return [name for name in self._names() if _SIDECAR not in name and _REF.fullmatch(name)]

    def path(self, ref: str) -> Path:
        return self.taken / ref

    def sidecar_of(self, ref: str) -> Path | None:
        found = (p for p in self.taken.glob(f"{_escaped(ref)}{_SIDECAR}.*") if is_sidecar(p.name))
        return next(found, None)

    def put_away(self, refs: Sequence[str]) -> list[str]:
        """Renames into ``done/`` (a folder a month). What is not in ``taken/`` any more counts as put away."""
        places = set()
        with _file_system():
            for ref in refs:
                if not _REF.fullmatch(ref) or "/" in ref:
                    continue
                place = self._done_place(ref)
                place.mkdir(exist_ok=True)
                places.add(place)
                for sidecar in self.taken.glob(f"{_escaped(ref)}{_SIDECAR}.*"):
                    _rename(sidecar, place / sidecar.name)
                _rename(self.taken / ref, place / ref)
            for place in (*sorted(places), *([self.done, self.taken] if places else [])):
                _sync(place)
        return list(refs)

    def _names(self) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self.taken))

    def _new_ref(self, name: str) -> str:
        return f"{self.now():%Y%m%dT%H%M%S}-{secrets.token_hex(8)}~{_plain(name)}"

    def _done_place(self, ref: str) -> Path:
        return self.done / f"{ref[:4]}-{ref[4:6]}"


def custody_in(hot: Path, place: Path | None, now: Callable[[], datetime] | None) -> Custody:
    """`taken` and `done` in `place`, or in the hot folder itself."""
    root = place or hot
    return Custody(hot=hot, taken=root / "taken", done=root / "done", now=now or _utc_now)


def original_name(ref: str) -> str:
    return ref.partition("~")[2]


def taken_at(ref: str) -> datetime | None:
    """When the ref was given."""
    match = _REF.fullmatch(ref)
    return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if match else None


WAITING = "arrivo/"
"""Before the name of what is not yet taken, in an inventory."""


def taken_under_new_name(waiting: str, known: Set[str], since: datetime) -> bool:
    """Whether a thing that waited under its own name has got a ref since (less a minute for the clocks)."""
    if not waiting.startswith(WAITING):
        return False
    ending = f"~{_plain(waiting.removeprefix(WAITING))}"
    found = (taken_at(ref) for ref in known if ref.endswith(ending))
    return any(at is not None and at > since - timedelta(minutes=1) for at in found)


def _plain(name: str) -> str:
    """A name that any file system, database and log can hold: bounded, printable, without surrogates."""
    clean = "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "_" for c in name)
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, dot, suffix = clean, "", ""
    return f"{stem.encode()[:120].decode(errors='ignore')}{dot}{suffix}".replace(_SIDECAR, "_sidecar")


def _rename(old: Path, new: Path) -> bool:
    try:
        old.rename(new)
    except FileNotFoundError:
        return False
    return True


def _free(path: Path) -> Path:
    """The path, or one beside it that nothing lies under: a rename overwrites without asking."""
    return path if not path.exists() else path.with_name(f"{secrets.token_hex(4)}-{path.name}")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


@contextmanager
def _file_system() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else str(error)
        name = Path(str(error.filename)).name if error.filename else "?"
        if error.errno in (errno.EXDEV, errno.EROFS):
            raise Refused(f"cartella {name}: {what}", code="folder_setup") from error
        raise Transient(f"cartella {name}: {what}", code="folder_unreachable") from error


def _utc_now() -> datetime:
    return datetime.now(UTC)
