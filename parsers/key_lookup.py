"""DKIM keys out of the DNS (RFC 6376, 3.6.2), where that is configured: bounded in time, cached, and quiet when the
resolver is.

Off by default. Who signs a mail chooses the name that is asked for, and so may learn that we have read it; and an
answer is only as true as the resolver's way to us: one of our own, on this machine, is best.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from time import monotonic

from mailroom.errors import Transient

SYSTEM = "system"
"""The resolver that this machine uses."""
MOST_KEPT = 2_000
LEAST_KEPT_SECONDS, MOST_KEPT_SECONDS = 60.0, 86_400.0
NOT_THERE_SECONDS = 300.0
TROUBLES = 3
"""So many names without any answer, one after the other: then the resolver rests."""
REST_SECONDS = 60.0
LONGEST_RECORD = 8_192


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSettings:
    """The ``[opening.dns]`` table."""

    resolver: str | None = None
    """``system``, or the IP address of a resolver; none means that the DNS is never asked."""
    port: int = 53
    seconds: float = 2.0
    """For one name, tries and TCP included. A mail has at most five."""

    def __post_init__(self) -> None:
        if self.resolver is not None and self.resolver != SYSTEM:
            try:
                ip_address(self.resolver)
            except ValueError:
                raise ValueError(f"resolver: an IP address or {SYSTEM!r} is wanted, not {self.resolver!r}") from None
        if not 0 < self.port <= 65_535:
            raise ValueError(f"port: a number from 1 to 65535 is wanted, not {self.port}")
        if not 0 < self.seconds <= 30:
            raise ValueError(f"seconds: a number up to 30 is wanted, not {self.seconds:g}")


class KeyLookup:
    """Asks for names as `parsers.dkim.Keys` does. One for all threads of a process."""

    def __init__(self, settings: DnsSettings, *, clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[str | None, float]] = OrderedDict()
        """Name to record and until when it holds."""
        self._troubles = 0
        self._rests_until = 0.0

    def __call__(self, name: str) -> str | None:
        """The key record of a name; None if there is none, or nobody answers. Never raises for either."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None and kept[1] > self._clock():
                self._kept.move_to_end(name)
                return kept[0]
            if self._rests_until > self._clock():
                return None
        try:
            record, seconds = self._asked(name)
        except Transient:
            with self._lock:
                self._troubles += 1
                if self._troubles >= TROUBLES:
                    self._rests_until, self._troubles = self._clock() + REST_SECONDS, 0
            return None
        with self._lock:
            self._troubles = 0
            self._kept[name] = record, self._clock() + seconds
            self._kept.move_to_end(name)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return record

    def check(self) -> str:
        """For `doctor`. Raises Transient if the resolver says nothing."""
        self._asked("_domainkey.example.com")
        return f"{self._settings.resolver} risponde"

    def _asked(self, name: str) -> tuple[str | None, float]:
        """The record, and for how many seconds it holds."""
        # Here, for it takes a quarter of a second, and most installations never ask.
        from parsers.tools.nameserver import text_records

        mine = self._settings
        server = None if mine.resolver == SYSTEM else mine.resolver
        texts, ttl = text_records(name, server=server, port=mine.port, seconds=mine.seconds)
        if ttl is None:
            return None, NOT_THERE_SECONDS
        keys = [text for text in texts if b"p=" in text and len(text) <= LONGEST_RECORD]
        # Several records are nobody's key: RFC 6376 leaves open which one counts.
        record = keys[0].decode("ascii", "replace") if len(keys) == 1 else None
        return record, min(max(ttl, LEAST_KEPT_SECONDS), MOST_KEPT_SECONDS)


@lru_cache(maxsize=4)
def lookup_for(settings: DnsSettings) -> KeyLookup | None:
    """One a process, so that what was asked once is kept; None where the DNS is not to be asked."""
    return KeyLookup(settings) if settings.resolver is not None else None
