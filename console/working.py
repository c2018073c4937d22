"""The operator's desk: one waiting item after the other, an answer, the next."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from console.correcting import corrections
from console.desk import Desk
from console.originals import found
from console.pages import Pages
from console.questions import CHOICES, PAPER_KINDS
from mailroom.amending import cut_finding


def add_working(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes ``/desk``, ``/items/{item_id}`` and what changes an item."""

    @app.get("/desk")
    def next_held(request: Request, after: str = "") -> Response:
        """The item that waits longest; after one that was skipped, the next behind it, round and round."""
        session = pages.session(request)
        held = desk.views.held(after=after, limit=1) or desk.views.held(limit=1)
        if not held:
            return pages.show("message.html", session, words="Nulla attende.")
        return RedirectResponse(f"/items/{held[0].id}", 303)

    @app.get("/items/{item_id}")
    def item(request: Request, item_id: str) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        waiting = desk.views.held_count() if page.cursor else 0
        return pages.show("item.html", session, page=page, choices=CHOICES, paper_kinds=PAPER_KINDS, waiting=waiting)

    @app.post("/items/{item_id}/retry")
    def retry(request: Request, item_id: str, token: str = Form()) -> Response:
        session = pages.own(request, token)
        if not desk.retry(item_id, f"person:{session.user}"):
            raise HTTPException(404)
        return RedirectResponse(f"/items/{item_id}", 303)

    @app.post("/items/{item_id}/correct")
    async def correct(request: Request, item_id: str) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        session = pages.own(request, form.get("token", ""))
        findings = corrections(form, by=f"person:{session.user}")
        if not findings:
            return RedirectResponse(f"/items/{item_id}", 303)
        if not desk.correct(item_id, findings, f"person:{session.user}"):
            raise HTTPException(404)
        if not form.get("next"):
            return RedirectResponse(f"/items/{item_id}", 303)
        return RedirectResponse(f"/desk?{urlencode({'after': form.get('after', '')[:100]})}", 303)

    @app.get("/items/{item_id}/cut")
    def cutting(request: Request, item_id: str) -> Response:
        """The sheets of a scan, small, to say where letters begin."""
        session = pages.session(request)
        page = found(desk, item_id)
        if page.scan is None:
            raise HTTPException(404)
        return pages.show("cut.html", session, page=page, scan=page.scan)

    @app.post("/items/{item_id}/cut")
    async def cut(request: Request, item_id: str) -> Response:
        form = await request.form()
        session = pages.own(request, str(form.get("token", "")))
        scan = found(desk, item_id).scan
        if scan is None:
            raise HTTPException(404)
        numbers = {str(page.number): page.number for page in scan.pages}
        starts = {numbers[str(name)] for name in form.getlist("start") if str(name) in numbers}
        if not starts - {scan.pages[0].number}:
            return RedirectResponse(f"/items/{item_id}/cut", 303)
        by = f"person:{session.user}"
        desk.correct(item_id, [cut_finding(starts, by=by)], by)
        return RedirectResponse(f"/desk?{urlencode({'after': str(form.get('after', ''))[:100]})}", 303)

    @app.post("/sources/confirm")
    def confirm(request: Request, source: str = Form(), token: str = Form()) -> Response:
        session = pages.own(request, token)
        desk.confirm_source(source, session.user)
        return RedirectResponse("/", 303)
