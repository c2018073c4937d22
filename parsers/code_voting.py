"""Several readings of one code put side by side, mark by mark: what most of them say at each place, and how many.

Readings lose a mark here and double one there, so each is first laid along the shape it should have. Nothing is
believed because one reading says it: what is agreed upon by less than most is doubt, and told as such. A codice
fiscale carries a check letter, which chooses among what the readings propose. Pure.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from parsers.code_shapes import SHAPES, checked, fit, placings

Cell = tuple[str | None, float]
"""What stands at one place, None for nothing, and how much it counts."""
Odds = tuple[tuple[tuple[str, float], ...], ...]
"""The marks that may stand at each place of a shape, each with its share of one."""
_Row = tuple[tuple[Cell, ...], float, Odds]
"""A reading laid along a shape, its weight, and its odds if it told any."""
_GAP, _EXTRA, _STRANGE, _ALIKE, _FIXED, _OTHERWISE = 1.0, 0.8, 1.0, 0.5, 0.6, 0.2
_EDGES = ".,;:'\"()-–—_“”‘’«»*"
_L_IN_PIECES = re.compile(r"(?<=\w)[1Il|!\]](?:[.,](?=\w)|[.,]$)")
"""An L whose foot was taken for a point."""
_CONSISTENT = re.compile(r"[A-Z]{6}\d\d[ABCDEHLMPRST](?:[04][1-9]|[1256]\d|[37][01])[A-MZ]\d{3}[A-Z]")
_SISTERS = (("pod", "pod15"), ("spcen8", "spcen6"))
"""Shapes that differ in length only: what the first reading has too much decides nothing."""
_MOST_TRIED, _OPTIONS = 1_000, 4
"""Choices that are tried against the check letter, and marks at one place."""
_FEWEST = 0.06
"""Share of the voices below which a mark isn't tried against the check letter."""
_SURE, _SURE_IF_CHECKED, _DOUBTED = 0.95, 0.97, 0.6
_DISSENT = 1.5
"""Power that the share of the voices is raised to: three of four is too few where nothing else confirms a mark."""
_MENDED = 0.2
"""What each mark costs that the check letter chose against the majority."""
_MOST_MENDED = 2
_OF_ANOTHER_LENGTH, _BESIDE_A_MARK_LEFT_OUT = 0.7, 0.5
"""What a reading counts that had to be stretched or cut to the shape."""
_MONTH, _MONTHS = ("cf", 8), "ABCDEHLMPRST"
_MONTH_OF = {"F": "E", "O": "D", "0": "D", "Q": "D", "U": "D", "8": "B", "G": "C", "N": "HM", "I": "LT", "1": "LT",
             "7": "T", "Y": "T", "K": "HR", "W": "M", "6": "C", "J": "L", "V": "L"}  # fmt: skip
"""Letters that no month has, and the months they are likest to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    text: str
    weight: float = 1.0
    odds: Odds = ()
    """What else it may be, where a reader tells (`parsers.code_net`); of the shape that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    text: str
    confidence: float
    """At most 0.62 where the readings don't agree on every mark that nothing else confirms."""


def elect(voices: Sequence[Voice], shape: str) -> Verdict | None:
    """The code that the readings make together; None if they don't make one of that shape."""
    shape = _of_their_length(voices, shape)
    template, total = SHAPES[shape], sum(voice.weight for voice in voices)
    laid = _laid_together(voices, shape)
    if len(laid) < 2:
        return None
    shares = [{mark: weight / total for mark, weight in count.items()} for count in _counts(laid, shape)]
    if not all(shares):
        return None
    if shape == "cf":
        return _right_by_itself(voices, laid) or _cut_to_fit(_checked_choice(shares), voices)
    text = "".join(max(share, key=lambda mark: share[mark]) for share in shares)
    open_places = [max(share.values()) for share, wanted in zip(shares, template, strict=True) if wanted in "dL*"]
    return Verdict(text=text, confidence=round(_SURE * min(open_places) ** _DISSENT, 3))


