"""The known operators: who sells, distributes, pipes and collects, with the names citizens use for them.

Read once from `data/operators.txt`. A name is matched as a run of words, whatever the capitals, dots and hyphens.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from rapidfuzz import fuzz, process

from classifier.reading_view import fold

_WORD = re.compile(r"[a-z0-9]+")
_CLUE_BEFORE = re.compile(
    r"(?:fornitor\w*|gestor\w*|societ\w*|bollett\w*|fattur\w*|contratt\w*|reclam\w*|spett\S*|client\w*|utenz\w*|presso|"
    r"operator\w*|compagni\w*|vendit\w*|distributor\w*|azienda|ditta|confronti|contro|controparte|passat\w*|scritto|spa|srl|acquedotto|rifiuti|nettezza)\b[^.;]{0,25}$"
)
_NAMED_BEFORE = re.compile(
    r"(?:fornitor\w*|gestor\w*|operator\w*|societ\w*|compagni\w*|ditta|venditor\w*)[ (\"',:]{1,3}$"
)
_ADDRESS = re.compile(r"^\s*(?:spett\S*|alla?|all'|ad?|al|to:?)\s+$")
_LEGAL_AFTER = re.compile(r" ?,? ?(?:s\.?p\.?a\b|s\.?r\.?l\b|spa\b|srl\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    name: str
    kind: str
    """seller, distributor, water, heat, waste, multi, body."""
    sectors: frozenset[str]
    """Of e, g, w, h, r (waste)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    operator: Operator
    display: str
    """How the name is told when it was written so."""
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    wary: bool
    """An ordinary word: believed only in capitals as here and beside a clue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    alias: Alias
    start: int
    end: int
    fuzzy: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    by_first_word: Mapping[str, tuple[Alias, ...]]
    by_letters: Mapping[str, Alias]
    """Squeezed letters of longer names, for tolerant reading of OCR text."""

    def sectors_of(self, name: str) -> frozenset[str]:
        """Letters of the sectors in which an operator of this name works; none for one we don't know."""
        words = tuple(_WORD.findall(fold(name)))
        aliases = self.by_first_word.get(words[0], ()) if words else ()
        return next((alias.operator.sectors for alias in aliases if alias.words == words), frozenset())

    def find(self, text: str, plain: str) -> Iterator[Hit]:
        """Names in a passage (`plain` is its folded form), longest first at each place, none overlapping."""
        words = list(_WORD.finditer(plain))
        end = 0
        for place, word in enumerate(words):
            if word[0] in self.by_first_word and word.start() >= end:
                hit = self._at(words, place, text, plain)
                if hit is not None:
                    yield hit
                    end = hit.end

    def find_misread(self, text: str, plain: str) -> Iterator[Hit]:
        """Longer names with a character or two misread, where a clue stands before or the line begins: for OCR text."""
        words = [(m.start(), m.end()) for m in _MISREAD_WORD.finditer(plain[:6000])]
        names = tuple(self.by_letters)
        for first, (start, _) in enumerate(words):
            if not text[start : start + 1].isupper() or not _clued(plain, start):
                continue
            for count in (3, 2, 1):
                if first + count > len(words):
                    continue
                end = words[first + count - 1][1]
                letters = "".join(c for c in plain[start:end] if c.isalnum())
                if "\n" in plain[start:end].strip() or not 7 <= len(letters) <= 34:
                    continue
                near = process.extractOne(letters, names, scorer=fuzz.ratio, score_cutoff=90)
                if near is not None and near[1] < 100:
                    yield Hit(alias=self.by_letters[near[0]], start=start, end=end, fuzzy=near[1] / 100)
                    break

    def _at(self, words: Sequence[re.Match[str]], place: int, text: str, plain: str) -> Hit | None:
        for alias in self.by_first_word[words[place][0]]:
            last = place + len(alias.words) - 1
            if last >= len(words) or words[last][0] != alias.words[-1]:
                continue  # most often; the others cost a closer look
            if any(words[place + n][0] != w for n, w in enumerate(alias.words)):
                continue
            start, end = words[place].start(), words[last].end()
            gaps = [plain[words[n].end() : words[n + 1].start()] for n in range(place, last)]
            if not all(_gap_fits(a, b) for a, b in zip(alias.gaps, gaps, strict=True)):
                continue
            short = sum(map(len, alias.words)) <= 3 and not text[start].isupper()
            if (alias.wary or short) and not _believable(alias, text, plain, start, end):
                continue
            return Hit(alias=alias, start=start, end=end)
        return None


_MISREAD_WORD = re.compile(r"[a-z0-9|$]+")


def _clued(plain: str, start: int) -> bool:
    line = plain[plain.rfind("\n", 0, start) + 1 : start]
    ahead = plain[max(0, start - 40) : start].replace("\n", " ")
    return not line.strip() or bool(_CLUE_BEFORE.search(ahead)) or bool(_ADDRESS.match(line))


def _gap_fits(told: str, seen: str) -> bool:
    if told == ".":
        return seen in (".", "-", "")
    return len(seen) <= 3 and not re.search(r"[,;:()?!]|\.\s", seen) and seen.count("\n") < 2


def _believable(alias: Alias, text: str, plain: str, start: int, end: int) -> bool:
    written = text[start:end]
    capitals = written == alias.display or written.isupper()
    ahead = plain[max(0, start - 40) : start].replace("\n", " ")
    if re.search(r"[A-Z][a-z]+ $", text[max(0, start - 25) : start]) and written != text[start:end].upper():
        return False  # the tail of a longer name
    if not capitals:
        return bool(_NAMED_BEFORE.search(ahead))
    if _LEGAL_AFTER.match(plain, end):
        return True
    line_start = plain.rfind("\n", 0, start) + 1
    line = plain[line_start : plain.find("\n", end) if "\n" in plain[end:] else len(plain)].strip()
    if len(line) == end - start:
        return True
    if len(written) > 4 and re.search(
        r"[a-z,] (?:con|da|di|a|ad|la|dalla|alla|della) $", text[max(0, start - 25) : start]
    ):
        return True
    return bool(_CLUE_BEFORE.search(ahead)) or bool(_ADDRESS.match(plain[line_start:start]))


def load() -> Operators:
    """The shipped list."""
    lines = resources.files("classifier").joinpath("data/operators.txt").read_text("utf-8").splitlines()
    aliases: list[Alias] = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            aliases += _aliases(line)
    by_first: dict[str, list[Alias]] = {}
    by_letters: dict[str, Alias] = {}
    for alias in aliases:
        by_first.setdefault(alias.words[0], []).append(alias)
        letters = "".join(alias.words)
        if len(letters) >= 7 and not alias.wary:
            by_letters.setdefault(letters, alias)
    for listed in by_first.values():
        listed.sort(key=lambda a: (-len(a.words), a.wary))
    return Operators(by_first_word={k: tuple(v) for k, v in by_first.items()}, by_letters=by_letters)


def _aliases(line: str) -> Iterator[Alias]:
    kind, sectors, *names = (field.strip() for field in line.split(" | "))
    operator = Operator(name=names[0].lstrip("!="), kind=kind, sectors=frozenset(sectors) - {"-"})
    for name in names:
        bare = name.lstrip("!=")
        folded = fold(bare)
        matches = list(_WORD.finditer(folded))
        gaps = tuple(folded[a.end() : b.start()] for a, b in itertools.pairwise(matches))
        yield Alias(
            operator=operator,
            display=operator.name if name.startswith("=") else bare,
            words=tuple(m[0] for m in matches),
            gaps=gaps,
            wary=name.startswith("!"),
        )
