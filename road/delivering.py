"""Works off the outbox: begins a debt durably, lets its sender try, and writes what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes

import structlog

from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.errors import InDoubt, Refused, Transient
from mailroom.homecoming import RETURNED
from mailroom.ports import Sender
from store.ledger import Ledger

log = structlog.get_logger()

WAITS = (30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0)
MOST_ATTEMPTS = 40
"""About three days of waiting before a person is asked: a Portal may well be down over a week-end. Times when the line
rested and nobody was asked don't count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    ledger: Ledger
    senders: Mapping[DispatchChannel, Sender]

    def deliver(self, limit: int = 20) -> int:
        """Tries what is due; returns how many went out."""
        keys = self.ledger.due_dispatches(limit, channels=tuple(self.senders))
        return sum(self._one(key) for key in keys)

    def is_due(self) -> bool:
        """Whether anything waits that a sender of ours could take."""
        return bool(self.ledger.due_dispatches(1, channels=tuple(self.senders)))

    def _one(self, key: str) -> bool:
        dispatch = self.ledger.begin(key)
        if dispatch is None:
            return False
        try:
            outcome = self.senders[dispatch.channel].send(dispatch, dispatch.payload)
        except Transient as error:
            self._later(dispatch, error)
            return False
        except Refused as error:
            if error.code == RETURNED:
                self.ledger.turned_away(dispatch, str(error))
                return False
            self.ledger.hold_dispatch(dispatch, error.code, str(error))
            return False
        except InDoubt as error:
            self._in_doubt(dispatch, error)
            return False
        self.ledger.sent(dispatch, outcome, message_id=_message_id(dispatch))
        return True

    def _later(self, dispatch: Dispatch, error: Transient) -> None:
        if not error.tried:
            self.ledger.send_again(dispatch, error.retry_after or WAITS[0], str(error), tried=False)
            return
        if dispatch.attempts >= MOST_ATTEMPTS:
            self.ledger.hold_dispatch(dispatch, "too_many_attempts", str(error))
            return
        # Whoever asks for a minute again and again all day gets the longer waits too.
        wait = max(error.retry_after or 0.0, WAITS[min(dispatch.attempts, len(WAITS) - 1)])
        self.ledger.send_again(dispatch, wait, str(error))

    def _in_doubt(self, dispatch: Dispatch, error: InDoubt) -> None:
        if dispatch.repeatable and dispatch.attempts < MOST_ATTEMPTS:
            self.ledger.send_again(dispatch, WAITS[0], str(error))
        else:
            self.ledger.hold_dispatch(dispatch, error.code, str(error))


def _message_id(dispatch: Dispatch) -> str | None:
    if dispatch.channel not in (DispatchChannel.EMAIL, DispatchChannel.PEC):
        return None
    return message_from_bytes(dispatch.payload[:16_384])["Message-ID"]
