"""Dispatches: what we owe somebody, durable before it is begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DispatchChannel(StrEnum):
    EMAIL = "email"
    PEC = "pec"
    LETTER = "letter"
    PORTAL = "portal"


class DispatchState(StrEnum):
    DUE = "due"
    BEGUN = "begun"
    SENT = "sent"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    key: str
    """Idempotency key, derived from what made us owe it: the same debt never gets two keys."""
    channel: DispatchChannel
    to: str | None
    payload: bytes
    """What goes out: an RFC 5322 message, a letter's draft as JSON (rendered when it is printed), a hand-over's JSON.
    It lies in the outbox row itself, so that the debt and its words are one commit."""
    repeatable: bool
    """The other side recognises a second delivery under the same key."""
    item_id: str | None = None
    case_code: str | None = None
    reply_token: str | None = None
    """The reply code it carries: from the moment it is owed, that code leads to the case."""
    words: str | None = None
    """SHA-256 of what the answer says: the same words about the same item go to the same address once."""
    not_before: datetime | None = None
    state: DispatchState = DispatchState.DUE
    attempts: int = 0
    outcome: str | None = None
