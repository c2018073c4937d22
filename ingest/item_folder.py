"""A folder that is one item: ``item.json`` beside the item's file or files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from ingest.safe_read import CannotRead, read_file
from ingest.sidecar import LARGEST, Sidecar, is_sidecar, read_sidecar

ITEM_FILE = "item.json"
MOST_FILES = 200

_MAILS = ("message.eml", "message.msg")
_FIRST = ("fax.tif", "fax.tiff", "fax.pdf", "scan.pdf", "scan.tif", "scan.tiff")
"""Of several files the one that was sent; the others are its enclosures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderItem:
    filename: str
    raw: bytes
    sidecar: Sidecar


def read_item_folder(path: Path, *, largest: int, zone: tzinfo = UTC) -> FolderItem:
    """The item in `path`. Several files become one ZIP, the one that was sent first, the same bytes each time.

    Raises CannotRead if there is no file beside the sidecar, or one that can't be taken.
    """
    sidecar = Sidecar()
    if (path / ITEM_FILE).is_file():
        sidecar = read_sidecar(ITEM_FILE, read_file(path / ITEM_FILE, largest=4 * LARGEST), zone=zone)
    files = item_files(path)
    if not files:
        raise CannotRead("cartella senza documento")
    chosen = main_file(files)
    if chosen is not None:
        return FolderItem(filename=chosen.name, raw=read_file(chosen, largest=largest), sidecar=sidecar)
    documents = [file for file in files if not is_sidecar(file.name)] or files
    documents.sort(key=lambda file: (file.name.lower() not in _FIRST, file.name))
    return FolderItem(filename=f"{path.name}.zip", raw=_packed(documents, largest), sidecar=sidecar)


def item_files(path: Path) -> list[Path]:
    """Everything in an item folder but the sidecar and hidden files, in the order of names."""
    found = [entry for entry in path.iterdir() if entry.name != ITEM_FILE and not entry.name.startswith(".")]
    if len(found) > MOST_FILES:
        raise CannotRead(f"più di {MOST_FILES} file in una cartella")
    return sorted(found)


def main_file(files: Iterable[Path]) -> Path | None:
    """The one that is the item: a mail by its usual name (it holds all that came with it), or because it is the only
    one that is no sidecar."""
    everything = list(files)
    for name in _MAILS:
        for file in everything:
            if file.name.lower() == name:
                return file
    documents = [file for file in everything if not is_sidecar(file.name)] or everything
    return documents[0] if len(documents) == 1 else None


def _packed(files: Iterable[Path], largest: int) -> bytes:
    """Stored, with one fixed date, so that the bytes and their digest depend on the content alone."""
    packed = io.BytesIO()
    left = largest
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            data = read_file(file, largest=left)
            left -= len(data)
            archive.writestr(zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0)), data)
    return packed.getvalue()
