"""A small net that reads a code in a crop too bad for the engine: convolutions over the picture, a mark or nothing for
every step across it (CTC). A glance costs milliseconds, where a start of the engine costs a quarter of a second.

What it gives is not a text but the odds of every mark at every place of a shape, for the shape is known (see
`parsers.code_shapes`): the net's steps are laid along it. Made by `parsers.code_net_making`. Pure but for its weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mailroom.document import Box
from parsers.code_shapes import SHAPES
from parsers.picture import Pixels

MARKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-.:"
HEIGHT = 24
WEIGHTS = Path(__file__).with_name("code_net.npz")
STRIDES = ((2, 2), (2, 1), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1))
PADDING = ((2, 2), (1, 1), (1, 1), (0, 1), (0, 2), (0, 1), (0, 0))
"""Of each layer, down and across."""
_MARGIN, _BESIDE = 0.25, 0.4
"""Of the code's height, seen around it."""
_WIDER = 1.25
_NARROWEST, _WIDEST = 16, 900
_LEAST_CONTRAST = 40.0
_SMALLEST = 5.0
_ALLOWED = {"d": "0123456789", "L": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "*": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}
_NEVER = -1e9
Odds = npt.NDArray[np.float32]
"""Logarithms of the odds of each mark, and of none (last), for each step across the crop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What the net makes of a crop when it is to be a code of one shape."""

    shape: str
    text: str
    places: tuple[tuple[tuple[str, float], ...], ...]
    """The odds of the marks that may stand at each place, the likeliest first."""
    strain: float
    """By how much (of the logarithm of the odds) the shape had to be forced upon what was seen; 0 if not at all."""

    @property
    def least(self) -> float:
        """The odds of the mark that is least sure."""
        return min(place[0][1] for place in self.places)


def cut(grey: Pixels, box: Box) -> npt.NDArray[np.float32] | None:
    """The code in that box as the net sees it, ink 1 and paper 0; None for a box too small to hold one."""
    left, top, right, bottom = box
    tall = bottom - top
    if tall < _SMALLEST or right - left < _SMALLEST:
        return None
    rows, columns = grey.shape
    first, last = max(0, round(top - _MARGIN * tall)), min(rows, round(bottom + _MARGIN * tall))
    start, end = max(0, round(left - _BESIDE * tall)), min(columns, round(right + _BESIDE * tall))
    if last - first < _SMALLEST or end - start < _SMALLEST:
        return None
    scale = HEIGHT / (tall * (1 + 2 * _MARGIN))
    width = min(_WIDEST, max(_NARROWEST, round((end - start) * scale * _WIDER)))
    how = cv2.INTER_AREA if scale < 0.9 else cv2.INTER_LINEAR
    small = cv2.resize(grey[first:last, start:end], (width, HEIGHT), interpolation=how).astype(np.float32)
    paper, ink = float(np.percentile(small, 90)), float(small.min())
    crop: npt.NDArray[np.float32] = np.clip((paper - small) / max(_LEAST_CONTRAST, paper - ink), 0.0, 1.0)
    return crop


def seen(crop: npt.NDArray[np.float32]) -> Odds:
    """What the net sees in a crop that `cut` gave."""
    layers = _layers()
    maps: Any = crop[:, :, None]
    for number, (weight, bias) in enumerate(layers):
        maps = _convolved(maps, weight, bias, STRIDES[number], PADDING[number])
        if number < len(layers) - 1:
            np.maximum(maps, 0, out=maps)
    scores = maps[0]
    scores -= scores.max(axis=1, keepdims=True)
    odds: Odds = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return odds


def spelt(odds: Odds) -> str:
    """The likeliest mark at every step, whatever shape they make."""
    path = odds.argmax(axis=1)
    kept = [mark for n, mark in enumerate(path) if mark < len(MARKS) and (n == 0 or mark != path[n - 1])]
    return "".join(MARKS[mark] for mark in kept)


def along(odds: Odds, shape: str) -> Glimpse | None:
    """The code of that shape that fits best; None if there are too few steps for one."""
    choices = [[MARKS.index(mark) for mark in _ALLOWED.get(wanted, wanted)] for wanted in SHAPES[shape]]
    laid = _laid(odds, choices)
    if laid is None:
        return None
    owners, score = laid
    places = []
    for number, marks in enumerate(choices):
        share = np.exp(odds[np.ix_(owners == number, marks)]).max(axis=0) + 1e-6
        share = share / share.sum()
        places.append(tuple((MARKS[marks[n]], float(share[n])) for n in np.argsort(-share)[:4]))
    strain = max(0.0, float(odds.max(axis=1).sum()) - score)
    return Glimpse(shape=shape, text="".join(place[0][0] for place in places), places=tuple(places), strain=strain)


def _laid(odds: Odds, choices: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], float] | None:
    """Which place of the shape each step belongs to (-1: none), and the odds of that way. Two like marks that follow
    one another must have a gap between them, or one stroke would count twice."""
    steps, places = len(odds), len(choices)
    if steps < places:
        return None
    emitted = np.stack([odds[:, marks].max(axis=1) for marks in choices], axis=1)
    likeliest = np.stack([np.asarray(marks)[odds[:, marks].argmax(axis=1)] for marks in choices], axis=1)
    gap = odds[:, -1]
    # States: gap before place 0, place 0, gap, place 1, … gap at the end.
    states = 2 * places + 1
    score = np.full(states, _NEVER)
    score[0], score[1] = gap[0], emitted[0, 0]
    came = np.zeros((steps, states), dtype=np.int8)
    emission = np.empty(states)
    for step in range(1, steps):
        one = np.concatenate(([_NEVER], score[:-1]))
        two = np.full(states, _NEVER)
        two[3::2] = np.where(likeliest[step - 1, :-1] != likeliest[step, 1:], score[1:-2:2], _NEVER)
        ways = np.stack((score, one, two))
        came[step] = ways.argmax(axis=0)
        emission[0::2], emission[1::2] = gap[step], emitted[step]
        score = ways.max(axis=0) + emission
    state = states - 1 if score[-1] > score[-2] else states - 2
    best = float(score[state])
    if best < _NEVER / 2:
        return None
    owners = np.full(steps, -1, dtype=np.int64)
    for step in range(steps - 1, -1, -1):
        owners[step] = state // 2 if state % 2 else -1
        state -= int(came[step, state])
    return owners, best


def _convolved(maps: Any, weight: Any, bias: Any, stride: tuple[int, int], padding: tuple[int, int]) -> Any:
    """Rows, columns, channels; every patch under the kernel times the weights."""
    tall, wide, channels, out = weight.shape
    padded = np.pad(maps, ((padding[0], padding[0]), (padding[1], padding[1]), (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (tall, wide), axis=(0, 1))[:: stride[0], :: stride[1]]
    rows, columns = patches.shape[:2]
    flat = patches.transpose(0, 1, 3, 4, 2).reshape(rows * columns, tall * wide * channels)
    return (flat @ weight.reshape(-1, out) + bias).reshape(rows, columns, out)


@lru_cache(maxsize=1)
def _layers() -> tuple[tuple[Any, Any], ...]:
    with np.load(WEIGHTS) as arrays:
        return tuple(
            (arrays[f"weight{n}"].astype(np.float32), arrays[f"bias{n}"].astype(np.float32))
            for n in range(len(STRIDES))
        )
