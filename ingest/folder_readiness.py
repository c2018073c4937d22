"""Is this file complete? Programs that write in place leave no sign of their own, so several are weighed together.

A file is taken when nobody holds it (no lock, no open writer) and it has been of the same size for a while and
either looks whole, has a sidecar or a marker, or has been of the same size for a long while: a fax cut in half must
not wait for ever.
"""

from __future__ import annotations

import fcntl
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from ingest.safe_read import CannotRead, read_file
from ingest.tiff_tags import read_tiff

_TAIL = 2048
_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".writing", ".swp", ".lock", "~")


_NOISE = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What was observed of one candidate."""

    unchanged_for: float
    """Seconds since size and time were first seen as they are now."""
    locked: bool
    written: bool | None
    """Somebody has it open for writing; None if the system doesn't tell."""
    announced: bool
    """A sidecar or a marker lies beside it."""
    whole: bool
    """Its format says that it is complete."""


def is_ready(signs: Signs, *, settle: float, patience: float) -> bool:
    if signs.locked or signs.written or signs.unchanged_for < settle:
        return False
    return signs.announced or signs.whole or signs.unchanged_for >= patience


def is_temporary(name: str) -> bool:
    """Names under which programs write what they rename later, or keep notes of their own."""
    return name.startswith((".", "~$")) or name.lower().endswith(_TEMPORARY) or name.lower() in _NOISE


def is_locked(handle: int) -> bool:
    """Whether another holds a lock: flock, as HylaFAX while it receives, or a POSIX record lock."""
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)
        fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.lockf(handle, fcntl.LOCK_UN)
    except OSError:
        return True
    return False


def is_written(handle: int) -> bool | None:
    """Whether any process has the file open for writing, asked by way of a read lease (Linux).

    The kernel grants one only if there is no writer, and only to the owner of the file or a privileged process.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return None
    try:
        # A writer that comes while we hold the lease makes the kernel send a signal: choose a harmless one.
        fcntl.fcntl(handle, _F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return None
    fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def observe(path: Path, *, unchanged_for: float, announced: bool, largest: int) -> Signs:
    """Looks at one file. Raises CannotRead if it is none that can be taken."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise CannotRead(f"illeggibile: {error.strerror}") from error
    try:
        locked, written = is_locked(handle), is_written(handle)
    finally:
        os.close(handle)
    return Signs(
        unchanged_for=unchanged_for,
        locked=locked,
        written=written,
        announced=announced,
        whole=not announced and not locked and looks_whole(path.name, read_file(path, largest=largest), written),
    )


def looks_whole(name: str, data: bytes, written: bool | None) -> bool:
    """By the end of a PDF, the directories of a TIFF, the last marker of a JPEG; of others only that nobody writes."""
    if not data:
        return False
    if data.startswith(b"%PDF"):
        return b"%%EOF" in data[-_TAIL:]
    tiff = read_tiff(data)
    if tiff is not None:
        return tiff.whole
    if data.startswith(b"\xff\xd8"):
        return b"\xff\xd9" in data[-_TAIL:]
    return written is False and not name.lower().endswith((".pdf", ".tif", ".tiff"))


_F_SETSIG = getattr(fcntl, "F_SETSIG", 10)
