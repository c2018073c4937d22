"""The code by which a reply proves that its writer holds an answer of ours: ``R-XXXX-XXXX-XXXX``.

Eleven characters of Crockford's base 32, which has none of I, L, O and U, and one to check them (the sum of the others,
weighted by place): made to be typed from a letter and read back from a fax.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGITS = 11
_MISREAD = str.maketrans("OILU", "011V")


def written(number: int) -> str:
    """The code of a number; of a larger one its lowest 55 bits."""
    digits = [(number >> (5 * place)) & 31 for place in range(DIGITS)]
    text = "".join(ALPHABET[d] for d in [*digits, _check(digits)])
    return f"R-{text[:4]}-{text[4:8]}-{text[8:]}"


def read(text: str) -> str | None:
    """As `written` would write it, from what may be misread (O for 0, I or L for 1); None if the check fails."""
    letters = re.sub(r"[^0-9A-Z]", "", text.upper())
    if len(letters) != DIGITS + 2 or letters[0] != "R":
        return None
    letters = letters[1:].translate(_MISREAD)
    digits = [ALPHABET.index(letter) for letter in letters]
    if _check(digits[:-1]) != digits[-1]:
        return None
    return f"R-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def _check(digits: list[int]) -> int:
    # Odd weights are invertible modulo 32: every single wrong character is found.
    return sum((2 * place + 1) * digit for place, digit in enumerate(digits)) % 32
