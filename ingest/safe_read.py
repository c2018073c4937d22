"""Reading a file that strangers put there: a regular file, of bounded size, by a handle that follows no link."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO


class CannotRead(Exception):
    """The reason in plain Italian."""


def read_file(path: Path, *, largest: int, follow: bool = False) -> bytes:
    """All bytes of a regular file. Raises CannotRead for anything else, for a file beyond `largest` bytes, and
    if the system refuses. `follow` lets the last step of the path be a symbolic link.
    """
    with _opened(path, follow=follow) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > largest:
            raise CannotRead(f"troppo grande: {size} byte")
        try:
            data = stream.read(largest + 1)
        except OSError as error:
            raise CannotRead(f"illeggibile: {error.strerror}") from error
    if len(data) > largest:
        raise CannotRead(f"troppo grande: oltre {largest} byte")
    return data


def read_start(path: Path, length: int = 1000) -> bytes:
    """The first bytes of a regular file; follows a link. Raises CannotRead as `read_file`."""
    with _opened(path, follow=True) as stream:
        return stream.read(length)


def _opened(path: Path, *, follow: bool) -> BinaryIO:
    # O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        link = path.is_symlink()
        raise CannotRead("collegamento simbolico" if link else f"illeggibile: {error.strerror}") from error
    stream = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        stream.close()
        raise CannotRead("non è un file normale")
    return stream
