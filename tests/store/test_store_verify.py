"""Whatever is lost or altered behind the ledger's back is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from mailroom.decision import Disposition
from store.verify import verify
from tests.store.conftest import Cellar
from tests.store.ledger_stand import Wish, acknowledgement, arrival, files


def flaws(cellar: Cellar) -> set[tuple[str, str]]:
    return {(check.kind, check.flaw) for check in verify(cellar.engine, cellar.blobs) if check.flaw}


def run(cellar: Cellar, *statements: str) -> None:
    with cellar.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


FREED = "DROP TRIGGER register_no_UPDATE", "DROP TRIGGER register_no_DELETE"


@pytest.fixture
def full(cellar: Cellar) -> Cellar:
    cellar.settle("1", Wish(compose=acknowledgement()))
    cellar.settle("2", Wish(judge=files(Disposition.NOT_FOR_US, "spam")))
    cellar.take(arrival("3"))
    cellar.ledger.hold(cellar.claim(), "hold", "illeggibile")
    cellar.take(arrival("4"))
    return cellar


def test_a_sound_house_has_no_flaw_and_everything_is_looked_at(full: Cellar) -> None:
    checks = list(verify(full.engine, full.blobs))
    assert [check for check in checks if check.flaw] == []
    kinds = [check.kind for check in checks]
    # Four arrivals, one answer, one exclusion of spam; and the end of the chain.
    assert (kinds.count("original"), kinds.count("registration"), kinds.count("item")) == (4, 7, 4)
    assert kinds.count("case") == 1


def test_a_missing_and_an_altered_original_are_found(full: Cellar, tmp_path: Path) -> None:
    missing, altered = sorted(full.blobs.digests())[:2]
    full.blobs.remove(missing)
    (tmp_path / "blobs" / altered[:2] / altered).write_bytes(b"?")
    assert flaws(full) == {
        ("original", "il file manca dalla custodia"),
        ("original", "il file custodito non corrisponde più alla sua impronta"),
    }


def test_originals_that_no_receipt_knows_are_counted(full: Cellar) -> None:
    stray = full.blobs.put(b"nobody's")
    strays = [check.name for check in verify(full.engine, full.blobs) if check.kind == "unreceived"]
    assert strays == [stray] and flaws(full) == set()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE register SET subject = 'altro' WHERE number = 2", "modificata"),
        ("UPDATE register SET at = '2020-01-01 00:00:00.000000' WHERE number = 2", "modificata"),
        ("DELETE FROM register WHERE number = 2", "manca la registrazione precedente"),
        ("DELETE FROM register WHERE number = (SELECT max(number) FROM register)", "mancano le ultime"),
        ("UPDATE register SET previous = hash WHERE number = 3", "non segue"),
    ],
)
def test_a_register_changed_by_an_administrator_is_found(full: Cellar, statement: str, words: str) -> None:
    run(full, *FREED, statement)
    assert any(kind == "registration" and words in flaw for kind, flaw in flaws(full))


@pytest.mark.parametrize(
    ("harm", "kind"),
    [
        (lambda c: run(c, "UPDATE item SET due_at = NULL WHERE rung = 'received' AND held_code IS NULL"), "item"),
        (lambda c: run(c, *FREED, "DELETE FROM register WHERE direction = 'out'"), "dispatch"),
        (lambda c: run(c, "UPDATE counter SET value = 2 WHERE name = 'case'"), "case"),
    ],
)
def test_an_item_answer_or_case_without_its_due_is_found(
    full: Cellar, harm: Callable[[Cellar], None], kind: str
) -> None:
    harm(full)
    assert kind in {found for found, _ in flaws(full)}
