"""E-mail addresses in text, with what stands before them: asked for, merely mentioned, or somebody else's."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from classifier.identifiers.found import Found, before
from classifier.reading_view import Passage
from classifier.spotting import folded

_FORM = folded(
    r"(?<![\w.+])(?<!\w-)[a-z0-9][a-z0-9._%+\-]{0,63}(?:@| ?\(at\) ?| ?\[at\] ?| chiocciola )"
    r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?(?:\.| punto )){1,5}[a-z]{2,14}(?![a-z0-9@])",
    sign=r"@|[(\[]at[)\]]| chiocciola ",
)
_SPACED = folded(
    r"(?<![\w.+\-])(?P<local>[a-z0-9][a-z0-9._+\-]{2,40}) ?@ ?(?P<host>[a-z0-9\-]{2,30}) ?\. ?(?P<end>it|com|eu|net|org)(?![a-z0-9])",
    sign="@",
)
ASKED = re.compile(
    r"(?:rispond\w*|scriv\w+|contatt\w+|inviat\w+|mandat\w+|comunic\w+|recapit\w*|risposta|indirizzat\w+)"
    r"[^.;!?]{0,70}$"
)
LABEL = re.compile(
    r"(?:e-?mail|posta elettronica|mail|p\.?e\.?c|indirizzo (?:mail|di posta|elettronico)|contatti?|recapiti?)[^a-z0-9]{0,14}"
    r"(?:(?:e'?|mia|personale|di mi[oa] \w+|certificata)[ :]+){0,3}$"
)

FORMS = (_FORM, _SPACED)


def find(passage: Passage) -> Iterator[Found]:
    taken: list[tuple[int, int]] = []
    for pattern in (_FORM, _SPACED):
        for match in passage.find(pattern):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            raw = match[0]
            value = re.sub(r" ?(?:\(at\)|\[at\]|chiocciola|@) ?", "@", raw).replace(" punto ", ".").replace(" ", "")
            ahead = before(passage, match.start(), 90)
            yield Found(
                value=value.strip("."),
                passage=passage,
                start=match.start(),
                end=match.end(),
                confidence=0.97 if "@" in raw and " " not in raw else 0.85,
                note=None if value == raw else f'letto "{passage.text[match.start() : match.end()]}"',
                labelled=bool(LABEL.search(ahead)),
            )
