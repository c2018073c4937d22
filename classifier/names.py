"""Names of people: which word is the given name and which the surname, and how a name is written out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from classifier.identifiers.tax_code import fits_name
from classifier.no_names import PARTICLES
from classifier.reading_view import fold

_HELD = PARTICLES.union(["dell", "dall", "van", "von", "ben", "bin", "abd", "mac", "mc", "san", "santa", "o", "ait"])
"""Words that a surname in several words begins with."""
_TITLES = re.compile(
    r"\b(?:sigg?\.?(?:ra|na|re|ri)?|signor[ae]?|dott\.?(?:ssa|\.ssa|sa|re)?|dr\.?(?:ssa)?|ing\.?|geom\.?|rag\.?|prof\.?(?:ssa)?|"
    r"arch\.?|avv\.?(?:to)?|p\.i\.|ins\.|m\.o|cav\.?|comm\.?|perito|mr|mrs|ms|egr\.?|gent\.?ma|spett\.?|don|suor|m\.llo|col\.|gen\.)(?=[\s.]|$)\.?\s*"
)
_ASIDE = re.compile(
    r"\(.*?\)|\b(?:(?<!della )ved(?:ova|\.)?|in|cgt\.?|coniugata|nat[ao](?= (?:a|il|in|nel))|n\.|cf|c\.f\.|classe|"
    r"di anni|detto|detta)"
    r"\b.*$|[,;].*$"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*(?:-[^\W\d_]+)?\.?", re.UNICODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameLists:
    given: frozenset[str]
    common: frozenset[str]
    """Given names that many people bear; a surname is seldom one of them."""
    surnames: frozenset[str]
    towns: frozenset[str] = frozenset()
    """Folded town names, to cut them off behind a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName:
    first: str
    last: str

    @property
    def words(self) -> frozenset[str]:
        return frozenset(re.findall(r"[a-z]+", fold(f"{self.first} {self.last}")))


def load() -> NameLists:
    marked = _list("given_names.txt")
    given = frozenset(name.rstrip("+") for name in marked)
    common = frozenset(name.rstrip("+") for name in marked if name.endswith("+"))
    return NameLists(given=given, common=common, surnames=_list("surnames.txt"), towns=_towns())


def _towns() -> frozenset[str]:
    text = resources.files("classifier").joinpath("data/towns.tsv").read_text("utf-8")
    names = {line.split("\t", 1)[0] for line in text.splitlines() if not line.startswith("#")}
    return frozenset(fold(name) for name in names | {"Reggio Calabria", "Reggio Emilia"})


def without_town(words: list[str], lists: NameLists) -> list[str]:
    """A name of at least two words without the town behind it."""
    for count in (3, 2, 1):
        if len(words) - count >= 2 and fold(" ".join(words[-count:])) in lists.towns:
            rest = words[:-count]
            if count > 1 or fold(words[-1]) not in lists.surnames:
                return rest
    return words


def _list(name: str) -> frozenset[str]:
    text = resources.files("classifier").joinpath(f"data/{name}").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def name_words(raw: str) -> list[str]:
    """Words of a name as written, titles, asides and everything behind a comma taken off."""
    low = fold(raw)
    spans = [m.span() for m in (*_TITLES.finditer(low), *_ASIDE.finditer(low))]
    kept = raw
    for start, end in spans:
        kept = kept[:start] + " " * (end - start) + kept[end:]
    return [w for w in _WORD.findall(kept) if len(w) > 1 or w.endswith(".")]


def parse(
    words: Sequence[str], lists: NameLists, *, tax_codes: Sequence[str] = (), surname_first: bool = False
) -> FullName | None:
    """The name in these words, or None if they can't be one. A fitting tax code settles the order."""
    words = [w.rstrip(".") for w in words]
    units = _units(words)
    if not 2 <= len(units) <= 5 or len(words) > 6 or any(len(unit) < 2 for unit in units):
        return None
    for cut in range(1, len(units)):
        for first, last in ((units[:cut], units[cut:]), (units[cut:], units[:cut])):
            name = _full(first, last)
            if any(fits_name(code, name.first, name.last) == 1.0 for code in tax_codes):
                return name
    known = [_is_given(unit, lists) for unit in units]
    if not any(known):
        surname_first = surname_first or _surname_alone(units, lists)
        return _full(units[1:], units[:1]) if surname_first else _full(units[:1], units[1:])
    return _by_lists(units, known, lists, surname_first=surname_first)


