"""Codes that were read doubtfully: what their shape allows, and what it doesn't."""

from __future__ import annotations

import pytest

from classifier.agreement import LEAST_AGREEMENT
from mailroom.document import Word
from parsers.code_shapes import fit, named, near
from parsers.code_voting import Verdict, Voice, elect
from parsers.ocr import of_words
from parsers.second_reading import Zone, doubtful_zones


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


def elected(shape: str, *texts: str) -> Verdict | None:
    return elect([Voice(text=text) for text in texts], shape)


@pytest.mark.parametrize(
    ("shape", "texts", "meant"),
    [
        # One reading lost the I, one took E for 1, one doubled a mark: each place has its own majority.
        ("pod", ("l'T887169974900.", "T887E69974900", "I1T887E69974900"), "IT887E69974900"),
        ("pdr", ("64695]09119578", "64695109419578", "646951094195781"), "64695109419578"),
        ("cf", ("DGPSTV41R62G618]", "DGPSTVA1R62G618", "DPSTVA1R62G618"), "DGPSTV41R62G618J"),
        ("cf", ("CVZBRT43F22D843I", "CVZBRT43F22D8431", "CV7ZBRT43F22D843I"), "CVZBRT43E22D843I"),
        ("cf", ("DGLMVF86R421.104C", "DGLMVF86R421104C", "DGLMVF86R42I104C"), "DGLMVF86R42L104C"),
    ],
)
def test_readings_of_one_code_make_together_what_none_of_them_says_alone(
    shape: str, texts: tuple[str, ...], meant: str
) -> None:
    verdict = elected(shape, *texts)
    assert verdict is not None
    assert verdict.text == meant


def test_a_digit_that_every_look_reads_otherwise_is_doubt() -> None:
    verdict = elected("pod", "IT898E57302230", "IT808E57302230", "IT868E57302230")
    assert verdict is not None
    assert verdict.confidence < 0.5


def test_readings_that_agree_on_every_mark_are_nearly_sure() -> None:
    verdict = elected("pdr", "00440120087715", "00440120087715", "00440120087715")
    assert verdict == Verdict(text="00440120087715", confidence=0.95)


@pytest.mark.parametrize(
    ("shape", "texts"),
    [
        ("pdr", ("12345678901234",)),
        ("pod", ("bolletta", "bollette", "bolletta")),
        # No choice among these readings has the right check letter.
        ("cf", ("DREBBP33B47G513H", "DREBBP33B47G513H", "DREBBP33B47G513H")),
    ],
)
def test_what_the_readings_dont_carry_is_not_elected(shape: str, texts: tuple[str, ...]) -> None:
    assert elected(shape, *texts) is None


@pytest.mark.parametrize("prose", ["Chiuso164,21052", "26/12/2026", "bolletta2026", "12,50"])
def test_dates_amounts_and_addresses_are_no_codes(prose: str) -> None:
    assert near(prose) is None


@pytest.mark.parametrize("written", ["SPCEN/402992/26", "SPCEN 402992/2026", "5PCEN:402992/26)"])
def test_no_number_is_made_of_a_case_and_its_year(written: str) -> None:
    assert near(written) is None
    assert near("SPCEN402992Z6") is not None


def zones(line: str, *, confidence: float = 0.5) -> list[Zone]:
    """What is looked at again on a page of one line whose words are close together, all read as surely."""
    words, left = [], 0.0
    for text in line.split():
        right = left + 10.0 * len(text)
        words.append(Word(text=text, box=(left, 0.0, right, 20.0), confidence=confidence, line=0))
        left = right + 8.0
    return doubtful_zones(0, of_words(words, frozenset()))


@pytest.mark.parametrize(
    "line",
    [
        "POD IT001E17790365 cell. 333/5021788",
        "POD IT001E17790365 fattura 2026/77120.5",
        "Bolletta gas 2026/9004417 Codice cliente 4500993317",
        "sulla fattura 526100043177.",
    ],
)
def test_a_long_number_of_another_kind_is_no_code(line: str) -> None:
    """A telephone after a POD was made a POD, a bill's number a PDR: then the two disagreed."""
    assert [zone.text for zone in zones(line) if not zone.text.startswith("IT001E")] == []


