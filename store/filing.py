"""The earlier sendings of a case with their accepted papers: what is handed over together once it is complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, select

from mailroom.case import Filed, FiledPaper
from mailroom.item import Rung
from store.claiming import latest_sheets
from store.codec import OpenedSheet
from store.schema import document, item


def filed(connection: Connection, item_ids: Sequence[str]) -> tuple[Filed, ...]:
    """In the order of arrival; items that were erased are left out."""
    mine = item.c.id.in_(list(item_ids)) & item.c.erased_at.is_(None)
    wanted = select(item.c.id, item.c.channel, item.c.received_at, item.c.subject).where(mine)
    rows = connection.execute(wanted.order_by(item.c.received_at, item.c.id)).all()
    sheets = latest_sheets(connection, [row.id for row in rows])
    papers = _papers(connection, [row.id for row in rows])
    found = []
    for row in rows:
        opened = sheets.get(row.id, {}).get(Rung.OPENED)
        own = opened.submission.own if isinstance(opened, OpenedSheet) else None
        found.append(
            Filed(
                item_id=row.id,
                channel=row.channel,
                received_at=row.received_at,
                subject=row.subject,
                text=own.new if own else "",
                papers=tuple(papers[row.id]),
            )
        )
    return tuple(found)


def _papers(connection: Connection, item_ids: Sequence[str]) -> defaultdict[str, list[FiledPaper]]:
    mine = document.c.item_id.in_(list(item_ids)) & document.c.accepted.is_(True)
    rows = connection.execute(select(document).where(mine).order_by(document.c.item_id, document.c.number))
    found: defaultdict[str, list[FiledPaper]] = defaultdict(list)
    for row in rows.mappings():
        found[row["item_id"]].append(
            FiledPaper(
                sha256=row["digest"],
                filename=row["filename"],
                media_type=row["media_type"],
                size=row["size"],
                kind=row["kind"],
                first_page=row["first_page"],
                pages=row["pages"],
            )
        )
    return found
