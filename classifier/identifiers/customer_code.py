"""Customer codes: whatever the supplier numbers its customers with, known by the label before it, kept as written."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found, unbroken
from classifier.identifiers.ocr_repair import among_digits
from classifier.reading_view import Passage, fold
from classifier.spotting import folded
from mailroom.finding import PaperKind

_NUMBER_WORD = r"(?:n(?:umero|um\.?|\.ro|ro|r\.?|\.|°|º)?|cod(?:ice|\.)?|id)"
_STRONG = rf"{_NUMBER_WORD} ?(?:di )?(?:identificativo )?(?:client[ei]|cli\.|utente|utenza|fornitura|anagrafic[oa]|servizio|impianto|contribuente)(?: unico)?"
_WEAK = (
    r"(?:client[ei]|utenza(?: (?:idrica|domestica|gas|luce|elettrica|acqua|intestata \w+ \w+))*|utente|contratto|"
    r"conto contrattuale|anagrafica|posizione|contribuente|codice|cod\.)"
)
_VALUE = r"(?P<code>(?:[a-z]{1,6}[./\-]?(?:[a-z]{1,4}[./\-])?|[a-z]{1,3} )?\d[\da-z]*(?:[ ./\-_]?(?:\d[\da-z]*|[a-z]{1,3}\d[\da-z]*))*(?:[-/][a-z]{1,2})?)"
_FORM = folded(
    rf"(?<![a-z0-9])(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK}))"
    rf"(?P<between>(?:(?: (?:luce|gas|acqua|calore|idrica|domestica|enel|energia|elettrica|sorgenia|presso|hera|iren|acea|unico|e')|(?: [a-z.&']{{1,14}}){{1,3}}?))??"
    rf"[ :=.,\-(\"']{{0,5}}\n?[ ]{{0,3}}(?:{_NUMBER_WORD}(?![a-z])[ :.°º]{{0,4}})?)(?<![a-z0-9]){_VALUE}(?![a-z0-9])",
    sign=r"client|cli\.|utent|utenza|fornitura|anagrafic|servizio|impianto|contribuente|contratt|posizione|cod(?:ice|\.)",
)
_NOT_CODE = re.compile(
    r"(?:19|20)\d\d|\d{1,2}[./\-]\d{1,2}[./\-](?:20)?\d\d|\d{1,3}|it ?\d{3} ?e.*|\d{1,2}[ /](?:anni|mesi|euro).*|"
    r"(?:di|da|dal|del|in|al|a|il|e|ad|per|con|dei|le|la|o|su|ma|ha|ho|mi|ne|se|si|no|era|i|gli) \d.*|spcen.*|p[o0]d.*|pdr.*|fattura.*|euro.*"
)
_USUAL_WORDS = (
    "luce gas acqua calore metano idrica domestica elettrica presso con unico numero num nr nro ro n codice cod id e del della "
    "di condominio casa mio mia loro sarebbe risulta"
)
_USUAL = frozenset(_USUAL_WORDS.split())
_DISTANT = folded(
    r"(?<![a-z])client[ei] [^.;\n]{2,45}?,? \b(?:numero|num\.?|codice|cod\.|n\.|n°|nr\.?) ?[:°]? ?(?P<code>(?:[a-z]{1,4}[\-/ ]?)?\d[\d\-/.]{3,}\d)(?![a-z0-9])"
)
PROPOSAL = 0.4
"""Confidence in the number of a proposal of contract: nobody's customer yet."""
_OFFICE = re.compile(r"(?:servizio|ufficio|assistenza|sportello|relazioni|reclami|area|portale)\s+$")
_OF_ITS_YEAR = re.compile(r"(?:^|[-/ ])(?:20)?2\d[-/ ]\d")
"""``LG-25-88213``: sellers count contracts so, and no customers."""
_DATED = re.compile(r"\d{1,2}[./\-]\d{1,2}[./\-](?:20)?\d\d$|^[a-z]{5,} ")


def find(passage: Passage) -> Iterator[Found]:
    """Codes behind their label, in order of place; a bare ``contratto`` or ``cliente`` counts less than ``codice cliente``."""
    taken: list[tuple[int, int]] = []
    yield from _behind_label(passage, taken)
    for match in passage.find(_DISTANT):
        start, end = match.span("code")
        if not any(start < b and a < end for a, b in taken) and not _NOT_CODE.fullmatch(match["code"]):
            value = passage.text[start:end]
            yield Found(value=value, passage=passage, start=start, end=end, confidence=0.8, labelled=True)


