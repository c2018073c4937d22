"""What a misread character may have been: confusions of readers, machines and hands alike.

Only confusions that the *form* of a code forces are undone (a letter where only a digit may stand, a digit where only
a letter may stand). A reading counts only if it is the single valid one; the caller tells the repair in its evidence.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

TO_DIGITS = {
    "O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "!": "1", "T": "7", "Z": "2", "S": "5", "$": "5",
    "G": "6", "B": "8", "A": "4", "J": "1", "U": "0", "º": "0", "°": "0", "]": "1", "[": "1",
}  # fmt: skip
TO_LETTERS = {
    "0": ("O", "D", "Q"), "1": ("I", "L"), "2": ("Z",), "4": ("A",), "5": ("S",), "6": ("G",), "8": ("B",), "7": ("T",),
    "|": ("I", "L"), "!": ("I", "L"), "$": ("S",),
}  # fmt: skip
DIGIT_LIKE = "0-9OQDILZSGBTAJ|!$"
SURE_DIGIT_LIKE = "0-9OILZSGB|"
"""The classical confusions alone, where no check character guards the reading."""


_AMONG_DIGITS = re.compile(r"(?<=\d)[oil|sbz](?=[\d .\-/])|(?<=[\d][ .\-/])[oil|](?=\d)|(?<=\d)[oil|sb](?=\d)")


def among_digits(plain: str) -> str:
    """Folded text with letters that stand among digits read as digits; as long as before."""
    return _AMONG_DIGITS.sub(lambda m: TO_DIGITS[m[0].upper()], plain)


def digits(raw: str) -> str | None:
    """`raw` read as digits, None if a character can't have been one."""
    read = [c if c.isdigit() else TO_DIGITS.get(c, "") for c in raw.upper()]
    return "".join(read) if all(read) and len("".join(read)) == len(raw) else None


def readings(raw: str, letters: frozenset[int], omocode: frozenset[int] = frozenset()) -> Iterator[str]:
    """Every reading of `raw` that has letters at `letters` and digits elsewhere, the least changed first.

    At `omocode` positions the letters LMNPQRSTUV may stand for digits and are kept as one possible reading.
    At most 64 readings, and none if more than four characters must change.
    """
    choices: list[tuple[str, ...]] = []
    forced = 0
    for place, char in enumerate(raw.upper()):
        options = _options(char, letter=place in letters, omocode=place in omocode)
        if not options:
            return
        forced += char not in options
        choices.append(options)
    if forced > 4:
        return
    for reading in itertools.islice(itertools.product(*choices), 64):
        yield "".join(reading)


def _options(char: str, *, letter: bool, omocode: bool) -> tuple[str, ...]:
    if letter:
        return (char,) if char.isalpha() else TO_LETTERS.get(char, ())
    if char.isdigit():
        return (char,)
    digit = TO_DIGITS.get(char)
    kept = (char,) if omocode and char in "LMNPQRSTUV" else ()
    return kept + ((digit,) if digit else ())
