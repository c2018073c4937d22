"""Who is looking at which waiting item: two operators side by side are not given the same one.

Kept in the console's memory for a couple of minutes; a restart forgets it, and nobody is harmed: the ledger decides.
"""

from __future__ import annotations

import threading
from time import monotonic

LASTS = 180.0
"""Seconds after which nobody is taken to look any more."""
MOST = 2000


class Attention:
    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def look(self, item_id: str, user: str) -> str | None:
        """The user looks at it now; who else has been looking at it."""
        now = monotonic()
        with self._lock:
            other, at = self._seen.get(item_id, (user, now))
            if other != user and now - at < LASTS:
                return other
            if len(self._seen) >= MOST:
                self._seen = {key: value for key, value in self._seen.items() if now - value[1] < LASTS}
            self._seen[item_id] = (user, now)
            return None

    def leave(self, item_id: str) -> None:
        with self._lock:
            self._seen.pop(item_id, None)

    def taken(self, user: str) -> frozenset[str]:
        """Items that others look at."""
        now = monotonic()
        with self._lock:
            return frozenset(i for i, (who, at) in self._seen.items() if who != user and now - at < LASTS)