def _behind_label(passage: Passage, taken: list[tuple[int, int]]) -> Iterator[Found]:
    plain = unbroken(passage.plain)
    for match in passage.find(_FORM, reading=plain):
        start, end = match.span("code")
        if not _is_label(passage, match):
            continue
        code = _trim(plain[start:end], lettered=_lettered(passage.text[start:end]))
        if code is None:
            continue
        end = start + len(code)
        strong = match["strong"] is not None
        digits = sum(c.isdigit() for c in code)
        if digits < (3 if strong else 4) or (not strong and match["weak"] == "contratto" and digits < 5):
            continue
        words = re.findall(r"[a-z]{2,}", match["between"])
        if words and match["weak"] == "codice" and not {"con", "presso"} & set(words):
            continue
        if match["weak"] == "cod." and (words or not re.match(r"[a-z]", code)):
            continue
        sure = 0.95 if strong else 0.9
        if match["weak"] in ("contratto", "posizione", "codice", "cod."):
            sure = _of_contract(passage, match.start(), code) if match["weak"] == "contratto" else 0.6
        taken.append((start, end))
        raw = passage.text[start:end]
        yield Found(
            value=" ".join(_repaired(raw, passage).split()),
            passage=passage,
            start=start,
            end=end,
            confidence=sure - (0.05 if not _USUAL.issuperset(words) and match["weak"] != "codice" else 0.0),
            labelled=True,
        )


def _of_contract(passage: Passage, start: int, code: str) -> float:
    """How far a contract's number serves as the customer's: on bills and beside one's data it does, not where letters
    tell of a contract signed or disowned, least as the number of a proposal or one that counts within its year."""
    ahead = passage.plain[max(0, start - 16) : start].replace("\n", " ")
    if re.search(r"\bproposta di $", ahead) or _OF_ITS_YEAR.search(code):
        return PROPOSAL
    told = passage.paper in (PaperKind.COMPLAINT, PaperKind.SUPPLIER_REPLY, PaperKind.CONTRACT)
    return 0.5 if told and re.search(r"\b(?:il|del|al|dal|nel|un|mio|vostro|suo) $", ahead) else 0.6


def _is_label(passage: Passage, match: re.Match[str]) -> bool:
    """Words between label and code must be a name (capitals) or one of the usual ones; an office has a telephone."""
    if match["weak"] and _OFFICE.search(passage.plain, max(0, match.start() - 20), match.start()):
        return False
    words = list(re.finditer(r"[a-z.&]{2,}", match["between"]))
    start = match.start("between")
    return all(
        w[0].strip(".") in _USUAL or passage.text[start + w.start() : start + w.end()][:1].isupper() for w in words
    )


def _repaired(raw: str, passage: Passage) -> str:
    """Letters among digits are digits on pages read by eye."""
    if not passage.read_by_eye:
        return raw
    plain = fold(raw)
    read = among_digits(plain)
    return "".join(r if p != r else c for c, p, r in zip(raw, plain, read, strict=True))


def _lettered(written: str) -> bool:
    """Letters in capitals lead many digits: ``E 771 0045`` is a code, no conjunction."""
    return bool(re.match(r"[A-Z]{1,3} \d", written)) and sum(c.isdigit() for c in written) >= 6


def _trim(raw: str, *, lettered: bool = False) -> str | None:
    code = raw.strip(" .,/-_")
    if "\n" in code or (_NOT_CODE.fullmatch(code) and not lettered):
        return None
    if _DATED.search(code):
        return None
    words = re.match(r"([a-z]+) ", code)
    if (
        words
        and not lettered
        and words[1] in ("di", "da", "dal", "del", "in", "al", "il", "per", "con", "dei", "le", "la", "e", "con")
    ):
        return None
    groups = code.split(" ")
    if len(groups) > 1 and re.fullmatch(r"\d{13,}|it\d{3}e.*", groups[-1]):
        code = " ".join(groups[:-1])
    return code if len(code) <= 24 else None
