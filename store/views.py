"""Read-only pages of the ledger for the console and the command line. One method, one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from mailroom.context import Context, Query
from mailroom.ports import Clock
from store import audit_views, case_views, dispatch_views, front_page, item_views, register_export, search
from store.audit_views import Correction, ErasureRow, Look
from store.balance import BalanceRow, reconciliation
from store.case_views import CaseDetail, CaseFilter, CasePage, ExportedItem
from store.context_lookup import look_up
from store.dispatch_views import DispatchRow, OwedRow
from store.engine import reading
from store.front_page import AlarmRow, FrontPage, SourceRow
from store.item_views import ItemDetail, ItemFilter, ItemPage, ItemRow
from store.register_export import Office
from store.search import Hit

__all__ = [
    "AlarmRow",
    "BalanceRow",
    "CaseDetail",
    "CaseFilter",
    "CasePage",
    "Correction",
    "DispatchRow",
    "ErasureRow",
    "ExportedItem",
    "FrontPage",
    "Hit",
    "ItemDetail",
    "ItemFilter",
    "ItemPage",
    "ItemRow",
    "Look",
    "Office",
    "OwedRow",
    "SourceRow",
    "Views",
]

ALL_ITEMS = ItemFilter()
ALL_CASES = CaseFilter()


class Views:
    """What operators and scripts may look at. Nothing here writes."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def front_page(self) -> FrontPage:
        with reading(self._engine) as connection:
            return front_page.front_page(connection, self._clock.now())

    def alarms(self) -> tuple[AlarmRow, ...]:
        with reading(self._engine) as connection:
            return front_page.alarms(connection)

    def sources(self) -> tuple[SourceRow, ...]:
        with reading(self._engine) as connection:
            return front_page.sources(connection)

    def reconciliation(self, *, days: int = 14) -> tuple[BalanceRow, ...]:
        """Per source and day: arrived, received, closed, held, waiting, difference. Newest day first."""
        with reading(self._engine) as connection:
            return reconciliation(connection, since=self._clock.now() - timedelta(days=days))

    def items(self, wanted: ItemFilter = ALL_ITEMS, *, after: str | None = None, limit: int = 50) -> ItemPage:
        """Newest first; `after` is the `next` of the page before."""
        with reading(self._engine) as connection:
            return item_views.list_items(connection, wanted, after=after, limit=limit)

    def item(self, item_id: str) -> ItemDetail | None:
        with reading(self._engine) as connection:
            return item_views.item_detail(connection, item_id)

    def holds(self, item_id: str, digest: str) -> bool:
        """Whether these bytes belong to that item, its original or a part of it."""
        with reading(self._engine) as connection:
            return item_views.holds_blob(connection, item_id, digest)

    def held(self, *, after: str | None = None, limit: int = 500) -> tuple[ItemRow, ...]:
        """What waits for a person, longest waiting first; `after` is the `held_cursor` of the last one seen."""
        with reading(self._engine) as connection:
            return item_views.held_items(connection, after=after, limit=limit)

    def registered(self, year: int, number: int) -> str | None:
        """The item with that number in the register of arrivals."""
        with reading(self._engine) as connection:
            return item_views.registered(connection, year, number)

    def held_count(self) -> int:
        with reading(self._engine) as connection:
            return item_views.held_count(connection)

    def cases(self, wanted: CaseFilter = ALL_CASES, *, after: str | None = None, limit: int = 50) -> CasePage:
        with reading(self._engine) as connection:
            return case_views.list_cases(connection, wanted, now=self._clock.now(), after=after, limit=limit)

    def case(self, code: str) -> CaseDetail | None:
        with reading(self._engine) as connection:
            return case_views.case_detail(connection, code)

    def export_items(self, *, since: datetime | None = None) -> Iterator[ExportedItem]:
        """Every decided item with its sheets, oldest first, as a stream over one snapshot."""
        with reading(self._engine) as connection:
            yield from case_views.export_items(connection, since=since)

    def print_queue(self, *, limit: int = 1000) -> tuple[OwedRow, ...]:
        """Letters not printed yet, oldest first."""
        with reading(self._engine) as connection:
            return dispatch_views.letters(connection, printed=False, limit=limit)

    def to_post(self, *, limit: int = 1000) -> tuple[OwedRow, ...]:
        """Letters printed and not yet posted."""
        with reading(self._engine) as connection:
            return dispatch_views.letters(connection, printed=True, limit=limit)

    def owed(self, keys: Sequence[str]) -> tuple[OwedRow, ...]:
        with reading(self._engine) as connection:
            return dispatch_views.owed(connection, keys)

    def last_answer(self, code: str) -> OwedRow | None:
        """The newest answer on a case that was not given up."""
        with reading(self._engine) as connection:
            return dispatch_views.last_answer(connection, code)

    def troubled_dispatches(self, *, limit: int = 200) -> tuple[DispatchRow, ...]:
        with reading(self._engine) as connection:
            return dispatch_views.troubled(connection, now=self._clock.now(), limit=limit)

    def search(self, query: str, *, limit: int = 50) -> tuple[Hit, ...]:
        with reading(self._engine) as connection:
            return search.find(connection, query, limit=limit)

    def excerpts(self, query: str, item_ids: Sequence[str]) -> dict[str, str]:
        """Some words around what was looked for, by item."""
        with reading(self._engine) as connection:
            return search.excerpts(connection, query, item_ids)

    def daily_register(self, day: date) -> tuple[bytes, str]:
        """The protocol register of one day (Rome) as XML, and its SHA-256."""
        with reading(self._engine) as connection:
            return register_export.daily_register(connection, day)

    def first_registration(self) -> datetime | None:
        """When the register begins; None while it is empty."""
        with reading(self._engine) as connection:
            return register_export.first_registration(connection)

    def segnature(self, *, since: datetime, office: Office) -> Iterator[bytes]:
        """The register for the body's own protocol system: one AgID segnatura a registration."""
        with reading(self._engine) as connection:
            yield from register_export.segnature(connection, since=since, office=office)

    def context(self, query: Query) -> Context:
        """What the ledger would tell a judge now: for dry runs of changed rules. Nothing is locked or written."""
        with reading(self._engine) as connection:
            return look_up(connection, [query], self._clock.now())[0]

    def looks(self, *, since: datetime, item_id: str | None = None) -> tuple[Look, ...]:
        """Who looked at identity documents and persons' files, oldest first."""
        with reading(self._engine) as connection:
            return audit_views.looks(connection, since=since, item_id=item_id)

    def erasures(self, *, since: datetime) -> tuple[ErasureRow, ...]:
        """The report of the retention rule."""
        with reading(self._engine) as connection:
            return audit_views.erasures(connection, since=since)

    def corrections(self, *, since: datetime) -> Iterator[Correction]:
        """What people corrected: labelled examples for the next model."""
        with reading(self._engine) as connection:
            yield from audit_views.corrections(connection, since=since)
