"""The alarms of sources: what a person sees of them at the shell, and says of those that no later look takes back."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.reception import STRANGE_CONTENT, confirm
from ingest.reconciliation import SEEN_BY_PEOPLE, acknowledge
from mailroom.calendar import ROME
from mailroom.errors import GatewayError
from road.config import GatewayConfig
from road.gateway import Gateway, open_gateway

FOR_PEOPLE = (STRANGE_CONTENT, *SEEN_BY_PEOPLE)
"""Alarms that end when a person says that they have been looked into."""


def confirm_alarm(gateway: Gateway, source: str, code: str, by: str) -> bool:
    """What lies at a stopped source is taken as it is, what vanished or strayed is let be. False for an alarm that only
    ends with its cause."""
    if code not in FOR_PEOPLE:
        return False
    if code == STRANGE_CONTENT:
        confirm(source, book=gateway.ledger)
    else:
        acknowledge(source, code, book=gateway.ledger)
    gateway.ledger.note(item_id=None, case_code=None, kind="source_confirmed", by=by, text=f"{source}: {code}")
    return True


def list_sources(config: GatewayConfig) -> int:
    """Prints every source with its counts and alarms, and how those end that wait for a person. Exit code 1 if there is
    an alarm."""
    rows = open_gateway(config).views.sources()
    table = Table("fonte", "ricevuti", "ultimo", "da sistemare", "allarmi")
    for row in rows:
        last = f"{row.last_received_at.astimezone(ROME):%Y-%m-%d %H:%M}" if row.last_received_at else "–"
        says = "\n".join(f"{alarm.message} ({alarm.code})" for alarm in row.alarms)
        table.add_row(Text(row.source), str(row.received), last, str(row.unsettled), Text(says))
    out = Console()
    out.print(table)
    for alarm in (alarm for row in rows for alarm in row.alarms if alarm.code in FOR_PEOPLE):
        out.print(Text(f"dopo averlo guardato: sportello sources confirm {alarm.source} {alarm.code}"), soft_wrap=True)
    return 1 if any(row.alarms for row in rows) else 0


def confirm_at_shell(source: str, code: str, config: GatewayConfig) -> None:
    """Raises GatewayError for an alarm that was not raised, or that only ends with its cause."""
    gateway = open_gateway(config)
    raised = {(alarm.source, alarm.code) for alarm in gateway.views.alarms()}
    if (source, code) not in raised:
        there = ", ".join(f"{source} {code}" for source, code in sorted(raised)) or "none"
        raise GatewayError(f"there is no alarm {code} of {source} (there are: {there})")
    if not confirm_alarm(gateway, source, code, "shell"):
        raise GatewayError(f"{code} ends with its cause (a person ends {', '.join(FOR_PEOPLE)})")
    print(f"{source}: {code} confermato")
