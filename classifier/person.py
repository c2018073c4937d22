"""The applicant's name: who speaks in the letter, told by self-introduction, signature, head and sender's name.

Not the lawyer, not the supplier's clerk, not the other end of the quoted thread: only the writer's own words, papers
that belong to them, and their own mailbox speak, each with its weight; the same name in other orders counts as one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from classifier.identifiers.tax_code import fits_name
from classifier.name_clues import Clue, clues
from classifier.names import FullName, NameLists
from classifier.reading_view import View, fold
from mailroom.finding import Evidence, Finding, Where

BY = "person/1"
MOST_READ = 6000
"""Characters of a passage in which other spellings of a surname are looked for."""
_CAPITALISED = re.compile(r"\b[A-ZÀÈÉÌÒÙ][^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: FullName
    confidence: float
    evidence: tuple[Evidence, ...]
    others: tuple[tuple[FullName, float], ...] = ()

    def findings(self) -> tuple[Finding, ...]:
        def one(kind: str, value: str, others: tuple[tuple[str, float], ...]) -> Finding:
            return Finding(
                kind=kind,
                value=value,
                confidence=round(self.confidence, 3),
                evidence=self.evidence,
                by=BY,
                alternatives=others,
            )

        return (
            one("applicant.first_name", self.name.first, tuple((n.first, w) for n, w in self.others)),
            one("applicant.last_name", self.name.last, tuple((n.last, w) for n, w in self.others)),
        )


def examine(view: View, lists: NameLists, *, tax_codes: Sequence[str] = ()) -> Person | None:
    """The applicant as far as the words tell, or None."""
    found = list(clues(view, lists, tax_codes))
    groups: list[list[Clue]] = []
    for clue in sorted(found, key=lambda c: -c.weight):
        home = next((g for g in groups if _same(g[0].name, clue.name)), None)
        if home is None:
            groups.append([clue])
        else:
            home.append(clue)
    if not groups:
        return None
    scored = sorted(((_sum(g) + _borne_out(g, view, tax_codes), g) for g in groups), key=lambda pair: -pair[0])
    total, best = scored[0]
    if total < 0.8:
        return None
    rival = scored[1][0] if len(scored) > 1 else 0.0
    sure = min(0.985, 0.72 + 0.07 * min(total, 4.0) - 0.25 * max(0.0, rival / total - 0.3))
    name = _fullest(best, tax_codes, _box(view))
    if best[0].passage is not None and best[0].passage.read_by_eye:
        sure *= 0.6 + 0.4 * max(c.passage.sureness(c.start, c.end) if c.passage else 1.0 for c in best)
        name = _voted(name, view)
    name = _in_full(name, best)
    if any(fits_name(code, name.first, name.last) == 1.0 for code in tax_codes):
        sure = min(0.99, sure + 0.05)
    evidence = tuple(
        c.passage.evidence(c.start, c.end, c.how) if c.passage else Evidence(where=Where.HEADER, text=c.how)
        for c in best[:3]
    )
    others = tuple((_fullest(g, (), ""), round(min(0.4, s / (total + s)), 3)) for s, g in scored[1:3])
    return Person(name=name, confidence=round(sure, 3), evidence=evidence, others=others)


def _sum(group: Sequence[Clue]) -> float:
    best_by_how: dict[str, float] = {}
    for clue in group:
        best_by_how[clue.how] = max(best_by_how.get(clue.how, 0.0), clue.weight)
    return sum(best_by_how.values())


def _borne_out(group: Sequence[Clue], view: View, tax_codes: Sequence[str]) -> float:
    """What a tax code that fits the name and a mailbox called after its surname add, also where only an enclosed
    complaint tells the name."""
    names = {clue.name for clue in group}
    box = "".join(filter(str.isalpha, _box(view)))
    weight = 0.4 if any(fits_name(code, n.first, n.last) == 1.0 for n in names for code in tax_codes) else 0.0
    surnames = {"".join(filter(str.isalpha, fold(n.last))) for n in names}
    return weight + (0.4 if any(len(s) > 3 and s in box for s in surnames) else 0.0)


def _box(view: View) -> str:
    """What the sender's mailbox is called; empty where none sent it."""
    sender = view.envelope.sender
    return fold((sender.email if sender else None) or "").partition("@")[0]


