"""Answers a `Query` with a `Context`: what the ledger knows that bears on one decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection, RowMapping, func, select

from mailroom.case import Case, CaseStatus
from mailroom.context import Context, KnownCase, Query, Twin
from mailroom.decision import Applicant, Requirement, Sector, Service, Supply, Topic
from store.codec import decode
from store.schema import band, case, case_item, fingerprint, item, known, outbox

ROWS = 4
"""MinHash values a band: two texts that share three quarters of their shingles almost surely share a band."""


def look_up(connection: Connection, query: Query) -> Context:
    named = _cases(connection, query.case_codes)
    threaded = _cases(connection, _codes(connection, "message", query.message_ids))
    own = (
        *_codes(connection, "sender", query.senders),
        *_codes(connection, "tax_code", query.tax_codes),
        *_codes(connection, "supply", query.supplies),
    )
    return Context(
        named=named,
        threaded=threaded,
        open_of_sender=tuple(k for k in _cases(connection, own) if k.status is not CaseStatus.CLOSED),
        twins=_twins(connection, query),
        answers_to_sender_today=_answers(connection, query),
    )


def _codes(connection: Connection, kind: str, values: Sequence[str]) -> tuple[str, ...]:
    if not values:
        return ()
    wanted = select(known.c.code).where(known.c.kind == kind, known.c.value.in_(values)).distinct()
    return tuple(connection.execute(wanted).scalars())


def _cases(connection: Connection, codes: Iterable[str]) -> tuple[KnownCase, ...]:
    wanted = sorted(set(codes))
    if not wanted:
        return ()
    rows = connection.execute(select(case).where(case.c.code.in_(wanted))).mappings()
    return tuple(_known_case(connection, row) for row in rows)


def _known_case(connection: Connection, row: RowMapping) -> KnownCase:
    facts = list(connection.execute(select(known.c.kind, known.c.value).where(known.c.code == row["code"])))
    return KnownCase(
        case=case_of(connection, row),
        status=CaseStatus(row["status"]),
        known_senders=tuple(value for kind, value in facts if kind == "sender"),
        sent_message_ids=tuple(value for kind, value in facts if kind == "message"),
        coded_out_at=row["acknowledged_at"],
    )


def case_of(connection: Connection, row: RowMapping) -> Case:
    items = select(case_item.c.item_id).where(case_item.c.code == row["code"]).order_by(case_item.c.item_id)
    return Case(
        code=row["code"],
        service=Service(row["service"]),
        sector=Sector(row["sector"]),
        topic=Topic(row["topic"]),
        status=CaseStatus(row["status"]),
        applicant=decode(row["applicant"], Applicant),
        supply=decode(row["supply"], Supply),
        missing=tuple(map(Requirement, json.loads(row["missing"]))),
        opened_at=row["opened_at"],
        acknowledge_by=row["acknowledge_by"],
        waits_until=row["waits_until"],
        items=tuple(connection.execute(items).scalars()),
    )


def band_keys(minhash: Sequence[int]) -> list[str]:
    keys = []
    for number, start in enumerate(range(0, len(minhash) - ROWS + 1, ROWS)):
        body = f"{number}:" + ",".join(map(str, minhash[start : start + ROWS]))
        keys.append(hashlib.blake2b(body.encode(), digest_size=16).hexdigest())
    return keys


def _twins(connection: Connection, query: Query) -> tuple[Twin, ...]:
    ids: set[str] = set()
    if query.content_digest:
        same = select(fingerprint.c.item_id).where(fingerprint.c.content_digest == query.content_digest)
        ids |= set(connection.execute(same).scalars())
    keys = band_keys(query.minhash)
    if keys:
        ids |= set(connection.execute(select(band.c.item_id).where(band.c.key.in_(keys)).distinct()).scalars())
    ids.discard(query.item_id)
    if not ids:
        return ()
    rows = connection.execute(
        select(fingerprint, item.c.case_code, item.c.received_at)
        .join(item, item.c.id == fingerprint.c.item_id)
        .where(fingerprint.c.item_id.in_(ids))
    )
    twins = [_twin(row, query) for row in rows.mappings()]
    return tuple(sorted(twins, key=lambda t: (not t.exact, -t.similarity)))


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


def _answers(connection: Connection, query: Query) -> int:
    if not query.senders or query.received_at is None:
        return 0
    since = query.received_at - timedelta(days=1)
    wanted = select(func.count()).where(outbox.c.recipient.in_(query.senders), outbox.c.created_at >= since)
    return int(connection.execute(wanted).scalar_one())