def _of_their_length(voices: Sequence[Voice], shape: str) -> str:
    """The shape, or its longer or shorter sister, if readings of more weight are of that."""
    sisters = next((pair for pair in _SISTERS if shape in pair), ())
    if not sisters:
        return shape
    marks = [(_marks(voice.text), voice.weight) for voice in voices]
    return max((shape, *sisters), key=lambda name: sum(weight for text, weight in marks if fit(text, name) is not None))


def _laid_together(voices: Sequence[Voice], shape: str) -> list[_Row]:
    """Readings of the right length first; the others are laid where they agree with those."""
    template = SHAPES[shape]
    whole = [voice for voice in voices if len(_marks(voice.text)) == len(template)]
    rows = [(row, voice.weight, voice.odds) for voice in whole if (row := laid_along(voice.text, shape)) is not None]
    agreed = [max(count, key=lambda mark: count[mark], default="?") for count in _counts(rows, shape)]
    like = "".join(agreed) if rows else ""
    for voice in voices:
        row = None if voice in whole else laid_along(voice.text, shape, like=like)
        if row is not None:
            rows.append((row, voice.weight * _OF_ANOTHER_LENGTH, ()))
    return rows


def _counts(rows: Sequence[_Row], shape: str) -> list[dict[str, float]]:
    return [
        _counted(
            [cell for row in rows for cell in _cells(row, place)],
            "m" if (shape, place) == _MONTH else wanted,
        )
        for place, wanted in enumerate(SHAPES[shape])
    ]


def _cells(row: _Row, place: int) -> list[Cell]:
    """What a reading says of one place: one mark, or the odds of several."""
    cells, weight, odds = row
    if odds:
        return [(mark, share * weight) for mark, share in odds[place]]
    mark, worth = cells[place]
    return [(mark, worth * weight)]


def _cut_to_fit(chosen: Verdict | None, voices: Sequence[Voice]) -> Verdict | None:
    """Doubted if no reading is as long as the code: what all of them had too much may be a letter in pieces."""
    if chosen is None or any(len(_marks(voice.text)) == len(chosen.text) for voice in voices):
        return chosen
    return replace(chosen, confidence=min(chosen.confidence, _DOUBTED))


def _right_by_itself(voices: Sequence[Voice], laid: Sequence[_Row]) -> Verdict | None:
    """The codice fiscale that one reading gives whole, its check letter right: chance does that once in many, and then
    no other reading says what this one says somewhere."""
    votes: dict[str, float] = {}
    for voice in voices:
        fitted = fit(_marks(voice.text), "cf")
        if fitted is not None and _CONSISTENT.fullmatch(fitted.text):
            votes[fitted.text] = votes.get(fitted.text, 0.0) + voice.weight / (1 + fitted.cost)
    if not votes:
        return None
    best = max(votes, key=lambda code: votes[code])
    share = votes[best] / sum(votes.values())
    agreeing = votes[best] / sum(voice.weight for voice in voices)
    confidence = share * (_SURE_IF_CHECKED - 0.25 * (1 - agreeing))
    borne_out = [sum(_may_be(row[place][0], mark) for row, _, _ in laid) for place, mark in enumerate(best)]
    if min(borne_out) < 2:
        confidence = min(confidence, _DOUBTED)
    return Verdict(text=best, confidence=round(confidence, 3))


def _may_be(read: str | None, mark: str) -> bool:
    return read is not None and mark in (read, *placings(read, "d" if mark.isdigit() else "L"))


def laid_along(text: str, shape: str, *, like: str = "") -> tuple[Cell, ...] | None:
    """The marks of a reading at the places of the shape; None for a reading that is too far from it.

    Where it may lie one way or another, it lies as `like`, another reading of that length, has it.
    """
    token, template = _marks(text), SHAPES[shape]
    if not token or abs(len(token) - len(template)) > 3:
        return None

    def change(row: int, column: int) -> float:
        other = bool(like) and like[column - 1] != token[row - 1]
        return _unlikeness(token[row - 1], template[column - 1]) + (_OTHERWISE if other else 0.0)

    cost = [[_GAP * column for column in range(len(template) + 1)]]
    for row in range(1, len(token) + 1):
        above, line = cost[-1], [_EXTRA * row]
        for column in range(1, len(template) + 1):
            least = min(above[column - 1] + change(row, column), above[column] + _EXTRA, line[-1] + _GAP)
            line.append(least)
        cost.append(line)
    if cost[-1][-1] > 1.0 + (0.16 + (_OTHERWISE if like else 0.0)) * len(template):
        return None
    return _traced(token, cost, change)


