"""Answers `Query`s with `Context`s: what the ledger knows that bears on decisions. Many at once, in a handful of
statements; and every list is bounded, so that no flood of look-alikes makes deciding slow."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, func, or_, select

from mailroom.case import CaseStatus
from mailroom.context import Context, KnownCase, Query, Twin
from mailroom.decision import Disposition
from mailroom.telling import compared
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
LEAST_ALIKE = 0.2

Mark = tuple[str, str]
"""Kind and value by which a case is known: sender, tax_code, supply, message or token."""


def _newest(of: Select[Any], key: Sequence[ColumnElement[Any]], value: ColumnElement[Any], most: int) -> Select[Any]:
    """The newest few for each key: ids and codes grow with time."""
    rank = func.row_number().over(partition_by=list(key), order_by=value.desc()).label("rank")
    ranked = of.add_columns(rank).subquery()
    return select(*[column for column in ranked.c if column.name != "rank"]).where(ranked.c.rank <= most)


def _known(kinds: Sequence[str], *, open_only: bool) -> Select[Any]:
    mine = [(known.c.kind == kind) & known.c.value.in_(bindparam(kind, expanding=True)) for kind in kinds]
    wanted = select(known.c.kind, known.c.value, known.c.code).where(or_(*mine))
    if open_only:
        wanted = wanted.join(case, case.c.code == known.c.code).where(case.c.status != CaseStatus.CLOSED.value)
    return _newest(wanted, [known.c.kind, known.c.value], known.c.code, MOST_CASES)


THREADS, MARKS = ("message", "token"), ("sender", "tax_code", "supply")
# Built once: building a statement anew costs as much as running it.
_THREADED = _known(THREADS, open_only=False)
_OWN = _known(MARKS, open_only=True)
_SAME = _newest(
    select(fingerprint.c.content_digest, fingerprint.c.item_id).where(
        fingerprint.c.content_digest.in_(bindparam("digests", expanding=True))
    ),
    [fingerprint.c.content_digest],
    fingerprint.c.item_id,
    MOST_TWINS,
)
_ALIKE = _newest(
    select(band.c.key, band.c.item_id).where(band.c.key.in_(bindparam("keys", expanding=True))),
    [band.c.key],
    band.c.item_id,
    MOST_TWINS,
)
_TWINS = (
    select(fingerprint, item.c.case_code, item.c.received_at, item.c.duplicate_of)
    .join(item, item.c.id == fingerprint.c.item_id)
    .where(
        fingerprint.c.item_id.in_(bindparam("ids", expanding=True)),
        # Nobody asked for anything in these: a letter in the same words is no repetition.
        item.c.disposition.is_distinct_from(Disposition.SERVICE_MESSAGE.value),
    )
)
_ANSWERS = (
    select(func.lower(outbox.c.recipient), func.count())
    .where(
        func.lower(outbox.c.recipient).in_(bindparam("addresses", expanding=True)),
        outbox.c.created_at >= bindparam("since", type_=Moment),
    )
    .group_by(func.lower(outbox.c.recipient))
)


def marks(query: Query) -> set[Mark]:
    """By what the query may meet a case."""
    return {
        *(("message", plain_message_id(value)) for value in query.message_ids[:MOST_VALUES]),
        *(("token", value) for value in query.reply_tokens[:MOST_VALUES]),
        *(("sender", value.lower()) for value in query.senders[:MOST_VALUES]),
        *(("tax_code", value) for value in query.tax_codes[:MOST_VALUES]),
        *(("supply", value) for value in query.supplies[:MOST_VALUES]),
    }


def look_up(connection: Connection, queries: Sequence[Query], now: datetime) -> list[Context]:
    """One context a query, in their order; each as if it were asked alone."""
    asked = [marks(query) for query in queries]
    threaded = _codes(connection, _THREADED, THREADS, asked)
    own = _codes(connection, _OWN, MARKS, asked)
    named = [list(dict.fromkeys(query.case_codes))[:MOST_CASES] for query in queries]
    cases = _known_cases(connection, {code for codes in (*named, *threaded, *own) for code in codes})
    candidates = _candidates(connection, queries, own, cases)
    known_twins = _fingerprints(connection, {item_id for ids in candidates for item_id in ids})
    answers = _answers(connection, asked, now)
    return [
        Context(
            named=_picked(cases, named[number]),
            threaded=_picked(cases, threaded[number]),
            # The case it is in already says nothing new of an item that is decided again.
            open_of_sender=tuple(k for k in _picked(cases, own[number]) if query.item_id not in k.case.items),
            twins=_twins(query, [known_twins[i] for i in candidates[number] if i in known_twins]),
            answers_to_sender_today=sum(answers[v] for kind, v in asked[number] if kind == "sender"),
        )
        for number, query in enumerate(queries)
    ]


def _codes(
    connection: Connection, wanted: Select[Any], kinds: Sequence[str], asked: Sequence[set[Mark]]
) -> list[list[str]]:
    """For each query the codes of cases known by its marks, newest first."""
    values = {kind: sorted({value for each in asked for k, value in each if k == kind}) for kind in kinds}
    if not any(values.values()):
        return [[] for _ in asked]
    found: defaultdict[Mark, list[str]] = defaultdict(list)
    for kind, value, code in connection.execute(wanted, values):
        found[kind, value].append(code)
    return [
        sorted({code for mark in each if mark in found for code in found[mark]}, reverse=True)[:MOST_CASES]
        for each in asked
    ]


def _picked(cases: dict[str, KnownCase], codes: Sequence[str]) -> tuple[KnownCase, ...]:
    return tuple(cases[code] for code in codes if code in cases)


def _known_cases(connection: Connection, codes: set[str]) -> dict[str, KnownCase]:
    if not codes:
        return {}
    rows = list(connection.execute(select(case).where(case.c.code.in_(codes))).mappings())
    whole = cases_of(connection, rows)
    facts: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    said = select(known).where(known.c.code.in_(list(whole)), known.c.kind.in_(("sender", "message", "token")))
    for row in connection.execute(said).mappings():
        facts[row["code"], row["kind"]].append(row["value"])
    return {
        row["code"]: KnownCase(
            case=whole[row["code"]],
            status=CaseStatus(row["status"]),
            known_senders=tuple(facts[row["code"], "sender"]),
            sent_message_ids=tuple(facts[row["code"], "message"]),
            reply_tokens=tuple(facts[row["code"], "token"]),
            coded_out_at=row["acknowledged_at"],
        )
        for row in rows
    }


@lru_cache(maxsize=512)
def band_keys(minhash: tuple[int, ...]) -> tuple[str, ...]:
    """One decision asks three times, for looking up, for its neighbours, and for keeping."""
    keys = []
    for number, start in enumerate(range(0, len(minhash) - ROWS + 1, ROWS)):
        body = f"{number}:" + ",".join(map(str, minhash[start : start + ROWS]))
        keys.append(hashlib.blake2b(body.encode(), digest_size=16).hexdigest())
    return tuple(keys)


def _candidates(
    connection: Connection, queries: Sequence[Query], own: Sequence[Sequence[str]], cases: dict[str, KnownCase]
) -> list[list[str]]:
    """Ids of items that may be the same submission: the same words; many bands in common; or, because a form that
    thousands send has too many of those, an item of a case of the same person or supply."""
    same: defaultdict[str, list[str]] = defaultdict(list)
    digests = sorted({query.content_digest for query in queries if query.content_digest})
    if digests:
        for digest, item_id in connection.execute(_SAME, {"digests": digests}):
            same[digest].append(item_id)
    keys = [band_keys(query.minhash) for query in queries]
    alike: defaultdict[str, list[str]] = defaultdict(list)
    if any(keys):
        for key, item_id in connection.execute(_ALIKE, {"keys": sorted({key for each in keys for key in each})}):
            alike[key].append(item_id)
    found = []
    for number, query in enumerate(queries):
        shared = Counter(item_id for key in keys[number] for item_id in alike[key])
        of_cases = [item_id for code in own[number] for item_id in cases[code].case.items[-MOST_TWINS:]]
        several = [*same[query.content_digest or ""], *(i for i, _ in shared.most_common(MOST_TWINS)), *of_cases]
        found.append([item_id for item_id in dict.fromkeys(several) if item_id != query.item_id][: 4 * MOST_TWINS])
    return found


def _fingerprints(connection: Connection, ids: set[str]) -> dict[str, RowMapping]:
    if not ids:
        return {}
    return {row["item_id"]: row for row in connection.execute(_TWINS, {"ids": sorted(ids)}).mappings()}


def _twins(query: Query, rows: Sequence[RowMapping]) -> tuple[Twin, ...]:
    """Decided anew, an item is not the double of those that were found to be its doubles."""
    twins = [_twin(row, query) for row in rows if row["duplicate_of"] != query.item_id]
    alike = [twin for twin in twins if twin.exact or twin.similarity >= LEAST_ALIKE]
    return tuple(sorted(alike, key=lambda t: (not t.exact, -t.similarity, t.item_id))[:MOST_TWINS])


def _twin(row: RowMapping, query: Query) -> Twin:
    theirs = json.loads(row["minhash"] or "[]")
    length = min(len(theirs), len(query.minhash))
    alike = sum(a == b for a, b in zip(theirs, query.minhash, strict=False)) / length if length else 0.0
    tax_codes = set(json.loads(row["tax_codes"]))
    same, other = compared(json.loads(row["numbers"] or "[]"), query.numbers)
    exact = bool(query.content_digest) and row["content_digest"] == query.content_digest
    return Twin(
        item_id=row["item_id"],
        case_code=row["case_code"],
        exact=exact,
        similarity=1.0 if exact else alike,
        same_tax_code=bool(tax_codes & set(query.tax_codes)),
        other_tax_code=bool(tax_codes and query.tax_codes) and not tax_codes & set(query.tax_codes),
        same_numbers=same,
        other_numbers=other,
        same_supply=bool(set(json.loads(row["supplies"])) & set(query.supplies)),
        same_sender=bool(set(json.loads(row["senders"])) & set(query.senders)),
        received_at=row["received_at"],
    )


def _answers(connection: Connection, asked: Sequence[set[Mark]], now: datetime) -> Counter[str]:
    """Answers owed to each address in the last 24 hours, sent or not."""
    addresses = sorted({value for each in asked for kind, value in each if kind == "sender"})
    if not addresses:
        return Counter()
    since = now - timedelta(days=1)
    rows = connection.execute(_ANSWERS, {"addresses": addresses, "since": since})
    return Counter({row[0]: row[1] for row in rows})
