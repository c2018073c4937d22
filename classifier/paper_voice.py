"""The second voice on what kind of paper this is: a linear model that has read many hands' papers.

The table of `classifier.document_kind` is the first voice, and its answer is one of the things the model looks at; the
others are the words, those at head and foot apart, the file's name, and the shape. Papers by strangers are judged
better by both together than by either.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass, replace

from classifier.cues import fold
from classifier.document_kind import KindGuess
from classifier.model.families import counted
from classifier.model.weights import Weights
from mailroom.finding import PaperKind

HEAD = "paper"
"""Name of the one question that these weights answer."""
CHARS = 3000
STEM = 7
FAINT = 0.01
"""What the first voice gives at least to a kind that it did not name."""
_WORD = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known of a paper beside its words."""

    filename: str | None = None
    card: bool = False
    photo: bool = False
    operator_heads: bool = False
    """Its letterhead is an operator's."""
    addressed_to_operator: bool = False
    carrier: bool = False
    """Cut out of a fax or letter."""


def heard(first: KindGuess, plain: str, look: Look, weights: Weights | None) -> KindGuess:
    """The guess of both voices; the first one's alone where there are no weights or no words."""
    if weights is None or not plain.strip() or first.detail == "audio":
        return first
    thought = weights.probabilities(features(first, plain, look))[HEAD]
    ranked = sorted(((PaperKind(k), round(p, 3)) for k, p in thought.items()), key=lambda pair: -pair[1])
    kind, confidence = ranked[0]
    detail = first.detail if kind is first.kind else None
    return replace(first, kind=kind, confidence=min(confidence, 0.99), alternatives=tuple(ranked[1:3]), detail=detail)


def features(first: KindGuess, plain: str, look: Look) -> dict[str, float]:
    """Weights by feature name; each family of words is scaled to length one."""
    lines = [line for line in plain.split("\n") if line.strip()]
    words = _stems(plain[:CHARS])
    found = counted("w", words, 1.0)
    found |= counted("b", map(" ".join, itertools.pairwise(words)), 0.7)
    found |= counted("h", _stems("\n".join(lines[:4])), 1.0)
    found |= counted("t", _stems("\n".join(lines[-3:])), 0.7)
    if look.filename:
        stem = re.sub(r"\.[A-Za-z0-9]{2,4}$", "", look.filename).replace("_", " ")
        found |= counted("n", _stems(stem), 1.0)
    found |= {f"x:{name}": 0.7 for name in _SHAPES if getattr(look, name)}
    found[f"x:length:{min(7, int(math.log2(len(words) + 1)))}"] = 0.5
    said = {first.kind: first.confidence, **dict(first.alternatives)}
    scale = -math.log(FAINT)
    return found | {f"r:{k.value}": 1 + math.log(max(said.get(k, 0.0), FAINT)) / scale for k in PaperKind}


_SHAPES = ("card", "photo", "operator_heads", "addressed_to_operator", "carrier")


def _stems(text: str) -> list[str]:
    return [f"#{min(len(word), 6)}" if word.isdigit() else word[:STEM] for word in _WORD.findall(fold(text))]
