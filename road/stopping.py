"""What whoever sits at the shell is told when a command can't go on: one line and an exit code, never a traceback."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from mailroom.errors import ConfigError, GatewayError

_THEIRS = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.EEXIST,
        errno.ENOTEMPTY,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.EROFS,
    }
)
"""What the system says of a path that somebody named wrongly; the rest (a full disk) is the machine's trouble."""


@dataclass(frozen=True, slots=True)
class Stop:
    says: str
    code: int
    """1: it did not work out; 2: wrong usage or configuration."""


def stop_of(error: GatewayError | OSError) -> Stop:
    """The one line, and the exit code."""
    if isinstance(error, ConfigError):
        return Stop(_line(str(error)), 2)
    if isinstance(error, GatewayError):
        return Stop(_line(str(error)), 1)
    what = os.strerror(error.errno).lower() if error.errno else str(error)
    where = error.filename2 if error.filename2 is not None else error.filename
    return Stop(_line(f"{os.fsdecode(where)}: {what}" if where else what), 2 if error.errno in _THEIRS else 1)


def _line(text: str) -> str:
    return " ".join(text.split()) or "stopped"
