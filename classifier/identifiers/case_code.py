"""The code of a case (pratica): SPCEN and digits, however written; the year behind it is no part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found
from classifier.identifiers.ocr_repair import digits
from classifier.reading_view import Passage
from classifier.spotting import folded
from mailroom.case import is_ours

_GAP = r"[ .\-_]{0,2}"
_D = r"[0-9oilsbzg|]"
_CODE = folded(
    rf"(?<![a-z0-9])[s5$]{_GAP}p{_GAP}[cg({{]{_GAP}[e€f]{_GAP}n(?![a-z])"
    r"[\s.:\-_/#°º>]{0,6}"
    rf"(?:(?:numero|num|n\.?ro|nr|no|n|cod(?:ice)?)[.:°º*' ]{{0,3}}\s{{0,2}}|[°º]\s?)?[\s.:\-_/(]{{0,3}}"
    rf"(?P<code>[0-9o|][0-9oilsbzg|]*(?:(?:[ .\-_]| ?/ ?(?=\d{{3}}(?!\d)))?{_D}+){{0,9}})"
    rf"(?P<year>\s?/\s?(?:20)?\d\d\b)?"
)


_YEAR_BEHIND = re.compile(r"^(\d{5,10})-(?:20)?[12]\d$")
"""``318402-26``: the digits, a hyphen and the year."""

_MONTH = r"\s?(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre)\b"
_MONTH_BEHIND = re.compile(_MONTH)
_APART = re.compile(
    r"[ \t]{0,12}\n?[ \t]{0,12}[.,\-–—]?[ \t]{0,12}"
    rf"(?P<tail>\d{{1,3}})(?![\w€%]|[./\-:,]\d|{_MONTH})(?P<last>(?=\s*[.,;:)\]]|[ \t]*(?:\n|$)))?"
)
"""What may be a code's last digits, further from the others than they stand from each other; `last`: and the end of a
line or of a sentence."""

FORMS = (_CODE,)


def find(passage: Passage) -> Iterator[Found]:
    """Codes in one passage, normalised to SPCEN and digits; broken, with all digits, where two readings are open."""
    for match in passage.find(_CODE):
        raw = _YEAR_BEHIND.sub(r"\1", match["code"])
        groups = re.split(r" ?/ ?|[ .\-_]", raw)
        if len(groups) > 1 and _MONTH_BEHIND.match(passage.plain, match.end()):
            groups.pop()  # "SPCEN 123456 12 marzo"
        code = _digits_of(groups, year_told=match["year"] is not None)
        if code is None:
            continue
        behind = digits(re.sub(r"\W", "", match["year"] or ""))
        if behind and "/" in raw and len(code) + len(behind) == 8 and is_ours(f"SPCEN{code}{behind}"):
            code += behind  # "402 / 992 / 16": no year, for the check digit is right; "377104/25" is one all the same
        value = f"SPCEN{code}"
        plain = not any(c.isalpha() or c == "|" for c in raw)
        sure = 0.99 if plain and len(code) >= 5 else 0.9
        if len(code) == 8 and not is_ours(value):
            sure -= 0.05
        note = None if plain else f'letto "{passage.text[match.start() : match.end()]}"'
        end = match.end("year") if match["year"] else match.end("code")
        apart = None if match["year"] else _APART.match(passage.plain, end)
        broken = False
        if apart and len(code) + len(apart["tail"]) == 8:
            whole = f"SPCEN{code}{apart['tail']}"
            if is_ours(whole) and apart["last"] is not None:
                value, sure, end = whole, min(sure, 0.9), apart.end()
            elif is_ours(whole) or passage.read_by_eye:
                # The whole code, a digit of it misread perhaps; or an older one, and a number behind it.
                value, broken, end = f"{value} {apart['tail']}", True, apart.end()
        yield Found(
            value=value, passage=passage, start=match.start(), end=end, confidence=sure, note=note, broken=broken
        )


def _digits_of(groups: list[str], *, year_told: bool) -> str | None:
    """The digits of the code: groups are joined while they look like one number, a year at the end is dropped."""
    kept: list[str] = []
    for number, group in enumerate(groups):
        read = digits(group)
        if read is None or (number and sum(c.isalpha() for c in group) * 2 > len(group)):
            break
        kept.append(read)
    if len(kept) > 1 and not year_told and re.fullmatch(r"20[12]\d", kept[-1]) and sum(map(len, kept[:-1])) >= 5:
        kept.pop()
    code = "".join(kept)
    if len(code) > 10 and kept and 4 <= len(kept[0]) <= 10:
        code = kept[0]
    return code if 4 <= len(code) <= 10 else None
