"""The dated retention rule erases what it may, keeps what it must, and nothing else deletes."""

from __future__ import annotations

from sqlalchemy import select

from mailroom.case import CaseStatus
from mailroom.context import Query
from mailroom.decision import Disposition
from mailroom.finding import Finding
from store.privacy import person_file
from store.retention import Retention, RetentionPolicy
from store.schema import case, item, sheet
from store.verify import verify
from tests.store.conftest import Cellar
from tests.store.ledger_stand import NOON, Wish, acknowledgement, arrival, files

POLICY = RetentionPolicy()
CODE = "RSSDAA80A41H501T"


def due(cellar: Cellar) -> list[str]:
    retention = Retention(cellar.engine, cellar.blobs, cellar.clock)
    return [candidate.item_id for candidate in retention.candidates(POLICY)]


def test_spam_goes_soon_and_the_skeleton_stays(cellar: Cellar) -> None:
    spam = cellar.settle("1", Wish(judge=files(Disposition.NOT_FOR_US, "spam"), words="comprate subito"))
    other = cellar.settle("2", Wish(judge=files(Disposition.NOT_FOR_US, "misdirected")))
    cellar.clock.wind(days=29)
    assert due(cellar) == []
    cellar.clock.wind(days=2)
    assert due(cellar) == [spam.item_id]
    retention = Retention(cellar.engine, cellar.blobs, cellar.clock)
    report = retention.erase([spam.item_id], by="retention", reason="spam, 30 giorni")
    assert (report.items, report.blobs) == ((spam.item_id,), 1)
    detail = cellar.views.item(spam.item_id)
    assert detail is not None
    assert (detail.row.sender, detail.row.subject, detail.sheets, detail.papers) == (None, None, {}, ())
    assert detail.erased_at is not None and detail.protocol_number is not None and detail.receipts
    assert cellar.views.search("comprate") == ()
    assert due(cellar) == []
    assert retention.erase([spam.item_id], by="x", reason="x").items == ()
    assert not cellar.ledger.release(spam.item_id, "anna")
    assert [check for check in verify(cellar.engine, cellar.blobs) if check.flaw] == []
    with cellar.engine.connect() as connection:
        assert set(connection.execute(select(sheet.c.item_id)).scalars()) == {other.item_id}
    assert {row.item_id for row in cellar.views.erasures(since=NOON)} == {spam.item_id}


def test_bytes_that_another_item_needs_stay(cellar: Cellar) -> None:
    spam = cellar.settle("1", Wish(judge=files(Disposition.NOT_FOR_US, "spam")))
    twin = arrival("1", source="altra", body="1")
    cellar.take(twin)
    retention = Retention(cellar.engine, cellar.blobs, cellar.clock)
    assert retention.erase([spam.item_id], by="retention", reason="spam").blobs == 0
    assert [check for check in verify(cellar.engine, cellar.blobs) if check.flaw] == []


def test_items_of_a_case_stay_as_long_as_the_case(cellar: Cellar) -> None:
    decided = cellar.settle("1", Wish(compose=acknowledgement()))
    assert decided.case is not None
    cellar.clock.wind(days=4000)
    assert due(cellar) == []
    cellar.ledger.set_case_status(decided.case.code, CaseStatus.CLOSED, "anna")
    assert due(cellar) == []
    cellar.clock.wind(days=3651)
    assert due(cellar) == [decided.item_id]
    Retention(cellar.engine, cellar.blobs, cellar.clock).erase([decided.item_id], by="r", reason="10 anni")
    detail = cellar.views.case(decided.case.code)
    assert detail is not None
    assert (detail.row.case.applicant.last_name, detail.known_senders) == (None, ())
    assert [dispatch.to for dispatch in detail.dispatches] == [None]
    with cellar.engine.connect() as connection:
        assert connection.execute(select(case.c.erased_at)).scalar_one() is not None


def test_held_and_waiting_items_are_never_erased(cellar: Cellar) -> None:
    cellar.take(arrival("1"))
    cellar.ledger.hold(cellar.claim(), "hold", "illeggibile")
    cellar.take(arrival("2"))
    cellar.clock.wind(days=9999)
    assert due(cellar) == []
    with cellar.engine.connect() as connection:
        everything = list(connection.execute(select(item.c.id)).scalars())
    retention = Retention(cellar.engine, cellar.blobs, cellar.clock)
    assert retention.erase(everything, by="x", reason="x").items == ()


def test_files_that_a_crash_left_behind_are_swept(cellar: Cellar) -> None:
    spam = cellar.settle("1", Wish(judge=files(Disposition.NOT_FOR_US, "spam")))
    data = arrival("1", body="1").raw
    retention = Retention(cellar.engine, cellar.blobs, cellar.clock)
    retention.erase([spam.item_id], by="retention", reason="spam")
    cellar.blobs.put(data)
    assert (retention.sweep(), retention.sweep()) == (1, 0)


def test_all_that_is_held_on_a_person_is_found_and_the_look_is_logged(cellar: Cellar) -> None:
    mine = cellar.settle("1", Wish(query=lambda i: Query(item_id=i, tax_codes=(CODE,))))
    cellar.settle("2")
    found = person_file(cellar.engine, cellar.clock, CODE.lower(), by="anna")
    assert [detail.row.id for detail in found.items] == [mine.item_id]
    assert mine.case is not None
    assert [detail.row.case.code for detail in found.cases] == [mine.case.code]
    cellar.ledger.looked_at(by="bea", what="identity_document", item_id=mine.item_id, digest="a" * 64)
    looks = cellar.views.looks(since=NOON)
    assert [(look.by, look.what) for look in looks] == [("anna", "person_file"), ("bea", "identity_document")]
    assert [look.by for look in cellar.views.looks(since=NOON, item_id=mine.item_id)] == ["bea"]
    assert cellar.views.holds(mine.item_id, "b" * 64) and not cellar.views.holds(mine.item_id, "c" * 64)


def test_what_people_corrected_is_kept_as_examples(cellar: Cellar) -> None:
    decided = cellar.settle("1")
    finding = Finding(kind="topic", value="billing", confidence=1.0, by="person:anna")
    assert not cellar.ledger.correct("nessuno", [finding], "anna")
    assert cellar.ledger.correct(decided.item_id, [finding], "anna")
    (kept,) = cellar.views.corrections(since=NOON)
    assert (kept.item_id, kept.by, kept.finding) == (decided.item_id, "anna", finding)


def test_a_dry_run_sees_what_the_ledger_knows(cellar: Cellar) -> None:
    decided = cellar.settle("1", Wish(query=lambda i: Query(item_id=i, tax_codes=(CODE,))))
    context = cellar.views.context(Query(item_id="prova", tax_codes=(CODE,)))
    assert decided.case is not None
    assert [known.case.code for known in context.open_of_sender] == [decided.case.code]
