"""The reply code survives typing and faxing, and a wrong one is noticed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailroom.reply_token import ALPHABET, read, written

numbers = st.integers(0, 2**55 - 1)


@given(numbers)
def test_what_is_written_is_read(number: int) -> None:
    code = written(number)
    assert read(code) == code
    assert read(code.lower().replace("-", " ")) == code
    assert read(code.replace("0", "O").replace("1", "l")) == code


@given(numbers, st.integers(2, 15), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(number: int, place: int, other: str) -> None:
    code = written(number)
    if code[place] in ("-", other):
        return
    assert read(code[:place] + other + code[place + 1 :]) is None


def test_another_number_has_another_code() -> None:
    assert len({written(number * 7919) for number in range(500)}) == 500
