"""A second look at the places where codes stand: by the project's own net first (`parsers.code_net`), and where that
and the first reading don't agree, by the engine: brought to other sizes, smoothed or sharpened, capitals and digits
only, through the eyes of another language's model, which errs differently.

A code that was read surely stays as it is. Readings of a doubtful one are put to the vote (`parsers.code_voting`), and
its confidence then says how far they agree. Runs in reading children only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from mailroom.document import Box, Word
from parsers import code_net
from parsers.code_net import Glimpse
from parsers.code_shapes import SHAPES, bare, fit, is_number, may_be, named, near, others_of_length
from parsers.code_voting import Verdict, Voice, elect
from parsers.ocr import Reading, read, with_words
from parsers.picture import Pixels
from parsers.tools.tesseract import installed_languages

SURE = 0.88
_SURE_IF_CHECKED = 0.5
_ZONES_A_PAGE = 12
_ANNOUNCING = 3
"""Words before a code in which its label may stand."""
_PIECES_OF_ANY_KIND, _MOST_PIECES = 3, 7
"""Words that one code is broken into: by the fax, or by its writer, who puts a long number down in groups of digits."""
_ALPHABET = (("tessedit_char_whitelist", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),)
_RAW_LINE = 13
"""The engine's mode that takes a whole crop for one line and looks for none in it."""
_OTHER_EYES = "eng"
_SETTLED = 0.85
"""Confidence of a verdict that needs no further glance: as good as all agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Glance:
    height: int
    """Pixels that a capital is brought to: the engine reads best near these."""
    smooth: float = 0.0
    """Pixels of blur before that."""
    sharpen: float = 0.0
    """How much of what a blur of two pixels would take away is added instead."""


_GLANCES = (_Glance(height=46, smooth=0.6), _Glance(height=36, sharpen=1.0))
"""How the other eyes look, in one start of the engine, which costs as much as ten glances. Of 25 ways to look at 278
doubtful codes of standard faxes, in faces and words that bench/read doesn't draw, these were among the best; a second
start after the net's glance and these reads no more codes right."""
_NET_WEIGHS = 2.5
"""What the net's glance counts, one of the engine's being 1: less than three, so that nothing is believed on its word
alone. On 350 doubtful codes it reads 86 in 100 right, a glance of the engine 55 to 65."""
_STRAIN_HALVES = 4.0
"""The strain (see `code_net.Glimpse`) at which it counts half: the box then holds more than the code, or less."""
_EASE = 2.0
"""Up to this strain the net sees a code of that shape by itself."""
_LEAST_SEEN = 0.5
_MARGIN = 0.3
"""Of the code's height, left above and below it."""
_FRAME = (8, 14)
"""Pixels of paper put around that, above and beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    page: int
    first: int
    last: int
    """Words `first` to `last` of the page's reading are one code."""
    shape: str
    text: str
    confidence: float
    box: Box
    guessed: bool = False
    """Only the words before it, or a number's length that is nearly a PDR's, say that a code is there: if the net
    doesn't see one either, there is none."""
    room: float = 0.0
    """Pixels of its line to the right of it in which nothing was read."""


def look_again(
    pictures: Sequence[Pixels],
    readings: Sequence[Reading],
    folder: Path,
    *,
    languages: str,
    seconds: float,
) -> list[Reading]:
    """The readings with their doubtful codes read anew; the same ones where there is nothing to doubt.

    Raises as `parsers.ocr.read`.
    """
    zones = [zone for page, reading in enumerate(readings) for zone in doubtful_zones(page, reading)]
    verdicts = _verdicts(pictures, zones, folder, languages=languages, seconds=seconds)
    result = list(readings)
    changes: dict[int, list[tuple[Zone, Verdict]]] = defaultdict(list)
    for zone, verdict in zip(zones, verdicts, strict=True):
        if verdict is not None:
            changes[zone.page].append((zone, verdict))
    for page, found in changes.items():
        result[page] = _changed(readings[page], found)
    return result


def doubtful_zones(page: int, reading: Reading) -> list[Zone]:
    """Where a code seems to stand that was not read surely; a code broken into two or three words counts as one."""
    found: list[Zone] = []
    index, words = 0, reading.words
    while index < len(words) and len(found) < _ZONES_A_PAGE:
        zone = _zone_at(page, words, index)
        index = index + 1 if zone is None else zone.last + 1
        if zone is not None and not _is_sure(zone):
            found.append(zone)
    return found


