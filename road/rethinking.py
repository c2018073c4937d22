"""What today's house rules and thresholds would have decided otherwise: a dry run over what was decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from mailroom.context import Context, KnownCase
from mailroom.decision import Decision, Disposition
from mailroom.finding import Examination
from mailroom.house_rules import HOUSE_RULES, decide, query
from mailroom.item import Rung
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway
from road.moments import start_of
from store.case_views import ExportedItem
from store.codec import OpenedSheet, ReadSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Rethought:
    item_id: str
    before: Decision
    now: Decision

    @property
    def differs(self) -> bool:
        return outcome(self.before) != outcome(self.now)


def outcome(decision: Decision) -> dict[str, object]:
    """What a decision comes to: the parts in which two decisions can differ for those concerned."""
    case = decision.disposition is Disposition.CASE
    return {
        "disposition": decision.disposition.value,
        "detail": decision.detail,
        "service": decision.service.value if case and decision.service else None,
        "sector": decision.sector.value if case and decision.sector else None,
        "topic": decision.topic.value if case and decision.topic else None,
        "missing": [m.value for m in decision.missing] if case else [],
        "needs_review": decision.needs_review,
    }


def rethink(gateway: Gateway, *, since: datetime) -> Iterator[Rethought]:
    """Every item decided since, decided once more from its sheets, by what the ledger knew before it came."""
    for exported in gateway.views.export_items(since=since):
        opened, read = exported.sheets.get(Rung.OPENED), exported.sheets.get(Rung.READ)
        examined, before = exported.sheets.get(Rung.EXAMINED), exported.decision
        if not (isinstance(opened, OpenedSheet) and isinstance(read, ReadSheet) and isinstance(examined, Examination)):
            continue
        if before is None:
            continue
        sheets = (opened.envelope, opened.submission, read.documents, examined)
        context = _as_it_was(gateway.views.context(query(exported.row.id, *sheets)), exported)
        judgement = decide(*sheets, context=context, policy=gateway.config.policy)
        yield Rethought(item_id=exported.row.id, before=before, now=judgement.decision)


def _as_it_was(context: Context, exported: ExportedItem) -> Context:
    """Without the case that the item itself opened and without what came later."""
    item_id, came = exported.row.id, exported.row.received_at

    earlier = tuple(t for t in context.twins if t.received_at and (t.received_at, t.item_id) < (came, item_id))

    def known_then(cases: tuple[KnownCase, ...]) -> tuple[KnownCase, ...]:
        return tuple(
            known for known in cases if known.case.items[:1] != (item_id,) and known.case.items[:1] < (item_id,)
        )

    return replace(
        context,
        named=known_then(context.named),
        threaded=known_then(context.threaded),
        open_of_sender=known_then(context.open_of_sender),
        twins=earlier,
        answers_to_sender_today=0,
    )


def show_rules(config: GatewayConfig) -> None:
    table = Table("", "regola", "che cosa dice", "fonte", title=f"Regole della casa, versione {config.policy.edition}")
    for number, rule in enumerate(HOUSE_RULES, 1):
        table.add_row(str(number), rule.name, rule.says, rule.source)
    Console().print(table)


def show_differences(config: GatewayConfig, *, since: str, as_json: bool) -> None:
    """Raises ConfigError for something that is no day."""
    seen = 0
    found = []
    for one in rethink(open_gateway(config), since=start_of(since, "--since")):
        seen += 1
        if one.differs:
            found.append(one)
    if as_json:
        for one in found:
            said = {"item": one.item_id, "policy": one.before.policy, "before": outcome(one.before)}
            print(json.dumps({**said, "now": outcome(one.now)}, ensure_ascii=False))
        return
    out = Console()
    if found:
        table = Table(Column("invio", no_wrap=True, min_width=24), "versione", "deciso", "oggi")
        for one in found:
            before, now = outcome(one.before), outcome(one.now)
            names = [name for name in before if before[name] != now[name]]
            told = ["\n".join(f"{name}: {said[name]}" for name in names) for said in (before, now)]
            told[1] = "\n".join((told[1], *one.now.review_reasons))
            table.add_row(one.item_id, one.before.policy, *map(escape, told))
        out.print(table)
    out.print(f"{seen} decisioni riviste con la versione {config.policy.edition}: {len(found)} sarebbero diverse")
