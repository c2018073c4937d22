"""The bytes of parts by digest: made again from the original when somebody asks for them, and then kept beside it.

Most mails are read once, while they climb, and never again: making files of their parts would cost more than opening
them twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailroom.item import Hints, Item
from mailroom.ports import Blobs
from parsers.opening import open_arrival
from road.rungs import Tools


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

    def of(self, item: Item, *, at_hand: Mapping[str, bytes]) -> Callable[[str], bytes]:
        """Content of the item's parts. The callable raises KeyError for a digest that the item does not have."""

        def content(digest: str) -> bytes:
            known = at_hand.get(digest)
            return known if known is not None else self.find(item.digest, item.hints, digest)

        return content

    def find(self, original: str, hints: Hints, digest: str) -> bytes:
        """One part of the item whose original has that digest. Raises KeyError if it has no such part."""
        if digest == original:
            return self.originals.get(digest)
        try:
            return self.derived.get(digest)
        except (KeyError, ValueError):
            # Without the malware scanner: what it said of the parts is written on them since the item was opened.
            again = open_arrival(self.originals.get(original), hints, settings=self.tools.opening).contents
            self.keep(again)
            return again[digest]
