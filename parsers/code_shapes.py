"""The shapes of the codes that matter (POD, PDR, codice fiscale, case codes, IBAN), and how near a reading comes.

Used to know where a second look pays, and to choose among readings of one zone: a digit is never a letter there.
Shapes only: whether a code is somebody's is not this room's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from stdnum.exceptions import ValidationError
from stdnum.it import codicefiscale

SHAPES: Mapping[str, str] = {
    "cf": "LLLLLLddLddLdddL",
    "pod": "ITdddEdddddddd",
    "pod15": "ITdddEdddddddd*",
    "pdr": "d" * 14,
    "spcen8": "SPCENdddddddd",
    "spcen6": "SPCENdddddd",
    "iban": "ITddL" + "d" * 22,
}
"""``L`` a letter, ``d`` a digit, ``*`` either, anything else itself."""
_DIGIT_OF = {"O": "0", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1", "|": "1", "!": "1", "J": "1",
             "]": "1", "Z": "2", "/": "7", "A": "4", "S": "5", "$": "5", "G": "6", "T": "7", "?": "7",
             "B": "8", "§": "5", "&": "8"}  # fmt: skip
_LETTER_OF = {"0": "O", "1": "I", "|": "I", "!": "I", "2": "Z", "4": "A", "5": "S", "$": "S", "6": "G", "7": "T",
              "8": "B", "€": "E", "£": "E", "(": "C", "©": "C", "[": "I", "]": "I", "/": "I"}  # fmt: skip
_OTHER_LETTERS = {"0": "DQ", "1": "LJ", "]": "J", "|": "LJ", "[": "L", "/": "J", "8": "S", "5": "G"}
"""Further letters that these marks are read for, the likeliest first."""
_LIKE = {"E": "F£€", "I": "1L|T!/[]", "T": "1I7", "S": "5$", "P": "F", "C": "G(", "N": "H"}
_MONTHS = "ABCDEHLMPRST"
_EDGES = ".,;:'\"()[]-–—_“”‘’«»*"
_HEAD_OF_POD = re.compile(r"(I[T17]|[1|L!\[]T|[1I|L!\[7]{2}.{3}[EFLCKBR£€])")
"""Its E is the first letter that a code of digits wouldn't have, if its head was taken for digits."""
_LABELS: Mapping[str, re.Pattern[str]] = {
    "pod": re.compile(r"\bP[.]?[O0Q][.]?D\b", re.IGNORECASE),
    "pdr": re.compile(r"\bP[.]?[DO0B][.]?R\b|riconsegna", re.IGNORECASE),
    "cf": re.compile(r"\bC[.]?F\b|fiscale", re.IGNORECASE),
    "iban": re.compile(r"\biban\b", re.IGNORECASE),
}
_ANNOUNCED_COUNTS = 3.0
_PROSE = re.compile(r"[a-zà-ü]{3}|\d{1,2}[./]\d{1,2}[./]\d{2}|@|\d,\d")
"""Small letters in a row, dates, amounts: nobody writes a code like that."""
_WITH_YEAR = re.compile(r"[S5$]P[CG(][E€F]N\W{0,3}\d[\dA-Z]{3,7}/(?:20)?\d\d$")
"""``SPCEN/402992/26``: a case's number and its year, of which no shape may make one number."""
_MANY_DIGITS = re.compile(r"\d")
_FEWEST_DIGITS, _MOST_FALLEN_APART = 4, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    shape: str
    text: str
    cost: float
    """0 for a reading that is of this shape as it stands."""


def bare(text: str) -> str:
    return "".join(text.upper().split()).strip(_EDGES)


def named(words_before: str) -> str | None:
    """The shape of the code that these words announce (``codice POD:``), if they announce one."""
    said = [(match.start(), name) for name, label in _LABELS.items() for match in label.finditer(words_before)]
    return max(said)[1] if said else None


def near(text: str, announced: str | None = None) -> tuple[str, float] | None:
    """The shape that a doubtful reading may be meant for, with its distance; None if it is like none of them."""
    token = bare(text)
    if not 9 <= len(token) <= 32 or not is_number(token) or _PROSE.search(text):
        return None
    if _WITH_YEAR.match(token):
        return None
    distance, name = min((_distance(token, shape), name) for name, shape in SHAPES.items())
    if announced and not name.startswith(announced):
        other = _distance(token, SHAPES[announced])
        if other < distance + _ANNOUNCED_COUNTS:
            name, distance = announced, max(0.0, other - 1.0)
    if name == "pdr" and _HEAD_OF_POD.match(token):
        # Fourteen marks, almost all digits, that begin like IT: a POD whose letters were taken for digits.
        name, distance = "pod", _distance(token, SHAPES["pod"])
    if distance > 1.0 + 0.14 * len(SHAPES[name]):
        return None
    if name == "pdr" and announced != "pdr" and abs(len(token) - len(SHAPES["pdr"])) > 1:
        # Bills, meters and telephones have long numbers, too, and nothing but their length tells them apart.
        return None
    return name, distance


