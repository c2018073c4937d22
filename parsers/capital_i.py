"""I, l, 1 and |: four marks that many faces draw alike, told apart by what can be written where they stand.

No word begins with a small l and a consonant, none is ``ll``, and a sentence does not begin with a small ``lo``: what
reads so is *Importo*, *Il*, *Io*. Only spellings that no language read here has are put right. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mailroom.document import Word
from parsers.ocr import Reading, with_words

_CONSONANT = "bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ"
_MENDINGS = (
    # lmporto, dell'lVA, and the word ll itself
    (re.compile(rf"(?<![\w.@-])l(?=[{_CONSONANT}][\w])"), "I"),
    (re.compile(r"(?<![\w.@'’-])(?:ll|lI)(?![\w.@'’-])"), "Il"),
    (re.compile(r"(?<![\w.@-])l(?=l(?!oyd|ama|ano)[a-z]{2})"), "I"),
    (re.compile(r"(?<![\w.@-])leri(?![\w@])"), "Ieri"),
    # 1'ho, I'importo
    (re.compile(r"(?<![\w.@])[1I](?=['’][aeiouhàèéìòù])"), "l"),
    (re.compile(r"(?<=[dDnN]e[l1I])[1I](?=['’][aeiouhAEIOUH])"), "l"),
    # we'Il
    (re.compile(r"(?<=[a-zI]['’])Il(?![\w])"), "ll"),
    # deIla, casaIe
    (re.compile(r"(?<=[a-zàèéìòù])I(?=[a-zàèéìòù]|['’]?(?:[^\w.@]|$))"), "l"),
)
_ALONE = re.compile(r"(?P<before>[(\"'“«]?)lo(?P<after>[,.;:)\"'”»]*)")
_ENDS = re.compile(r"[a-zàèéìòù]{3,}[\")»”]?[.!?][\")»”]?|.*[!?][\")»”]?")
_SHORTENED = re.compile(
    r"\b(ecc|etc|sigg?|dott|prof|spett|gent|cod|tel|cell|pag|fatt|mens|circ|prot|num)\.$", re.IGNORECASE
)
_RULE = 1.4
"""Times a word's height."""
_LIKE_A_CODE = re.compile(r"\d.*\d|@|www|://")


def told_apart(reading: Reading) -> Reading:
    """The reading with them put where they belong; boxes and confidences stay."""
    words: list[Word] = []
    for number, word in enumerate(reading.words):
        text = word.text if _LIKE_A_CODE.search(word.text) else _mended(word.text)
        alone = _ALONE.fullmatch(text)
        if alone and _begins_a_sentence(word, words, reading.breaks):
            text = f"{alone['before']}Io{alone['after']}"
        elif word.text == "|" and _stands_before(word, reading.words[number + 1 : number + 2]):
            text = "I"
        words.append(word if text == word.text else replace(word, text=text))
    changed = any(new is not old for new, old in zip(words, reading.words, strict=True))
    return with_words(reading, words) if changed else reading


def _mended(text: str) -> str:
    if not any(mark in text for mark in "lI1"):
        return text
    for pattern, mark in _MENDINGS:
        text = pattern.sub(mark, text)
    return text


def _stands_before(bar: Word, following: Sequence[Word]) -> bool:
    """Whether an upright stroke is a word before small letters and not the rule of a table, which is taller."""
    if not following or following[0].line != bar.line or not re.match(r"[a-zàèéìòù]{2}", following[0].text):
        return False
    left, top, _, bottom = following[0].box
    return bar.box[3] - bar.box[1] < _RULE * (bottom - top) and left - bar.box[2] < 3 * (bottom - top)


def _begins_a_sentence(word: Word, before: Sequence[Word], breaks: frozenset[int]) -> bool:
    if not before:
        return True
    last = before[-1]
    if word.line != last.line and any(number in breaks for number in range(last.line + 1, word.line + 1)):
        return True
    return bool(_ENDS.fullmatch(last.text)) and not _SHORTENED.search(last.text)
