"""The ledger: one public method is one transaction.

Everything the gateway must not forget goes through here. The methods only open the transaction; what happens in it
stands in the module named after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, insert

from mailroom.case import Case, CaseStatus
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.document import PageRange
from mailroom.errors import GatewayError
from mailroom.finding import Finding
from mailroom.item import Arrival, Receipt, Rung
from mailroom.ports import Clock
from mailroom.timetable import REMIND_DAYS
from store import claiming, cutting, deciding, homecoming, joining, outboxing, receiving, waiting
from store.case_keeping import learn
from store.claiming import Claim
from store.codec import OpenedSheet, Sheet, encode
from store.deciding import Decided, Deciding
from store.engine import reading, writing
from store.events import note_events
from store.joining import StoredPiece
from store.register import append
from store.schema import correction

P = ParamSpec("P")
T = TypeVar("T")


class Ledger:
    """Implements `mailroom.ports.ReceptionBook` and the ladder's commits."""

    def __init__(self, engine: Engine, clock: Clock, *, max_attempts: int = 5) -> None:
        self._engine = engine
        self._clock = clock
        self._max_attempts = max_attempts

    def _read(self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with reading(self._engine) as connection:
            return step(connection, *args, **kwargs)

    def _write(self, step: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with writing(self._engine) as connection:
            return step(connection, *args, **kwargs)

    # Reception ------------------------------------------------------------------------------------------------

    def receive(self, arrivals: Sequence[tuple[Arrival, str]]) -> list[Receipt]:
        return self._write(receiving.receive, arrivals, self._clock.now())

    def known_refs(self, source: str) -> set[str]:
        return self._read(receiving.known_refs, source)

    def unfinished(self, source: str) -> Mapping[str, str]:
        """Items of this source that are still on the ladder and wait for no person, by ref."""
        return self._read(receiving.unfinished, source)

    def receipt_of_digest(self, source: str, digest: str) -> Receipt | None:
        return self._read(receiving.receipt_of_digest, source, digest)

    def alias(self, arrival: Arrival, digest: str, of: Receipt) -> Receipt:
        return self._write(receiving.alias, arrival, digest, of, self._clock.now())

    def unsettled(self, source: str) -> list[Receipt]:
        return self._read(receiving.unsettled, source)

    def settled(self, source: str, refs: Iterable[str]) -> None:
        self._write(receiving.settled, source, refs, self._clock.now())

    def source_state(self, source: str) -> Mapping[str, str]:
        return self._read(receiving.remembered, source)

    def remember(self, source: str, state: Mapping[str, str]) -> None:
        self._write(receiving.remember, source, state, self._clock.now())

    def alarm(self, source: str, code: str, message: str | None) -> None:
        self._write(receiving.raise_alarm, source, code, message, self._clock.now())

    def record_inventory(self, source: str, days: Mapping[str, tuple[int, int]], /, *, known: int) -> None:
        """Counts of one look at a source: ISO day (UTC) → things that came on it, how many of these without receipt,
        told from the `known` receipts that there were. What is booked beyond these was taken since."""
        self._write(receiving.record_inventory, source, days, known, self._clock.now())

    # The ladder -----------------------------------------------------------------------------------------------

    def due_items(
        self, limit: int = 1000, *, channels: Sequence[str] | None = None, rungs: Sequence[Rung] | None = None
    ) -> list[tuple[str, str, str]]:
        """(id, channel, rung) of what waits for a worker, longest waiting first."""
        return self._read(claiming.due_items, now=self._clock.now(), limit=limit, channels=channels, rungs=rungs)

    def claim(
        self,
        *,
        limit: int = 1,
        lease_seconds: float = 900,
        item_ids: Sequence[str] | None = None,
        rungs: Sequence[Rung] | None = None,
    ) -> list[Claim]:
        """Due items, longest waiting first; the attempt is counted now. Those tried too often are held instead."""
        return self._write(
            claiming.claim,
            now=self._clock.now(),
            limit=limit,
            lease_seconds=lease_seconds,
            max_attempts=self._max_attempts,
            item_ids=item_ids,
            rungs=rungs,
        )

    def free_dead(self) -> int:
        """Items of workers on this machine that died are due again at once; how many. (Those of other machines wait
        for their lease to end.)"""
        if not self._read(claiming.dead_leases, self._clock.now()):
            return 0
        return self._write(claiming.free_dead, self._clock.now())

    def renew(self, claim: Claim, lease_seconds: float) -> Claim:
        """More time for slow work. Raises LostLease if it came too late."""
        return self._write(claiming.renew, claim, self._clock.now() + timedelta(seconds=lease_seconds))

    def advance(self, claim: Claim, sheets: Mapping[Rung, Sheet], *, to: Rung, note: str | None = None) -> None:
        """Raises LostLease if another worker has the item by now."""
        self._write(claiming.advance, claim, sheets, to=to, now=self._clock.now(), note=note)

    def decide(self, entry: Deciding) -> Decided:
        """Raises LostLease, Hold, and whatever the judge or the composer raises: then nothing is written."""
        (result,) = self.decide_many([entry])
        if isinstance(result, GatewayError):
            raise result
        return result

    def decide_many(self, entries: Sequence[Deciding]) -> list[Decided | GatewayError]:
        """All entries in one transaction, in their order: an error of ours is its entry's result and spoils nobody
        else's. Any exception that is not ours undoes them all; the caller may then decide one by one.
        """
        with writing(self._engine) as connection:
            deciding.lock(connection)
            now = self._clock.now()
            results, books = deciding.decide_all(connection, entries, now)
            books.write(connection, now)
        return results

    def defer(self, claim: Claim, seconds: float, reason: str) -> None:
        now = self._clock.now()
        self._write(claiming.defer, claim, now + timedelta(seconds=seconds), reason, now)

    def hold(self, held: Claim | str, code: str, reason: str) -> None:
        """By claim only while it is ours (raises LostLease), by id in any case. `reason` is plain Italian."""
        self._write(claiming.hold, held, code, reason, self._clock.now())

    def split(self, claim: Claim, sheets: Mapping[Rung, Sheet], ranges: Sequence[PageRange]) -> list[Receipt]:
        """A batch becomes one item a letter (refs ``parent#1`` …); the batch is closed. Raises LostLease, and Hold
        if it has a case."""
        return self._write(cutting.split, claim, sheets, ranges, self._clock.now())

    def note_piece(self, claim: Claim, message: str, number: int, total: int | None) -> tuple[StoredPiece, ...]:
        """Which piece of a message the item is; all pieces in order once they are here, else none."""
        return self._write(joining.note, claim, message, number, total, self._clock.now())

    def join_pieces(
        self, claim: Claim, opened: OpenedSheet, pieces: Sequence[StoredPiece], digest: str, size: int
    ) -> Receipt:
        """The pieces become one item, whose bytes are durable; they are closed. Raises LostLease."""
        return self._write(joining.join, claim, opened, pieces, digest, size, self._clock.now())

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
            known = claiming.reopen(connection, item_id, to=Rung.READ, by=by, kind="corrected", now=now)
            rows = [{"item_id": item_id, "finding": encode(f), "by": by, "at": now} for f in findings]
            if known and rows:
                connection.execute(insert(correction), rows)
            return known

        return self._write(step)

    # The outbox -----------------------------------------------------------------------------------------------

    def due_dispatches(self, limit: int = 100, *, channels: Sequence[DispatchChannel] | None = None) -> list[str]:
        """Keys of what may go out now. Letters wait for the print run: leave their channel out, or send them too."""
        return self._read(outboxing.due, self._clock.now(), limit, channels)

    def begin(self, key: str) -> Dispatch | None:
        """Makes the intent durable and counts the attempt; None if it is not due (somebody else has begun it)."""
        return self._write(outboxing.begin, key, self._clock.now())

    def sent(self, dispatch: Dispatch, outcome: str, *, message_id: str | None = None) -> None:
        now = self._clock.now()

        def step(connection: Connection) -> None:
            outboxing.sent(connection, dispatch, outcome, now)
            if message_id and dispatch.case_code:
                learn(connection, [(dispatch.case_code, "message", message_id)])

        self._write(step)

    def send_again(self, dispatch: Dispatch, seconds: float, reason: str, *, tried: bool = True) -> None:
        """Nothing went out: due again later, with the reason kept. What was not even `tried` is no attempt."""
        self._write(outboxing.again, dispatch.key, self._clock.now() + timedelta(seconds=seconds), reason, tried=tried)

    def hold_dispatch(self, dispatch: Dispatch, code: str, reason: str) -> None:
        self._write(outboxing.hold, dispatch, code, reason, self._clock.now())

    def turned_away(self, dispatch: Dispatch, reason: str) -> None:
        """Nobody lives at its address: another way is looked for, as for what comes back."""
        self._write(homecoming.turned_away, dispatch, reason, self._clock.now())

    def release_dispatch(self, key: str, by: str = "console") -> bool:
        """A person says: send it (again). False unless it is held or failed."""
        return self._write(outboxing.release, key, by, self._clock.now())

    def owe(self, dispatches: Sequence[Dispatch]) -> None:
        """Debts that no decision made (reminders, letters after a bounce); registered like the others."""
        now = self._clock.now()
        self._write(lambda connection: append(connection, outboxing.owe(connection, dispatches, now), now))

    def returned_dispatches(self, limit: int = 100) -> list[Dispatch]:
        """Answers that came back and for which nothing has been done yet."""
        return self._read(homecoming.returned, limit)

    def replace_dispatch(self, dispatch: Dispatch, letter: Dispatch | None) -> bool:
        """Owes a letter in the place of an answer that came back; None leaves it to a person. False if it is done."""
        return self._write(homecoming.replace, dispatch, letter, self._clock.now())

    def recover_dispatches(self, *, begun_before: datetime | None = None) -> tuple[int, int]:
        """At start-up: (sent again, held for a person) of what a crash left begun."""
        now = self._clock.now()
        return self._write(outboxing.recover, begun_before or now, now)

    def mark_printed(self, keys: Sequence[str], by: str = "console") -> int:
        return self._write(outboxing.mark_printed, keys, by, self._clock.now())

    def mark_posted(self, keys: Sequence[str], by: str = "console") -> int:
        return self._write(outboxing.mark_posted, keys, by, self._clock.now())

    # Cases ----------------------------------------------------------------------------------------------------

    def portal_status(self, *, event_id: str, code: str, status: str, said_at: datetime | None = None) -> bool:
        """The Portal's word on a case; False for an event seen before (replays change nothing).

        `said_at`: when the Portal changed the status; a word that a younger one has overtaken is noted and changes
        nothing. Without it the word counts as said now.
        """
        return self._write(waiting.portal_status, event_id, code, status, said_at, self._clock.now())

    def use_claim(self, digest: str, code: str) -> bool:
        """Uses up a claim link, by the digest of its token; False if it was used before or the case is not there."""
        return self._write(waiting.use_claim, digest, code, self._clock.now())

    def claim_used(self, digest: str) -> bool:
        return self._read(waiting.claim_used, digest)

    def learn(self, code: str, facts: Iterable[tuple[str, str]]) -> None:
        """Adds to what is known of a case: kind (sender, tax_code, supply, message, token) and value."""
        self._write(learn, [(code, kind, value) for kind, value in facts])

    def cases_to_remind(self, *, days_before: int = REMIND_DAYS, limit: int = 200) -> list[Case]:
        """Cases that still wait for something, were never reminded, and whose time runs out soon."""
        return self._read(waiting.to_remind, self._clock.now() + timedelta(days=days_before), limit)

    def reminded(self, code: str, dispatches: Sequence[Dispatch]) -> bool:
        """Marks the one reminder and owes it, in one; False if the case no longer waits or was reminded."""
        return self._write(waiting.reminded, code, dispatches, self._clock.now())

    def cases_to_give_up(self, over_before: datetime, *, limit: int = 1000) -> list[Case]:
        """Reminded cases that still wait, and whose time and reminder lie before that moment."""
        return self._read(waiting.to_give_up, over_before, limit)

    def give_up(self, case: Case, dispatches: Sequence[Dispatch]) -> bool:
        """Closes a case for which nothing came and owes the word of it, in one; False if it no longer waits so."""
        return self._write(waiting.give_up, case, dispatches, self._clock.now())

    def overdue_cases(self, *, limit: int = 200) -> list[Case]:
        """Cases whose waiting time is over: for a person to look at."""
        return self._read(waiting.overdue, self._clock.now(), limit)

    def set_case_status(self, code: str, status: CaseStatus, by: str, why: str | None = None) -> bool:
        """A person's change of status. False if there is no such case."""
        return self._write(waiting.set_status, code, status, by, why, self._clock.now())

    def looked_at(self, *, by: str, what: str, item_id: str | None = None, digest: str | None = None) -> None:
        """Logs a look at an identity document or an export of a person's data."""
        self._write(waiting.log_look, by, what, item_id, digest, self._clock.now())

    def note(self, *, item_id: str | None, case_code: str | None, kind: str, by: str, text: str | None = None) -> None:
        now = self._clock.now()
        self._write(lambda connection: note_events(connection, [(item_id, case_code, kind, by, text)], now))
