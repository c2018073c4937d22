"""The numbers that tell two letters by the same hand apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import reading_view, telling_numbers
from mailroom.envelope import Channel, Envelope
from mailroom.finding import Finding
from mailroom.submission import Message, Part, Role, Submission
from mailroom.telling import compared


def told(text: str, *said: Finding) -> set[str]:
    part = Part(
        index=0, parent=None, path="1", filename=None, declared_type="text/plain", media_type="text/plain",
        size=len(text), digest="1" * 64, role=Role.TEXT,
    )  # fmt: skip
    message = Message(part=0, depth=0, sender=None, subject=None, sent_at=None, new=text)
    sheets = Submission(parts=(part,), messages=(message,), attachments=())
    found = telling_numbers.examine(reading_view.read(Envelope(channel=Channel.EMAIL), sheets, ()), said)
    return set(found[0].value.split(",")) if found else set()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("fattura n. 4417 del 3/4/2026 di 1.234,50 euro", {"4417", "3/4", "123450"}),
        ("fattura 4417 del 3 aprile, euro 1234,50", {"4417", "3/4", "123450"}),
        ("nel 2025 ho pagato 12 bollette", set()),
        ("lettura del 03-04-26: 08812", {"3/4", "8812"}),
        ("POD IT001E12345678, cell. 3471120984, C.F. NREDAA80A41L781G", set()),
    ],
)
def test_amounts_dates_and_bill_numbers_tell_and_codes_do_not(text: str, numbers: set[str]) -> None:
    assert told(text) == numbers


def test_what_belongs_to_the_person_tells_nothing() -> None:
    said = Finding(kind="supply.customer_code", value="338 201 774", confidence=0.9, by="test")
    home = Finding(kind="applicant.address", value="Via Basile 161, 90128 Palermo", confidence=0.9, by="test")
    assert told("cliente 338201774, via Basile 161, 90128 Palermo, 540 euro", said, home) == {"540"}


def test_a_misread_number_is_the_same_and_a_lost_one_is_not_another() -> None:
    assert compared(["123450", "4417", "3/4"], ["128450", "4417"]) == (2, 0)
    assert compared(["123450", "3/4"], ["99000", "5/6"]) == (0, 2)
    assert compared(["451234"], ["45123"]) == (1, 0)


@given(st.lists(st.from_regex(r"[1-9]\d{2,7}", fullmatch=True), max_size=12), st.randoms())
def test_the_order_of_letters_and_numbers_does_not_matter(numbers: list[str], dice: object) -> None:
    half = numbers[: len(numbers) // 2]
    assert compared(numbers, numbers) == (len(set(numbers)), 0)
    assert compared(half, numbers) == compared(numbers, half) == (len(set(half)), 0)
