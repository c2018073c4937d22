"""Codes that were read doubtfully: what their shape allows, and what it doesn't."""

from __future__ import annotations

import pytest

from parsers.code_shapes import fit, fit_with_a_mark_too_many, named, near


@pytest.mark.parametrize(
    ("read", "shape", "meant"),
    [
        ("1T255F23862593", "pod", "IT255E23862593"),
        ("IT00lE12345G78,", "pod", "IT001E12345678"),
        ("IT001E63307714A", "pod15", "IT001E63307714A"),
        ("l234567B901234", "pdr", "12345678901234"),
    ],
)
def test_look_alikes_are_put_right_where_only_one_kind_of_mark_can_stand(read: str, shape: str, meant: str) -> None:
    fitted = fit(read, shape)
    assert fitted is not None
    assert fitted.text == meant


def test_a_tax_code_whose_last_letter_is_wrong_does_not_fit() -> None:
    assert fit("GSVRMC85H18H553R", "cf") is not None
    assert fit("GSVRMC85H18H553T", "cf") is None
    assert fit("GSVRMC85H18H558R", "cf") is None


def test_a_month_that_does_not_exist_is_worked_out_from_the_last_letter() -> None:
    fitted = fit("SCPMCZ30N06C396R", "cf")
    assert fitted is not None
    assert fitted.text == "SCPMCZ30D06C396R"


def test_a_pod_of_fifteen_keeps_its_last_mark() -> None:
    assert near("IT001E63307714A", "pod") == ("pod15", 0.0)


def test_a_mark_too_many_is_left_out_only_where_there_is_no_choice() -> None:
    fitted = fit_with_a_mark_too_many("|IT808E57302230", "pod")
    assert fitted is not None
    assert fitted.text == "IT808E57302230"
    assert fit_with_a_mark_too_many("123456789012345", "pdr") is None


@pytest.mark.parametrize("prose", ["Chiuso164,21052", "26/12/2026", "bolletta2026", "12,50"])
def test_dates_amounts_and_addresses_are_no_codes(prose: str) -> None:
    assert near(prose) is None


def test_the_label_before_a_code_tells_its_kind() -> None:
    assert named("fornitura gas PDR") == "pdr"
    assert named("PDR 1, luce POD") == "pod"
    assert named("il mio codice fiscale è") == "cf"
    assert named("cordiali saluti") is None
