"""The road of an item, event by event: appended, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from store.schema import event_log

Noted = tuple[str | None, str | None, str, str, str | None]
"""Item, case code, kind, by whom, note."""


def note_events(connection: Connection, events: Sequence[Noted], now: datetime) -> None:
    if events:
        connection.execute(
            insert(event_log),
            [
                {"item_id": i, "case_code": c, "kind": kind, "by": by[:80], "note": note, "at": now}
                for i, c, kind, by, note in events
            ],
        )
