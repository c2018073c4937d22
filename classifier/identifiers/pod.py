"""POD, the point of delivery of electricity: IT, three digits of the distributor, E, eight digits, at times a
fifteenth character. No public check; only confusions that the form forces are undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found, before
from classifier.identifiers.ocr_repair import digits
from classifier.reading_view import Passage
from classifier.spotting import folded

_D = r"[0-9oilzsgb|]"
_GAP = r"[ .\-_/]{0,2}"
_WRAP = r"[ .\-_/]{0,2}\n?[ ]{0,3}"
_FORM = folded(
    rf"(?<![a-z0-9])(?P<it>[i1l|!][t7]){_WRAP}(?P<dist>{_D}{_GAP}{_D}{_GAP}{_D}){_WRAP}(?P<e>[ef€])(?P<point>(?:{_GAP}{_D})"
    rf"(?:{_WRAP}{_D}){{7}})(?P<last>{_GAP}[a-z0-9])?(?![a-z0-9])"
)
_BARE = folded(r"(?<![a-z0-9])(?P<dist>\d{3}) ?e(?P<point>(?: ?\d){8})(?P<last>[a-z0-9])?(?![a-z0-9])")
_NEARLY = folded(r"(?<![a-z0-9])it[ .\-]?\d{2,4}[ .\-]?e[ .\-]?(?:[0-9a-z][ .\-]?){4,12}(?![a-z0-9])")
_LABEL = re.compile(r"\bp\.?o\.?d\b|punto di (?:prelievo|consegna)|presa|fornitura|utenza")

FORMS = (_FORM, _BARE, _NEARLY)


def find(passage: Passage) -> Iterator[Found]:
    """PODs in one passage; a POD of the wrong length is marked broken."""
    taken: list[tuple[int, int]] = []
    for pattern in (_FORM, _BARE):
        for match in passage.find(pattern):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            labelled = bool(_LABEL.search(before(passage, match.start(), 40)))
            found = _value(passage, match, labelled=labelled, bare=pattern is _BARE)
            if found is not None:
                taken.append((match.start(), match.end()))
                yield found
    for match in passage.find(_NEARLY):
        if not any(match.start() < end and start < match.end() for start, end in taken):
            yield Found(
                value="".join(c for c in passage.text[match.start() : match.end()].upper() if c.isalnum()),
                passage=passage,
                start=match.start(),
                end=match.end(),
                confidence=0.9,
                note="pod: numero di cifre sbagliato",
                broken=True,
            )


def _value(passage: Passage, match: re.Match[str], *, labelled: bool, bare: bool) -> Found | None:
    if bare and not labelled:
        return None
    distributor, point = _squeeze(match["dist"]), _squeeze(match["point"])
    read_distributor, read_point = digits(distributor), digits(point)
    if read_distributor is None or read_point is None:
        return None
    odd = [c for c in distributor + point if not c.isdigit()]
    if not passage.read_by_eye and any(c not in "oil" for c in odd):
        return None
    changed = len(odd)
    if changed > 3 or (changed > 1 and not labelled and not passage.read_by_eye):
        return None
    end, last = match.end(), match["last"] or ""
    if len(last) > 1 and not last.strip(" .-_/").isdigit():
        end, last = match.start("last"), ""
    last = _squeeze(last).upper()
    value = f"IT{read_distributor}E{read_point}{last}"
    raw = passage.text[match.start() : end]
    plain = "".join(c for c in raw.upper() if c.isalnum())
    note = None if plain == value else f'letto "{raw}", inteso {value}'
    sure = 0.995 if not changed and not bare else 0.97
    if len(last) == 1 and passage.read_by_eye and last in "OILSZ|":
        sure -= 0.1
    return Found(
        value=value,
        passage=passage,
        start=match.start(),
        end=end,
        confidence=sure,
        note=note,
        labelled=labelled,
    )


def _squeeze(raw: str) -> str:
    return "".join(c for c in raw if c not in " .-_/\n")
