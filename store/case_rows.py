"""Rows of the case table as values of the core, many at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from mailroom.case import Case, CaseStatus
from mailroom.decision import Applicant, Requirement, Sector, Service, Supply, Topic
from store.codec import decode
from store.schema import case_item


def cases_of(connection: Connection, rows: Sequence[RowMapping]) -> dict[str, Case]:
    """By code, each with the items it holds."""
    if not rows:
        return {}
    items: dict[str, list[str]] = {row["code"]: [] for row in rows}
    linked = select(case_item.c.code, case_item.c.item_id).where(case_item.c.code.in_(list(items)))
    for code, item_id in connection.execute(linked.order_by(case_item.c.item_id)):
        items[code].append(item_id)
    return {row["code"]: _case(row, items[row["code"]]) for row in rows}


def _case(row: RowMapping, items: Sequence[str]) -> Case:
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
        items=tuple(items),
    )
