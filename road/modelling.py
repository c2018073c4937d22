"""`sportello model`: from corpus to weights, with the figures that decide whether they may be shipped."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier.examining import WEIGHTS
from classifier.model import weights as stored
from classifier.model.building import Figures, build
from classifier.model.examples import examples


def train_model(out: Path | None, *, keep: bool = True) -> None:
    """Prints the figures; writes the weights to `out` (or over the shipped ones) unless `keep` is False."""
    known = examples()
    console = Console()
    version = _next_version()
    console.print(f"{len(known)} letters by {len({e.author for e in known})} authors")
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "weights.npz"
        figures = build(known, draft, version=version)
        show(figures, console)
        if keep:
            place = out or WEIGHTS
            place.write_bytes(draft.read_bytes())
            console.print(f"version {version} written")


def _next_version() -> str:
    try:
        return str(int(stored.load(WEIGHTS).version) + 1)
    except (OSError, ValueError, KeyError):
        return "1"


def show(figures: tuple[Figures, ...], console: Console) -> None:
    table = Table("question", "letters", "right", "calibration error", "most confused", title="authors held back")
    for row in figures:
        pairs = ", ".join(f"{want}→{got} {n}" for want, got, n in row.confused[:4])
        table.add_row(row.head, str(row.letters), f"{row.right:.1%}", f"{row.calibration_error:.1%}", pairs)
    console.print(table)
