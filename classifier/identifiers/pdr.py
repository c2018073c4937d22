"""PDR, the point of redelivery of gas: fourteen digits, no public check. The label decides; without one, only
fourteen digits in one piece that nothing else claims."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found, before
from classifier.identifiers.ocr_repair import digits
from classifier.reading_view import Passage
from classifier.spotting import folded

_D = r"[0-9oilzsgb|]"
_LABEL = r"(?:\bp\.? ?d\.? ?r\b\.?|punto di (?:ri)?consegna|punto (?:del )?gas)"
_LABELLED = folded(
    rf"{_LABEL}(?P<between>[^0-9\n]{{0,40}}\n?[^0-9\n]{{0,12}}?)(?<![a-z0-9])"
    rf"(?P<code>\d(?:[ .\-/]{{0,2}}\n?\d|{_D}){{8,17}})(?![a-z0-9])"
)
_BARE = folded(r"(?<![\d/.,\-])(?<!\d )\d{14}(?![\d/]|[.,]\d|-\d| \d{3})")
_SPACED = folded(r"(?<![\d/.,])\d{4}[ .]\d{4}[ .]\d{4}[ .]\d{2}(?![\d/]| \d)")
_BESIDE_GAS = folded(r"gas(?<=\bgas)[ :.n°]{1,5}(?P<code>\d(?:[ .]?\d){13})(?![\d/]|[.,]\d| ?\d)")
_CALLED_SO = folded(
    r"cifre(?:(?<=14 cifre)|(?<=quattordici cifre))[^\d\n]{0,14}(?P<code>\d(?:[ .]?\d){13})(?![\d/]|[.,]\d| ?\d)"
)
"""Whoever copies it from the bill in groups of their own and calls it the gas's, or tells how long it is."""
_MISREAD = folded(r"\bp(?:[a-df-z0-9|!]{1,2}r|d[a-z0-9|!])[ .:n°]{1,5}(?P<code>\d(?:[ .]?\d){13})(?![\d/]|[.,]\d)")
"""``PIR 05260200174488``: a label whose middle a fax spoiled."""
_FOREIGN = re.compile(
    r"fattur|bollett|document|iban|cart[ae]|conto|c/c|tracking|spedizion|raccomandat|rintracciab|protocoll|pratica|ticket|"
    r"codice (?:cliente|utente)|cliente n|matricol|cbill|avviso|iuv|telefon|cell|fax|contratto"
)

FORMS = (_LABELLED, _BARE, _SPACED, _BESIDE_GAS, _CALLED_SO, _MISREAD)


def find(passage: Passage) -> Iterator[Found]:
    """PDRs in one passage; a labelled number of another length is marked broken."""
    taken: list[tuple[int, int]] = []
    for match in passage.find(_LABELLED):
        found = _labelled(passage, match)
        if found is not None:
            taken.append((found.start, found.end))
            yield found
    for pattern in (_BESIDE_GAS, _CALLED_SO, *((_MISREAD,) if passage.read_by_eye else ())):
        for match in passage.find(pattern):
            start, end = match.span("code")
            if any(start < b and a < end for a, b in taken):
                continue
            taken.append((start, end))
            value = "".join(c for c in match["code"] if c.isdigit())
            yield Found(value=value, passage=passage, start=start, end=end, confidence=0.85, labelled=True)
    for pattern in (_BARE, _SPACED):
        for match in passage.find(pattern):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            ahead = before(passage, match.start(), 45)
            if _FOREIGN.search(ahead) or "gas" not in passage.plain:
                continue
            taken.append((match.start(), match.end()))
            value = "".join(c for c in match[0] if c.isdigit())
            yield Found(value=value, passage=passage, start=match.start(), end=match.end(), confidence=0.8)


def _labelled(passage: Passage, match: re.Match[str]) -> Found | None:
    if re.search(r"\bpod\b|cliente|fattura|telefono|\btel\b|\bc\.?f\b", match["between"]):
        return None
    start, end = match.span("code")
    raw = passage.plain[start:end]
    squeezed = "".join(c for c in raw if c not in " .-/\n")
    read = digits(squeezed)
    if read is not None and len(squeezed) > 14:
        whole = _first_fourteen(raw)
        if whole is not None:
            end, squeezed = start + len(whole), "".join(c for c in whole if c not in " .-/\n")
            read = digits(squeezed)
    if read is None:
        return None
    broken = len(read) != 14
    if broken and len(read) < 10:
        return None
    changed = squeezed != read
    note = "pdr: numero di cifre sbagliato" if broken else None
    if changed and not broken:
        note = f'letto "{passage.text[start:end]}", inteso {read}'
    return Found(
        value=read,
        passage=passage,
        start=start,
        end=end,
        confidence=0.9 if broken else 0.97 if changed else 0.995,
        note=note,
        broken=broken,
        labelled=True,
    )


def _first_fourteen(raw: str) -> str | None:
    """The beginning of `raw` that holds fourteen digits and ends at a gap: another number follows."""
    count = 0
    for place, char in enumerate(raw):
        count += char not in " .-/\n"
        if count == 14:
            rest = raw[place + 1 :]
            return raw[: place + 1] if rest[:1] in " \n" else None
    return None
