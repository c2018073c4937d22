"""Deciding many together is deciding them one after the other, only quicker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from mailroom.case import Case, new_code
from mailroom.context import CaseChange, Context, Judgement, Query
from mailroom.decision import Disposition, Requirement
from mailroom.dispatch import Dispatch
from mailroom.errors import GatewayError, Hold
from store.deciding import Decided, Deciding
from store.ledger import Ledger
from store.views import Views
from tests.servers.databases import SqliteDatabases
from tests.store.conftest import Cellar
from tests.store.ledger_stand import OPENING, Wish, WoundClock, acknowledgement, arrival, deciding, digest_of, lacking

FEW = st.integers(0, 2)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    """Letters that have much in common."""
    maybe = st.lists(FEW, max_size=1)
    return Query(
        item_id="",
        senders=tuple(f"ada{n}@example.org" for n in draw(maybe)),
        tax_codes=tuple(f"CODE{n}" for n in draw(maybe)),
        case_codes=tuple(new_code(n + 1) for n in draw(maybe)),
        content_digest="".join(f"{n:064d}" for n in draw(maybe)) or None,
        minhash=tuple(range(100 * draw(st.integers(0, 40)), 100 * draw(st.integers(0, 40)) + 8))[:8],
    )


def judge_of(seen: list[Context]) -> Callable[[Context], Judgement]:
    """Joins what it can, opens what it must, and refuses what it dislikes."""

    def judge(context: Context) -> Judgement:
        seen.append(context)
        if len(context.open_of_sender) > 2:
            raise Hold("troppe pratiche")
        twin = next((t for t in context.twins if t.exact and t.case_code), None)
        if twin is not None:
            decision = replace(OPENING, disposition=Disposition.DUPLICATE, case_code=twin.case_code)
            return Judgement(decision=decision, change=CaseChange(join=twin.case_code, duplicate_of=twin.item_id))
        if context.named and context.open_of_sender:
            code = context.named[0].case.code
            decision = replace(OPENING, disposition=Disposition.FOLLOW_UP, case_code=code)
            return Judgement(decision=decision, change=CaseChange(join=code, completes=(Requirement.BILL,)))
        return Judgement(decision=lacking(Requirement.BILL), change=CaseChange(open_new=True))

    return judge


def picky(judgement: Judgement, case: Case | None, _earlier: object = ()) -> tuple[Dispatch, ...]:
    if case is not None and case.code == new_code(2) and len(case.items) > 1:
        raise Hold("non so che dire")
    return acknowledgement(f"ack{len(case.items) if case else 0}")(judgement, case)


def run(engine: Engine, asked: list[Query], step: Callable[[Ledger, list[Deciding]], list[object]]) -> list[object]:
    """Everything that can be told of a run but ids and times."""
    ledger = Ledger(engine, WoundClock())
    letters = [arrival(str(number)) for number in range(len(asked))]
    ids = [receipt.item_id for receipt in ledger.receive([(a, digest_of(a)) for a in letters])]
    places = {item_id: place for place, item_id in enumerate(ids)}
    seen: list[Context] = []
    entries = [
        deciding(claim, Wish(judge=judge_of(seen), compose=picky, query=lambda i, q=query: replace(q, item_id=i)))  # type: ignore[misc]
        for claim, query in zip(ledger.claim(limit=99), asked, strict=True)
    ]
    results = step(ledger, entries)
    views = Views(engine, WoundClock())
    told: list[object] = [
        (r.case and r.case.code, [d.key for d in r.dispatches]) if isinstance(r, Decided) else type(r) for r in results
    ]
    for row in views.cases(limit=99).rows:
        told.append((row.case.code, row.case.status, row.case.missing, [places[i] for i in row.case.items]))
    told.append([(places[row.id], row.rung, row.case_code) for row in views.items(limit=99).rows])
    told.append(sorted(ledger.due_dispatches()))
    engine.dispose()
    return told


def together(ledger: Ledger, entries: list[Deciding]) -> list[object]:
    return list(ledger.decide_many(entries))


def one_by_one(ledger: Ledger, entries: list[Deciding]) -> list[object]:
    results: list[object] = []
    for entry in entries:
        try:
            results.append(ledger.decide(entry))
        except GatewayError as error:
            results.append(error)
    return results


@settings(max_examples=40, deadline=None)
@given(asked=st.lists(queries(), min_size=1, max_size=9))
def test_any_batch_ends_as_if_decided_one_by_one(sqlite_databases: SqliteDatabases, asked: list[Query]) -> None:
    assert run(sqlite_databases.fresh(), asked, together) == run(sqlite_databases.fresh(), asked, one_by_one)


def test_one_that_can_not_be_answered_leaves_no_gap_and_spoils_nobody(cellar: Cellar) -> None:
    cellar.take(*(arrival(str(n), body=str(n)) for n in range(4)))
    claims = cellar.ledger.claim(limit=4)

    def dumb(_judgement: Judgement, case: Case | None, _earlier: object = ()) -> tuple[Dispatch, ...]:
        raise Hold("non so che dire")

    entries = [deciding(claim, Wish(compose=acknowledgement())) for claim in claims]
    entries[1] = replace(entries[1], compose=dumb)
    results = cellar.ledger.decide_many(entries)
    assert [type(result) for result in results] == [Decided, Hold, Decided, Decided]
    codes = sorted(row.case.code for row in cellar.views.cases().rows)
    assert codes == [new_code(1), new_code(2), new_code(3)]


def test_the_same_item_twice_in_a_batch_is_decided_once(cellar: Cellar) -> None:
    cellar.take(arrival("1"))
    claim = cellar.claim()
    first, second = cellar.ledger.decide_many([deciding(claim), deciding(claim)])
    assert isinstance(first, Decided) and isinstance(second, GatewayError)
    assert len(cellar.views.cases().rows) == 1
