"""The reply code that stands in our answers, quoted in a reply or copied from a letter."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.identifiers.found import Found
from classifier.reading_view import Passage
from classifier.spotting import folded
from mailroom.reply_token import read

_GROUP = r"[0-9a-z]{4}"
_TOKEN = folded(rf"(?<![0-9a-z])r\s?[-–—.]?\s?{_GROUP}\s?[-–—. ]\s?{_GROUP}\s?[-–—. ]\s?{_GROUP}(?![0-9a-z])")

FORMS = (_TOKEN,)


def find(passage: Passage) -> Iterator[Found]:
    """Codes whose check character is right, as we write them."""
    for match in passage.find(_TOKEN):
        value = read(match[0])
        if value is not None:
            yield Found(value=value, passage=passage, start=match.start(), end=match.end(), confidence=0.99)
