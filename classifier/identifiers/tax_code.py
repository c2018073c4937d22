"""Codice fiscale of a person: 16 characters with a check character; omocodia is valid (DM 23 December 1976).

A code whose check character fails under every forced reading is told as broken, never as a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found, before
from classifier.identifiers.ocr_repair import readings
from classifier.reading_view import Passage, fold
from classifier.spotting import folded

_LETTERS = frozenset({0, 1, 2, 3, 4, 5, 8, 11, 15})
_NUMERIC = frozenset({6, 7, 9, 10, 12, 13, 14})
_SHAPE = re.compile(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]")
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
         10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip
_OMOCODE = str.maketrans("LMNPQRSTUV", "0123456789")
_MONTHS = "ABCDEHLMPRST"
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_CHAR = r"[a-z0-9|!$]"
_GAP = r"[ .\-_/]{0,2}\n?[ ]{0,2}"
_TIGHT = folded(rf"(?<![a-z0-9]){_CHAR}{{16}}(?![a-z0-9])")
_LOOSE = folded(
    r"(?<![a-z0-9])(?=[a-z|!$ .\-_/\n]{0,53}+\d)"  # no mere words: a digit is among the first fourteen characters
    rf"{_CHAR}{{3}}{_GAP}{_CHAR}{{3}}{_GAP}{_CHAR}{{2}}{_GAP}{_CHAR}{_GAP}{_CHAR}{{2}}{_GAP}"
    rf"{_CHAR}{_GAP}{_CHAR}{{3}}{_GAP}{_CHAR}(?![a-z0-9])",
    sign=r"\d",
)
_LABEL = re.compile(
    r"(?:cod(?:ice|\.)? ?\.?fisc(?:ale|\.)?|c\. ?f\.?|\bcf|fiscal[ei]|\btax code)"
    r"(?: (?:e'?|mio|suo|del|nr?\.?))*[^a-z0-9]{0,6}$"
)
_WRECK = folded(r"(?<![a-z0-9@.])(?=(?:[a-z|!$,.;:]*\d){6})[a-z]{6}[\da-z|!$,.;:]{8,13}[a-z](?![a-z0-9@])")
"""``SCRBRN4411071,736H``: six letters and then digits for the most part, with marks that a fax made of one or two."""
_AFTER_LABEL = folded(
    r"(?:cod(?:ice|\.)? ?fisc(?:ale|\.)?|\bc\. ?f\.?|\bcf\b)[ :=.\-(]{0,4}(?:e'? |mio |n\. )?"
    r"((?:[a-z0-9|!$][ .\-]?){13,20})"
)


def check_character(first: str) -> str:
    """The sixteenth character for the first fifteen (capitals)."""
    odd = sum(_ODD[c] for c in first[0:15:2])
    even = sum(int(c) if c.isdigit() else ord(c) - 65 for c in first[1:15:2])
    return chr(65 + (odd + even) % 26)


def is_valid(code: str) -> bool:
    """Form, possible birth date and check character hold."""
    if not _SHAPE.fullmatch(code) or check_character(code[:15]) != code[15]:
        return False
    return birth_date(code) is not None


def birth_date(code: str) -> tuple[int, int, int, bool] | None:
    """(two-digit year, month, day, woman); None where the day can't exist."""
    year = int(code[6:8].translate(_OMOCODE))
    month = _MONTHS.find(code[8]) + 1
    day = int(code[9:11].translate(_OMOCODE))
    woman = day > 40
    day -= 40 if woman else 0
    return (year, month, day, woman) if month and 1 <= day <= _DAYS[month - 1] else None


def name_part(first_name: str, last_name: str) -> tuple[str, str]:
    """The three letters that a surname and a first name give in the code: (surname's, name's)."""
    return _three(last_name, first=False), _three(first_name, first=True)


def _three(name: str, *, first: bool) -> str:
    letters = [c for c in fold(name).upper() if "A" <= c <= "Z"]
    consonants = [c for c in letters if c not in "AEIOU"]
    if first and len(consonants) > 3:
        consonants = [consonants[0], *consonants[2:4]]
    vowels = [c for c in letters if c in "AEIOU"]
    return "".join([*consonants, *vowels, "X", "X", "X"][:3])


