"""In which of our languages to answer: English to those who wrote in English, Italian to everybody else."""

from __future__ import annotations

import re

from outbound.phrases import Language

_WORD = re.compile(r"[a-zà-ù']+")
_ENGLISH = frozenset({
    "the", "and", "of", "to", "is", "my", "for", "have", "was", "with", "that", "this", "you", "not", "are", "from",
    "but", "they", "we", "your", "has", "been", "would", "please", "i",
})  # fmt: skip
_ITALIAN = frozenset({
    "il", "la", "di", "che", "e", "non", "un", "una", "per", "è", "con", "mi", "del", "della", "sono", "ho", "ha", "le",
    "si", "da", "in", "ma", "come", "alla", "dal", "questo", "gli", "al", "i",
})  # fmt: skip
LONGEST = 5_000
LEAST = 8
"""Small words of English below which a letter is not taken for English."""


def language_of(text: str) -> Language:
    """By the small words of the first few thousand characters: English needs several, and twice as many as Italian."""
    words = _WORD.findall(text[:LONGEST].lower())
    english = sum(word in _ENGLISH for word in words)
    italian = sum(word in _ITALIAN for word in words)
    return Language.ENGLISH if english >= LEAST and english > 2 * italian else Language.ITALIAN