def _fullest(group: Sequence[Clue], tax_codes: Sequence[str], box: str) -> FullName:
    """The spelling that a tax code fits, else the one with most weight behind it; a longer one only if it stands in a
    good place. Of two orders of the same words the one in which the mailbox has them (``mihaela.dumitru``): the given
    name comes first there, while people put it last where they feel before an office."""
    spellings: dict[FullName, float] = {}
    for clue in group:
        sure = clue.passage.sureness(clue.start, clue.end) if clue.passage else 1.0
        spellings[clue.name] = spellings.get(clue.name, 0.0) + clue.weight * sure
    for short in [s for s in spellings if any(_given_of(s, longer) for longer in spellings)]:
        weight = spellings.pop(short)  # "Maria Assunta" under a letter of Maria Assunta Rombi's: given names alone
        longer = max((s for s in spellings if _given_of(short, s)), key=lambda s: spellings[s])
        spellings[longer] += weight

    for name in [name for name in spellings if name.words and _called_so(box, name)]:
        for other in [other for other in spellings if _plain(other) == _turned(name)]:
            spellings[name] += spellings.pop(other)

    def rank(name: FullName) -> tuple[bool, float, int]:
        fits = any(fits_name(code, name.first, name.last) == 1.0 for code in tax_codes)
        return fits, spellings[name], len(name.words)

    return max(spellings, key=rank)


def _plain(name: FullName) -> tuple[str, str]:
    return fold(name.first), fold(name.last)


def _turned(name: FullName) -> tuple[str, str]:
    return fold(name.last), fold(name.first)


def _called_so(box: str, name: FullName) -> bool:
    first, last = ("".join(filter(str.isalpha, part)) for part in _plain(name))
    return re.match(rf"{first}[._\-]{last}(?![a-z])", box) is not None


def _in_full(name: FullName, group: Sequence[Clue]) -> FullName:
    """With the accents that another place gives it, and with the whole given name for its beginning (``Edo`` for
    ``Edoardo``)."""
    for other in (clue.name for clue in group):
        if _plain(other) == _plain(name) and not f"{other.first}{other.last}".isascii():
            name = other
        if _begins(name, other):
            name = other
    return name


def _begins(short: FullName, name: FullName) -> bool:
    """Whether the one is the other with its given name cut short."""
    (first, last), (whole, same) = _plain(short), _plain(name)
    return last == same and first != whole and len(first) > 2 and whole.startswith(first) and " " not in whole


def _voted(name: FullName, view: View) -> FullName:
    """A surname that the eye read once, as the other places in the item have it: ``Roifo``, but twice ``Rolfo``."""
    spellings = (name.last, name.last.upper())
    if (
        not re.fullmatch(r"[^\W\d_]{5,}", name.last)
        or sum(p.text.count(s) for p in view.passages for s in spellings) > 1
    ):
        return name
    words = Counter(word for p in view.passages for word in _CAPITALISED.findall(p.text[:MOST_READ]))
    near = {w.capitalize() for w in words if Levenshtein.distance(w.capitalize(), name.last, score_cutoff=1) == 1}
    votes = {w: words[w] + words[w.upper()] for w in near if len(w) == len(name.last)}
    best = max(votes, key=lambda w: votes[w], default=name.last)
    return FullName(first=name.first, last=best) if votes.get(best, 0) > 1 else name


def _given_of(short: FullName, longer: FullName) -> bool:
    return short != longer and fold(f"{short.first} {short.last}") == fold(longer.first)


def _same(a: FullName, b: FullName) -> bool:
    if len(a.words & b.words) >= 2 or a.words <= b.words or b.words <= a.words or _begins(a, b) or _begins(b, a):
        return True
    one, other = (" ".join(sorted(n.words)) for n in (a, b))
    return min(len(one), len(other)) >= 9 and Levenshtein.distance(one, other) <= 2
