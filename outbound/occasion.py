"""The item that is answered, as far as answering it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailroom.case import Filed
from mailroom.envelope import Envelope
from outbound.phrases import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """The item that is answered."""

    item_id: str
    revision: int
    envelope: Envelope
    now: datetime
    filed: Filed | None = None
    """For the hand-over: the citizen's words and the papers that were accepted."""
    language: Language = Language.ITALIAN
