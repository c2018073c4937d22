"""The numbers that tell one letter from another by the same hand: amounts, dates, numbers of bills and readings.

Two letters may have every word in common and still be about two bills. Identifiers, telephones and addresses are the
same in every letter of a person and tell nothing, nor does a year by itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from classifier.reading_view import Passage, View
from classifier.spotting import folded
from mailroom.finding import Finding

BY = "numbers/1"
KIND = "telling_numbers"
MOST = 60
"""Numbers of one letter that are kept."""
_OF_THE_PERSON = ("applicant.", "supply.", "phone", "iban", "case_code")
_MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip
_IN_WORDS = folded(rf"\b(\d{{1,2}})[°º]?\s+({'|'.join(_MONTHS)})\b")
_IN_FIGURES = folded(r"(?<![\w.,/-])(\d{1,2})(?:/(\d{1,2})|([.-])(\d{1,2})\3)(?:/?(?:19|20)?\d\d)?(?![\w])")
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def examine(view: View, said: Collection[Finding]) -> tuple[Finding, ...]:
    """`telling_numbers`: what the sender's own words name, joined by commas; nothing where they name none.

    Amounts and numbers without separators, dates as day and month (``3/4/2026`` is ``3 aprile`` the next time).
    """
    theirs = {"".join(re.findall(r"\d", f.value)) for f in said if f.kind.startswith(_OF_THE_PERSON)}
    theirs |= {number for f in said if f.kind == "applicant.address" for number in re.findall(r"\d+", f.value)}
    found = {number for passage in view.own for number in _numbers(passage)} - theirs
    if not found:
        return ()
    return (Finding(kind=KIND, value=",".join(sorted(found)[:MOST]), confidence=1.0, by=BY),)


def _numbers(passage: Passage) -> Iterator[str]:
    days = list(passage.find(_IN_WORDS))
    for match in days:
        yield f"{int(match[1])}/{_MONTHS.index(match[2]) + 1}"
    text = _IN_WORDS.pattern.sub(" ", passage.plain) if days else passage.plain
    dates = list(passage.find(_IN_FIGURES, reading=text))
    for match in dates:
        yield f"{int(match[1])}/{int(match[2] or match[4])}"
    for match in _NUMBER.finditer(_IN_FIGURES.pattern.sub(" ", text) if dates else text):
        bare = re.sub(r"\D", "", match[0]).lstrip("0")
        if 3 <= len(bare) <= 8 and not _YEAR.fullmatch(match[0]):
            yield bare
