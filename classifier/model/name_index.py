"""Where names stand in a long list, asked for hundreds of names at once.

A dict of forty thousand strings lies all over the memory, and each of a letter's names would wait for it three times.
Here the names' hashes lie sorted in one short piece. A hash has 64 bits: that an unknown word is taken for a known one
happens once in hundreds of millions of millions of words, and costs no more than one word misunderstood.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Good in the process that made it and its forks: Python salts its hashes anew in each."""

    names: Sequence[str]
    sorted_hashes: Places
    places: Places
    """In the list, of the names in the order of their hashes."""

    def __len__(self) -> int:
        return len(self.names)

    def find(self, names: Collection[str]) -> Places:
        """The place of each name in the list; the list's length for one that it has not."""
        hashes = np.fromiter(map(hash, names), np.int64, len(names))
        nearest = self.sorted_hashes.searchsorted(hashes)
        known = self.sorted_hashes.take(nearest, mode="clip") == hashes
        return np.where(known, self.places.take(nearest, mode="clip"), len(self.names))


def indexed(names: Sequence[str]) -> NameIndex:
    hashes = np.fromiter(map(hash, names), np.int64, len(names))
    places = hashes.argsort()
    return NameIndex(names, hashes[places], places)