def _by_lists(units: list[str], known: list[bool], lists: NameLists, *, surname_first: bool) -> FullName:
    count = len(units)
    lead = next((n for n, k in enumerate(known) if not k), count)
    trail = next((n for n, k in enumerate(reversed(known)) if not k), count)
    if lead == count:
        surname_at_head = surname_first or (count == 2 and _rather_surname(units[0], units[1], lists))
        return _full(units[1:], units[:1]) if surname_at_head else _full(units[:-1], units[-1:])
    if lead and (not surname_first or not trail):
        return _full(units[:lead], units[lead:])
    shouted = units[0].isupper() and units[1].isupper()  # as offices and their forms write: surname first
    if trail and not surname_first and not shouted and count == 2 and _as_written(units[0], units[1], lists):
        return _full(units[:1], units[1:])
    if trail:
        return _full(units[count - trail :], units[: count - trail])
    middle = known.index(True)
    return _full(units[: middle + 1], units[middle + 1 :])


def _as_written(one: str, other: str, lists: NameLists) -> bool:
    """Whether an unlisted word before a rare given name is the given name all the same (``Adalisa Neri``). One in -i
    seldom is (``Zerbinati Orfeo``)."""
    first, second = fold(one), fold(other)
    if second in lists.common or " " in one:
        return False  # only surnames have a particle: "Dal Monte Iole"
    return second in lists.surnames or (first not in lists.surnames and not first.endswith("i"))


def _rather_surname(one: str, other: str, lists: NameLists) -> bool:
    """Of two words that may both be given names, whether the first is rather the surname."""
    first, second = fold(one), fold(other)
    if (first in lists.common) != (second in lists.common):
        return second in lists.common
    return first in lists.surnames and second not in lists.surnames


def _surname_alone(units: Sequence[str], lists: NameLists) -> bool:
    """Of two words that no list knows as given names, whether the first is a listed surname, or one with a particle,
    and the other is none."""
    if len(units) == 2 and (" " in units[0]) != (" " in units[1]):
        return " " in units[0]
    return len(units) == 2 and fold(units[0]) in lists.surnames and fold(units[1]) not in lists.surnames


def _is_given(unit: str, lists: NameLists) -> bool:
    return all(given_name(part, lists) for part in re.findall(r"[a-z]+", fold(unit)))


def given_name(word: str, lists: NameLists) -> bool:
    """A listed given name, or two of them grown together (``Mariarosa``)."""
    if word in lists.given:
        return True
    return len(word) > 7 and any(word[:n] in lists.common and word[n:] in lists.common for n in range(3, len(word) - 2))


def _units(words: Sequence[str]) -> list[str]:
    """Particles join the word behind them: ``Lo Presti``, ``De Luca``, ``D' Amico``."""
    units: list[str] = []
    held: list[str] = []
    for word in words:
        if fold(word).strip("'") in _HELD and len(held) < 2:
            held.append(word)
        else:
            units.append(" ".join([*held, word]))
            held = []
    if held and units:
        units[-1] = " ".join([units[-1], *held])
    return units


def _full(first: Sequence[str], last: Sequence[str]) -> FullName:
    return FullName(first=written(" ".join(first)), last=written(" ".join(last)))


def written(name: str) -> str:
    """Capitals at word starts and behind apostrophes and hyphens; mixed case is kept as it is (``McCall``)."""
    parts = re.split(r"([\s'’`\-]+)", name.strip())
    return "".join(p if (p[1:] != p[1:].lower() and not p.isupper()) else p[:1].upper() + p[1:].lower() for p in parts)


def has_given(words: Sequence[str], lists: NameLists) -> bool:
    return any(given_name(fold(w).strip("."), lists) for w in words)


def has_surname(words: Sequence[str], lists: NameLists) -> bool:
    return any(fold(w).strip(".") in lists.surnames for w in words)
