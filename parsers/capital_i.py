"""I, l and 1: three marks that many faces draw alike, told apart by what can be written where they stand.

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
    # deIla, casaIe
    (re.compile(r"(?<=[a-zàèéìòù])I(?=[a-zàèéìòù]|['’]?(?:[^\w.@]|$))"), "l"),
)
_ALONE = re.compile(r"(?P<before>[(\"'“«]?)lo(?P<after>[,.;:)\"'”»]*)")
_ENDS = re.compile(r"[a-zàèéìòù]{3,}[\")»”]?[.!?][\")»”]?|.*[!?][\")»”]?")
_SHORTENED = re.compile(
    r"\b(ecc|etc|sigg?|dott|prof|spett|gent|cod|tel|cell|pag|fatt|mens|circ|prot|num)\.$", re.IGNORECASE
)
_LIKE_A_CODE = re.compile(r"\d.*\d|@|www|://")


def told_apart(reading: Reading) -> Reading:
    """The reading with the three put where they belong; boxes and confidences stay."""
    words: list[Word] = []
    for word in reading.words:
        text = word.text if _LIKE_A_CODE.search(word.text) else _mended(word.text)
        alone = _ALONE.fullmatch(text)
        if alone and _begins_a_sentence(word, words, reading.breaks):
            text = f"{alone['before']}Io{alone['after']}"
        words.append(word if text == word.text else replace(word, text=text))
    changed = any(new is not old for new, old in zip(words, reading.words, strict=True))
    return with_words(reading, words) if changed else reading


def _mended(text: str) -> str:
    if not any(mark in text for mark in "lI1"):
        return text
    for pattern, mark in _MENDINGS:
        text = pattern.sub(mark, text)
    return text


def _begins_a_sentence(word: Word, before: Sequence[Word], breaks: frozenset[int]) -> bool:
    if not before:
        return True
    last = before[-1]
    if word.line != last.line and any(number in breaks for number in range(last.line + 1, word.line + 1)):
        return True
    return bool(_ENDS.fullmatch(last.text)) and not _SHORTENED.search(last.text)