def is_number(text: str) -> bool:
    """Whether enough of it are digits for a number of its own, of whatever kind."""
    return len(_MANY_DIGITS.findall(text)) >= _FEWEST_DIGITS


def may_be(text: str, announced: str) -> bool:
    """Whether a reading too far from any shape may yet be the code that the words before it announce, by its length:
    in a bad fax a mark falls into two or three, and `near` gives up."""
    token = bare(text)
    return (
        abs(len(token) - len(SHAPES[announced])) <= _MOST_FALLEN_APART and is_number(token) and not _PROSE.search(text)
    )


def others_of_length(text: str, shape: str) -> tuple[str, ...]:
    """The further shapes that a reading taken for `shape` is about as long as."""
    length = len(bare(text))
    return tuple(
        name for name, template in SHAPES.items() if name != shape and abs(length - len(template)) <= _MOST_FALLEN_APART
    )


def fit(text: str, shape: str) -> Fit | None:
    """The reading as a code of that shape, look-alikes put right; None if more than that is amiss."""
    return _fit(bare(text), shape)


def _fit(token: str, shape: str) -> Fit | None:
    template = SHAPES[shape]
    if len(token) != len(template):
        return None
    out, cost = [], 0.0
    for char, wanted in zip(token, template, strict=True):
        given = _placed(char, wanted)
        if given is None:
            return None
        cost += 0 if given == char else 1 if wanted in "dL*" or char in _LIKE.get(wanted, "") else 1.5
        out.append(given)
    code = "".join(out)
    if shape == "cf" and code[8] not in _MONTHS:
        code, cost = _month_put_right(code), cost + 1.5
    if cost > 4 or (shape == "cf" and not checked(code)):
        return None
    return Fit(shape=shape, text=code, cost=cost)


def _month_put_right(code: str) -> str:
    """No month has that letter, so it was misread: the check letter tells which one it was, if any."""
    right = [tried for month in _MONTHS if checked(tried := code[:8] + month + code[9:])]
    return right[0] if len(right) == 1 else code


def checked(code: str) -> bool:
    """Whether a codice fiscale has its right last letter."""
    try:
        return code[8] in _MONTHS and bool(codicefiscale.calc_check_digit(code[:15]) == code[15])
    except (ValidationError, KeyError, ValueError, IndexError):
        return False


@lru_cache(maxsize=8192)
def _placed(char: str, wanted: str) -> str | None:
    if wanted == "d":
        return char if char.isdigit() and char.isascii() else _DIGIT_OF.get(char)
    if wanted == "L":
        return char if "A" <= char <= "Z" else _LETTER_OF.get(char)
    if wanted == "*":
        return char if char.isalnum() and char.isascii() else None
    # The fixed letters of a shape: what stands there can be nothing else, however it was read.
    return wanted


@lru_cache(maxsize=8192)
def placings(char: str, wanted: str) -> tuple[str, ...]:
    """The marks that this one may be meant for at a place of a shape (`d`, `L`, `*`), the likeliest first."""
    placed = _placed(char, wanted)
    if wanted != "L" or placed == char:
        return () if placed is None else (placed,)
    return tuple(dict.fromkeys((*(placed or ""), *_OTHER_LETTERS.get(char, ""))))


def _distance(token: str, template: str) -> float:
    """Edit distance to a shape, where a look-alike counts half. Bounded: both are short."""
    if abs(len(token) - len(template)) > 3:
        return 99.0
    row = [float(n) for n in range(len(template) + 1)]
    for at, char in enumerate(token, 1):
        above, row = row, [float(at)]
        for column, wanted in enumerate(template, 1):
            placed = _placed(char, wanted)
            like = wanted in "dL*" or char in _LIKE.get(wanted, "")
            change = 0.0 if placed == char else 0.5 if placed is not None and like else 1.0
            row.append(min(above[column - 1] + change, above[column] + 1.0, row[-1] + 1.0))
    return row[-1]
