"""The ledger: one public method is one transaction.

Everything the gateway must not forget goes through here. The methods only open the transaction; what happens in it
stands in the module named after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, insert, select, update

from mailroom.case import CaseStatus
from mailroom.dispatch import Dispatch
from mailroom.document import PageRange
from mailroom.errors import GatewayError
from mailroom.finding import Finding
from mailroom.item import Arrival, Receipt, Rung
from mailroom.ports import Clock
from store import claiming, deciding, outboxing, receiving
from store.claiming import Claim
from store.codec import Sheet, encode
from store.deciding import Decided, Deciding
from store.events import note_events
from store.schema import case, correction, webhook_seen

P = ParamSpec("P")
T = TypeVar("T")


class Ledger:
    """Implements `mailroom.ports.ReceptionBook` and the ladder's commits."""

    def __init__(self, engine: Engine, clock: Clock, *, max_attempts: int = 5) -> None:
        self._engine = engine
        self._clock = clock
        self._max_attempts = max_attempts

    def _write(self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._engine.begin() as connection:
            return step(connection, *args, **kwargs)

    # Reception ------------------------------------------------------------------------------------------------

    def receive(self, arrivals: Sequence[tuple[Arrival, str]]) -> list[Receipt]:
        return self._write(receiving.receive, arrivals, self._clock.now())

    def known_refs(self, source: str) -> set[str]:
        return self._write(receiving.known_refs, source)

    def receipt_of_digest(self, source: str, digest: str) -> Receipt | None:
        return self._write(receiving.receipt_of_digest, source, digest)

    def alias(self, arrival: Arrival, digest: str, of: Receipt) -> Receipt:
        return self._write(receiving.alias, arrival, digest, of, self._clock.now())

    def unsettled(self, source: str) -> list[Receipt]:
        return self._write(receiving.unsettled, source)

    def settled(self, source: str, refs: Iterable[str]) -> None:
        self._write(receiving.settled, source, refs, self._clock.now())

    def source_state(self, source: str) -> Mapping[str, str]:
        return self._write(receiving.remembered, source)

    def remember(self, source: str, state: Mapping[str, str]) -> None:
        self._write(receiving.remember, source, state, self._clock.now())

    def alarm(self, source: str, code: str, message: str | None) -> None:
        self._write(receiving.raise_alarm, source, code, message, self._clock.now())

    def record_inventory(self, source: str, days: Mapping[str, tuple[int, int]]) -> None:
        self._write(receiving.record_inventory, source, days, self._clock.now())

    # The ladder -----------------------------------------------------------------------------------------------

    def due_items(self, limit: int = 1000) -> list[tuple[str, str, str]]:
        """(id, channel, rung) of what waits for a worker, longest waiting first."""
        return self._write(claiming.due_items, now=self._clock.now(), limit=limit)

    def claim(
        self, *, limit: int = 1, lease_seconds: float = 900, item_ids: Sequence[str] | None = None
    ) -> list[Claim]:
        return self._write(
            claiming.claim,
            now=self._clock.now(),
            limit=limit,
            lease_seconds=lease_seconds,
            max_attempts=self._max_attempts,
            item_ids=item_ids,
        )

    def advance(self, claim: Claim, sheets: Mapping[Rung, Sheet], *, to: Rung, note: str | None = None) -> None:
        """Raises LostLease if another worker has the item by now."""
        self._write(claiming.advance, claim, sheets, to=to, now=self._clock.now(), note=note)

    def decide_many(self, entries: Sequence[Deciding]) -> list[Decided | GatewayError]:
        """All entries in one transaction, each under a savepoint of its own: one lost lease spoils nobody else's."""
        now = self._clock.now()
        results: list[Decided | GatewayError] = []
        with self._engine.begin() as connection:
            deciding.lock(connection)
            for entry in entries:
                try:
                    with connection.begin_nested():
                        results.append(deciding.decide(connection, entry, now))
                except GatewayError as error:
                    results.append(error)
        return results

    def defer(self, claim: Claim, seconds: float, reason: str) -> None:
        now = self._clock.now()
        self._write(claiming.defer, claim, now + timedelta(seconds=seconds), reason, now)

    def hold(self, item_id: str, code: str, reason: str) -> None:
        self._write(claiming.hold, item_id, code, reason, self._clock.now())

    def split(self, claim: Claim, sheets: Mapping[Rung, Sheet], ranges: Sequence[PageRange]) -> list[Receipt]:
        return self._write(claiming.split, claim, sheets, ranges, self._clock.now())

    def report_progress(self, item_id: str, done: int, total: int) -> None:
        self._write(claiming.report_progress, item_id, done, total, self._clock.now())

    # People ---------------------------------------------------------------------------------------------------

    def release(self, item_id: str, by: str) -> bool:
        """Retry: out of hold, from the rung it stands on. A decided item is decided again. False if unknown."""
        return self._write(claiming.reopen, item_id, to=Rung.RECEIVED, by=by, kind="retried", now=self._clock.now())

    def correct(self, item_id: str, findings: Sequence[Finding], by: str) -> bool:
        """A person's findings: kept as labelled examples; the item goes back to *read* and climbs from there."""
        now = self._clock.now()

        def step(connection: Connection) -> bool:
            rows = [{"item_id": item_id, "finding": encode(f), "by": by, "at": now} for f in findings]
            if rows:
                connection.execute(insert(correction), rows)
            return claiming.reopen(connection, item_id, to=Rung.READ, by=by, kind="corrected", now=now)

        return self._write(step)

    def corrections(self, item_id: str) -> list[str]:
        """JSON of the findings people made on this item, oldest first."""
        wanted = select(correction.c.finding).where(correction.c.item_id == item_id).order_by(correction.c.id)
        return self._write(lambda connection: list(connection.execute(wanted).scalars()))

    # The outbox -----------------------------------------------------------------------------------------------

    def due_dispatches(self, limit: int = 100) -> list[str]:
        return self._write(outboxing.due, self._clock.now(), limit)

    def begin(self, key: str) -> Dispatch | None:
        return self._write(outboxing.begin, key, self._clock.now())

    def sent(self, dispatch: Dispatch, outcome: str, *, message_id: str | None = None) -> None:
        now = self._clock.now()

        def step(connection: Connection) -> None:
            outboxing.sent(connection, dispatch, outcome, now)
            if message_id and dispatch.case_code:
                deciding.add_known(connection, dispatch.case_code, [("message", message_id)])

        self._write(step)

    def send_again(self, dispatch: Dispatch, seconds: float, reason: str) -> None:
        self._write(outboxing.again, dispatch.key, self._clock.now() + timedelta(seconds=seconds), reason)

    def hold_dispatch(self, dispatch: Dispatch, code: str, reason: str) -> None:
        self._write(outboxing.hold, dispatch, code, reason, self._clock.now())

    def release_dispatch(self, key: str) -> bool:
        return self._write(outboxing.release, key, self._clock.now())

    def owe(self, dispatches: Sequence[Dispatch]) -> None:
        self._write(outboxing.owe, dispatches, self._clock.now())

    def recover_dispatches(self, *, begun_before: datetime | None = None) -> tuple[int, int]:
        """At start-up: (sent again, held for a person) of what a crash left begun."""
        now = self._clock.now()
        return self._write(outboxing.recover, begun_before or now, now)

    def mark_printed(self, keys: Sequence[str]) -> int:
        return self._write(outboxing.mark_letters, keys, "printed_at", self._clock.now())

    def mark_posted(self, keys: Sequence[str]) -> int:
        return self._write(outboxing.mark_letters, keys, "posted_at", self._clock.now())

    # Cases ----------------------------------------------------------------------------------------------------

    def portal_status(self, *, event_id: str, code: str, status: str) -> bool:
        """The Portal's word on a case; False for an event seen before (replays change nothing)."""
        now = self._clock.now()

        def step(connection: Connection) -> bool:
            if connection.execute(select(webhook_seen.c.id).where(webhook_seen.c.id == event_id)).first():
                return False
            connection.execute(insert(webhook_seen).values(id=event_id, at=now))
            values: dict[str, str] = {"portal_status": status}
            if status == "closed":
                values["status"] = CaseStatus.CLOSED.value
            connection.execute(update(case).where(case.c.code == code).values(**values))
            note_events(connection, [(None, code, "portal", "portal", status)], now)
            return True

        return self._write(step)

    def note(self, *, item_id: str | None, case_code: str | None, kind: str, by: str, text: str | None = None) -> None:
        now = self._clock.now()
        self._write(lambda connection: note_events(connection, [(item_id, case_code, kind, by, text)], now))
