"""Reads the corpus of short letters (`corpus/*.txt`): a line of labels, then the words.

``@ service sector topic [sender=…] [mail=…] | paper paper``: a letter with a service is a private person's submission;
one with a sender is a submission; ``mail=`` names what is no submission at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from classifier.model.features import Letter
from classifier.model.training import Example


def read_short_letters(path: Path) -> Iterator[Example]:
    """Examples in the order of the file; the author is the file's name. Raises ValueError for an odd label line."""
    labels: dict[str, str] = {}
    papers: tuple[str, ...] = ()
    lines: list[str] = []
    number = 0
    for line in [*path.read_text("utf-8").splitlines(), "@"]:
        if line.startswith("#"):
            continue
        if not line.startswith("@"):
            lines.append(line)
            continue
        if labels:
            number += 1
            yield Example(
                letter=Letter(main="\n".join(lines), facts=tuple(f"paper:{kind}" for kind in papers)),
                labels=labels,
                author=path.stem,
                name=f"{path.stem}-{number:03d}",
            )
        labels, papers, lines = *_labels(line.removeprefix("@")), []


def _labels(line: str) -> tuple[dict[str, str], tuple[str, ...]]:
    words, _, papers = line.partition("|")
    plain = [word for word in words.split() if "=" not in word]
    labels = dict(word.split("=", 1) for word in words.split() if "=" in word)
    if len(plain) == 3:
        labels = {"sender": "private"} | labels | dict(zip(("service", "sector", "topic"), plain, strict=True))
    elif plain:
        raise ValueError(f"three labels are wanted: {line!r}")
    if labels and "mail" not in labels:
        labels["mail"] = "submission"
    return labels, tuple(papers.split())
