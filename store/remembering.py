"""Fingerprints of decided items, by which later twins are found."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from mailroom.context import Query
from store.context_lookup import band_keys
from store.schema import band, fingerprint

_NEW_FINGERPRINTS = insert(fingerprint)
_NEW_BANDS = insert(band)


def remember(connection: Connection, queries: Sequence[Query], *, again: Sequence[str]) -> None:
    """`again` are the items decided before: theirs are replaced."""
    if again:
        connection.execute(delete(fingerprint).where(fingerprint.c.item_id.in_(again)))
        connection.execute(delete(band).where(band.c.item_id.in_(again)))
    if not queries:
        return
    connection.execute(_NEW_FINGERPRINTS, [_fingerprint(query) for query in queries])
    bands = [
        {"key": key, "item_id": query.item_id} for query in queries for key in dict.fromkeys(band_keys(query.minhash))
    ]
    if bands:
        connection.execute(_NEW_BANDS, bands)


def _fingerprint(query: Query) -> dict[str, object]:
    return {
        "item_id": query.item_id,
        "content_digest": query.content_digest,
        "minhash": json.dumps(query.minhash),
        "numbers": json.dumps(query.numbers),
        "tax_codes": json.dumps(query.tax_codes),
        "supplies": json.dumps(query.supplies),
        "senders": json.dumps(query.senders),
    }
