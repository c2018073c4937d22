"""Archives: zip, 7z, rar, tar, and the single-file compressions. Runs in a child process.

What counts is the bytes that are written, never what headers promise: the reading stops when the limit is reached,
and what was already unfolded stays. Nothing is written to a path of the archive's choosing; links and devices are
left where they are.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, Any

from parsers import defects
from parsers.content_kinds import binary_kind
from parsers.limits import Limits

_CHUNK = 1 << 18


BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, EOFError, OSError, ValueError, RuntimeError)
"""What the readers below raise over damaged bytes."""


class Full(Exception):
    """A limit is reached; the defect is the argument."""


class Collector:
    """Gathers children within the limits on their number, their bytes and the ratio to the packed size."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self.children: list[dict[str, Any]] = []
        self.defects: list[str] = []
        self.details: list[str] = []
        self._parts = limits.parts
        self._left = min(limits.unpacked_bytes, max(packed * limits.unpacked_ratio, limits.ratio_free_bytes))

    def add(self, name: str, chunks: Iterator[bytes]) -> None:
        """Keeps one child; raises Full."""
        if len(self.children) >= self._parts:
            raise Full(defects.TOO_MANY_PARTS)
        data = bytearray()
        try:
            for chunk in chunks:
                self.count(len(chunk))
                data += chunk
        except BROKEN as error:
            self._keep(name, bytes(data), defects.CORRUPT)
            self.mark(defects.CORRUPT, f"{name}: {type(error).__name__}")
            return
        self._keep(name, bytes(data))

    def count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Full(defects.UNPACKED_TOO_LARGE)

    def keep_locked(self, name: str) -> None:
        """A file that a password keeps closed: its name is all there is."""
        if len(self.children) >= self._parts:
            raise Full(defects.TOO_MANY_PARTS)
        self._keep(name, b"", defects.ENCRYPTED)
        self.mark(defects.ENCRYPTED)

    def mark(self, code: str, detail: str | None = None) -> None:
        if code not in self.defects:
            self.defects.append(code)
        if detail and len(self.details) < 20:
            self.details.append(detail)

    def _keep(self, name: str, data: bytes, *codes: str) -> None:
        self.children.append({"name": name, "data": data, "defects": list(codes)})


def unpack(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``archive.unpack``: the files in the archive `payload["data"]`, and the defects of the archive."""
    data, filename = payload["data"], payload.get("filename")
    collector = Collector(len(data), limits)
    reader = _READERS.get(binary_kind(data) or "", _read_any)
    try:
        reader(data, filename, collector)
    except Full as full:
        collector.mark(str(full))
    return {"children": collector.children, "defects": collector.defects, "details": collector.details}


def _read_zip(data: bytes, filename: str | None, collector: Collector) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        # No central directory, most likely cut short: the local headers may still lead to the files.
        collector.mark(defects.CORRUPT)
        _read_any(data, filename, collector)
        return
    with archive:
        if any(not _zip_can_read(info) for info in archive.infolist()):
            _read_any(data, filename, collector)
            return
        for info in archive.infolist():
            name = _zip_name(info)
            if info.is_dir() or _is_litter(name):
                continue
            if info.flag_bits & 1:
                collector.keep_locked(name)
                continue
            collector.add(name, _zip_chunks(archive, info))


def _zip_chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as member:
        yield from _chunks(member)


def _zip_can_read(info: zipfile.ZipInfo) -> bool:
    known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    return bool(info.flag_bits & 1) or info.compress_type in known


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Without the UTF-8 flag zipfile takes names for CP437; macOS and many tools write UTF-8 all the same."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _read_tar(data: bytes, filename: str | None, collector: Collector) -> None:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                if member.isfile() and not _is_litter(member.name):
                    collector.add(member.name, _tar_chunks(archive, member))
    except BROKEN as error:
        collector.mark(defects.CORRUPT, type(error).__name__)


def _tar_chunks(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = archive.extractfile(member)
    if file is not None:
        with file:
            yield from _chunks(file)


def _read_single(opener: Callable[[io.BytesIO], Any]) -> Callable[[bytes, str | None, Collector], None]:
    def read(data: bytes, filename: str | None, collector: Collector) -> None:
        with opener(io.BytesIO(data)) as file:
            collector.add(_inner_name(filename), _chunks(file))

    return read


def _inner_name(filename: str | None) -> str:
    stem, dot, extension = (filename or "").rpartition(".")
    if not dot or not stem:
        return "contenuto"
    return f"{stem}.tar" if extension.lower() in ("tgz", "tbz2", "txz", "tbz") else stem


def _read_any(data: bytes, filename: str | None, collector: Collector) -> None:
    """7z, rar, cab, zstd and damaged zips through libarchive, which reads them as a stream."""
    try:
        import libarchive  # type: ignore[import-untyped]
    except (ImportError, OSError, TypeError, AttributeError):
        # The system library is missing: the archive is kept closed, not lost.
        collector.mark(defects.UNSUPPORTED, "libarchive non è installata")
        return
    is_encrypted = libarchive.ffi.libarchive.archive_entry_is_encrypted
    any_encrypted = libarchive.ffi.libarchive.archive_read_has_encrypted_entries
    is_encrypted.argtypes = any_encrypted.argtypes = (libarchive.ffi.c_void_p,)
    pointer = None
    try:
        with libarchive.memory_reader(data) as archive:
            pointer = archive._pointer
            for entry in archive:
                name = _decoded(entry.pathname) or _inner_name(filename)
                if not (entry.isfile or entry.filetype == 0) or _is_litter(name):
                    continue
                if is_encrypted(entry._entry_p):
                    collector.keep_locked(name)
                    continue
                collector.add(name, entry.get_blocks(_CHUNK))
                if any_encrypted(pointer) > 0:
                    collector.mark(defects.ENCRYPTED)
    except (libarchive.ArchiveError, UnicodeError, ValueError) as error:
        locked = isinstance(error, libarchive.ArchiveError) and "encrypted" in str(error)
        collector.mark(defects.ENCRYPTED if locked else defects.CORRUPT, type(error).__name__)


def _decoded(name: str | bytes | None) -> str:
    """libarchive gives bytes for a name that is not in the charset it claims."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name or ""


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _is_litter(name: str) -> bool:
    """What macOS and Windows add to every folder; nobody sent it on purpose."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "__MACOSX/" in name or last in (".DS_Store", "Thumbs.db", "desktop.ini")


_READERS: Mapping[str, Callable[[bytes, str | None, Collector], None]] = MappingProxyType(
    {
        "application/zip": _read_zip,
        "application/x-tar": _read_tar,
        "application/gzip": _read_single(gzip.open),
        "application/x-bzip2": _read_single(bz2.BZ2File),
        "application/x-xz": _read_single(lzma.LZMAFile),
    }
)
