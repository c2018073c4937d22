from __future__ import annotations

from typing import Any

from road.scoring import same, score


def item(**expected: Any) -> dict[str, Any]:
    return {"id": "a1", "channel": "email", "expected": expected}


def test_a_right_answer_scores_everywhere() -> None:
    want = item(disposition="case", service="report", sector="gas", topic="billing", missing=["contact"])
    got = {
        "item": "bag/items/a1",
        "disposition": "case",
        "service": {"value": "report"},
        "sector": {"value": "gas"},
        "topic": {"value": "billing"},
        "missing": ["contact"],
        "needs_review": False,
    }
    tally = score([want], [got])
    assert {k: tally.rate(k) for k in ("disposition", "service", "sector", "topic", "missing")} == dict.fromkeys(
        ("disposition", "service", "sector", "topic", "missing"), 1.0
    )
    assert (tally.unattended, tally.unattended_wrong, tally.rows) == (1, 0, [])


def test_a_wrong_tax_code_decided_without_a_person_is_grave() -> None:
    want = item(disposition="case", applicant={"tax_code": "RSSMRA80A01H501U"})
    got = {"item": "a1", "disposition": "case", "applicant": {"tax_code": "BNCLRA75M52F205G"}, "needs_review": False}
    tally = score([want], [got])
    assert tally.unattended_wrong == 1
    assert tally.precision("applicant.tax_code") == 0.0


def test_an_item_that_was_not_answered_is_counted_absent() -> None:
    tally = score([item(disposition="case")], [])
    assert (tally.absent, tally.rate("disposition")) == (1, 0.0)


def test_letters_of_a_batch_are_compared_one_by_one() -> None:
    want = item(letters=[{"disposition": "case"}, {"disposition": "follow_up", "case_code": "SPCEN1234"}])
    got = [
        {"item": "a1", "letter": 1, "disposition": "case"},
        {"item": "a1", "letter": 2, "disposition": "follow_up", "case_code": "SPCEN1234"},
    ]
    assert score([want], got).rate("disposition") == 1.0


def test_values_are_compared_as_a_clerk_would() -> None:
    assert same("supply.supplier", "Enel Energia", "ENEL ENERGIA S.p.A.")
    assert same("applicant.phone", "+390612345", "06 12345".replace(" ", ""))
    assert same("applicant.address", "Via Roma 1, 00100 Roma", "via Roma n. 1 - 00100 Roma (RM)")
    assert not same("applicant.address", "Via Roma 1, 00100 Roma", "Corso Italia 8, 20122 Milano")
    assert not same("supply.supplier", "Enel Energia", "A2")
