"""A document on its way to the Portal in pieces: where to go on, and what the next piece is. Pure.

Byte ranges as in docs/portal-api.yaml: a Portal that takes pieces says how large they may be (``piece_bytes``) and how
much it has of documents that were cut off before (``documents_begun``). One that says nothing gets them whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEAST_PIECE, MOST_PIECE = 2**16, 2**26
"""Bytes: a Portal that asks for smaller or larger ones gets these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the Portal said of pieces."""

    piece: int | None = None
    """Bytes; None where it takes documents whole."""
    begun: Mapping[str, int]
    """By digest, how many bytes it has."""

    def start(self, digest: str, size: int) -> int:
        """Where to go on; from the beginning if what it says can't be."""
        at = self.begun.get(digest, 0)
        return at if 0 < at < size else 0


def terms_of(answer: Mapping[str, Any]) -> Terms:
    """Out of the Portal's answer; whatever is not of the form counts as not said."""
    piece, begun = answer.get("piece_bytes"), answer.get("documents_begun")
    if not isinstance(piece, int) or isinstance(piece, bool) or piece < 1:
        return Terms(begun={})
    known = {
        str(digest): count
        for digest, count in (begun.items() if isinstance(begun, dict) else ())
        if isinstance(count, int)
    }
    return Terms(piece=min(max(piece, LEAST_PIECE), MOST_PIECE), begun=known)


def content_range(first: int, length: int, total: int) -> str:
    """RFC 9110, 14.4."""
    return f"bytes {first}-{first + length - 1}/{total}"


def received(said: object, *, total: int) -> int | None:
    """How many bytes the Portal says it has; None for what can't be."""
    count = said.get("received") if isinstance(said, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= total else None
