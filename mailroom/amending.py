"""What people said of an item, laid over what the machines found: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailroom.finding import Examination, Finding, Paper, PaperKind

PAPER = "paper."
"""Kinds of findings about a paper: ``paper.<document>.<first page>``, with the paper's kind as value."""


def paper_name(paper: Paper) -> str:
    return f"{PAPER}{paper.document}.{paper.first_page}"


def amended(examination: Examination, said: Sequence[Finding]) -> Examination:
    """The newest word of a person on each question beside the machine's, and the kinds of papers that they named."""
    if not said:
        return examination
    newest = {finding.kind: finding for finding in said}
    papers = tuple(_renamed(paper, newest.get(paper_name(paper))) for paper in examination.papers)
    return replace(examination, findings=(*examination.findings, *newest.values()), papers=papers)


def _renamed(paper: Paper, said: Finding | None) -> Paper:
    kind = next((kind for kind in PaperKind if said is not None and kind.value == said.value), None)
    return replace(paper, kind=kind, confidence=1.0, by=said.by) if kind is not None and said is not None else paper
