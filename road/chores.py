"""What recurs without an arrival: reminders and the like. Every worker looks; the ledger gives each turn to one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from jinja2 import TemplateError
from sqlalchemy.exc import SQLAlchemyError

from mailroom.errors import GatewayError
from road.gateway import Gateway
from road.reconciling import reconcile_sources
from road.registering import keep_daily_register
from road.reminding import give_up_cases, remind_cases
from road.retaining import keep_to_retention
from road.returning import answer_returned
from store.settings import take_turn

log = structlog.get_logger()
LOOK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Chore:
    name: str
    every: timedelta
    work: Callable[[Gateway, datetime], int]
    """Returns how much there was to do, for the log."""


AT_WORK: tuple[Chore, ...] = (
    Chore("returned", timedelta(minutes=1), answer_returned),
    Chore("reminders", timedelta(hours=1), remind_cases),
    Chore("giving_up", timedelta(hours=1), give_up_cases),
    Chore("daily_register", timedelta(hours=1), keep_daily_register),
    Chore("retention", timedelta(days=1), keep_to_retention),
)
AT_THE_SOURCES: tuple[Chore, ...] = (Chore("reconciliation", timedelta(minutes=10), reconcile_sources),)
"""For the machines that reach the mailboxes and folders."""


@dataclass(frozen=True, slots=True)
class Chores:
    gateway: Gateway
    chores: Sequence[Chore] = AT_WORK

    def run_due(self) -> dict[str, int]:
        """Does what is due now; how much each had to do. One that fails waits for its next turn."""
        found: dict[str, int] = {}
        for chore in self.chores:
            now = self.gateway.clock.now()
            try:
                if take_turn(self.gateway.engine, chore.name, every=chore.every, now=now):
                    found[chore.name] = chore.work(self.gateway, now)
                    if found[chore.name]:
                        log.info("chore", name=chore.name, count=found[chore.name])
            except (GatewayError, SQLAlchemyError, TemplateError, OSError) as error:
                log.warning("chore_failed", name=chore.name, kind=type(error).__name__)
        return found

    def watch(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while True:
            self.run_due()
            if stop.wait(LOOK_SECONDS):
                return
