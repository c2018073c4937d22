"""Listing and fetching, in portions that neither a huge mailbox nor a huge message can burst.

``BODY.PEEK[]`` on a folder opened by EXAMINE: no flag changes, and a colleague's reading changes nothing for us.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ingest.mailbox_session import Client

T = TypeVar("T")

LIST_WINDOW = 40_000
"""Messages a SEARCH answer may list: it is one line, and imaplib refuses lines beyond a million bytes."""
FIRST_MESSAGES = 25
"""Of a folder: until they are fetched and booked nobody has work."""
SIZES_AT_ONCE = 500
MESSAGES_AT_ONCE = 100
BYTES_AT_ONCE = 8 * 2**20
PORTION = 2 * 2**20
"""A message above BYTES_AT_ONCE is fetched in portions of this size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    uid: int
    size: int
    """As the server says; some servers estimate."""
    arrived: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    listed: Listed
    raw: bytes


def list_uids(client: Client, exists: int, *, window: int = LIST_WINDOW) -> list[int]:
    """The UIDs of the selected folder, ascending; `exists` is its message count."""
    found: set[int] = set()
    for first in range(1, exists + 1, window):
        # By sequence numbers, overlapping: a message expunged meanwhile shifts all that follow.
        last = min(first + window + window // 40, exists)
        found.update(client.search([f"{first}:{last}"]))
    return sorted(found)


def stretches(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The first few, then as many as are fetched at once: nobody waits for the listing of thousands."""
    yield uids[:FIRST_MESSAGES]
    yield from in_chunks(uids[FIRST_MESSAGES:], MESSAGES_AT_ONCE)


def list_sizes(client: Client, uids: Sequence[int]) -> Iterator[Listed]:
    """Size and time of each; a UID that vanished meanwhile is missing from the answer, and here."""
    for some in in_chunks(uids, SIZES_AT_ONCE):
        answer = client.fetch(some, ["RFC822.SIZE", "INTERNALDATE"])
        for uid in some:
            facts = answer.get(uid, {})
            if b"RFC822.SIZE" in facts:
                arrived = facts.get(b"INTERNALDATE")
                yield Listed(
                    uid=uid,
                    size=int(facts[b"RFC822.SIZE"]),
                    arrived=arrived if isinstance(arrived, datetime) else None,
                )


def portions(listed: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Groups that are fetched by one command: bounded in number and bytes, a large message alone."""
    group: list[Listed] = []
    weight = 0
    for entry in listed:
        if group and (len(group) >= MESSAGES_AT_ONCE or weight + entry.size > BYTES_AT_ONCE):
            yield group
            group, weight = [], 0
        group.append(entry)
        weight += entry.size
    if group:
        yield group


def fetch(client: Client, group: Sequence[Listed], *, largest: int) -> list[Fetched]:
    """The messages of one portion that are still there. A body larger than `largest` is cut off one byte after."""
    if len(group) == 1 and group[0].size > BYTES_AT_ONCE:
        raw = _in_portions(client, group[0].uid, largest=largest)
        return [Fetched(listed=group[0], raw=raw)] if raw is not None else []
    answer: Mapping[int, Mapping[bytes, bytes | None]] = client.fetch([entry.uid for entry in group], ["BODY.PEEK[]"])
    bodies = ((entry, answer.get(entry.uid, {}).get(b"BODY[]")) for entry in group)
    # None: vanished between listing and fetch, or the server can't read its own file. Either way not ours yet.
    return [Fetched(listed=entry, raw=body) for entry, body in bodies if body is not None]


def _in_portions(client: Client, uid: int, *, largest: int) -> bytes | None:
    """Until a portion comes short, because the announced size may be wrong. None if the message vanished."""
    whole = io.BytesIO()  # getvalue() hands the buffer over without a second copy
    while whole.tell() <= largest:
        start = whole.tell()
        facts = client.fetch([uid], [f"BODY.PEEK[]<{start}.{PORTION}>"]).get(uid, {})
        key = f"BODY[]<{start}>".encode()
        if key not in facts:
            return None
        whole.write(facts[key] or b"")
        if whole.tell() - start < PORTION:
            break
    return whole.getvalue()


def in_chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
