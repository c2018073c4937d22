"""Whether a sending says of itself that it goes on with another: "parte 2 di 3", "ho dimenticato di allegare".

The Portal takes large matters in parts, and people do the same by mail and fax. To which sending it belongs the rules
ask of the ledger; a letter to a supplier speaks of earlier mails too.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.reading_view import Passage, View
from classifier.spotting import folded
from mailroom.finding import Finding, Where

BY = "further/1"
FOLLOWING = "following"

_NUMBERS = {"prima": 1, "primo": 1, "seconda": 2, "secondo": 2, "terza": 3, "terzo": 3, "quarta": 4, "quarto": 4,
            "uno": 1, "una": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5}  # fmt: skip
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})[°^oaª]?"
_SENDING = r"(?:part[ei]|invi[oi]|(?:e-?)?mail|messaggi[oi]|pec|fax|trasmission[ei]|sezion[ei]|pt\.)"
_PART = folded(
    rf"\b{_SENDING}\s*(?:n[.°r]*|num\w*)?\s*(?P<n>{_NUMBER})\s*(?:di|/|su|-)\s*(?P<m>{_NUMBER})\b|"
    rf"\b(?P<n2>{_NUMBER})\s*(?:{_SENDING}\s*)?(?:di|/|su)\s*(?P<m2>{_NUMBER})\s*{_SENDING}\b|"
    rf"\b(?P<n3>{_NUMBER})\s*{_SENDING}\s*(?:di|/|su)\s*(?P<m3>{_NUMBER})\b"
)
_IN_SUBJECT = folded(
    r"[(\[]\s*(?P<n>\d{1,2})\s*(?:/|di|su)\s*(?P<m>\d{1,2})\s*[)\]]|\b(?P<n2>\d)\s*(?:/|di)\s*(?P<m2>\d)\s*$"
)
_FOLLOWS = folded(
    r"\b(?:seconda|terza|quarta|ultima) parte\b|\b(?:secondo|terzo|quarto|ultimo|ulteriore) invio\b|"
    rf"\bseguito (?:de|a)l?l[ao']? ?(?:mi[ao] )?(?:precedente |prima )?{_SENDING} (?:precedente|di (?:ieri|oggi|poco fa|stamattina|stamane|prima)|appena|delle ore)|"
    rf"\b(?:anticipat[oa] (?:nell|con l|dall)|ad integrazione dell|(?:si aggiunge|si riferisce|fa riferimento|collegat[ao]) all)[ao'] ?(?:mi[ao] )?(?:precedente |prima )?{_SENDING}|"
    r"\b(?:dimenticato|scordato|dimenticat[ao] prima|saltato|scordata) (?:di )?(?:allega\w+|unir\w+|inserir\w+|manda\w+|invia\w+|l'allegat\w|gli allegat\w|il document\w|la (?:copia|foto|bolletta|fattura|seconda pagina)|un (?:allegat\w|document\w|pezzo))|"
    r"\b(?:invio|mando|allego|ecco|trasmetto|seguono|inoltro) (?:ora |adesso |qui )?(?:gli|i|il|la|le) (?:altr\w|restant\w|rimanent\w|mancant\w) (?:allegat\w|document\w|pagin\w|fil[ei]|foto\w*|bollett\w)|"
    r"\b(?:allegat\w|document\w|pagin\w|foto) (?:mancant\w|rimanent\w|restant\w|che mancava\w*|dimenticat\w)\b|"
    r"\bprima (?:l'|la |gli |le |i )?(?:mail|messaggio|pec|allegati) (?:e'|era|erano|sono) partit\w"
)


def examine(view: View) -> tuple[Finding, ...]:
    """`further_sending`: ``2/3`` where it counts itself, else ``following``; nothing where it says nothing."""
    return tuple(_found(view))[:1]


def _found(view: View) -> Iterator[Finding]:
    for passage in view.own:
        patterns = (_IN_SUBJECT, _PART) if passage.where is Where.SUBJECT else (_PART,)
        for pattern in patterns:
            for match in passage.find(pattern):
                part = _part(match)
                if part is not None:
                    yield _finding(passage, match, f"{part[0]}/{part[1]}", 0.9)
    for passage in view.own:
        for match in passage.find(_FOLLOWS):
            yield _finding(passage, match, FOLLOWING, 0.8)


def _part(match: re.Match[str]) -> tuple[int, int] | None:
    number, whole = [_value(said) for said in match.groups() if said]
    return (number, whole) if 1 <= number <= whole and 2 <= whole <= 20 else None


def _value(said: str) -> int:
    bare = said.rstrip("°^ª")
    digits = re.match(r"\d+", bare)
    return int(digits[0]) if digits else _NUMBERS.get(bare, 0)


def _finding(passage: Passage, match: re.Match[str], value: str, confidence: float) -> Finding:
    return Finding(
        kind="further_sending", value=value, confidence=confidence, evidence=(passage.evidence(*match.span()),), by=BY
    )
