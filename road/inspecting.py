"""The dry run: what the gateway would do with each file. Nothing is stored, nothing is sent."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from ingest.files import arrivals_in
from mailroom.context import NO_LEDGER
from mailroom.decision import ReplyKind
from mailroom.envelope import Channel
from mailroom.item import Arrival
from outbound.acknowledging import word
from road.config import GatewayConfig
from road.report import describe
from road.rungs import Known, Tools, climb, decide_rung
from road.tooling import tools_for

Answer = dict[str, Any]


def inspect_paths(
    paths: Sequence[Path],
    config: GatewayConfig,
    *,
    channel: Channel | None = None,
    cache: Path | None = None,
    jobs: int = 0,
) -> Iterator[Answer]:
    """One contract object a letter, in the order of the paths; `jobs` processes (0: one a core)."""
    count = min(jobs or os.cpu_count() or 1, len(paths))
    if count <= 1:
        for path in paths:
            yield from _inspect_path(path, config, channel, cache)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(count) as pool:
        one = partial(_inspect_path, config=config, channel=channel, cache=cache)
        for answers in pool.imap(one, paths):
            yield from answers


def _inspect_path(path: Path, config: GatewayConfig, channel: Channel | None, cache: Path | None) -> list[Answer]:
    tools = tools_for(config, cache=cache)
    return [a for arrival in arrivals_in([path], channel=channel) for a in inspect_arrival(arrival, tools)]


def inspect_arrival(arrival: Arrival, tools: Tools) -> Iterator[Answer]:
    digest = hashlib.sha256(arrival.raw).hexdigest()
    for letter, known in climb(arrival.raw, arrival.hints, tools):
        yield _object(arrival, digest, letter, known, tools)


def _object(arrival: Arrival, digest: str, letter: int | None, known: Known, tools: Tools) -> Answer:
    started = perf_counter()
    decision = decide_rung(known, tools, NO_LEDGER).decision
    subject = body = None
    if decision.reply.kind is not ReplyKind.NONE:
        wording = word(decision, case_code=decision.case_code)
        subject, body = wording.subject, wording.text
    return describe(
        item=arrival.ref,
        letter=letter,
        sha256=digest,
        envelope=known.envelope,
        documents=known.documents,
        examination=known.examination,
        decision=decision,
        wording=(subject, body),
        timings_ms={**known.timings_ms, "decide": (perf_counter() - started) * 1000},
    )


def show(answer: Answer, *, as_json: bool) -> None:
    """Prints one answer: the whole object as a line of JSON, or a few lines for a reader at a terminal."""
    if as_json:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        return
    letter = f" lettera {answer['letter']}" if "letter" in answer else ""
    meaning = [answer[key]["value"] for key in ("service", "sector", "topic") if answer[key]["value"]]
    detail = f" ({answer['disposition_detail']})" if answer["disposition_detail"] else ""
    print(f"{answer['item']}{letter}: {answer['disposition']}{detail} {' / '.join(meaning)}")
    for key in ("applicant", "supply"):
        known = [f"{name}={value}" for name, value in answer[key].items() if value]
        if known:
            print(f"    {key}: {', '.join(known)}")
    if answer["case_code"]:
        print(f"    pratica: {answer['case_code']}")
    for document in answer["documents"]:
        verdict = "" if document["accepted"] else f" – {document['problem']}"
        print(f"    {document['kind']}: {document['filename'] or 'foglio'}{verdict}")
    if answer["missing"]:
        print(f"    manca: {', '.join(answer['missing'])}")
    for reason in answer["review_reasons"]:
        print(f"    da rivedere: {reason}")
