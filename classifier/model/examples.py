"""The texts that the model learns from: short letters, whole scenarios, and people's corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from classifier.letter import letter_of
from classifier.model import scenario as scenarios
from classifier.model.scenario import Scenario
from classifier.model.short_letters import read_short_letters
from classifier.model.training import Example
from classifier.prior import prior
from mailroom.finding import Paper, PaperKind

CORPUS = Path(__file__).parent / "corpus"
STRANGERS = frozenset(
    {
        "agnese",
        "aurelio",
        "bianca",
        "corrado",
        "egidio",
        "ettore",
        "fiamma",
        "fulvio",
        "gemma",
        "imelda",
        "letizia",
        "livia",
        "lucrezia",
        "mauro",
        "nives",
        "ornella",
        "oscar",
        "osvaldo",
        "ottavia",
        "ottone",
        "pia",
        "quirino",
        "renzo",
        "rocco",
        "ruggero",
        "sabina",
        "saverio",
        "tosca",
        "tullio",
        "ulisse",
        "violante",
        "walter",
        "zita",
    }
)
"""The hands that wrote last. The table of cues grew by reading the others, whom it flatters: what the model may believe
of itself is fitted on these."""


def examples(folder: Path = CORPUS) -> list[Example]:
    """Every example of the corpus, in the order of file names."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.txt")):
        found += map(_told, read_short_letters(path))
    for path in sorted(folder.glob("*.jsonl")):
        found += [e for s in scenarios.load(path) if (e := of_scenario(s)).labels]
    return found


def _told(example: Example) -> Example:
    """Without the sector where the words don't tell it: nobody could learn it from there."""
    likeliest = prior(example.letter)["sector"]
    silent = max(likeliest, key=likeliest.__getitem__) == "unknown"
    if not silent or example.labels.get("sector") in (None, "unknown"):
        return example
    return replace(example, labels={k: v for k, v in example.labels.items() if k != "sector"})


def of_scenario(scenario: Scenario, papers: Sequence[Paper] | None = None) -> Example:
    """The scenario as an example; its right papers stand in where none were found by the study."""
    envelope, submission, documents = scenarios.build(scenario)
    told = papers if papers is not None else tuple(_papers(scenario))
    letter = letter_of(envelope, submission, documents, told)
    return Example(letter=letter, labels=_labels(scenario), author=scenario.author, name=scenario.id)


def _papers(scenario: Scenario) -> Iterator[Paper]:
    for document, first, count, kind in scenarios.papers(scenario):
        yield Paper(document=document, first_page=first, pages=count, kind=PaperKind(kind), confidence=1.0)


def _labels(scenario: Scenario) -> dict[str, str]:
    expected = scenario.expected
    match expected.get("disposition"):
        case "case":
            about = {kind: expected[kind] for kind in ("service", "sector", "topic") if expected.get(kind)}
            return {"mail": "submission", "sender": "private", **about}
        case "portal_only":
            return {"mail": "submission", "sender": expected["disposition_detail"]}
        case "not_for_us":
            return {"mail": expected["disposition_detail"]}
        case "follow_up":
            return {"mail": "submission"}
    return {}
