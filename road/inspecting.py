"""The dry run: what the gateway would do with each file. Nothing is stored, nothing is sent."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from ingest.files import Refused, arrivals_in
from mailroom.context import NO_LEDGER
from mailroom.decision import ReplyKind
from mailroom.envelope import Channel
from mailroom.item import Arrival
from outbound.acknowledging import word
from outbound.phrases import Language, phrases_of
from road.attempting import Failure, attempt
from road.config import GatewayConfig
from road.opened_report import opened
from road.report import Answer, describe, describe_stuck, json_line
from road.rungs import Known, Tools, climb, decide_rung
from road.several import side_by_side
from road.tooling import tools_for


def inspect_paths(
    paths: Sequence[Path],
    config: GatewayConfig,
    *,
    channel: Channel | None = None,
    cache: Path | None = None,
    jobs: int = 0,
    on_refused: Refused | None = None,
) -> Iterator[Answer]:
    """One contract object a letter, in the order of the paths and of the names in folders; `jobs` processes (0: one a
    core). An item that no process survives, or that runs into a defect of ours, gets an object that says so.

    Raises OSError for a path that is not there, before anything is read.
    """
    arrivals = arrivals_in(paths, channel=channel, on_refused=on_refused)
    count = jobs or len(os.sched_getaffinity(0))
    for arrival, answers in side_by_side(_inspected, arrivals, count, config, cache):
        yield from answers if answers is not None else [_stuck(arrival, "Ha interrotto il processo che lo leggeva.")]


def _inspected(arrival: Arrival, config: GatewayConfig, cache: Path | None) -> list[Answer]:
    """In a process of its own, where there are several."""
    return inspect_arrival(arrival, tools_for(config, cache=cache))


def inspect_arrival(arrival: Arrival, tools: Tools) -> list[Answer]:
    """One object a letter. Never raises for what is in the item."""
    found = attempt(lambda: list(_letters(arrival, tools)), digest=hashlib.sha256(arrival.raw).hexdigest())
    if not isinstance(found, Failure):
        return found
    return [_stuck(arrival, f"Errore interno {found.reference}." if found.reference else str(found.error))]


def _letters(arrival: Arrival, tools: Tools) -> Iterator[Answer]:
    digest = hashlib.sha256(arrival.raw).hexdigest()
    for letter, known in climb(arrival.raw, arrival.hints, tools):
        yield _object(arrival, digest, letter, known, tools)


def _object(arrival: Arrival, digest: str, letter: int | None, known: Known, tools: Tools) -> Answer:
    started = perf_counter()
    decision = decide_rung(known, tools, NO_LEDGER).decision
    subject = body = None
    if decision.reply.kind is not ReplyKind.NONE:
        wording = word(decision, case_code=decision.case_code, answers=tools.answers)
        subject, body = wording.subject, wording.text
    told = describe(
        item=arrival.ref,
        letter=letter,
        sha256=digest,
        envelope=known.envelope,
        documents=known.documents,
        examination=known.examination,
        decision=decision,
        wording=(subject, body),
        phrases=phrases_of(tools.answers.templates, Language.ITALIAN),
        timings_ms={**known.timings_ms, "decide": (perf_counter() - started) * 1000},
    )
    return told | {"opened": opened(known.envelope, known.submission)}


def _stuck(arrival: Arrival, why: str) -> Answer:
    told = describe_stuck(
        item=arrival.ref, sha256=hashlib.sha256(arrival.raw).hexdigest(), hints=arrival.hints, why=why
    )
    return told | {"opened": None}


def show(answer: Answer, *, as_json: bool) -> None:
    """Prints one answer: the whole object as a line of JSON, or a few lines for a reader at a terminal."""
    if as_json:
        sys.stdout.write(json_line(answer))
        sys.stdout.flush()
        return
    for line in _lines(answer):
        # Words of strangers: what would move the cursor or ring the bell is not for a terminal.
        print("".join(c if c.isprintable() else "\ufffd" for c in line))


def _lines(answer: Answer) -> Iterator[str]:
    letter = f" lettera {answer['letter']}" if "letter" in answer else ""
    meaning = [answer[key]["value"] for key in ("service", "sector", "topic") if answer[key]["value"]]
    detail = f" ({answer['disposition_detail']})" if answer["disposition_detail"] else ""
    yield f"{answer['item']}{letter}: {answer['disposition']}{detail} {' / '.join(meaning)}".rstrip()
    for key in ("applicant", "supply"):
        known = [f"{name}={value}" for name, value in answer[key].items() if value]
        if known:
            yield f"    {key}: {', '.join(known)}"
    if answer["case_code"]:
        yield f"    pratica: {answer['case_code']}"
    for document in answer["documents"]:
        verdict = "" if document["accepted"] else f" – {document['problem']}"
        yield f"    {document['kind']}: {document['filename'] or 'foglio'}{verdict}"
    if answer["missing"]:
        yield f"    manca: {', '.join(answer['missing'])}"
    for reason in answer["review_reasons"]:
        yield f"    da rivedere: {reason}"
