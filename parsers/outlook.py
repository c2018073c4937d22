"""Outlook's ``.msg`` files as the messages they were: the door for `parsers.opening`."""

from __future__ import annotations

from parsers.isolation import run_isolated
from parsers.limits import DEFAULT_LIMITS, Limits


def as_message(data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> bytes | None:
    """An equivalent RFC 5322 message (headers, text, HTML, attachments, messages within); None if it can't be read."""
    answer = run_isolated("outlook.as_message", data, limits=limits)
    return answer if isinstance(answer, bytes) else None
