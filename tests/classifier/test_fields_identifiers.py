"""Codes in running text: what is found, what is repaired, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.identifiers import case_code, customer_code, dates, email_address, iban, pdr, phone, pod, tax_code
from classifier.reading_view import Passage, fold
from mailroom.finding import Where

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def passage(text: str, *, by_eye: bool = False) -> Passage:
    return Passage(where=Where.BODY, text=text, plain=fold(text), own=True, read_by_eye=by_eye)


def code_of(name: str, year: int, month: str, day: int, town: str) -> str:
    first = f"{name}{year:02d}{month}{day:02d}{town}"
    return first + tax_code.check_character(first)


codes = st.builds(
    code_of,
    st.text(LETTERS, min_size=6, max_size=6),
    st.integers(0, 99),
    st.sampled_from("ABCDEHLMPRST"),
    st.integers(1, 28) | st.integers(41, 68),
    st.builds(lambda a, n: f"{a}{n:03d}", st.sampled_from(LETTERS), st.integers(0, 999)),
)


@given(codes)
def test_every_right_tax_code_is_found_as_it_stands(code: str) -> None:
    found = list(tax_code.find(passage(f"il mio codice fiscale è {code}, grazie")))
    assert [f.value for f in found] == [code]
    assert not found[0].broken and found[0].note is None


@given(codes)
def test_a_tax_code_in_groups_and_small_letters_is_found(code: str) -> None:
    grouped = f"{code[:3]} {code[3:6]} {code[6:11]} {code[11:15]} {code[15]}".lower()
    assert [f.value for f in tax_code.find(passage(f"C.F. {grouped}"))] == [code]


@given(codes, st.integers(1, 25))
def test_a_wrong_check_character_is_never_a_value(code: str, shift: int) -> None:
    wrong = code[:15] + LETTERS[(LETTERS.index(code[15]) + shift) % 26]
    found = list(tax_code.find(passage(f"codice fiscale {wrong}")))
    assert [f.broken for f in found] == [True]
    assert found[0].note is not None


def test_a_letter_read_for_a_digit_is_repaired_and_told() -> None:
    (found,) = tax_code.find(passage("CF RSSMRA8OA01H501U", by_eye=True))
    assert found.value == "RSSMRA80A01H501U"
    assert found.note is not None and "RSSMRA8OA01H501U" in found.note


def test_omocodia_is_valid() -> None:
    (found,) = tax_code.find(passage("codice fiscale RSSMRA85M01H50MI"))
    assert found.value == "RSSMRA85M01H50MI" and not found.broken


def test_a_telephone_behind_a_word_is_no_tax_code() -> None:
    assert list(tax_code.find(passage("il mio numero 340 5512209\nil resto"))) == []


def test_names_fit_their_code() -> None:
    assert tax_code.fits_name("RSSMRA80A01H501U", "Mario", "Rossi") == 1.0
    assert tax_code.fits_name("RSSMRA80A01H501U", "Anna", "Rossi") == 0.5
    assert tax_code.fits_name("RSSMRA80A01H501U", "Luca", "Verdi") == 0.0


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("POD IT001E12345678", "IT001E12345678"),
        ("pod it 001 e 1234 5678", "IT001E12345678"),
        ("POD:IT001E12345678A", "IT001E12345678A"),
        ("POD IT 001 E 1234.5678 scritto sul contatore", "IT001E12345678"),
        ("il POD è IT-001-E-12345678.", "IT001E12345678"),
        ("POD IT0O1E1234567B", "IT001E12345678"),
        ("POD 1T001E12345678", "IT001E12345678"),
        ("POD 001E12345678", "IT001E12345678"),
    ],
)
def test_a_pod_is_read_however_it_is_written(written: str, value: str) -> None:
    assert [f.value for f in pod.find(passage(written, by_eye=True))] == [value]


def test_a_pod_of_the_wrong_length_is_broken() -> None:
    (found,) = pod.find(passage("POD IT001E123456"))
    assert found.broken


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("PDR 01234567890123", ["01234567890123"]),
        ("P.D.R. n. 0123 4567 8901 23", ["01234567890123"]),
        ("il punto di riconsegna (PDR) è il 01234567890123. Il resto", ["01234567890123"]),
        ("PDR 01234567890123 tel 0512345678", ["01234567890123"]),
        ("fattura n. 01234567890123 del gas", []),
        ("telefono 0512345678 per il gas", []),
    ],
)
def test_a_pdr_is_fourteen_digits_that_nothing_else_claims(written: str, values: list[str]) -> None:
    assert [f.value for f in pdr.find(passage(written)) if not f.broken] == values


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Pratica SPCEN 123456/2026", "SPCEN123456"),
        ("spcen-123456", "SPCEN123456"),
        ("S P C E N 123 456", "SPCEN123456"),
        ("S.P.C.E.N. 187650 del 2026", "SPCEN187650"),
        ("rif. SPCEN n. 00012343", "SPCEN00012343"),
        ("pratica SPCEN\n229640/2026 (da citare)", "SPCEN229640"),
        ("SPCEN 12O456", "SPCEN120456"),
        ("pratica spcen123456.", "SPCEN123456"),
        ("codice SPCEN 123456 2026", "SPCEN123456"),
        ("pratica SPCEN000123   40", "SPCEN00012340"),
        ("pratica SPCEN000123\n40\nGrazie", "SPCEN00012340"),
        ("pratica SPCEN000123 - 40.", "SPCEN00012340"),
        ("pratica SPCEN 123456 12 marzo", "SPCEN123456"),
        ("pratica SPCEN000123,  40/2026", "SPCEN000123"),
    ],
)
def test_a_case_code_is_normalised_however_it_is_written(written: str, value: str) -> None:
    assert [f.value for f in case_code.find(passage(written))] == [value]


@pytest.mark.parametrize("written", ["SPCEN123456   78", "SPCEN000123  40 giorni fa"])
def test_a_case_code_whose_last_digits_stand_apart_is_doubted_where_two_readings_are_open(written: str) -> None:
    (found,) = case_code.find(passage(written, by_eye=True))
    assert found.broken


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("cell. 333 12 34 567", "+393331234567"),
        ("tel. 0039 333 1234567", "+393331234567"),
        ("telefono +39 333.123.45.67", "+393331234567"),
        ("tel. e fax 0461 923456", "+390461923456"),
        ("02/66012345", "+390266012345"),
        ("chiamatemi al 06-12345678", "+390612345678"),
    ],
)
def test_a_telephone_is_told_in_one_form(written: str, value: str) -> None:
    assert [f.value for f in phone.find(passage(written))] == [value]


@pytest.mark.parametrize(
    "written",
    ["fax 02 66012345", "codice cliente 333 1234567", "numero verde 800 123456", "nel 2023 e 2024", "PDR 3331234567"],
)
def test_other_numbers_are_no_telephones(written: str) -> None:
    assert list(phone.find(passage(written))) == []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("codice cliente: 882 045 617, venditore", "882 045 617"),
        ("cliente WK-77120", "WK-77120"),
        ("n. cliente IR 500 221 874.", "IR 500 221 874"),
        ("numero cliente Argos 0450 881 206\ncell.", "0450 881 206"),
        ("utenza n° 0045-88213 mi manda", "0045-88213"),
        ("CODICE CLIENTE EON: 100 55 4432 1. PDR", "100 55 4432 1"),
        ("Sono cliente Illumia da settembre, numero 4419023, e", "4419023"),
        ("codice utente 1 500 233 871. Mail", "1 500 233 871"),
    ],
)
def test_a_customer_code_is_kept_as_written(written: str, value: str) -> None:
    assert [f.value for f in customer_code.find(passage(written))] == [value]


@pytest.mark.parametrize(
    "written", ["sono cliente dal 2019", "cliente da 12 anni", "contratto del 14/04/2026", "cliente di 80 anni"]
)
def test_years_and_dates_are_no_customer_codes(written: str) -> None:
    assert list(customer_code.find(passage(written))) == []


def test_an_iban_is_checked() -> None:
    assert [f.broken for f in iban.find(passage("IBAN IT60 X054 2811 1010 0000 0123 456"))] == [False]
    assert [f.broken for f in iban.find(passage("IBAN IT61X0542811101000000123456"))] == [True]


def test_mail_addresses_are_found_also_when_spoken() -> None:
    text = "scrivete a Anna.Rossi@Posta.it oppure a luigi chiocciola libero punto it"
    assert [f.value for f in email_address.find(passage(text))] == ["anna.rossi@posta.it", "luigi@libero.it"]


def test_dates_in_words_take_the_year_of_the_letter() -> None:
    found = list(dates.find(passage("reclamo del 3 marzo e del 12.1.26"), year=2026))
    assert sorted(d.day.isoformat() for d in found) == ["2026-01-12", "2026-03-03"]


@given(st.text(max_size=300))
def test_no_text_breaks_the_finders(text: str) -> None:
    one = passage(text)
    for finder in (tax_code.find, pod.find, pdr.find, case_code.find, phone.find, customer_code.find, iban.find):
        for found in finder(one):
            assert 0 <= found.start < found.end <= len(text)


def test_what_a_fax_made_of_a_tax_code_is_told_as_broken_and_never_a_value() -> None:
    (found,) = tax_code.find(passage("TEL. 041 967 330\nBNCLRA4411071,736H\n", by_eye=True))
    assert found.broken
    assert not list(tax_code.find(passage("TEL. 041 967 330\nBNCLRA4411071,736H\n")))  # typed by a person


@pytest.mark.parametrize(
    "text", ["rimborsi.accrediti@x123456.example", "RIFERIMENTO PROT. 2026/004512", "BONIFICO 12,34"]
)
def test_no_wreck_of_a_tax_code_is_seen_in_other_words(text: str) -> None:
    assert not list(tax_code.find(passage(text, by_eye=True)))


def test_a_gas_point_is_known_behind_a_label_that_a_fax_spoiled() -> None:
    (found,) = pdr.find(passage("ESEGUITO DA ADA NERI\nPIR 05260200174488", by_eye=True))
    assert found.value == "05260200174488"
    assert not list(pdr.find(passage("PER 05260200174488", by_eye=True)))
