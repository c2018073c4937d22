"""All that is held on one person, by tax code: to hand it out (art. 15 GDPR), or to erase what the law lets go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, or_, select

from mailroom.ports import Clock
from store.case_views import CaseDetail, case_detail
from store.engine import reading, writing
from store.item_views import ItemDetail, item_detail
from store.schema import access_log, case_item, fingerprint, known


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    tax_code: str
    items: tuple[ItemDetail, ...]
    cases: tuple[CaseDetail, ...]


def person_file(engine: Engine, clock: Clock, tax_code: str, *, by: str) -> PersonFile:
    """Items that name the tax code, and the cases it belongs to with all their items; the look is logged.

    Raises ValueError for something that is no tax code.
    """
    code = tax_code.strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{11,16}", code):
        raise ValueError("not a tax code")
    with writing(engine) as connection:
        connection.execute(insert(access_log).values(at=clock.now(), by=by, what="person_file"))
    with reading(engine) as connection:
        codes, ids = _of_person(connection, code)
        items = [item_detail(connection, item_id) for item_id in ids]
        cases = [case_detail(connection, case_code) for case_code in codes]
    return PersonFile(
        tax_code=code, items=tuple(i for i in items if i is not None), cases=tuple(c for c in cases if c is not None)
    )


def _of_person(connection: Connection, tax_code: str) -> tuple[list[str], list[str]]:
    mine = select(known.c.code).where(known.c.kind == "tax_code", known.c.value == tax_code)
    codes = sorted(connection.execute(mine).scalars())
    named = select(fingerprint.c.item_id).where(
        or_(
            fingerprint.c.tax_codes.contains(f'"{tax_code}"', autoescape=True),
            fingerprint.c.item_id.in_(select(case_item.c.item_id).where(case_item.c.code.in_(codes))),
        )
    )
    return codes, sorted(connection.execute(named).scalars())
