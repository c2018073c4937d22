"""The rungs as functions: open, read, examine, decide. The dry run and the real run call the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import perf_counter
from types import MappingProxyType

from classifier.examining import Models, examine
from mailroom.context import Context, Judgement
from mailroom.document import Document, PageRange
from mailroom.envelope import Envelope
from mailroom.finding import Examination
from mailroom.house_rules import Policy, decide
from mailroom.item import Hints
from mailroom.submission import Submission
from outbound.acknowledging import AnswersConfig
from parsers.batch import letters
from parsers.opening import Opened, OpeningSettings, open_arrival
from parsers.page_cache import PageCache
from parsers.quarantine import quarantined
from parsers.reading import Surveys, read_documents, read_quickly
from parsers.reading_settings import ReadingSettings

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Everything the pure rungs need, made once at start-up."""

    models: Models
    policy: Policy
    opening: OpeningSettings
    reading: ReadingSettings
    cache: PageCache | None = None
    answers: AnswersConfig = AnswersConfig()
    """The body's own words, for a dry run that shows the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All sheets of one letter, with the milliseconds each rung took."""

    envelope: Envelope
    submission: Submission
    documents: tuple[Document, ...]
    examination: Examination
    timings_ms: Mapping[str, float]


def open_rung(raw: bytes, hints: Hints, tools: Tools) -> Opened:
    return quarantined(open_arrival(raw, hints, settings=tools.opening), tools.opening.scanner)


def read_rung(
    submission: Submission,
    content: Callable[[str], bytes],
    tools: Tools,
    *,
    pages: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> tuple[Document, ...]:
    return read_documents(
        submission, content, pages=pages, settings=tools.reading, cache=tools.cache, progress=progress
    )


def read_quickly_rung(
    submission: Submission, content: Callable[[str], bytes], tools: Tools, surveys: Surveys = MappingProxyType({})
) -> tuple[Document, ...] | None:
    """None if something must be read by sight. `surveys`: what was seen ahead."""
    return read_quickly(submission, content, settings=tools.reading, cache=tools.cache, surveys=surveys)


def cuts(documents: tuple[Document, ...], tools: Tools) -> tuple[PageRange, ...]:
    """The letters of a scanned batch; empty when the item is one letter."""
    carrier = next((d for d in documents if d.carrier), None)
    if carrier is None:
        return ()
    ranges = letters(carrier, settings=tools.reading)
    whole = len(ranges) == 1 and ranges[0].count == len(carrier.pages)
    return () if whole else ranges


def examine_rung(
    envelope: Envelope, submission: Submission, documents: tuple[Document, ...], tools: Tools
) -> Examination:
    return examine(envelope, submission, documents, models=tools.models)


def decide_rung(known: Known, tools: Tools, context: Context) -> Judgement:
    return decide(
        known.envelope,
        known.submission,
        known.documents,
        known.examination,
        context=context,
        policy=tools.policy,
    )


def climb(
    raw: bytes, hints: Hints, tools: Tools, *, progress: Progress | None = None
) -> Iterator[tuple[int | None, Known]]:
    """Everything up to *examined*, in memory: (letter number from 1 or None, sheets) for each letter of the item."""
    started = perf_counter()
    opened = open_rung(raw, hints, tools)
    contents: Mapping[str, bytes] = opened.contents
    parsed = perf_counter()
    documents = read_rung(opened.submission, contents.__getitem__, tools, pages=hints.pages, progress=progress)
    read = perf_counter()
    ranges = cuts(documents, tools) if hints.pages is None else ()
    times = {"parse": (parsed - started) * 1000, "extract": (read - parsed) * 1000}
    if not ranges:
        yield None, _examined(opened, documents, tools, times)
        return
    for number, span in enumerate(ranges, 1):
        pages = read_rung(opened.submission, contents.__getitem__, tools, pages=(span.first, span.count))
        yield number, _examined(opened, pages, tools, times)


def _examined(opened: Opened, documents: tuple[Document, ...], tools: Tools, times: dict[str, float]) -> Known:
    started = perf_counter()
    examination = examine_rung(opened.envelope, opened.submission, documents, tools)
    times = {**times, "classify": (perf_counter() - started) * 1000}
    return Known(
        envelope=opened.envelope,
        submission=opened.submission,
        documents=documents,
        examination=examination,
        timings_ms=times,
    )
