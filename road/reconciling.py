"""Counts the sources anew and compares them with the receipts, whatever the pollers say of themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from ingest.reconciliation import reconcile
from ingest.sources import open_source
from mailroom.errors import Refused, Transient
from road.gateway import Gateway

log = structlog.get_logger()

GRACE = timedelta(minutes=15)


def reconcile_sources(gateway: Gateway, now: datetime) -> int:
    """One look at each source by a connection of its own; alarms and counts go into the ledger. Returns how many
    things lie untaken for too long, vanished, or strayed. Of a source that can't be read nothing is said: its poller
    tells that trouble."""
    found = 0
    for config in gateway.config.sources:
        source = open_source(config)
        try:
            difference = reconcile(
                source, book=gateway.ledger, now=now, grace=GRACE, record=gateway.ledger.record_inventory
            )
            found += len(difference.untaken) + len(difference.vanished) + difference.strays
        except (Transient, Refused) as error:
            log.warning("not_reconciled", source=source.name, code=error.code)
        finally:
            source.close()
    return found
