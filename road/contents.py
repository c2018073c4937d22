"""The bytes of parts by digest: kept beside the originals, and made again from the original when they are not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailroom.item import Hints, Item
from mailroom.ports import Blobs
from road.rungs import Tools, open_rung


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    originals: Blobs
    derived: Blobs
    """What can be made again: not waited for on its way to the disk."""
    tools: Tools

    def keep(self, contents: Mapping[str, bytes]) -> None:
        missing = [data for digest, data in contents.items() if data and not self.derived.has(digest)]
        if missing:
            self.derived.put_many(missing)

    def of(self, item: Item) -> Callable[[str], bytes]:
        """Content of the item's parts. The callable raises KeyError for a digest that the item does not have."""
        return lambda digest: self.find(item.digest, item.hints, digest)

    def find(self, original: str, hints: Hints, digest: str) -> bytes:
        """One part of the item whose original has that digest. Raises KeyError if it has no such part."""
        if digest == original:
            return self.originals.get(digest)
        try:
            return self.derived.get(digest)
        except (KeyError, ValueError):
            again = open_rung(self.originals.get(original), hints, self.tools).contents
            self.keep(again)
            return again[digest]
