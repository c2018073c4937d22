"""What lies in a folder that others write into: candidates with what belongs to them, by name alone."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path, PurePath

from ingest.custody_folder import Candidate, Custody
from ingest.folder_readiness import is_temporary
from ingest.sidecar import Sidecar, is_sidecar
from mailroom.envelope import Channel
from mailroom.errors import Transient

Describe = Callable[[str, bytes, Sidecar], Sidecar]
"""Completes what the sidecar says by what the file itself (or the fax server's log) says, given the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRules:
    """How one kind of folder behaves; made from the configurations in fax_queue and scan_folder."""

    name: str
    channel: Channel
    zone: tzinfo
    pattern: str = "*"
    settle_seconds: float = 2.0
    patience_seconds: float = 60.0
    sidecar_required: bool = False
    ready_suffix: str | None = None
    complete_on_arrival: bool = False
    """Files come by rename (Maildir): nothing to wait for."""
    names_files: bool = True
    """The names mean something to people; those in a Maildir don't."""
    overdue_seconds: float = 86_400.0
    largest_bytes: int = 250 * 2**20
    poll_seconds: float = 10.0
    describe: Describe | None = None


def candidates(custody: Custody, rules: FolderRules) -> Iterator[Candidate]:
    """Everything that may become an item, with its sidecar and marker, complete or not.

    Raises Transient if the folder can't be read.
    """
    entries = _entries(custody)
    names = {entry.name.lower(): entry.name for entry in entries}
    ours = {custody.taken.name, custody.done.name}
    for entry in entries:
        if is_temporary(entry.name) or _is_companion(entry.name, rules):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in ours:
                yield Candidate(main=Path(entry.path))
        elif fnmatch.fnmatch(entry.name, rules.pattern):
            yield Candidate(main=Path(entry.path), beside=_beside(entry.name, names, custody, rules))


def _entries(custody: Custody) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(custody.hot), key=lambda entry: entry.name)
    except OSError as error:
        raise Transient(f"cartella {custody.hot.name}: {error.strerror}", code="folder_unreachable") from error


def _beside(name: str, names: Mapping[str, str], custody: Custody, rules: FolderRules) -> tuple[Path, ...]:
    stem = PurePath(name).stem
    marker = [f"{name}{rules.ready_suffix}"] if rules.ready_suffix else []
    wanted = [f"{name}.json", f"{name}.xml", f"{stem}.json", f"{stem}.xml", *marker]
    found = dict.fromkeys(names[other.lower()] for other in wanted if other.lower() in names)
    return tuple(custody.hot / other for other in found if other != name)


def _is_companion(name: str, rules: FolderRules) -> bool:
    """A sidecar or a marker: never an item of its own, be its file there already or not."""
    return is_sidecar(name) or bool(rules.ready_suffix and name.endswith(rules.ready_suffix))


def orphans(custody: Custody, rules: FolderRules, found: Sequence[Candidate]) -> Iterator[Path]:
    """Sidecars that wait for a file."""
    paired = {path.name for candidate in found for path in candidate.beside}
    for entry in _entries(custody):
        if _is_companion(entry.name, rules) and entry.name not in paired and not is_temporary(entry.name):
            yield Path(entry.path)
