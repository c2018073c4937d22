"""What the shell offers beside the console: cases, quarantine, copies, proofs."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from console.words import plainly
from mailroom.errors import ConfigError, GatewayError
from mailroom.finding import Examination
from mailroom.item import Rung
from outbound.acknowledging import AnswersConfig, word
from outbound.phrases import Language, phrases_of
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway
from road.opening import ORIGINALS, engine_of, make_state
from road.report import describe, json_line
from store.backup import backup, restore
from store.blobs import FileBlobs
from store.case_views import CaseFilter, CaseRow, ExportedItem
from store.codec import OpenedSheet, ReadSheet
from store.verify import verify


def list_held(config: GatewayConfig) -> None:
    for row in open_gateway(config).views.held():
        first = plainly(row.held or "").splitlines()[0]
        print(f"{row.id}\t{row.channel}\t{row.received_at:%Y-%m-%d %H:%M}\t{row.held_code}\t{first}")


def _cases(gateway: Gateway) -> Iterator[CaseRow]:
    after: str | None = None
    while True:
        page = gateway.views.cases(CaseFilter(), after=after, limit=200)
        yield from page.rows
        after = page.next
        if after is None:
            return


def _plain(row: CaseRow) -> dict[str, Any]:
    case = row.case
    return {
        "code": case.code,
        "status": case.status.value,
        "service": case.service.value,
        "sector": case.sector.value,
        "topic": case.topic.value,
        "opened_at": case.opened_at.isoformat(),
        "missing": [m.value for m in case.missing],
        "items": list(case.items),
        "portal_status": row.portal_status,
    }


def list_cases(config: GatewayConfig, *, as_json: bool) -> None:
    rows = [_plain(row) for row in _cases(open_gateway(config))]
    if as_json:
        for row in rows:
            sys.stdout.write(json_line(row))
        return
    table = Table("pratica", "stato", "servizio", "settore", "argomento", "manca")
    for row in rows:
        cells = [str(row[k]) for k in ("code", "status", "service", "sector", "topic")]
        table.add_row(*cells, ", ".join(row["missing"]))
    Console().print(table)


def show_case(code: str, config: GatewayConfig, *, as_json: bool) -> None:
    detail = open_gateway(config).views.case(code)
    if detail is None:
        raise GatewayError(f"there is no case {code}")
    if as_json:
        sys.stdout.write(json_line(_plain(detail.row)))
        return
    for name, value in _plain(detail.row).items():
        print(f"{name}: {value}")
    for event in detail.road:
        print(f"    {event.at:%Y-%m-%d %H:%M:%S} {event.kind} ({event.by}) {event.note or ''}")


def export(config: GatewayConfig) -> None:
    """JSON lines on standard output, one decided item each."""
    gateway = open_gateway(config)
    for exported in gateway.views.export_items():
        answer = _described(exported, config.answers)
        if answer is not None:
            sys.stdout.write(json_line(answer))


def _described(exported: ExportedItem, answers: AnswersConfig) -> dict[str, Any] | None:
    opened, read = exported.sheets.get(Rung.OPENED), exported.sheets.get(Rung.READ)
    examined, decision = exported.sheets.get(Rung.EXAMINED), exported.decision
    if not (isinstance(opened, OpenedSheet) and isinstance(read, ReadSheet) and isinstance(examined, Examination)):
        return None
    if decision is None:
        return None
    wording = word(decision, case_code=exported.case_code, answers=answers) if decision.reply.to else None
    answer = describe(
        item=exported.row.id,
        letter=None,
        sha256=exported.digest,
        envelope=opened.envelope,
        documents=read.documents,
        examination=examined,
        decision=decision,
        wording=(wording.subject, wording.text) if wording else (None, None),
        timings_ms={},
        phrases=phrases_of(answers.templates, Language.ITALIAN),
    )
    return {**answer, "case_code": exported.case_code or answer["case_code"]}


def back_up(file: Path, config: GatewayConfig) -> int:
    """Exit code: 1 if an original is damaged, and so not in the copy."""
    if file.is_dir() or not file.absolute().parent.is_dir():
        raise ConfigError(f"{file}: {'is a folder' if file.is_dir() else f'there is no folder {file.parent}'}")
    gateway = open_gateway(config)
    copied = backup(gateway.engine, gateway.blobs, file, now=gateway.clock.now())
    print(f"{file}: registro e {copied.blobs} originali, {_megabytes(copied.size)}")
    for digest in copied.damaged:
        print(f"    danneggiato, non copiato: {digest}")
    return 1 if copied.damaged else 0


def bring_back(file: Path, config: GatewayConfig) -> None:
    state = make_state(config)
    copied = restore(file, engine_of(config), FileBlobs(state / ORIGINALS))
    print(f"{state}: ripristinati il registro e {copied.blobs} originali, {_megabytes(copied.size)}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def verify_all(config: GatewayConfig) -> int:
    """Exit code: 1 if anything does not hold."""
    gateway = open_gateway(config)
    looked: Counter[str] = Counter()
    flaws = 0
    for check in verify(gateway.engine, gateway.blobs):
        looked[check.kind] += 1
        if check.flaw:
            flaws += 1
            print(f"{check.kind} {check.name}: {check.flaw}")
    print(f"verificati: {', '.join(f'{kind} {n}' for kind, n in looked.items()) or 'nulla'}; difetti: {flaws}")
    return 1 if flaws else 0
