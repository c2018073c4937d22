"""What was once read is not read again: pages by content, engine, settings and page range.

A `PageCache` may forget at any time and may never be wrong: the key holds everything that the result depends on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from parsers.reading_settings import ReadingSettings
from parsers.tools.tesseract import engine_version


class PageCache(Protocol):
    def get(self, key: str) -> Mapping[str, Any] | None:
        """What was put under that key, or None."""
        ...

    def put(self, key: str, value: Mapping[str, Any]) -> None: ...


def cache_key(digest: str, media_type: str, settings: ReadingSettings, first: int, count: int) -> str:
    """Begins with the digest, so that what was made of it can be forgotten; equal only for the same bytes, read the
    same way by the same engine."""
    limits = sorted(asdict(settings.limits).items())
    named = [digest, media_type, engine_version(), settings.languages, settings.second_reading, settings.reader,
             settings.transcriber]  # fmt: skip
    how = hashlib.sha256(json.dumps([*named, limits, first, count]).encode()).hexdigest()
    return f"{digest}-{how[:32]}"


@dataclass(frozen=True, slots=True)
class FolderCache:
    """JSON files in a folder, written whole or not at all; may be deleted file by file at any time."""

    folder: Path

    def get(self, key: str) -> Mapping[str, Any] | None:
        try:
            value = json.loads(self._path(key).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """A full disk costs a second reading, nothing more."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)

    def forget(self, digest: str) -> None:
        """What was read of these bytes, however it was read: they have been erased."""
        for path in self._path(digest).parent.glob(f"{digest[2:]}-*.json"):
            path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}.json"
