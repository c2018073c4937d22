"""`sportello evaluate FOLDER`: the figures of merit on a folder of items with known answers, printed as tables."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mailroom.decision import FIELDS
from road.scoring import Answer, Tally


def read_lines(path: Path) -> list[Answer]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def show(tally: Tally, console: Console, *, misses: bool) -> None:
    """Prints the tally: rates, fields, confusions, and the list of misses where asked for."""
    wrong = tally.unattended_wrong
    console.print(f"items {tally.items}, absent {tally.absent}")
    console.print(f"decided without a person {tally.unattended}/{tally.items}, of these wrong {wrong}")
    console.print(_rates(tally))
    console.print(_fields(tally))
    for key in ("disposition", "service", "sector", "topic", "document kind"):
        _confusion(tally, key, console)
    if misses:
        for row in tally.rows:
            console.print(f"[bold]{row['id']}[/] {row['channel']}", highlight=False)
            for line in row["wrong"]:
                console.print(f"    {line}", highlight=False, markup=False)


def _rates(tally: Tally) -> Table:
    channels = ("email", "pec", "fax", "post")
    table = Table("", "all", *channels, title="right answers")
    for key in [k for k in tally.asked if "[" not in k]:
        cells = [_cell(tally.hits[k], tally.asked[k]) for k in (key, *(f"{key} [{c}]" for c in channels))]
        table.add_row(key, *cells)
    return table


def _cell(hits: int, asked: int) -> str:
    return f"{hits}/{asked} {100 * hits / asked:.1f} %" if asked else "–"


def _fields(tally: Tally) -> Table:
    table = Table("field", "precision", "recall", "of", title="fields")
    for name in FIELDS:
        rates = [f"{100 * r:.1f} %" if r is not None else "–" for r in (tally.precision(name), tally.recall(name))]
        table.add_row(name, *rates, str(tally.found[name] + tally.lost[name]))
    return table


def _confusion(tally: Tally, key: str, console: Console) -> None:
    wrong = [(want, got, n) for (k, want, got), n in tally.confusion.most_common() if k == key and want != got]
    pairs: Iterable[str] = (f"{want}→{got} {n}" for want, got, n in wrong)
    console.print(f"{key} confused: {', '.join(pairs) or 'never'}", highlight=False)
