"""How well the model does on letters by authors that it had not read, question by question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.model.training import HEADS, Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one head, on letters by authors that the model had not read."""

    head: str
    letters: int
    right: float
    calibration_error: float
    """Expected calibration error over ten bins, after fitting the temperature."""
    confused: tuple[tuple[str, str, int], ...]


def figures(judged: Sequence[Judged], warmth: dict[str, float]) -> tuple[Figures, ...]:
    """One row a question; `warmth` are the temperatures by question."""
    return tuple(_of_head([j for j in judged if j.head == head], head, warmth[head]) for head in HEADS)


def _of_head(judged: Sequence[Judged], head: str, warmth: float) -> Figures:
    wrong = Counter((j.right, j.said) for j in judged if j.right != j.said)
    return Figures(
        head=head,
        letters=len(judged),
        right=sum(j.right == j.said for j in judged) / max(1, len(judged)),
        calibration_error=_calibration_error(judged, warmth),
        confused=tuple((want, got, n) for (want, got), n in wrong.most_common()),
    )


def _calibration_error(judged: Sequence[Judged], warmth: float) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for one in judged:
        powers = {label: max(p, 1e-12) ** (1 / warmth) for label, p in one.probabilities.items()}
        sure = powers[one.said] / sum(powers.values())
        bins.setdefault(min(9, int(sure * 10)), []).append((sure, one.said == one.right))
    total = sum(map(len, bins.values()))
    gaps = (
        abs(sum(c for c, _ in rows) / len(rows) - sum(r for _, r in rows) / len(rows)) * len(rows)
        for rows in bins.values()
    )
    return sum(gaps) / max(1, total)
