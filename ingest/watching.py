"""The loop every source is watched by: look, wait until something may lie there, look again; after trouble, later."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from mailroom.errors import GatewayError, Refused, Transient
from mailroom.ports import ReceptionBook

log = logging.getLogger(__name__)

Ready = Callable[[], object]
Trouble = Callable[[GatewayError | None], None]
"""Called with the error after each run that failed, and with None after each that succeeded."""

TROUBLE = "source_trouble"
"""Alarm: the source could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    first: float = 1.0
    longest: float = 300.0
    refused: float = 300.0
    """After a refusal (a wrong password): asking again quickly would lock the account."""

    def delay(self, failures: int, error: GatewayError, chance: float) -> float:
        """Seconds to wait after the n-th failure in a row; `chance` in [0, 1) spreads many clients out."""
        if isinstance(error, Transient) and error.retry_after is not None:
            return error.retry_after
        if isinstance(error, Refused):
            return self.refused * (0.8 + 0.4 * chance)
        doubled = min(self.longest, self.first * 2.0 ** min(failures - 1, 30))
        return doubled * (0.5 + 0.5 * chance)


def watch(
    on_ready: Ready,
    wait: Callable[[threading.Event], object],
    stop: threading.Event,
    *,
    on_trouble: Trouble | None = None,
    backoff: Backoff | None = None,
) -> None:
    """Calls `on_ready` at once and whenever `wait(stop)` returns, until `stop` is set.

    Transient and Refused, from either, are told to `on_trouble` and followed by a pause; anything else is a defect
    and passes through.
    """
    pauses = backoff or Backoff()
    chance = random.Random()
    failures = 0
    while not stop.is_set():
        try:
            on_ready()
            failures = 0
            if on_trouble is not None:
                on_trouble(None)
            if not stop.is_set():
                wait(stop)
        except (Transient, Refused) as error:
            if stop.is_set():
                return
            failures += 1
            if on_trouble is not None:
                on_trouble(error)
            stop.wait(pauses.delay(failures, error, chance.random()))


def alarming(source: str, book: ReceptionBook, *, patience: int = 3) -> Trouble:
    """For `on_trouble`: raises the alarm of a source that can't be read, and clears it when it can again.

    A refusal is told at once, other troubles from the `patience`-th in a row: lines are cut every day.
    """
    in_a_row = [patience]  # an alarm of an earlier run may still stand: clear it on the first success

    def tell(error: GatewayError | None) -> None:
        if error is None:
            if in_a_row[0] >= patience:
                book.alarm(source, TROUBLE, None)
            in_a_row[0] = 0
            return
        # The code, not the words: servers quote addresses and lines of mail.
        log.warning("source %s: %s", source, error.code)
        in_a_row[0] = max(in_a_row[0] + 1, patience if isinstance(error, Refused) else 0)
        if in_a_row[0] >= patience:
            book.alarm(source, TROUBLE, str(error))

    return tell