def test_a_number_put_down_in_groups_is_one_code() -> None:
    (zone,) = zones("PDR DEL GAS 0161 3000 4482 91.")
    assert (zone.text, zone.shape) == ("01613000448291.", "pdr")
    (zone,) = zones("pdr 00 88 23 01 94 40 76 grazie")
    assert (zone.text, zone.shape) == ("00882301944076", "pdr")


def test_a_number_nearly_as_long_as_a_pdr_is_one_only_if_the_net_sees_it() -> None:
    (zone,) = zones("luce 1331222067765)")
    assert zone.guessed


def test_the_label_before_a_code_tells_its_kind() -> None:
    assert named("fornitura gas PDR") == "pdr"
    assert named("PDR 1, luce POD") == "pod"
    assert named("il mio codice fiscale è") == "cf"
    assert named("cordiali saluti") is None


@pytest.mark.parametrize(
    ("shape", "texts"),
    [
        # Nothing else confirms what three of four say.
        ("pdr", ("10313877626387", "10313871626387", "10313871626387", "10313871626387")),
        # One of four has the right last letter, as chance gives it now and then; the others say otherwise elsewhere.
        ("cf", ("VMZBRB90P031127U.", "VIPZBBB9OPU3IT27U", "VPZBBR90P03I127U", "VTZBRB90P03I127U")),
        # An H in pieces: all of them have a mark too much.
        ("cf", ("BRGPPN90A1211870V", "BRGPPN9ODA1211870V", "BRGPPN9ODA1211870V", "BRGPPN90A1211870V")),
    ],
)
def test_what_most_say_is_doubted_where_it_may_be_chance(shape: str, texts: tuple[str, ...]) -> None:
    verdict = elected(shape, *texts)
    assert verdict is None or verdict.confidence < LEAST_AGREEMENT


@pytest.mark.parametrize(
    ("shape", "texts", "meant"),
    [
        ("pod15", ("IT645E193959537", "IT645E19395953", "IT645E19395953"), "IT645E19395953"),
        ("spcen6", ("SPCEN318884", "SPCEN31888448", "SPCEN31888448"), "SPCEN31888448"),
    ],
)
def test_a_code_is_as_long_as_most_readings_of_it(shape: str, texts: tuple[str, ...], meant: str) -> None:
    verdict = elected(shape, *texts)
    assert verdict is not None
    assert verdict.text == meant


def test_a_pod_whose_head_was_taken_for_digits_is_no_gas_point() -> None:
    assert near("11963F56491343") == ("pod", 1.5)


def told(code: str, *, unsure_at: int | None = None, instead: str = "") -> Voice:
    """As the net tells a code: odds for every place."""
    sure: list[tuple[tuple[str, float], ...]] = [((mark, 0.999),) for mark in code]
    if unsure_at is not None:
        sure[unsure_at] = ((code[unsure_at], 0.6), (instead, 0.4))
    return Voice(text=code, weight=2.5, odds=tuple(sure))


def test_what_the_net_and_the_engine_both_read_is_settled() -> None:
    verdict = elect([Voice(text="IT898E5730223O"), told("IT898E57302230")], "pod")
    assert verdict is not None
    assert verdict.text == "IT898E57302230"
    assert verdict.confidence > 0.85


def test_the_net_alone_is_not_believed_against_the_engine() -> None:
    verdict = elect([Voice(text="IT898E57302230"), told("IT808E57302230")], "pod")
    assert verdict is not None
    assert verdict.text == "IT808E57302230"
    assert verdict.confidence < LEAST_AGREEMENT


def test_nothing_is_made_of_the_nets_word_where_the_engine_read_none() -> None:
    assert elect([Voice(text="IT"), told("IT898E57302230")], "pod") is None


def test_a_place_where_the_net_wavers_is_no_certainty_even_if_both_agree() -> None:
    verdict = elect([Voice(text="IT898E57302230"), told("IT898E57302230", unsure_at=4, instead="6")], "pod")
    assert verdict is not None
    assert verdict.confidence < 0.85


def test_the_check_letter_chooses_among_what_the_net_thinks_possible() -> None:
    read = Voice(text="GSVRMC85H18H558R")
    verdict = elect([read, told("GSVRMC85H18H558R", unsure_at=14, instead="3")], "cf")
    assert verdict is not None
    assert verdict.text == "GSVRMC85H18H553R"
