"""What is held on one person: handed out as one file, or erased as far as the law lets it go."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

from rich.console import Console

from mailroom.errors import ConfigError
from mailroom.item import Rung
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway
from road.retaining import retention_of
from store.codec import encode
from store.privacy import PersonFile, person_file

BY = "shell"


def export_person(tax_code: str, file: Path, config: GatewayConfig) -> None:
    """A ZIP, readable by its owner alone: ``dati.json`` and every original. Raises ConfigError for what is no tax
    code, or rather than write over a file."""
    if file.exists():
        raise ConfigError(f"{file}: is there already")
    gateway = open_gateway(config)
    found = _file_of(gateway, tax_code)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle, zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dati.json", json.dumps(json.loads(encode(found)), ensure_ascii=False, indent=1))
        for item in found.items:
            if item.erased_at is None:
                archive.writestr(f"originali/{item.row.id}", gateway.blobs.get(item.digest))
    Console().print(f"{file}: {len(found.items)} invii, {len(found.cases)} pratiche", highlight=False)


def erase_person(tax_code: str, reason: str, config: GatewayConfig) -> int:
    """Exit code: 1 if some items stay. What was cut out of a scan goes with its letters; the register stays."""
    gateway = open_gateway(config)
    found = _file_of(gateway, tax_code)
    ids = [item.row.id for item in found.items if item.erased_at is None]
    erased = retention_of(gateway).erase(ids, by=BY, reason=reason)
    left = [item.row for item in found.items if item.row.id in set(ids) - set(erased.items)]
    out = Console()
    out.print(f"{len(erased.items)} invii cancellati, {len(left)} restano", highlight=False)
    for row in left:
        why = row.held_code or (row.rung.value if row.rung is not Rung.CLOSED else "in uso")
        out.print(f"    {row.id} {why}", highlight=False)
    return 1 if left else 0


def _file_of(gateway: Gateway, tax_code: str) -> PersonFile:
    try:
        return person_file(gateway.engine, gateway.clock, tax_code, by=BY)
    except ValueError:
        raise ConfigError(f"{tax_code!r} is not a tax code") from None
