"""What people said of an item, laid over what the machines found: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from mailroom.document import PageRange
from mailroom.finding import Examination, Finding, Paper, PaperKind

PAPER = "paper."
"""Kinds of findings about a paper: ``paper.<document>.<first page>``, with the paper's kind as value."""


def paper_name(paper: Paper) -> str:
    return f"{PAPER}{paper.document}.{paper.first_page}"


CUT = "cut"
"""Kind of the finding where letters begin in a scan: page numbers (0-based), comma between them."""


def cut_finding(starts: Collection[int], *, by: str) -> Finding:
    return Finding(kind=CUT, value=",".join(str(start) for start in sorted(starts)), confidence=1.0, by=by)


def cut_by_person(said: Sequence[Finding], pages: Sequence[int]) -> tuple[PageRange, ...]:
    """The letters of a scan with these pages where a person has said where they begin; empty where nobody has.

    The first page begins one in any case.
    """
    newest = next((finding for finding in reversed(said) if finding.kind == CUT), None)
    if newest is None or not pages:
        return ()
    told = {int(number) for number in newest.value.split(",") if number.isascii() and number.isdecimal()}
    starts = sorted({pages[0], *(told & set(pages))})
    ends = [*starts[1:], pages[-1] + 1]
    ranges = tuple(PageRange(first=a, count=b - a, reason=newest.by) for a, b in zip(starts, ends, strict=True))
    return ranges if len(ranges) > 1 else ()


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
