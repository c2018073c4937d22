"""The dry run: what the gateway would do with each file. Nothing is stored, nothing is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from ingest.files import arrivals_in
from mailroom.context import NO_LEDGER
from mailroom.decision import ReplyKind
from mailroom.envelope import Channel
from mailroom.item import Arrival
from outbound.acknowledging import word
from road.report import describe
from road.rungs import Known, Tools, climb, decide_rung


def inspect_paths(paths: list[Path], tools: Tools, *, channel: Channel | None = None) -> Iterator[dict[str, Any]]:
    """One contract object a letter, in the order of the paths."""
    for arrival in arrivals_in(paths, channel=channel):
        yield from inspect_arrival(arrival, tools)


def inspect_arrival(arrival: Arrival, tools: Tools) -> Iterator[dict[str, Any]]:
    digest = hashlib.sha256(arrival.raw).hexdigest()
    for letter, known in climb(arrival.raw, arrival.hints, tools):
        yield _object(arrival, digest, letter, known, tools)


def _object(arrival: Arrival, digest: str, letter: int | None, known: Known, tools: Tools) -> dict[str, Any]:
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
