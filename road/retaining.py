"""The dated retention rule at work: what may go is listed, and goes only where the configuration says so."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from rich.console import Console
from rich.table import Table

from mailroom.errors import ConfigError
from parsers.page_cache import FolderCache
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway
from store.retention import Retention, RetentionPolicy

REASON = "termine di conservazione"
BY = "gateway"


def keep_to_retention(gateway: Gateway, now: datetime) -> int:
    """How many items were erased; none where no ``[retention]`` is configured."""
    policy = gateway.config.retention
    return _erase(gateway, policy) if policy is not None else 0


def list_candidates(config: GatewayConfig) -> None:
    gateway = open_gateway(config)
    found = retention_of(gateway).candidates(config.retention or RetentionPolicy(), limit=100_000)
    counted = Counter((one.disposition or "–", one.detail or "–") for one in found)
    table = Table("esito", "dettaglio", "quanti", "il più vecchio")
    for (disposition, detail), count in sorted(counted.items()):
        oldest = min(o.closed_at for o in found if (o.disposition or "–", o.detail or "–") == (disposition, detail))
        table.add_row(disposition, detail, str(count), f"{oldest:%Y-%m-%d}")
    out = Console()
    out.print(table)
    if config.retention is None:
        out.print("Nessuna tabella \\[retention] nella configurazione: nulla viene cancellato da solo.")


def run_retention(config: GatewayConfig) -> None:
    """Raises ConfigError where the configuration has no rule to keep to."""
    if config.retention is None:
        raise ConfigError("retention: the configuration has no [retention] table")
    gateway = open_gateway(config)
    Console().print(f"{_erase(gateway, config.retention)} invii cancellati; il registro resta", highlight=False)


def _erase(gateway: Gateway, policy: RetentionPolicy) -> int:
    retention = retention_of(gateway)
    retention.sweep()
    gone = 0
    while found := retention.candidates(policy):
        erased = retention.erase([one.item_id for one in found], by=BY, reason=REASON)
        gone += len(erased.items)
        if not erased.items:
            break
    return gone


def retention_of(gateway: Gateway) -> Retention:
    """Erases originals with everything that was made of them: parts unfolded out of them, and what was read in them."""
    read = FolderCache(gateway.state / "read")
    made = (gateway.derived.remove, read.forget)
    return Retention(gateway.engine, gateway.blobs, gateway.clock, forget=made)