def _zone_at(page: int, words: Sequence[Word], index: int) -> Zone | None:
    """The likeliest code that begins with this word."""
    announced = named(_before(words, index))
    label = named(words[index - 1].text) if index else None
    best: tuple[float, Zone] | None = None
    guess: Zone | None = None
    for span in range(1, _MOST_PIECES + 1):
        run = words[index : index + span]
        if len(run) < span or run[0].line != run[-1].line or not _close(run):
            break
        if span > _PIECES_OF_ANY_KIND and not all(bare(word.text).isdigit() for word in run):
            break
        zone = _zone_of(page, words, index, index + span - 1)
        shape = near(zone.text, announced)
        if shape is None and label and not named(zone.text) and may_be(zone.text, label):
            guess = replace(zone, shape=label, guessed=True)
        headless = label is None and not any(map(str.isdigit, run[0].text)) and len(run[0].text) != 2
        if shape is not None and span > 1 and headless:
            break  # a label before the code
        if shape is not None and (best is None or shape[1] <= best[0] - 0.5):
            longish = shape[0] == "pdr" != announced and len(bare(zone.text)) != len(SHAPES["pdr"])
            best = (shape[1], replace(zone, shape=shape[0], guessed=longish))
    return best[1] if best else guess


def _before(words: Sequence[Word], index: int) -> str:
    """The words that may announce a code: what stands before another number announced that one."""
    near_by = [word.text for word in words[max(0, index - _ANNOUNCING) : index]]
    last = max((n for n, text in enumerate(near_by) if is_number(text)), default=-1)
    return " ".join(near_by[last + 1 :])


def _zone_of(page: int, words: Sequence[Word], first: int, last: int) -> Zone:
    """These words as one code, of no shape yet."""
    run = words[first : last + 1]
    return Zone(
        page=page, first=first, last=last, shape="", text="".join(word.text for word in run),
        confidence=min(word.confidence for word in run), box=_union(run), room=_room(words, last),
    )  # fmt: skip


def _is_sure(zone: Zone) -> bool:
    whole = fit(zone.text, zone.shape)
    if whole is None or whole.cost > 0:
        return False
    return zone.confidence >= (_SURE_IF_CHECKED if zone.shape == "cf" else SURE)


def _verdicts(
    pictures: Sequence[Pixels], zones: Sequence[Zone], folder: Path, *, languages: str, seconds: float
) -> list[Verdict | None]:
    """The net's glance, then the engine's at what that did not settle."""
    looked_at = [_looked_at(pictures[zone.page], zone) for zone in zones]
    zones, glimpses = [zone for zone, _ in looked_at], [glimpse for _, glimpse in looked_at]
    shapes = [zone.shape if seen is None else seen.shape for zone, seen in zip(zones, glimpses, strict=True)]
    voices = [
        [Voice(text=zone.text), *([] if seen is None else [_voice_of(seen)])]
        for zone, seen in zip(zones, glimpses, strict=True)
    ]
    there = [n for n, zone in enumerate(zones) if not (zone.guessed and _sees_none(glimpses[n]))]
    verdicts: list[Verdict | None] = [None] * len(zones)
    for number in there:
        verdicts[number] = elect(voices[number], shapes[number])
    unsettled = [n for n in there if (verdict := verdicts[n]) is None or verdict.confidence < _SETTLED]
    if not unsettled:
        return verdicts
    crops = [_crop(pictures[zones[n].page], zones[n].box, glance) for n in unsettled for glance in _GLANCES]
    looks = read(
        crops,
        folder,
        languages=_OTHER_EYES if _OTHER_EYES in installed_languages() else languages,
        dpi=300,
        seconds=seconds,
        mode=_RAW_LINE,
        variables=_ALPHABET,
    )
    for place, number in enumerate(unsettled):
        heard = looks[place * len(_GLANCES) : (place + 1) * len(_GLANCES)]
        voices[number] += [Voice(text=look.text) for look in heard]
        verdicts[number] = elect(voices[number], shapes[number])
    return verdicts


