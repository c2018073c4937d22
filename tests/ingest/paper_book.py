"""A reception book on paper: the smallest thing that keeps the ReceptionBook's promises, to test sources alone.

Where the ledger itself matters the real one is used; see tests/contracts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mailroom.item import Arrival, Receipt


class PaperBook:
    def __init__(self) -> None:
        self.receipts: dict[tuple[str, str], Receipt] = {}
        self.open: set[tuple[str, str]] = set()
        self.states: dict[str, dict[str, str]] = {}
        self.alarms: dict[tuple[str, str], str] = {}
        self.arrivals: list[Arrival] = []

    def items(self) -> list[str]:
        return sorted({receipt.item_id for receipt in self.receipts.values()})

    def receive(self, arrivals: Sequence[tuple[Arrival, str]]) -> list[Receipt]:
        return [self._book(arrival, digest, None) for arrival, digest in arrivals]

    def known_refs(self, source: str) -> set[str]:
        return {ref for name, ref in self.receipts if name == source}

    def receipt_of_digest(self, source: str, digest: str) -> Receipt | None:
        found = (r for (name, _), r in self.receipts.items() if name == source and r.digest == digest)
        return next(found, None)

    def alias(self, arrival: Arrival, digest: str, of: Receipt) -> Receipt:
        return self._book(arrival, digest, of)

    def unsettled(self, source: str) -> list[Receipt]:
        return [receipt for key, receipt in self.receipts.items() if key in self.open and key[0] == source]

    def settled(self, source: str, refs: Iterable[str]) -> None:
        self.open -= {(source, ref) for ref in refs}

    def source_state(self, source: str) -> Mapping[str, str]:
        return self.states.get(source, {})

    def remember(self, source: str, state: Mapping[str, str]) -> None:
        self.states[source] = dict(state)

    def alarm(self, source: str, code: str, message: str | None) -> None:
        if message is None:
            self.alarms.pop((source, code), None)
        else:
            self.alarms[source, code] = message

    def _book(self, arrival: Arrival, digest: str, of: Receipt | None) -> Receipt:
        key = (arrival.source, arrival.ref)
        if key not in self.receipts:
            receipt = Receipt(
                source=arrival.source,
                ref=arrival.ref,
                digest=digest,
                size=len(arrival.raw),
                received_at=datetime.now(UTC),
                item_id=f"item-{len(self.receipts) + 1}",
            )
            if of is not None:
                receipt = replace(receipt, item_id=of.item_id, alias=True)
            self.receipts[key] = receipt
            self.open.add(key)
            self.arrivals.append(arrival)
        return self.receipts[key]


class PaperBlobs:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = data
        return digest

    def put_many(self, datas: Sequence[bytes]) -> list[str]:
        return [self.put(data) for data in datas]

    def get(self, digest: str) -> bytes:
        return self.kept[digest]

    def has(self, digest: str) -> bool:
        return digest in self.kept

    def digests(self) -> Iterator[str]:
        return iter(self.kept)
