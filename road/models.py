"""Which learned model is in use: the shipped one, or one trained here on people's corrections.

A folder in the state directory holds every model that was ever trained here and a line that names the active one.
Nothing is deleted: the old ones stay available.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from classifier.examining import WEIGHTS
from mailroom.errors import ConfigError

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class ModelShelf:
    folder: Path

    def active(self) -> Path:
        """The weights in use; the shipped ones while nothing else was activated."""
        path = self._path(self.active_name())
        return path if path.is_file() else WEIGHTS

    def active_name(self) -> str:
        try:
            return (self.folder / "active").read_text("utf-8").strip() or SHIPPED
        except FileNotFoundError:
            return SHIPPED

    def names(self) -> list[str]:
        """Oldest first, the shipped one before all."""
        own = sorted(self.folder.glob("*.npz"), key=lambda path: (path.stat().st_mtime, path.name))
        return [SHIPPED, *(path.stem for path in own)]

    def add(self, name: str, weights: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_whole(self._path(name), weights)

    def activate(self, name: str) -> None:
        """Workers take it up when they next start. Raises ConfigError for a name that is not on the shelf."""
        if name not in self.names():
            raise ConfigError(f"model {name}: not among {', '.join(self.names())}")
        self.folder.mkdir(parents=True, exist_ok=True)
        _write_whole(self.folder / "active", f"{name}\n".encode())

    def _path(self, name: str) -> Path:
        return WEIGHTS if name == SHIPPED else self.folder / f"{Path(name).name}.npz"


def _write_whole(path: Path, data: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
