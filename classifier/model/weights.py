"""The shipped weights: linear heads over named features, as plain arrays without code inside (no pickle).

One file, ``weights.npz``: feature names, one matrix, per head its classes and columns, and the temperatures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One question the model answers."""

    name: str
    classes: tuple[str, ...]
    first_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    version: str
    index: Mapping[str, int]
    matrix: Array
    bias: Array
    heads: tuple[Head, ...]
    temperatures: Mapping[str, float] = field(default_factory=dict)
    """By question, the exponent's divisor that makes the final probabilities mean what they say; fitted on authors
    that the model had not read."""

    def probabilities(self, found: Mapping[str, float]) -> dict[str, dict[str, float]]:
        """The heads' own probabilities by class for one letter's features."""
        # A handful of numbers a head: plain floats are done before an array of them is made.
        scores: list[float] = (self.bias + self._sum(found)).tolist()
        return {head.name: _softmax(scores, head) for head in self.heads}

    def _sum(self, found: Mapping[str, float]) -> Array:
        index = self.index
        rows: list[int] = []
        values: list[float] = []
        for name, value in found.items():
            row = index.get(name)
            if row is not None:
                rows.append(row)
                values.append(value)
        if not rows:
            return np.zeros_like(self.bias)
        total: Array = np.array(values, dtype=np.float32) @ self.matrix.take(rows, axis=0)
        return total


def _softmax(scores: Sequence[float], head: Head) -> dict[str, float]:
    own = scores[head.first_column : head.first_column + len(head.classes)]
    most = max(own)
    powers = [math.exp(score - most) for score in own]
    total = sum(powers)
    return {name: power / total for name, power in zip(head.classes, powers, strict=True)}


def save(weights: Weights, path: Path) -> None:
    heads = [[h.name, list(h.classes), h.first_column] for h in weights.heads]
    about = {"version": weights.version, "heads": heads, "temperatures": dict(weights.temperatures)}
    names: Sequence[str] = sorted(weights.index, key=weights.index.__getitem__)
    np.savez_compressed(
        path,
        names=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        matrix=weights.matrix.astype(np.float16),
        bias=weights.bias.astype(np.float32),
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    )


def load(path: Path) -> Weights:
    """Raises ValueError for a file that holds anything but plain arrays of the expected shape."""
    with np.load(path, allow_pickle=False) as stored:
        names = stored["names"].tobytes().decode().split("\n")
        # A row a feature, each in one piece: the file's may lie by columns, and a letter would be read all over it.
        matrix = stored["matrix"].astype(np.float32, order="C")
        bias = stored["bias"].astype(np.float32)
        about = json.loads(stored["about"].tobytes())
    if matrix.shape != (len(names), len(bias)):
        raise ValueError(f"{path.name}: the matrix does not fit its names")
    heads = tuple(
        Head(name=name, classes=tuple(classes), first_column=first) for name, classes, first in about["heads"]
    )
    index = {name: number for number, name in enumerate(names)}
    return Weights(
        version=about["version"],
        index=index,
        matrix=matrix,
        bias=bias,
        heads=heads,
        temperatures=about.get("temperatures", {}),
    )
