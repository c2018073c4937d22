"""The shipped weights: linear heads over named features, as plain arrays without code inside (no pickle).

One file, ``weights.npz``: feature names, one matrix, per head its classes and columns, and the temperatures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.model.name_index import NameIndex, indexed

Array = npt.NDArray[np.float32]

MEANING = "v"
"""The family of features that tell where the words point, whichever words they are (``v:0`` …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One question the model answers."""

    name: str
    classes: tuple[str, ...]
    first_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    version: str
    index: NameIndex
    """Rows by feature name."""
    matrix: Array
    """A row a feature, and a last one of zeros for those that the model never read."""
    directions: Array
    """Of these, the rows of the directions of meaning, in their order."""
    bias: Array
    heads: tuple[Head, ...]
    temperatures: Mapping[str, float] = field(default_factory=dict)
    """By question, the exponent's divisor that makes the final probabilities mean what they say; fitted on authors
    that the model had not read."""

    def probabilities(self, found: Mapping[str, float], meaning: Array | None = None) -> dict[str, dict[str, float]]:
        """The heads' own probabilities by class for one letter's features, with where its words point."""
        values = np.fromiter(found.values(), np.float32, len(found))
        total: Array = self.bias + values @ self.matrix.take(self.index.find(found), axis=0)
        if meaning is not None and len(self.directions):
            total += meaning @ self.directions
        # A handful of numbers a head: plain floats are done before an array of them is made.
        scores: list[float] = total.tolist()
        return {head.name: _softmax(scores, head) for head in self.heads}


def fitted(
    *,
    version: str,
    names: Sequence[str],
    matrix: npt.NDArray[np.floating[Any]],
    bias: npt.NDArray[np.floating[Any]],
    heads: Sequence[Head],
    temperatures: Mapping[str, float] | None = None,
) -> Weights:
    """Weights from one row of `matrix` a feature, in the order of `names`."""
    # Each row in one piece: the file's may lie by columns, and a letter would be read all over it.
    rows = np.zeros((len(matrix) + 1, matrix.shape[1]), dtype=np.float32)
    rows[:-1] = matrix
    index = indexed(names)
    last = max((int(name.partition(":")[2]) for name in names if name.startswith(f"{MEANING}:")), default=-1)
    return Weights(
        version=version,
        index=index,
        matrix=rows,
        directions=rows[index.find([f"{MEANING}:{number}" for number in range(last + 1)])],
        bias=bias.astype(np.float32),
        heads=tuple(heads),
        temperatures=temperatures or {},
    )


def _softmax(scores: Sequence[float], head: Head) -> dict[str, float]:
    own = scores[head.first_column : head.first_column + len(head.classes)]
    most = max(own)
    powers = [math.exp(score - most) for score in own]
    total = sum(powers)
    return {name: power / total for name, power in zip(head.classes, powers, strict=True)}


def save(weights: Weights, path: Path) -> None:
    heads = [[h.name, list(h.classes), h.first_column] for h in weights.heads]
    about = {"version": weights.version, "heads": heads, "temperatures": dict(weights.temperatures)}
    np.savez_compressed(
        path,
        names=np.frombuffer("\n".join(weights.index.names).encode(), dtype=np.uint8),
        matrix=weights.matrix[:-1].astype(np.float16),
        bias=weights.bias.astype(np.float32),
        about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    )


def load(path: Path) -> Weights:
    """Raises ValueError for a file that holds anything but plain arrays of the expected shape."""
    with np.load(path, allow_pickle=False) as stored:
        names = stored["names"].tobytes().decode().split("\n")
        matrix, bias = stored["matrix"], stored["bias"]
        about = json.loads(stored["about"].tobytes())
    if matrix.shape != (len(names), len(bias)):
        raise ValueError(f"{path.name}: the matrix does not fit its names")
    heads = [Head(name=name, classes=tuple(classes), first_column=first) for name, classes, first in about["heads"]]
    return fitted(
        version=about["version"],
        names=names,
        matrix=matrix,
        bias=bias,
        heads=heads,
        temperatures=about.get("temperatures", {}),
    )
