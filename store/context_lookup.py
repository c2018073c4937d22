"""Answers a `Query` with a `Context`: what the ledger knows that bears on one decision. Every list is bounded, so that
no flood of look-alikes makes deciding slow."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, func, or_, select

from mailroom.case import CaseStatus
from mailroom.context import Context, KnownCase, Query, Twin
from store.case_rows import cases_of
from store.columns import Moment
from store.outside import plain_message_id
from store.schema import band, case, fingerprint, item, known, outbox

ROWS = 4
"""MinHash values a band: two texts that share three quarters of their shingles almost surely share a band."""

MOST_CASES = 20
MOST_TWINS = 50
MOST_VALUES = 100
"""Of one kind in one query: a letter with hundreds of codes is no letter."""


def _are(kind: str, name: str) -> ColumnElement[bool]:
    return (known.c.kind == kind) & known.c.value.in_(bindparam(name, expanding=True))


def _newest(wanted: Select[Any]) -> Select[Any]:
    return wanted.distinct().order_by(known.c.code.desc()).limit(MOST_CASES)


# Built once: building a statement anew costs as much as running it.
_THREADED = _newest(select(known.c.code).where(or_(_are("message", "messages"), _are("token", "tokens"))))
_OWN = _newest(
    select(known.c.code)
    .join(case, case.c.code == known.c.code)
    .where(
        or_(_are("sender", "senders"), _are("tax_code", "tax_codes"), _are("supply", "supplies")),
        case.c.status != CaseStatus.CLOSED.value,
    )
)
_SAME = (
    select(fingerprint.c.item_id)
    .where(fingerprint.c.content_digest == bindparam("digest"))
    .order_by(fingerprint.c.item_id.desc())
    .limit(MOST_TWINS)
)
# Most bands in common first: a flood of half-alikes must not hide the one that is the same.
_ALIKE = (
    select(band.c.item_id)
    .where(band.c.key.in_(bindparam("keys", expanding=True)))
    .group_by(band.c.item_id)
    .order_by(func.count().desc(), band.c.item_id.desc())
    .limit(MOST_TWINS)
)
_TWINS = (
    select(fingerprint, item.c.case_code, item.c.received_at)
    .join(item, item.c.id == fingerprint.c.item_id)
    .where(
        fingerprint.c.item_id.in_(bindparam("ids", expanding=True)),
        # Decided anew, an item is not the double of those that were found to be its doubles.
        or_(item.c.duplicate_of.is_(None), item.c.duplicate_of != bindparam("me")),
    )
)
_ANSWERS = select(func.count()).where(
    func.lower(outbox.c.recipient).in_(bindparam("addresses", expanding=True)),
    outbox.c.created_at >= bindparam("since", type_=Moment),
)


def look_up(connection: Connection, query: Query, now: datetime) -> Context:
    named = list(dict.fromkeys(query.case_codes))[:MOST_CASES]
    threaded = _codes(connection, _THREADED, _threads(query))
    own = _codes(connection, _OWN, _marks(query))
    cases = _known_cases(connection, {*named, *threaded, *own})
    return Context(
        named=_picked(cases, named),
        threaded=_picked(cases, threaded),
        # The case it is in already says nothing new of an item that is decided again.
        open_of_sender=tuple(k for k in _picked(cases, own) if query.item_id not in k.case.items),
        twins=_twins(connection, query),
        answers_to_sender_today=_answers(connection, query, now),
    )


def _threads(query: Query) -> dict[str, list[str]]:
    messages = [plain_message_id(value) for value in query.message_ids]
    return {"messages": messages[:MOST_VALUES], "tokens": list(query.reply_tokens[:MOST_VALUES])}


def _marks(query: Query) -> dict[str, list[str]]:
    return {
        "senders": [value.lower() for value in query.senders[:MOST_VALUES]],
        "tax_codes": list(query.tax_codes[:MOST_VALUES]),
        "supplies": list(query.supplies[:MOST_VALUES]),
    }


def _codes(connection: Connection, wanted: Select[Any], marks: dict[str, list[str]]) -> list[str]:
    """Newest first: codes grow with their sequence."""
    return list(connection.execute(wanted, marks).scalars()) if any(marks.values()) else []


def _picked(cases: dict[str, KnownCase], codes: Iterable[str]) -> tuple[KnownCase, ...]:
    return tuple(cases[code] for code in codes if code in cases)


def _known_cases(connection: Connection, codes: set[str]) -> dict[str, KnownCase]:
    if not codes:
        return {}
    rows = list(connection.execute(select(case).where(case.c.code.in_(codes))).mappings())
    whole = cases_of(connection, rows)
    facts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    said = select(known).where(known.c.code.in_(list(whole)), known.c.kind.in_(("sender", "message")))
    for row in connection.execute(said).mappings():
        facts[row["code"], row["kind"]].append(row["value"])
    return {
        row["code"]: KnownCase(
            case=whole[row["code"]],
            status=CaseStatus(row["status"]),
            known_senders=tuple(facts[row["code"], "sender"]),
            sent_message_ids=tuple(facts[row["code"], "message"]),
            coded_out_at=row["acknowledged_at"],
        )
        for row in rows
    }


def band_keys(minhash: Sequence[int]) -> list[str]:
    keys = []
    for number, start in enumerate(range(0, len(minhash) - ROWS + 1, ROWS)):
        body = f"{number}:" + ",".join(map(str, minhash[start : start + ROWS]))
        keys.append(hashlib.blake2b(body.encode(), digest_size=16).hexdigest())
    return keys


def _twins(connection: Connection, query: Query) -> tuple[Twin, ...]:
    ids: set[str] = set()
    if query.content_digest:
        ids |= set(connection.execute(_SAME, {"digest": query.content_digest}).scalars())
    keys = band_keys(query.minhash)
    if keys:
        ids |= set(connection.execute(_ALIKE, {"keys": keys}).scalars())
    ids.discard(query.item_id)
    if not ids:
        return ()
    rows = connection.execute(_TWINS, {"ids": list(ids), "me": query.item_id})
    twins = [_twin(row, query) for row in rows.mappings()]
    return tuple(sorted(twins, key=lambda t: (not t.exact, -t.similarity, t.item_id)))


def _twin(row: RowMapping, query: Query) -> Twin:
    theirs = json.loads(row["minhash"] or "[]")
    length = min(len(theirs), len(query.minhash))
    alike = sum(a == b for a, b in zip(theirs, query.minhash, strict=False)) / length if length else 0.0
    exact = bool(query.content_digest) and row["content_digest"] == query.content_digest
    return Twin(
        item_id=row["item_id"],
        case_code=row["case_code"],
        exact=exact,
        similarity=1.0 if exact else alike,
        same_tax_code=bool(set(json.loads(row["tax_codes"])) & set(query.tax_codes)),
        same_supply=bool(set(json.loads(row["supplies"])) & set(query.supplies)),
        same_sender=bool(set(json.loads(row["senders"])) & set(query.senders)),
        received_at=row["received_at"],
    )


def _answers(connection: Connection, query: Query, now: datetime) -> int:
    """Answers owed to these addresses in the last 24 hours, sent or not."""
    if not query.senders:
        return 0
    addresses = [value.lower() for value in query.senders[:MOST_VALUES]]
    return int(connection.execute(_ANSWERS, {"addresses": addresses, "since": now - timedelta(days=1)}).scalar_one())