def _traced(token: str, cost: Sequence[Sequence[float]], change: Callable[[int, int], float]) -> tuple[Cell, ...]:
    """The cheapest way through; what stands beside a mark left out counts half, for it may be that one instead."""
    row, column = len(token), len(cost[0]) - 1
    marks: list[str | None] = [None] * column
    worths = [1.0] * column
    while row and column:
        here = cost[row][column]
        if abs(here - cost[row - 1][column - 1] - change(row, column)) < 1e-9:
            marks[column - 1] = token[row - 1]
            row, column = row - 1, column - 1
        elif abs(here - cost[row - 1][column] - _EXTRA) < 1e-9:
            for beside in (column - 1, column):
                if beside < len(worths):
                    worths[beside] = _BESIDE_A_MARK_LEFT_OUT
            row -= 1
        else:
            column -= 1
    return tuple(zip(marks, worths, strict=True))


@lru_cache(maxsize=8192)
def _unlikeness(mark: str, wanted: str) -> float:
    if mark == wanted:
        return 0.0
    if wanted not in "dL*":
        return _FIXED
    options = placings(mark, wanted)
    return 0.0 if mark in options else _ALIKE if options else _STRANGE


def _counted(cells: Sequence[tuple[str | None, float]], wanted: str) -> dict[str, float]:
    """The weight of each mark that may stand at one place. A look-alike counts less than the mark itself."""
    if wanted not in "dL*m":
        return {wanted: sum(weight for _, weight in cells)}
    found: dict[str, float] = {}
    for mark, weight in cells:
        options = () if mark is None else _months(mark) if wanted == "m" else placings(mark, wanted)
        for number, option in enumerate(options):
            share = 1.0 if option == mark else 0.8 / (1 + number)
            found[option] = found.get(option, 0.0) + weight * share
    return found


def _months(mark: str) -> tuple[str, ...]:
    return (mark,) if mark in _MONTHS else tuple(_MONTH_OF.get(mark, ""))


def _marks(text: str) -> str:
    """Capitals without blanks and points; a bracket stays, for it may be a letter."""
    return "".join(_L_IN_PIECES.sub("L", text).upper().split()).strip(_EDGES)


def _checked_choice(shares: Sequence[Mapping[str, float]]) -> Verdict | None:
    """The likeliest codice fiscale whose check letter is right, if it strays little from the majority."""
    ranked = [sorted(share.items(), key=lambda item: -item[1])[:_OPTIONS] for share in shares]
    tried = [[item for n, item in enumerate(options) if n == 0 or item[1] >= _FEWEST] for options in ranked]
    best: tuple[float, int, str] | None = None
    for choice in itertools.islice(_nearest_first(tried), _MOST_TRIED):
        text = "".join(mark for mark, _ in choice)
        strays = sum(mark != options[0][0] for (mark, _), options in zip(choice, tried, strict=True))
        if not _CONSISTENT.fullmatch(text) or not checked(text):
            continue
        worth = sum(options[0][1] - share for (_, share), options in zip(choice, tried, strict=True))
        if best is None or worth < best[0]:
            best = (worth, strays, text)
    if best is None:
        return None
    worth, strays, text = best
    return Verdict(text=text, confidence=round(max(0.3, _SURE_IF_CHECKED - _MENDED * strays - 0.2 * worth), 3))


def _nearest_first(tried: Sequence[Sequence[tuple[str, float]]]) -> list[tuple[tuple[str, float], ...]]:
    """All choices that stray from the first option at no more than two places."""
    first = tuple(options[0] for options in tried)
    found = [first]
    open_places = [place for place, options in enumerate(tried) if len(options) > 1]
    for count in range(1, _MOST_MENDED + 1):
        for places in itertools.combinations(open_places, count):
            for marks in itertools.product(*(tried[place][1:] for place in places)):
                choice = list(first)
                for place, mark in zip(places, marks, strict=True):
                    choice[place] = mark
                found.append(tuple(choice))
    return found
