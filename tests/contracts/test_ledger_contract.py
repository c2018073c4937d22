"""What the ledger promises, asked of it on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from mailroom.amending import cut_finding
from mailroom.case import CaseStatus, is_ours, new_code
from mailroom.context import CaseChange, Context, Judgement, Query
from mailroom.decision import Decision, Disposition, Requirement
from mailroom.dispatch import Dispatch, DispatchChannel, DispatchState
from mailroom.document import PageRange
from mailroom.envelope import Channel
from mailroom.errors import Hold, LostLease
from mailroom.finding import Finding
from mailroom.item import Rung
from store.claiming import Claim
from store.deciding import Decided
from store.lease import is_dead, new_lease
from store.ledger import Ledger
from store.views import ItemFilter, Views
from tests.servers.databases import SqliteDatabases, postgres_databases
from tests.servers.postgres import programs
from tests.store.ledger_stand import (
    OPENING,
    Wish,
    WoundClock,
    acknowledgement,
    arrival,
    deciding,
    digest_of,
    files,
    joins,
    lacking,
    opened,
    opens,
    opens_unless_twin,
    silence,
)

Fresh = Callable[[], Engine]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    if request.param == "sqlite":
        yield SqliteDatabases(tmp_path_factory.mktemp("ledgers")).fresh
    elif programs() is None:
        pytest.skip("PostgreSQL is not installed")
    else:
        with postgres_databases() as databases:
            yield databases.fresh


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture
def engine(fresh: Fresh) -> Iterator[Engine]:
    engine = fresh()
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine: Engine, clock: WoundClock) -> Ledger:
    return Ledger(engine, clock, max_attempts=3)


@pytest.fixture
def views(engine: Engine, clock: WoundClock) -> Views:
    return Views(engine, clock)


def take(ledger: Ledger, *refs: str) -> list[str]:
    arrivals = [arrival(ref) for ref in refs]
    return [receipt.item_id for receipt in ledger.receive([(a, digest_of(a)) for a in arrivals])]


def only_claim(ledger: Ledger) -> Claim:
    (claim,) = ledger.claim(limit=10)
    return claim


def settle(ledger: Ledger, ref: str, wish: Wish | None = None) -> Decided:
    take(ledger, ref)
    return ledger.decide(deciding(only_claim(ledger), wish or Wish()))


# Reception ------------------------------------------------------------------------------------------------------


def test_the_same_ref_gives_its_old_receipt_back(ledger: Ledger) -> None:
    first, again = take(ledger, "1", "1")
    assert first == again
    assert take(ledger, "1", "2")[0] == first
    assert ledger.known_refs("casella") == {"1", "2"}


def test_items_made_together_sort_in_the_order_of_arrival(ledger: Ledger) -> None:
    ids = take(ledger, *map(str, range(30)))
    assert ids == sorted(ids)
    assert [claim.item.id for claim in ledger.claim(limit=30)] == ids


def test_receiving_at_once_from_many_threads_gives_one_item_a_ref(ledger: Ledger) -> None:
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: take(ledger, "a", "b", "c"), range(12)))
    assert all(ids == taken[0] for ids in taken)


def test_an_alias_leads_to_the_same_item_and_is_booked_once(ledger: Ledger) -> None:
    (item_id,) = take(ledger, "7:1")
    old = ledger.receipt_of_digest("casella", digest_of(arrival("7:1")))
    assert old is not None
    second = ledger.alias(arrival("8:1"), old.digest, old)
    assert (second.item_id, second.alias) == (item_id, True)
    assert ledger.alias(arrival("8:1"), old.digest, old) == second
    assert len(ledger.claim(limit=10)) == 1


def test_what_is_settled_is_no_longer_unsettled(ledger: Ledger) -> None:
    take(ledger, "1", "2")
    ledger.settled("casella", ["1"])
    assert [receipt.ref for receipt in ledger.unsettled("casella")] == ["2"]


def test_a_source_remembers_and_raises_alarms(ledger: Ledger, views: Views) -> None:
    ledger.remember("casella", {"uidvalidity": "7"})
    ledger.remember("casella", {"uidvalidity": "8", "stopped": ""})
    assert ledger.source_state("casella") == {"uidvalidity": "8", "stopped": ""}
    ledger.alarm("casella", "empty", "vuota")
    ledger.alarm("casella", "empty", "ancora vuota")
    assert [alarm.message for alarm in views.alarms()] == ["ancora vuota"]
    ledger.alarm("casella", "empty", None)
    assert views.alarms() == ()


def test_words_of_strangers_that_databases_refuse_are_kept_in_a_form_they_take(ledger: Ledger, views: Views) -> None:
    odd = replace(arrival("x"), raw=b"From: a\0b\xff\r\nSubject: =?utf-8?b?AAA=?= \xed\xa0\x80\r\n\r\n")
    refs = ["strano-\udcff-\0", "strano-\udcfe-\0", "strano-?-", 'json:"x"', "x%_!#"]
    receipts = ledger.receive([(replace(odd, ref=ref), digest_of(odd)) for ref in refs])
    assert ledger.known_refs("casella") == set(refs)
    assert len({receipt.item_id for receipt in receipts}) == len(refs)
    receipt = receipts[0]
    (claim,) = ledger.claim(item_ids=[receipt.item_id])
    nasty = opened("parole\0 con \ud800 surrogati")
    ledger.advance(claim, {Rung.OPENED: nasty}, to=Rung.OPENED)
    assert ledger.claim(item_ids=[receipt.item_id])[0].sheets[Rung.OPENED] == nasty
    assert views.item(receipt.item_id) is not None


# Leases ---------------------------------------------------------------------------------------------------------


def test_a_leased_item_is_nobody_elses_until_the_lease_ends(ledger: Ledger, clock: WoundClock) -> None:
    take(ledger, "1")
    claim = ledger.claim(lease_seconds=60)[0]
    assert ledger.claim() == []
    clock.wind(seconds=61)
    assert ledger.claim()[0].lease != claim.lease
    with pytest.raises(LostLease):
        ledger.advance(claim, {Rung.OPENED: opened()}, to=Rung.OPENED)


def test_a_renewed_lease_lasts_longer_and_a_lost_one_cannot_be_renewed(ledger: Ledger, clock: WoundClock) -> None:
    take(ledger, "1")
    claim = ledger.renew(ledger.claim(lease_seconds=60)[0], 600)
    clock.wind(seconds=300)
    assert ledger.claim() == []
    clock.wind(seconds=301)
    ledger.claim()
    with pytest.raises(LostLease):
        ledger.renew(claim, 60)


def test_what_a_dead_worker_of_this_machine_held_is_free_at_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(ledger, "1", "2")
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: worker.pid)
        (held,) = ledger.claim(limit=1)
    (ours,) = ledger.claim(limit=1)
    assert ledger.free_dead() == 0 and ledger.claim() == []
    worker.kill()
    worker.communicate()
    assert ledger.free_dead() == 1
    assert [claim.item.id for claim in ledger.claim()] == [held.item.id]
    with pytest.raises(LostLease):
        ledger.renew(held, 60)
    assert ledger.renew(ours, 60).item.id == ours.item.id


def test_a_lease_of_another_machine_is_never_taken_for_dead() -> None:
    elsewhere = "abcdef" + new_lease()[6:]
    assert not is_dead(elsewhere) and not is_dead(new_lease()) and not is_dead("0" * 32) and not is_dead("x")


def test_no_two_workers_claim_the_same_item(ledger: Ledger) -> None:
    take(ledger, *map(str, range(40)))
    with ThreadPoolExecutor(5) as pool:
        batches = list(pool.map(lambda _: ledger.claim(limit=10), range(8)))
    claimed = [claim.item.id for batch in batches for claim in batch]
    assert len(claimed) == len(set(claimed)) == 40


def test_attempts_are_counted_at_the_claim_and_too_many_hold_the_item(
    ledger: Ledger, views: Views, clock: WoundClock
) -> None:
    take(ledger, "1")
    for attempt in (1, 2, 3):
        assert only_claim(ledger).item.attempts == attempt
        clock.wind(hours=1)
    assert ledger.claim() == []
    (held,) = views.held()
    assert held.held_code == "too_many_attempts"


def test_an_advance_writes_sheets_and_starts_counting_anew(ledger: Ledger) -> None:
    take(ledger, "1")
    ledger.advance(only_claim(ledger), {Rung.OPENED: opened()}, to=Rung.OPENED)
    claim = only_claim(ledger)
    assert (claim.item.rung, claim.item.attempts) == (Rung.OPENED, 1)
    assert claim.sheets == {Rung.OPENED: opened()}


def test_claims_can_be_limited_to_rungs_and_to_items(ledger: Ledger) -> None:
    first, second = take(ledger, "1", "2")
    assert ledger.claim(limit=5, rungs=[Rung.OPENED]) == []
    assert [c.item.id for c in ledger.claim(limit=5, item_ids=[second, "unknown"])] == [second]
    assert [entry[0] for entry in ledger.due_items()] == [first]


def test_a_deferred_item_waits_until_its_time(ledger: Ledger, clock: WoundClock) -> None:
    take(ledger, "1")
    ledger.defer(only_claim(ledger), 600, "il portale non risponde")
    assert ledger.claim() == []
    clock.wind(seconds=601)
    assert len(ledger.claim()) == 1


def test_holding_by_a_lost_claim_is_refused(ledger: Ledger, clock: WoundClock) -> None:
    take(ledger, "1")
    lost = ledger.claim(lease_seconds=1)[0]
    clock.wind(seconds=2)
    ledger.claim()
    with pytest.raises(LostLease):
        ledger.hold(lost, "hold", "illeggibile")


# People ---------------------------------------------------------------------------------------------------------


def test_a_released_item_climbs_again_under_a_new_revision(ledger: Ledger, views: Views) -> None:
    (item_id,) = take(ledger, "1")
    ledger.hold(only_claim(ledger), "hold", "illeggibile")
    assert ledger.claim() == []
    assert ledger.release(item_id, "anna")
    claim = only_claim(ledger)
    assert (claim.item.rung, claim.item.held, claim.item.attempts) == (Rung.RECEIVED, None, 1)
    assert not ledger.release("nessuno", "anna")
    detail = views.item(item_id)
    assert detail is not None
    assert [(event.kind, event.by) for event in detail.road][-1] == ("retried", "anna")


def test_a_correction_is_kept_and_the_rules_decide_again_on_the_same_case(ledger: Ledger, views: Views) -> None:
    first = settle(ledger, "1", Wish(compose=acknowledgement()))
    finding = Finding(kind="service", value="conciliation", confidence=1.0, by="person:anna")
    assert ledger.correct(first.item_id, [finding], "anna")
    claim = only_claim(ledger)
    assert (claim.item.rung, claim.item.revision) == (Rung.READ, 2)
    assert set(claim.sheets) == {Rung.OPENED, Rung.READ}
    again = ledger.decide(deciding(claim, Wish(judge=opens(lacking(Requirement.BILL)), compose=acknowledgement())))
    assert first.case is not None and again.case is not None
    assert again.case.code == first.case.code
    assert again.case.status is CaseStatus.WAITING
    detail = views.case(first.case.code)
    assert detail is not None and len(detail.dispatches) == 1
    assert claim.corrections == (finding,)


def test_an_item_that_a_person_takes_out_of_its_case_closes_it(ledger: Ledger, views: Views) -> None:
    first = settle(ledger, "1")
    ledger.correct(first.item_id, [], "anna")
    ledger.decide(deciding(only_claim(ledger), Wish(judge=files(Disposition.NOT_FOR_US, "spam"))))
    assert first.case is not None
    detail = views.case(first.case.code)
    assert detail is not None
    assert (detail.row.case.status, detail.items) == (CaseStatus.CLOSED, ())


def held(_context: Context) -> Judgement:
    return Judgement(decision=replace(OPENING, needs_review=True))


def test_the_doubles_of_an_item_that_was_held_follow_it_into_its_case(ledger: Ledger, views: Views) -> None:
    first = settle(ledger, "1", Wish(judge=held))
    double = replace(OPENING, disposition=Disposition.DUPLICATE)
    same = Judgement(decision=double, change=CaseChange(duplicate_of=first.item_id))
    second = settle(ledger, "2", Wish(judge=lambda _context: same))
    ledger.correct(first.item_id, [], "anna")
    opened = ledger.decide(deciding(only_claim(ledger)))
    assert opened.case is not None
    detail = views.case(opened.case.code)
    assert detail is not None
    assert {(row.id, relation) for relation, row in detail.items} == {
        (first.item_id, "opens"),
        (second.item_id, "duplicate"),
    }


def test_a_letter_in_the_words_of_automatic_mail_is_no_repetition(ledger: Ledger) -> None:
    same = Wish(query=lambda item_id: Query(item_id=item_id, content_digest="e" * 64))
    settle(ledger, "1", replace(same, judge=files(Disposition.SERVICE_MESSAGE, "auto_reply")))
    seen: list[Context] = []

    def looks(context: Context) -> Judgement:
        seen.append(context)
        return opens()(context)

    settle(ledger, "2", replace(same, judge=looks))
    assert seen[0].twins == ()


# Deciding -------------------------------------------------------------------------------------------------------


def test_a_decision_opens_a_case_closes_the_item_and_owes_the_answer(ledger: Ledger, views: Views) -> None:
    decided = settle(ledger, "1", Wish(compose=acknowledgement()))
    assert decided.case is not None
    assert is_ours(decided.case.code)
    detail = views.item(decided.item_id)
    assert detail is not None
    assert (detail.row.rung, detail.row.case_code) == (Rung.CLOSED, decided.case.code)
    assert detail.row.sender == "ada@example.org"
    assert [dispatch.state for dispatch in views.case(decided.case.code).dispatches] == [DispatchState.DUE]  # type: ignore[union-attr]
    assert [paper.kind for paper in detail.papers] == ["bill"]
    assert detail.protocol_number == "2026/0000001"


def test_a_doubtful_decision_holds_the_item_with_its_reasons(ledger: Ledger, views: Views) -> None:
    doubtful = Decision(disposition=Disposition.PORTAL_ONLY, review_reasons=("Delega?", "Firma?"))
    settle(ledger, "1", Wish(judge=lambda _context: Judgement(decision=doubtful)))
    (held,) = views.held()
    assert (held.held_code, held.held, held.rung) == ("review", "Delega?\nFirma?", Rung.DECIDED)


def test_a_decision_by_a_lost_lease_writes_nothing(ledger: Ledger, views: Views, clock: WoundClock) -> None:
    take(ledger, "1")
    lost = ledger.claim(lease_seconds=1)[0]
    clock.wind(seconds=2)
    ledger.claim()
    with pytest.raises(LostLease):
        ledger.decide(deciding(lost))
    assert views.cases().rows == ()


def test_in_a_batch_one_failure_spoils_no_other_and_leaves_no_gap(ledger: Ledger, views: Views) -> None:
    take(ledger, "1", "2", "3", "4")
    claims = ledger.claim(limit=4)

    def stubborn(_context: Context) -> Judgement:
        raise Hold("decida una persona")

    incomplete = replace(OPENING, service=None)
    entries = [
        deciding(claims[0], Wish(compose=acknowledgement())),
        deciding(claims[1], Wish(judge=stubborn)),
        deciding(claims[2], Wish(judge=opens(incomplete))),
        deciding(claims[3], Wish(compose=acknowledgement())),
    ]
    first, second, third, fourth = ledger.decide_many(entries)
    assert isinstance(second, Hold) and isinstance(third, Hold)
    assert isinstance(first, Decided) and isinstance(fourth, Decided)
    assert [row.case.code for row in views.cases().rows] == [new_code(2), new_code(1)]
    assert len(ledger.due_dispatches()) == 2


def test_twins_in_one_batch_see_each_other(ledger: Ledger, views: Views) -> None:
    take(ledger, "1", "2", "3")
    wish = Wish(judge=opens_unless_twin, query=lambda item_id: Query(item_id=item_id, content_digest="d" * 64))
    ledger.decide_many([deciding(claim, wish) for claim in ledger.claim(limit=3)])
    (row,) = views.cases().rows
    assert len(row.case.items) == 3


def test_codes_have_no_gap_and_twins_no_second_case_when_many_decide_at_once(ledger: Ledger, views: Views) -> None:
    take(ledger, *map(str, range(24)))
    claims = ledger.claim(limit=24)
    start = threading.Barrier(6)

    def work(number: int) -> None:
        start.wait(20)
        for claim in claims[number::6]:
            twins = Query(item_id=claim.item.id, content_digest=f"{int(claim.item.id, 16) % 24 // 2:064d}")
            ledger.decide(replace(deciding(claim, Wish(judge=opens_unless_twin)), query=twins))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    contents = {int(claim.item.id, 16) % 24 // 2 for claim in claims}
    codes = sorted(row.case.code for row in views.cases(limit=100).rows)
    assert codes == [new_code(number) for number in range(1, len(contents) + 1)]


def test_a_crash_within_the_decision_uses_up_no_code(ledger: Ledger) -> None:
    take(ledger, "1")

    def broken(_judgement: Judgement, _case: object, _earlier: object) -> tuple[Dispatch, ...]:
        raise ZeroDivisionError

    claim = only_claim(ledger)
    with pytest.raises(ZeroDivisionError):
        ledger.decide(replace(deciding(claim), compose=broken))
    decided = ledger.decide(deciding(claim))
    assert decided.case is not None and decided.case.code == new_code(1)


def test_a_near_twin_is_found_by_its_minhash_with_what_both_share(ledger: Ledger) -> None:
    words = tuple(range(1000, 1064))
    near = (*words[:56], *range(8))
    known = Query(item_id="", minhash=words, tax_codes=("RSSDAA80A41H501T",), senders=("ada@example.org",))
    first = settle(ledger, "1", Wish(query=lambda item_id: replace(known, item_id=item_id)))
    seen: list[Context] = []

    def watch(context: Context) -> Judgement:
        seen.append(context)
        return Judgement(decision=Decision(disposition=Disposition.UNREADABLE, needs_review=False))

    query = Query(item_id="", minhash=near, tax_codes=("RSSDAA80A41H501T",))
    settle(ledger, "2", Wish(judge=watch, query=lambda item_id: replace(query, item_id=item_id)))
    (twin,) = seen[0].twins
    assert (twin.item_id, twin.exact, twin.same_tax_code, twin.same_sender) == (first.item_id, False, True, False)
    assert twin.similarity == pytest.approx(56 / 64)
    assert first.case is not None
    assert [known_case.case.code for known_case in seen[0].open_of_sender] == [first.case.code]


def test_an_answer_of_ours_leads_home_by_its_message_id_before_it_is_sent(ledger: Ledger) -> None:
    first = settle(ledger, "1", Wish(compose=acknowledgement()))
    assert first.case is not None
    seen: list[Context] = []

    def watch(context: Context) -> Judgement:
        seen.append(context)
        return Judgement(decision=Decision(disposition=Disposition.SERVICE_MESSAGE, needs_review=False))

    query = Query(
        item_id="",
        message_ids=(f"ack.{first.case.code}@sportello.example", "<unknown@x>"),
        case_codes=(first.case.code, "SPCEN99999999"),
        senders=("Ada@Example.org",),
    )
    settle(ledger, "2", Wish(judge=watch, query=lambda item_id: replace(query, item_id=item_id)))
    (context,) = seen
    assert [k.case.code for k in context.threaded] == [first.case.code]
    assert [k.case.code for k in context.named] == [first.case.code]
    assert context.answers_to_sender_today == 1
    assert context.named[0].coded_out_at is None


def test_an_answer_may_name_a_case_that_is_not_ours(ledger: Ledger) -> None:
    foreign = replace(owed("a"), payload=b"Message-ID: <1@x>\r\nSubject: y\r\n\r\n", case_code="SPCEN123456")
    (item_id,) = take(ledger, "1")
    judge = files(Disposition.PORTAL_ONLY, "delegate")
    decided = ledger.decide(deciding(only_claim(ledger), Wish(judge=judge, compose=lambda _j, _c, _e: (foreign,))))
    assert decided.item_id == item_id and ledger.due_dispatches() == ["a"]
    begun = ledger.begin("a")
    assert begun is not None
    ledger.sent(begun, "250 ok", message_id="<1@x>")


def test_joining_a_case_that_does_not_exist_is_held(ledger: Ledger) -> None:
    take(ledger, "1")
    with pytest.raises(Hold):
        ledger.decide(deciding(only_claim(ledger), Wish(judge=joins("SPCEN00000000"))))


def test_pieces_become_one_item_and_a_lost_claim_joins_nothing(ledger: Ledger, views: Views) -> None:
    first, second = take(ledger, "1", "2")
    claims = {claim.item.id: claim for claim in ledger.claim(limit=2)}
    assert ledger.note_piece(claims[first], "m" * 64, 1, None) == ()
    pieces = ledger.note_piece(claims[second], "m" * 64, 2, 2)
    assert [piece.item_id for piece in pieces] == [first, second]
    assert ledger.note_piece(claims[second], "m" * 64, 2, 2) == pieces, "noted once"
    whole = ledger.join_pieces(claims[second], opened(), pieces, "d" * 64, 5)
    with pytest.raises(LostLease):
        ledger.join_pieces(claims[second], opened(), pieces, "d" * 64, 5)
    with pytest.raises(LostLease):
        ledger.decide(deciding(claims[first]))
    assert [item_id for item_id, _, _ in ledger.due_items()] == [whole.item_id]
    detail = views.item(whole.item_id)
    assert detail is not None and detail.row.parent == first and detail.protocol_number is not None
    (row,) = views.reconciliation()
    assert (row.received, row.closed, row.waiting) == (2, 2, 1)


# Cases in time --------------------------------------------------------------------------------------------------


def test_a_case_waits_is_reminded_once_and_is_ready_when_complete(ledger: Ledger, clock: WoundClock) -> None:
    lacks = lacking(Requirement.BILL, Requirement.SIGNATURE)
    first = settle(ledger, "1", Wish(judge=opens(lacks)))
    assert first.case is not None
    code = first.case.code
    assert first.case.status is CaseStatus.WAITING
    assert ledger.cases_to_remind() == []
    clock.wind(days=24)
    assert [case.code for case in ledger.cases_to_remind()] == [code]
    note = Dispatch(key="r1", channel=DispatchChannel.EMAIL, to="ada@example.org", payload=b"", repeatable=True)
    assert ledger.reminded(code, [note])
    assert not ledger.reminded(code, [note])
    assert ledger.cases_to_remind() == [] and ledger.due_dispatches() == ["r1"]
    clock.wind(days=7)
    assert [case.code for case in ledger.overdue_cases()] == [code]
    half = settle(ledger, "2", Wish(judge=joins(code, Requirement.BILL)))
    assert half.case is not None and half.case.missing == (Requirement.SIGNATURE,)
    whole = settle(ledger, "3", Wish(judge=joins(code, Requirement.SIGNATURE)))
    assert whole.case is not None
    assert (whole.case.status, whole.case.waits_until, len(whole.case.items)) == (CaseStatus.READY, None, 3)


def given_up(ledger: Ledger, clock: WoundClock, code: str) -> Dispatch:
    """A case that was reminded and closed, since nothing came; what its citizen is told."""
    clock.wind(days=24)
    assert ledger.reminded(code, ())
    clock.wind(days=50)
    (waited,) = ledger.cases_to_give_up(clock.now() - timedelta(days=30))
    word = Dispatch(key="g1", channel=DispatchChannel.EMAIL, to="ada@example.org", payload=b"", repeatable=True)
    assert ledger.give_up(waited, [word])
    assert not ledger.give_up(waited, [replace(word, key="g2")]), "it is told once"
    return word


def test_a_case_for_which_nothing_came_is_given_up_and_opened_again_by_what_comes(
    ledger: Ledger, views: Views, clock: WoundClock
) -> None:
    first = settle(ledger, "1", Wish(judge=opens(lacking(Requirement.BILL, Requirement.SIGNATURE))))
    assert first.case is not None
    code = first.case.code
    word = given_up(ledger, clock, code)
    assert word.key in ledger.due_dispatches()
    closed = views.case(code)
    assert closed is not None and (closed.row.case.status, closed.row.case.waits_until) == (CaseStatus.CLOSED, None)
    assert closed.row.closed_at is not None and closed.road[-1].kind == "given_up"
    half = settle(ledger, "2", Wish(judge=joins(code, Requirement.BILL)))
    assert half.case is not None and half.case.status is CaseStatus.WAITING
    assert half.case.waits_until is not None and half.case.waits_until > clock.now()
    whole = settle(ledger, "3", Wish(judge=joins(code, Requirement.SIGNATURE)))
    assert whole.case is not None and whole.case.status is CaseStatus.READY
    opened_again = views.case(code)
    assert opened_again is not None and opened_again.row.closed_at is None
    assert [event.kind for event in opened_again.road].count("reopened") == 1


def test_a_case_that_a_person_closed_stays_closed(ledger: Ledger, views: Views, clock: WoundClock) -> None:
    first = settle(ledger, "1", Wish(judge=opens(lacking(Requirement.BILL))))
    assert first.case is not None
    given_up(ledger, clock, first.case.code)
    assert ledger.set_case_status(first.case.code, CaseStatus.CLOSED, "person:anna", "rinuncia")
    later = settle(ledger, "2", Wish(judge=joins(first.case.code, Requirement.BILL)))
    assert later.case is not None and later.case.status is CaseStatus.CLOSED


def test_no_case_is_given_up_before_its_reminder_or_while_a_sending_of_it_is_open(
    ledger: Ledger, clock: WoundClock
) -> None:
    first = settle(ledger, "1", Wish(judge=opens(lacking(Requirement.BILL))))
    assert first.case is not None
    clock.wind(days=80)
    assert ledger.cases_to_give_up(clock.now()) == [], "nobody was reminded"
    assert ledger.reminded(first.case.code, ())
    clock.wind(days=40)
    assert ledger.cases_to_give_up(clock.now() - timedelta(days=60)) == [], "the reminder is young"
    assert ledger.release(first.item_id, "anna")
    assert ledger.cases_to_give_up(clock.now()) == [], "somebody looks at it"


def test_the_portals_word_counts_once(ledger: Ledger, views: Views) -> None:
    first = settle(ledger, "1")
    assert first.case is not None
    assert ledger.portal_status(event_id="e1", code=first.case.code, status="closed")
    assert not ledger.portal_status(event_id="e1", code=first.case.code, status="open")
    detail = views.case(first.case.code)
    assert detail is not None
    assert (detail.row.portal_status, detail.row.case.status) == ("closed", CaseStatus.CLOSED)


# The outbox -----------------------------------------------------------------------------------------------------


def owed(key: str, *, repeatable: bool = True, channel: DispatchChannel = DispatchChannel.EMAIL) -> Dispatch:
    return Dispatch(
        key=key, channel=channel, to="ada@example.org", payload=b"Subject: x\r\n\r\n", repeatable=repeatable
    )


def test_a_dispatch_is_begun_by_one_sender_only(ledger: Ledger) -> None:
    ledger.owe([owed("a"), owed("a")])
    with ThreadPoolExecutor(4) as pool:
        begun = [dispatch for dispatch in pool.map(lambda _: ledger.begin("a"), range(8)) if dispatch]
    assert [dispatch.attempts for dispatch in begun] == [1]
    ledger.sent(begun[0], "250 ok")
    ledger.owe([owed("a")])
    assert ledger.due_dispatches() == [] and ledger.begin("a") is None


def test_a_transient_failure_is_due_again_at_its_time(ledger: Ledger, clock: WoundClock) -> None:
    ledger.owe([owed("a")])
    begun = ledger.begin("a")
    assert begun is not None
    ledger.send_again(begun, 300, "451 greylisted")
    assert ledger.due_dispatches() == []
    clock.wind(seconds=301)
    assert ledger.due_dispatches() == ["a"]


def test_what_was_not_even_tried_is_no_attempt(ledger: Ledger, clock: WoundClock) -> None:
    ledger.owe([owed("a")])
    for _ in range(3):
        begun = ledger.begin("a")
        assert begun is not None and begun.attempts == 1
        ledger.send_again(begun, 60, "the line rests", tried=False)
        clock.wind(seconds=61)


def test_after_a_crash_the_repeatable_goes_out_again_and_the_other_waits_for_a_person(
    ledger: Ledger, views: Views
) -> None:
    ledger.owe([owed("mail"), owed("fax", repeatable=False)])
    ledger.begin("mail")
    ledger.begin("fax")
    assert ledger.recover_dispatches() == (1, 1)
    assert ledger.due_dispatches() == ["mail"]
    (held,) = views.troubled_dispatches()
    assert (held.key, held.held_code) == ("fax", "in_doubt")
    assert ledger.release_dispatch("fax", "anna") and not ledger.release_dispatch("fax", "anna")
    assert sorted(ledger.due_dispatches()) == ["fax", "mail"]


def test_letters_are_printed_and_posted_once_and_answer_the_case(ledger: Ledger, views: Views) -> None:
    first = settle(ledger, "1")
    assert first.case is not None
    letter = replace(owed("l1", channel=DispatchChannel.LETTER, repeatable=False), case_code=first.case.code)
    ledger.owe([letter])
    assert ledger.due_dispatches(channels=[DispatchChannel.EMAIL]) == []
    assert [row.row.key for row in views.print_queue()] == ["l1"]
    assert ledger.mark_posted(["l1"], "anna") == 0
    assert (ledger.mark_printed(["l1"], "anna"), ledger.mark_printed(["l1"], "anna")) == (1, 0)
    assert [row.row.key for row in views.to_post()] == ["l1"]
    assert ledger.mark_posted(["l1"], "anna") == 1
    assert views.to_post() == views.print_queue() == ()
    detail = views.case(first.case.code)
    assert detail is not None and detail.row.acknowledged_at is not None


# Batches --------------------------------------------------------------------------------------------------------


def test_a_batch_becomes_one_item_a_letter_and_is_not_cut_twice(ledger: Ledger, views: Views) -> None:
    scan = replace(arrival("lotto_1.pdf"), hints=replace(arrival("x").hints, channel=Channel.POST))
    (receipt,) = ledger.receive([(scan, digest_of(scan))])
    ranges = [PageRange(first=0, count=2), PageRange(first=3, count=1)]
    letters = ledger.split(only_claim(ledger), {Rung.OPENED: opened()}, ranges)
    assert [letter.ref for letter in letters] == ["lotto_1.pdf#1", "lotto_1.pdf#2"]
    ledger.release(receipt.item_id, "anna")
    (again,) = ledger.claim(limit=5, item_ids=[receipt.item_id])
    assert ledger.split(again, {}, [PageRange(first=n, count=1) for n in range(4)]) == []
    claims = ledger.claim(limit=5)
    assert [claim.item.hints.pages for claim in claims] == [(0, 2), (3, 1)]
    assert {claim.item.parent for claim in claims} == {receipt.item_id}
    (row,) = views.reconciliation()
    assert (row.received, row.letters, row.closed, row.waiting, row.difference) == (1, 3, 1, 2, 0)


def test_a_batch_that_has_a_case_is_not_cut(ledger: Ledger, views: Views) -> None:
    decided = settle(ledger, "lotto_1.pdf")
    assert decided.case is not None
    item_id = decided.case.items[0]
    ledger.correct(item_id, [cut_finding([1], by="anna")], "anna")
    (again,) = ledger.claim(limit=5, item_ids=[item_id])
    with pytest.raises(Hold, match=decided.case.code):
        ledger.split(again, {}, [PageRange(first=0, count=1), PageRange(first=1, count=1)])
    detail = views.item(item_id)
    assert detail is not None and detail.children == () and detail.row.case_code == decided.case.code
    ledger.hold(again, "hold", "still ours: nothing of the cut was written")


# The register ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["UPDATE register SET subject = 'x'", "DELETE FROM register"])
def test_the_register_refuses_changes(ledger: Ledger, engine: Engine, statement: str) -> None:
    take(ledger, "1")
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(statement))


def test_numbers_start_anew_with_the_year_in_rome(ledger: Ledger, views: Views, clock: WoundClock) -> None:
    clock.at = clock.at.replace(month=12, day=31, hour=22, minute=59)
    (old,) = take(ledger, "1")
    clock.wind(minutes=2)
    (new,) = take(ledger, "2")
    clock.wind(minutes=-60)
    (late,) = take(ledger, "3")  # a clock set back must not write into the year that is over
    numbers = [detail.protocol_number for detail in map(views.item, (old, new, late)) if detail]
    assert numbers == ["2026/0000001", "2027/0000001", "2027/0000002"]


# Views ----------------------------------------------------------------------------------------------------------


def test_lists_turn_pages_without_losing_or_repeating(ledger: Ledger, views: Views) -> None:
    ids = [item_id for start in range(0, 25, 5) for item_id in take(ledger, *map(str, range(start, start + 5)))]
    seen: list[str] = []
    cursor = None
    while True:
        page = views.items(after=cursor, limit=7)
        seen += [row.id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ids[::-1]
    assert views.items(ItemFilter(channel=Channel.FAX)).rows == ()
    assert views.items(after="nonsense~1", limit=1).rows[0].id == ids[-1]


def test_words_find_items_and_cases_with_italian_endings(ledger: Ledger, views: Views) -> None:
    decided = settle(ledger, "1", Wish(words="Mi hanno staccato il contatore, perché? O'Neil & figli: 100%"))
    settle(ledger, "2", Wish(words="altro"))
    for query in ("contatori", "CONTATORE staccato", "rossi", "RSSDAA80A41H501T", "ada@example.org", "100%"):
        assert decided.item_id in [hit.item_id for hit in views.search(query)], query
        assert decided.item_id in [row.id for row in views.items(ItemFilter(text=query)).rows], query
    assert views.search("zanzara") == () == views.search("'\"&|!():* ")
    assert views.items(ItemFilter(text="zanzara")).rows == ()


def test_the_front_page_counts_what_went_straight_through(ledger: Ledger, views: Views, clock: WoundClock) -> None:
    settle(ledger, "1", Wish(judge=opens(replace(OPENING, answer_due=clock.at.date())), compose=acknowledgement()))
    doubtful = Decision(disposition=Disposition.CASE, review_reasons=("?",), answer_due=clock.at.date())
    settle(ledger, "2", Wish(judge=lambda _context: Judgement(decision=doubtful)))
    take(ledger, "3")
    page = views.front_page()
    assert (page.straight_through_today, page.straight_through_week) == (0.5, 0.5)
    assert (page.held, page.waiting, page.received_today, page.closed_today) == (1, 1, 3, 1)
    assert (page.late, page.due_today) == (0, 2)
    (key,) = ledger.due_dispatches()
    begun = ledger.begin(key)
    assert begun is not None
    ledger.sent(begun, "ok")
    assert views.front_page().due_today == 1
    clock.wind(days=1)
    assert (views.front_page().late, views.front_page().due_today) == (1, 0)


def test_the_balance_shows_what_lies_untaken(ledger: Ledger, views: Views) -> None:
    take(ledger, "1", "2")
    ledger.record_inventory("casella", {"2026-03-10": (3, 1), "unknown": (1, 1)}, known=2)
    (row,) = views.reconciliation()
    assert (row.at_source, row.untaken, row.received, row.waiting, row.difference) == (3, 1, 2, 2, 1)
    assert row.arrived == 3 and views.front_page().untaken == 2
    # What the look found is taken: no difference is left, though the receipts bear the very moment of the look (they
    # were under way when it asked).
    take(ledger, "3", "4")
    (row,) = views.reconciliation()
    assert (row.received, row.arrived, row.difference) == (4, 4, 0)
    assert views.front_page().untaken == 0
    ledger.record_inventory("casella", {"2026-03-10": (2, 0)}, known=4)
    (row,) = views.reconciliation()
    assert (row.at_source, row.untaken, row.difference) == (2, 0, 0)


def test_slow_reading_shows_its_progress(ledger: Ledger, views: Views) -> None:
    (item_id,) = take(ledger, "1")
    ledger.report_progress(item_id, 1, 9)
    ledger.report_progress(item_id, 2, 9)
    assert views.items().rows[0].progress == (2, 9)


def test_the_export_streams_decided_items_with_their_sheets(ledger: Ledger, views: Views) -> None:
    decided = settle(ledger, "1")
    take(ledger, "2")
    (exported,) = views.export_items()
    assert exported.row.id == decided.item_id
    assert exported.decision == decided.judgement.decision


def test_nothing_older_than_the_window_is_in_the_balance(ledger: Ledger, views: Views, clock: WoundClock) -> None:
    take(ledger, "1")
    clock.at += timedelta(days=30)
    assert views.reconciliation(days=14) == ()


def test_a_composer_that_says_nothing_owes_nothing(ledger: Ledger) -> None:
    settle(ledger, "1", Wish(compose=silence))
    assert ledger.due_dispatches() == []
