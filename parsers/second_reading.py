"""A second look at the places where codes stand: enlarged, smoothed another way, capitals and digits only.

A code that was read surely stays as it is. Readings of a doubtful one vote, and one that has the shape of a code
(and for a codice fiscale the right check letter) beats one that hasn't. Runs in reading children only.
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
from parsers.code_shapes import fit, fit_with_a_mark_too_many, named, near
from parsers.ocr import Reading, read, with_words
from parsers.picture import Pixels

SURE = 0.88
_SURE_IF_CHECKED = 0.5
_ZONES_A_PAGE = 12
_LETTER_HEIGHTS = (34, 44)
"""Pixels that a capital is brought to, one look each: the engine reads best near these, and errs differently."""
_ALPHABET = (("tessedit_char_whitelist", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),)
_LINE_MODE = 7
_ENOUGH_ALONE = 0.8
"""What a single vote must weigh to count, when there is no check letter and nobody agrees."""


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
    if not zones:
        return list(readings)
    crops = [_crop(pictures[zone.page], zone.box, height) for zone in zones for height in _LETTER_HEIGHTS]
    looks = read(crops, folder, languages=languages, dpi=300, seconds=seconds, mode=_LINE_MODE, variables=_ALPHABET)
    result = list(readings)
    changes: dict[int, list[tuple[Zone, str, float]]] = defaultdict(list)
    for number, zone in enumerate(zones):
        seen = looks[number * len(_LETTER_HEIGHTS) : (number + 1) * len(_LETTER_HEIGHTS)]
        outcome = vote(zone, [(look.text, look.confidence) for look in seen])
        if outcome is not None:
            changes[zone.page].append((zone, *outcome))
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
    announced = named(" ".join(word.text for word in words[max(0, index - 3) : index]))
    best: tuple[float, Zone] | None = None
    for span in (1, 2, 3):
        run = words[index : index + span]
        if len(run) < span or run[0].line != run[-1].line or not _close(run):
            break
        text = "".join(word.text for word in run)
        shape = near(text, announced)
        if shape is not None and span > 1 and not any(map(str.isdigit, run[0].text)) and len(run[0].text) != 2:
            break  # a label before the code
        if shape is not None and (best is None or shape[1] < best[0] - 0.5):
            confidence = min(word.confidence for word in run)
            last = index + span - 1
            best = (
                shape[1],
                Zone(
                    page=page, first=index, last=last, shape=shape[0], text=text, confidence=confidence, box=_union(run)
                ),
            )
    return best[1] if best else None


def _is_sure(zone: Zone) -> bool:
    whole = fit(zone.text, zone.shape)
    if whole is None or whole.cost > 0:
        return False
    return zone.confidence >= (_SURE_IF_CHECKED if zone.shape == "cf" else SURE)


def vote(zone: Zone, looks: Sequence[tuple[str, float]]) -> tuple[str, float] | None:
    """The code that the readings agree on best and how sure that is; None to leave the first reading as it is."""
    weights: dict[str, float] = defaultdict(float)
    agreeing: dict[str, int] = defaultdict(int)
    voices = [(zone.text, zone.confidence), *looks]
    for text, sure in voices:
        fitted = fit(text, zone.shape) or fit_with_a_mark_too_many(text, zone.shape)
        if fitted is not None:
            # The engine says 0 of many a line of capitals that it read well: agreement counts for more.
            weights[fitted.text] += (0.4 + 0.6 * sure) / (1 + 0.3 * fitted.cost)
            agreeing[fitted.text] += 1
    if not weights:
        return None
    best = max(weights, key=lambda code: weights[code])
    if agreeing[best] < 2 and zone.shape != "cf" and weights[best] < _ENOUGH_ALONE:
        return None
    share = weights[best] / sum(weights.values())
    sure = share * weights[best] / len(voices) + (0.3 if zone.shape == "cf" else 0.0)
    return best, round(min(0.97, sure), 3)


def _crop(grey: Pixels, box: Box, height: int) -> Pixels:
    left, top, right, bottom = (round(value) for value in box)
    tall = max(6, bottom - top)
    margin, beside = tall // 2, tall // 5
    rows, columns = grey.shape
    zone = grey[max(0, top - margin) : min(rows, bottom + margin), max(0, left - beside) : min(columns, right + beside)]
    scale = min(4.0, height / tall)
    enlarged = cv2.resize(zone, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    paper = int(np.percentile(enlarged, 90))
    framed: Pixels = cv2.copyMakeBorder(enlarged, 14, 14, 18, 18, cv2.BORDER_CONSTANT, value=paper)
    return framed


def _changed(reading: Reading, found: Sequence[tuple[Zone, str, float]]) -> Reading:
    words: list[Word | None] = list(reading.words)
    for zone, code, sure in found:
        first = reading.words[zone.first]
        head, tail = _edges(zone.text)
        words[zone.first] = replace(first, text=head + code + tail, box=zone.box, confidence=sure)
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


def _union(run: Sequence[Word]) -> Box:
    return (
        min(word.box[0] for word in run),
        min(word.box[1] for word in run),
        max(word.box[2] for word in run),
        max(word.box[3] for word in run),
    )
