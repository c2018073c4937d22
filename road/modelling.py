"""`sportello model`: from texts to weights, with the figures that decide whether they may be used."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from classifier import operators
from classifier.examining import PAPER_WEIGHTS, WEIGHTS
from classifier.meaning import think
from classifier.model import weights as stored
from classifier.model.examples import STRANGERS, examples
from classifier.model.figures import Figures, figures
from classifier.model.paper_training import PaperExample, paper_examples, paper_figures, train_papers
from classifier.model.training import Example, held_back, temperatures, train
from road.gateway import Gateway
from road.learning import Comparison, compare, corrected_letters
from road.models import SHIPPED, ModelShelf
from road.picturing import draw


def train_shipped() -> None:
    """The weights of the repository anew, from the corpus alone; prints the figures on authors held back."""
    corpus = examples()
    warmth = _report(corpus, None)
    version = str(int(stored.load(WEIGHTS).version) + 1) if WEIGHTS.is_file() else "1"
    stored.save(train(corpus, version=version, temperatures=warmth), WEIGHTS)
    papers = paper_examples(operators.load())
    _show_papers(papers)
    stored.save(train_papers(papers, version=version), PAPER_WEIGHTS)
    Console().print(f"version {version} written")


def evaluate_model(pictures: Path | None) -> None:
    """The honest figures, without writing a model; `pictures` gets confusion matrices and a reliability diagram."""
    _report(examples(), pictures)
    _show_papers(paper_examples(operators.load()))


def _show_papers(papers: Sequence[PaperExample]) -> None:
    rows = paper_figures(papers)
    alone = f"(the table of cues alone {rows.table:.1%})"
    Console().print(f"kinds of {rows.papers} papers, authors held back: {rows.both:.1%} right {alone}")


def _report(corpus: Sequence[Example], pictures: Path | None) -> dict[str, float]:
    console = Console()
    strange = [e for e in corpus if e.author in STRANGERS]
    console.print(f"{len(corpus)} letters by {len({e.author for e in corpus})} authors, judged on {len(strange)} of")
    console.print(f"the last {len(STRANGERS)}, by models that have not read them: {', '.join(sorted(STRANGERS))}")
    judged = list(held_back(strange, think, read=corpus))
    warmth = temperatures(judged)
    show(figures(judged, warmth), console)
    if pictures is not None:
        for path in draw(judged, warmth, pictures):
            console.print(f"{path}")
    return warmth


def learn(gateway: Gateway) -> bool:
    """Trains on corpus and corrections; the new model takes over if it is not worse. True if it did."""
    console = Console()
    corpus, own = examples(), corrected_letters(gateway.views)
    console.print(f"{len(corpus)} letters of the corpus, {len(own)} corrected by people")
    if not own:
        console.print("Nobody has corrected anything yet: there is nothing to learn beyond the shipped model.")
        return False
    rows, judged = compare(corpus, own)
    show_comparison(rows, console)
    shelf = ModelShelf(gateway.state / "models")
    name = f"{stored.load(WEIGHTS).version}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{len(own)}"
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "weights.npz"
        stored.save(train([*corpus, *own], version=name, temperatures=temperatures(judged)), draft)
        shelf.add(name, draft.read_bytes())
    worse = [row.head for row in rows if row.worse]
    if worse:
        console.print(f"Model {name} is kept but not used: worse on {', '.join(worse)}.")
        return False
    before = shelf.active_name()
    shelf.activate(name)
    console.print(f"Model {name} is active from the next start; {before} stays available.")
    return True


def show(rows: tuple[Figures, ...], console: Console) -> None:
    table = Table("question", "letters", "right", "calibration error", "most confused", title="authors held back")
    for row in rows:
        pairs = ", ".join(f"{want}→{got} {n}" for want, got, n in row.confused[:4])
        table.add_row(row.head, str(row.letters), f"{row.right:.1%}", f"{row.calibration_error:.1%}", pairs)
    console.print(table)


def show_comparison(rows: tuple[Comparison, ...], console: Console) -> None:
    table = Table("question", "letters", "right without corrections", "with them", title="authors held back")
    for row in rows:
        table.add_row(row.head, str(row.letters), str(row.before), f"{row.after}{' worse' if row.worse else ''}")
    console.print(table)


def show_shelf(shelf: ModelShelf, console: Console) -> None:
    active = shelf.active_name()
    for name in shelf.names():
        what = f" (version {stored.load(WEIGHTS).version})" if name == SHIPPED else ""
        console.print(f"{'*' if name == active else ' '} {name}{what}", highlight=False)
