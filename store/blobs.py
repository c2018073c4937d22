"""Bytes by their SHA-256 digest in a folder: temporary file, fsync, rename, fsync of the folder.

A blob is there in whole or not at all, and is never written twice. `put_many` waits for the disk once a folder instead
of once a blob. With ``durable=False`` the same folder layout serves as a cache of what can be made again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path


class FileBlobs:
    """Implements `mailroom.ports.Blobs`."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> str:
        return self.put_many([data])[0]

    def put_many(self, datas: Sequence[bytes]) -> list[str]:
        digests = [hashlib.sha256(data).hexdigest() for data in datas]
        touched = {self._write(digest, data) for digest, data in zip(digests, datas, strict=True)} - {None}
        if self._durable:
            for folder in sorted({f for f in touched if f is not None}):
                _sync(folder)
        return digests

    def get(self, digest: str) -> bytes:
        try:
            data = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"blob {digest} does not match its digest")
        return data

    def has(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def digests(self) -> Iterator[str]:
        for path in sorted(self._folder.glob("??/*")):
            if len(path.name) == 64:
                yield path.name

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise KeyError(digest)
        return self._folder / digest[:2] / digest

    def _write(self, digest: str, data: bytes) -> Path | None:
        """The folder that now needs an fsync. An existing file may not be durable yet: its folder is synced again."""
        path = self._path(digest)
        if path.is_file():
            return path.parent
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            if self._durable:
                _sync(self._folder)
        descriptor, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if self._durable:
                    os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        return path.parent


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