def fits_name(code: str, first_name: str, last_name: str) -> float:
    """1.0 both parts fit, 0.5 one of them, 0.0 none."""
    surname, name = name_part(first_name, last_name)
    return 0.5 * (code[:3] == surname) + 0.5 * (code[3:6] == name)


FORMS = (_TIGHT, _LOOSE, _AFTER_LABEL, _WRECK)


def find(passage: Passage) -> Iterator[Found]:
    """Codes in one passage, in order of place; broken ones are marked."""
    taken: list[tuple[int, int]] = []
    for pattern in (_TIGHT, _LOOSE):
        for match in passage.find(pattern):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            found = _judge(passage, match.start(), match.end(), tight=pattern is _TIGHT)
            if found is not None:
                taken.append((match.start(), match.end()))
                yield found
    for match in passage.find(_AFTER_LABEL):
        if any(match.start(1) < end and start < match.end(1) for start, end in taken):
            continue
        found = _labelled_but_odd(passage, match.start(1), match.end(1))
        if found is not None:
            yield found
    for match in passage.find(_WRECK) if passage.read_by_eye else ():
        if not any(match.start() < end and start < match.end() for start, end in taken):
            yield _broken(passage, *match.span(), labelled=False)


def _judge(passage: Passage, start: int, end: int, *, tight: bool) -> Found | None:
    raw = "".join(c for c in passage.text[start:end].upper() if c.isalnum() or c in "|!$")
    if len(raw) != 16:
        return None
    labelled = bool(_LABEL.search(before(passage, start, 30)))
    digits = sum(raw[i].isdigit() for i in _NUMERIC)
    if raw[:6].isdigit() or (digits < 4 and not labelled) or digits < 2:
        return None
    if not tight and digits < 5 and not labelled:
        return None
    valid = {r for r in readings(raw, _LETTERS, _NUMERIC) if is_valid(r)}
    if raw in valid:
        valid = {raw}
    most = 3 if labelled else 2 if tight else 0
    valid = {r for r in valid if sum(a != b for a, b in zip(r, raw, strict=True)) <= most}
    if len(valid) == 1:
        value = valid.pop()
        note = None if value == raw else f'letto "{passage.text[start:end]}", corretto in {value}'
        sure = (0.995 if value == raw else 0.97) - (0.0 if tight or labelled else 0.02)
        return Found(value=value, passage=passage, start=start, end=end, confidence=sure, note=note, labelled=labelled)
    if valid or labelled or (tight and _SHAPE.fullmatch(raw)):
        return _broken(passage, start, end, labelled=labelled)
    return None


def _labelled_but_odd(passage: Passage, start: int, end: int) -> Found | None:
    """A labelled code that stands broken over odd gaps, or of the wrong length."""
    raw = "".join(c for c in passage.text[start:end].upper() if c.isalnum() or c in "|!$")
    for length in (16,):
        cut = raw[:length]
        valid = {r for r in readings(cut, _LETTERS, _NUMERIC) if is_valid(r)} if len(cut) == 16 else set()
        if len(valid) == 1:
            note = f'letto "{passage.text[start:end].strip()}"'
            return Found(
                value=valid.pop(),
                passage=passage,
                start=start,
                end=end,
                confidence=0.96,
                note=note,
                labelled=True,
            )
    if re.fullmatch(r"[A-Z]{4,6}[A-Z0-9]{2}[A-Z0-9]{7,11}", raw) and sum(c.isdigit() for c in raw) >= 5:
        return _broken(passage, start, end, labelled=True)
    return None


def _broken(passage: Passage, start: int, end: int, *, labelled: bool) -> Found:
    return Found(
        value="".join(passage.text[start:end].upper().split()),
        passage=passage,
        start=start,
        end=end,
        confidence=0.9,
        note="tax_code: il carattere di controllo non torna",
        broken=True,
        labelled=labelled,
    )
