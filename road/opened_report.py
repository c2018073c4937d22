"""What `inspect` tells of opening an item: envelope, words, every part with its role, in names fit for JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from mailroom.envelope import Envelope
from mailroom.submission import Submission


def opened(envelope: Envelope, submission: Submission) -> dict[str, Any]:
    """The two sheets as they are: their fields under their own names, moments as in RFC 3339, unknown is None.

    `attachments`, `carrier`, `part` and `parent` count in `parts`.
    """
    return {"envelope": _plain(envelope), **_plain(submission)}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (tuple, list)) else value
