"""Whatever the order and the repetition of arrivals, claims, lost leases, crashes and decisions: one item a ref, one
case a matter, no gap among the codes, and a register without a flaw."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mailroom.case import new_code
from mailroom.context import Query
from mailroom.decision import Disposition
from mailroom.errors import GatewayError, LostLease
from mailroom.item import Rung
from store.blobs import FileBlobs
from store.claiming import Claim
from store.ledger import Ledger
from store.verify import verify
from store.views import Views
from tests.servers.databases import SqliteDatabases
from tests.store.ledger_stand import (
    Wish,
    WoundClock,
    acknowledgement,
    arrival,
    deciding,
    files,
    opened,
    opens_unless_twin,
)

REFS = st.integers(0, 7)


class Books(RuleBasedStateMachine):
    """Refs 2n and 2n + 1 are the same matter by two channels."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="books-"))
        self.engine = SqliteDatabases(self.folder).fresh()
        self.clock = WoundClock()
        self.blobs = FileBlobs(self.folder / "blobs", durable=False)
        self.ledger = Ledger(self.engine, self.clock, max_attempts=4)
        self.views = Views(self.engine, self.clock)
        self.items: dict[int, str] = {}
        self.claims: list[Claim] = []

    def teardown(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.folder)

    @rule(refs=st.lists(REFS, min_size=1, max_size=4))
    def receive(self, refs: list[int]) -> None:
        arrivals = [arrival(str(ref), body=f"lettera {ref // 2}") for ref in refs]
        digests = self.blobs.put_many([a.raw for a in arrivals])
        for ref, receipt in zip(refs, self.ledger.receive(list(zip(arrivals, digests, strict=True))), strict=True):
            assert self.items.setdefault(ref, receipt.item_id) == receipt.item_id

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        fresh = self.ledger.claim(limit=limit, lease_seconds=60)
        assert len({claim.item.id for claim in fresh}) == len(fresh)
        self.claims += fresh

    @rule(seconds=st.sampled_from([1, 59, 61, 3600]))
    def wait(self, seconds: int) -> None:
        self.clock.wind(seconds=seconds)

    @precondition(lambda self: self.claims)
    @rule(number=st.integers(0, 20))
    def open(self, number: int) -> None:
        """Perhaps with a claim that was lost or used before."""
        claim = self.claims[number % len(self.claims)]
        if claim.item.rung is not Rung.RECEIVED:
            return
        try:
            self.ledger.advance(claim, {Rung.OPENED: opened()}, to=Rung.OPENED)
        except LostLease:
            pass

    @precondition(lambda self: self.claims)
    @rule(numbers=st.lists(st.integers(0, 20), min_size=1, max_size=4), spam=st.booleans())
    def decide(self, numbers: list[int], spam: bool) -> None:
        entries = []
        for number in numbers:
            claim = self.claims[number % len(self.claims)]
            ref = next(ref for ref, item_id in self.items.items() if item_id == claim.item.id)
            judge = files(Disposition.NOT_FOR_US, "spam") if spam and ref > 5 else opens_unless_twin
            query = Query(item_id=claim.item.id, content_digest=f"{ref // 2:064d}")
            entries.append(replace(deciding(claim, Wish(judge=judge, compose=acknowledgement())), query=query))
        for result in self.ledger.decide_many(entries):
            assert not isinstance(result, GatewayError) or isinstance(result, LostLease)

    @precondition(lambda self: self.items)
    @rule(number=st.integers(0, 20), corrected=st.booleans())
    def ask_again(self, number: int, corrected: bool) -> None:
        item_id = sorted(self.items.values())[number % len(self.items)]
        assert self.ledger.correct(item_id, [], "anna") if corrected else self.ledger.release(item_id, "anna")

    @rule()
    def crash(self) -> None:
        self.claims.clear()

    @invariant()
    def books_balance(self) -> None:
        rows = self.views.items(limit=100).rows
        assert {row.id for row in rows} == set(self.items.values())
        cases = self.views.cases(limit=100).rows
        assert sorted(row.case.code for row in cases) == [new_code(n) for n in range(1, len(cases) + 1)]
        owners = [item_id for row in cases for item_id in row.case.items]
        assert len(owners) == len(set(owners))

    @invariant()
    def nothing_is_lost_or_altered(self) -> None:
        assert [check for check in verify(self.engine, self.blobs) if check.flaw] == []


Books.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestBooks = Books.TestCase