def _looked_at(grey: Pixels, zone: Zone) -> tuple[Zone, Glimpse | None]:
    """The zone and what the net makes of it. A case code of the older, shorter kind gets two marks more if the net sees
    a whole new one then: where the engine reads nothing of the last ones, all looks into its box would agree on a code
    cut short."""
    more = 2 * (zone.box[2] - zone.box[0]) / len(SHAPES["spcen6"])
    if zone.shape == "spcen6" and zone.room >= more:
        left, top, right, bottom = zone.box
        longer = replace(zone, shape="spcen8", box=(left, top, right + more, bottom))
        glimpse = _glimpsed(grey, longer)
        if glimpse is not None and glimpse.shape == "spcen8" and not _sees_none(glimpse):
            return longer, glimpse
    return zone, _glimpsed(grey, zone)


def _glimpsed(grey: Pixels, zone: Zone) -> Glimpse | None:
    """What the net makes of the zone: a code of the shape it was taken for, or of another about as long if that alone
    needs no force."""
    crop = code_net.cut(grey, zone.box)
    if crop is None:
        return None
    odds = code_net.seen(crop)
    first = code_net.along(odds, zone.shape)
    if first is not None and first.strain <= _EASE:
        return first
    others = [
        glimpse
        for shape in others_of_length(zone.text, zone.shape)
        if (glimpse := code_net.along(odds, shape)) is not None and glimpse.strain <= _EASE
    ]
    return min(others, key=lambda glimpse: glimpse.strain, default=first)


def _sees_none(glimpse: Glimpse | None) -> bool:
    return glimpse is None or glimpse.strain > _EASE or glimpse.least < _LEAST_SEEN


def _voice_of(glimpse: Glimpse) -> Voice:
    weight = _NET_WEIGHS / (1 + glimpse.strain / _STRAIN_HALVES)
    return Voice(text=glimpse.text, weight=weight, odds=glimpse.places)


def _crop(grey: Pixels, box: Box, glance: _Glance) -> Pixels:
    left, top, right, bottom = (round(value) for value in box)
    tall = max(6, bottom - top)
    margin, beside = round(tall * _MARGIN), tall // 5
    rows, columns = grey.shape
    zone = grey[max(0, top - margin) : min(rows, bottom + margin), max(0, left - beside) : min(columns, right + beside)]
    if glance.sharpen:
        zone = cv2.addWeighted(zone, 1 + glance.sharpen, cv2.GaussianBlur(zone, (0, 0), 2.0), -glance.sharpen, 0)
    if glance.smooth:
        zone = cv2.GaussianBlur(zone, (0, 0), glance.smooth)
    scale = min(4.0, glance.height / tall)
    enlarged = cv2.resize(zone, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    paper = int(np.percentile(enlarged, 90))
    above, aside = _FRAME
    framed: Pixels = cv2.copyMakeBorder(enlarged, above, above, aside, aside, cv2.BORDER_CONSTANT, value=paper)
    return framed


def _changed(reading: Reading, found: Sequence[tuple[Zone, Verdict]]) -> Reading:
    words: list[Word | None] = list(reading.words)
    for zone, verdict in found:
        first = reading.words[zone.first]
        head, tail = _edges(zone.text)
        words[zone.first] = replace(first, text=head + verdict.text + tail, box=zone.box, confidence=verdict.confidence)
        for index in range(zone.first + 1, zone.last + 1):
            words[index] = None
    return with_words(reading, [word for word in words if word is not None])


def _edges(text: str) -> tuple[str, str]:
    """Punctuation before and after the code, as first read."""
    marks = ".,;:()\"'"
    head = text[: len(text) - len(text.lstrip(marks))]
    tail = text[len(text.rstrip(marks)) :]
    return head, tail


def _close(run: Sequence[Word]) -> bool:
    return all(after.box[0] - before.box[2] < 0.9 * (before.box[3] - before.box[1]) for before, after in pairwise(run))


def _room(words: Sequence[Word], last: int) -> float:
    here = words[last]
    after = words[last + 1] if last + 1 < len(words) and words[last + 1].line == here.line else None
    return float("inf") if after is None else after.box[0] - here.box[2]


def _union(run: Sequence[Word]) -> Box:
    return (
        min(word.box[0] for word in run),
        min(word.box[1] for word in run),
        max(word.box[2] for word in run),
        max(word.box[3] for word in run),
    )
