"""Whether two letters speak of the same bills: their telling numbers, compared with an eye for misread digits."""

from __future__ import annotations

from collections.abc import Sequence

LONG = 5
"""Characters from which a number with one other character is taken for the same number, misread."""


def compared(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many numbers both have; and how many each has that the other has not, the smaller of the two counts.

    What only one of them names may have been lost in reading, or stand on a paper that only one of them brought.
    """
    left, right = sorted(set(one) - set(other)), set(other) - set(one)
    shared = len(set(one) & set(other))
    alone = 0
    for number in left:
        misread = next((candidate for candidate in sorted(right) if _nearly(number, candidate)), None)
        if misread is None:
            alone += 1
        else:
            right.discard(misread)
            shared += 1
    return shared, min(alone, len(right))


def _nearly(one: str, other: str) -> bool:
    """One character substituted, lost or too many."""
    if min(len(one), len(other)) < LONG or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
