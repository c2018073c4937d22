"""Looking around: the front page, lists of items and cases, the search."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from console.desk import Desk
from console.pages import Pages
from console.sessions import Session
from mailroom.calendar import ROME
from mailroom.case import CaseStatus
from mailroom.decision import Disposition
from mailroom.envelope import Channel
from mailroom.item import Rung
from mailroom.timetable import reminder_key
from store.case_views import CaseFilter
from store.item_views import ItemFilter

A_PAGE = 50
LONGEST = 200
REGISTERED = re.compile(r"((?:19|20)\d\d)/(\d{1,9})")
SPACED_CODE = re.compile(r"IT\d{3}E\w{8,9}|[A-Z]{6}\w{2}[A-Z]\w{2}[A-Z]\w{3}[A-Z]|\d{11}|\d{14}")
"""POD, tax code, PDR: people write them with spaces."""
FILTERS = ("channel", "rung", "held", "disposition", "text", "since", "until")


def add_browsing(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes ``/``, ``/items``, ``/search``, ``/cases``."""
    views = desk.views

    @app.get("/")
    def front(request: Request) -> Response:
        session = pages.session(request)
        return pages.show(
            "front.html", session, front=views.front_page(), balance=views.reconciliation(), sources=views.sources()
        )

    @app.get("/items")
    def items(request: Request, after: str | None = None) -> Response:
        session = pages.session(request)
        chosen = _chosen(request)
        page = views.items(_wanted(chosen), after=after, limit=A_PAGE)
        return _list(pages, "items.html", session, page=page, chosen=chosen, excerpts={})

    @app.get("/search")
    def search(request: Request, after: str | None = None) -> Response:
        """By code, name, tax code, POD, supplier, address, number of registration or any words; newest first."""
        session = pages.session(request)
        chosen = _chosen(request)
        code = re.sub(r"[\s/.-]", "", chosen["text"]).upper()
        if re.fullmatch(r"SPCEN\d{6,8}", code) and views.case(code) is not None:
            return RedirectResponse(f"/cases/{code}", 303)
        number = REGISTERED.fullmatch(chosen["text"])
        there = views.registered(int(number[1]), int(number[2])) if number else None
        if there is not None:
            return RedirectResponse(f"/items/{there}", 303)
        if SPACED_CODE.fullmatch(code):
            chosen["text"] = code
        asked = any(chosen.values())
        page = views.items(_wanted(chosen), after=after, limit=A_PAGE) if asked else None
        found = views.excerpts(chosen["text"], [row.id for row in page.rows]) if page else {}
        return _list(pages, "search.html", session, page=page, chosen=chosen, excerpts=found)

    @app.get("/cases")
    def cases(
        request: Request,
        status: str = "",
        text: str = "",
        late: str = "",
        overdue: str = "",
        after: str | None = None,
    ) -> Response:
        session = pages.session(request)
        wanted = CaseFilter(
            status=CaseStatus(status) if status in set(CaseStatus) else None,
            text=text[:LONGEST] or None,
            late=late == "1",
            overdue=overdue == "1",
        )
        page = views.cases(wanted, after=after, limit=A_PAGE)
        chosen = {
            "status": status,
            "text": text,
            "late": "1" if wanted.late else "",
            "overdue": "1" if wanted.overdue else "",
        }
        return pages.show("cases.html", session, page=page, chosen=chosen, statuses=CaseStatus)

    @app.get("/cases/{code}")
    def case(request: Request, code: str) -> Response:
        session = pages.session(request)
        detail = views.case(code)
        if detail is None:
            raise HTTPException(404)
        # A reminder is noted as done where nobody could be written to, too: then there is none among the answers.
        told = any(sent.key == reminder_key(code) for sent in detail.dispatches)
        days = desk.timetable(detail.row)
        return pages.show("case.html", session, detail=detail, statuses=CaseStatus, days=days, told=told)

    @app.post("/cases/{code}/status")
    def status(
        request: Request,
        code: str,
        token: str = Form(),
        status: CaseStatus = Form(),
        why: str = Form(default="", max_length=LONGEST),
    ) -> Response:
        session = pages.own(request, token)
        if not desk.set_case_status(code, status, f"person:{session.user}", why.strip() or None):
            raise HTTPException(404)
        return RedirectResponse(f"/cases/{code}", 303)


def _list(pages: Pages, template: str, session: Session, **facts: Any) -> Response:
    return pages.show(
        template,
        session,
        channels=Channel,
        rungs=Rung,
        dispositions=Disposition,
        **facts,
    )


def _chosen(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:LONGEST] for name in FILTERS}


def _wanted(chosen: dict[str, str]) -> ItemFilter:
    """What a person chose; nonsense is no restriction."""
    channel, rung, disposition = chosen["channel"], chosen["rung"], chosen["disposition"]
    return ItemFilter(
        channel=Channel(channel) if channel in set(Channel) else None,
        rung=Rung(rung) if rung in set(Rung) else None,
        held={"yes": True, "no": False}.get(chosen["held"]),
        disposition=disposition if disposition in set(Disposition) else None,
        text=chosen["text"] or None,
        since=_day(chosen["since"]),
        until=_day(chosen["until"], later=1),
    )


def _day(said: str, *, later: int = 0) -> datetime | None:
    """Midnight in Rome of a day from a form, some days later; None if it is no day."""
    try:
        day = date.fromisoformat(said) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ROME)
