"""Days as people write them on the command line."""

from __future__ import annotations

from datetime import date, datetime, time

from mailroom.calendar import ROME
from mailroom.errors import ConfigError


def day_of(text: str, where: str) -> date:
    """``2026-11-23``. Raises ConfigError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{where}: {text!r} is not a day like 2026-11-23") from None


def start_of(text: str, where: str) -> datetime:
    """Its first moment in Rome. Raises ConfigError."""
    return datetime.combine(day_of(text, where), time(), ROME)
