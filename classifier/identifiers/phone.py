"""Italian telephone numbers in text, told in E.164. The numbering plan decides what can be one (AGCOM)."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from classifier.identifiers.found import Found, before, unbroken
from classifier.identifiers.ocr_repair import among_digits
from classifier.reading_view import Passage
from classifier.spotting import folded

_GAP = r"[ .\-/'·]{0,3}"
_FORM = folded(
    rf"(?<![a-z0-9.,/\-@_])(?P<plus>(?:\(?\+|00) ?(?P<country>\d{{2}})\)?{_GAP})?"
    rf"(?P<number>\(?(?:0\d{{1,3}}|3\d{{2}}|3{_GAP}\d{_GAP}\d)\)?(?:{_GAP}\d){{4,8}})(?![\d@a-z]|[.,/\-]\d|[ ]\d{{3,}})"
)
_LABEL = re.compile(
    r"(?:\btel(?:efon[oi]|\.|ef\.?)?|\bcell?(?:ulare|\.)?|\bmob(?:ile|\.)?|\bt\.|\bphone|chiam\w*|\bnumero(?: di (?:telefono|cellulare|casa))?|"
    r"recapit\w*|whatsapp|\bfisso|\bcasa|\bn\.ro|contatt\w*|telefonare|\bfax\b|utenza telefonica)[^0-9@]{0,28}$"
)
_FAX_ONLY = re.compile(
    r"(?<!tel\. e )(?<!tel e )(?<!tel )(?<!tel\. )(?<!telefono e )(?<!tel/)(?<!tel\./)(?<!telefono/)(?<!tel-)\bfax[^0-9a-z]{0,8}$"
)
_FOREIGN = re.compile(
    r"(?:client[ei]|utenza(?! telefonica)|utente|contratto|fattur\w+|bollett\w+|pdr|pod|matricol\w*|protocoll\w*|prot\.|pratica|"
    r"iban|conto|c/c|ticket|rif\.?|codice\b(?! fisc)|documento|bolletta n|numero verde|avviso|rintracciabilita|delibera|"
    r"segnalazione n|cap\b|lettura)[^0-9?!\n]{0,20}\s*$"
)
_LETTER_O = re.compile(r"(?<![a-z0-9])o(?=\d{2,3}\b)")
"""Typewriters without a zero, and readers of those with one: "O75 5727119"."""
_DAY = re.compile(r"\d\d([./\-])\d\d\1(?:19|20)\d\d")
_MINE = re.compile(
    r"pers\w*|\bmio\b|\bmia\b|chiamatemi|mi trovate|potete chiamar\w*|telefonatemi|contattar?mi|risponder?mi"
)


def find(passage: Passage) -> Iterator[Found]:
    """Numbers in one passage; `labelled` if the text calls it a telephone, note ``mine`` if it says whose."""
    plain = unbroken(passage.plain)
    if passage.read_by_eye:
        plain = among_digits(_LETTER_O.sub("0", plain))
    for match in passage.find(_FORM, reading=plain):
        country = match["country"]
        if country is not None and country != "39":
            continue
        ahead = before(passage, match.start(), 45)
        labelled = bool(_LABEL.search(ahead))
        if _FAX_ONLY.search(ahead) or (_FOREIGN.search(ahead) and not _LABEL.search(ahead[-22:])):
            continue
        if _DAY.fullmatch(match["number"]):
            continue
        number = "".join(c for c in match["number"] if c.isdigit())
        value = e164(number)
        if value is None or not _looks_dialled(match["number"], labelled=labelled or country is not None):
            continue
        mine = bool(_MINE.search(ahead))
        yield Found(
            value=value,
            passage=passage,
            start=match.start(),
            end=match.end(),
            confidence=0.98 if labelled else 0.9,
            note="mine" if mine else None,
            labelled=labelled,
        )


def e164(number: str) -> str | None:
    """The number in E.164 if the Italian plan has it and a person may answer there."""
    if not re.fullmatch(r"0\d{5,10}|3\d{8,9}", number) or re.match(r"0000|30[0-9]0{4}", number):
        return None
    try:
        parsed = phonenumbers.parse(number, "IT")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _looks_dialled(raw: str, *, labelled: bool) -> bool:
    """Without a label a landline must be written as people write one: prefix, gap, number."""
    digits = "".join(c for c in raw if c.isdigit())
    if labelled:
        return True
    if digits.startswith("3"):
        return len(digits) in (9, 10) and not re.fullmatch(r"\d\d[ .\-/]\d\d[ .\-/]\d{4}", raw)
    return bool(re.fullmatch(r"\(?0\d{1,3}\)?[ .\-/]{1,3}\d[\d .\-]{4,9}", raw)) and len(digits) >= 8
