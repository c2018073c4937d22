"""The operator's desk: one waiting item after the other, an answer, the next."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from console.attention import Attention
from console.correcting import corrections
from console.desk import Desk
from console.originals import found
from console.pages import Pages
from console.questions import CHOICES, PAPER_KINDS
from mailroom.amending import cut_finding

AHEAD = 30
"""Waiting items among which one is looked for that nobody else has open."""


def add_working(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes ``/desk``, ``/items/{item_id}`` and what changes an item."""
    attention = Attention()

    @app.get("/desk")
    def next_held(request: Request, after: str = "") -> Response:
        """The item that waits longest; after one that was skipped, the next behind it, round and round."""
        session = pages.session(request)
        taken = attention.taken(session.user)
        rows = (*desk.views.held(after=after, limit=AHEAD), *desk.views.held(limit=AHEAD))
        nearest = next((row for row in rows if row.id not in taken), None)
        if nearest is None:
            said = "Altri stanno guardando tutto quello che attende." if rows else "Nulla attende."
            return pages.show("message.html", session, words=said)
        return RedirectResponse(f"/items/{nearest.id}", 303)

    @app.get("/items/{item_id}")
    def item(request: Request, item_id: str) -> Response:
        session = pages.session(request)
        page = found(desk, item_id)
        waiting = desk.views.held_count() if page.cursor else 0
        other = attention.look(item_id, session.user) if page.cursor else None
        return pages.show(
            "item.html", session, page=page, choices=CHOICES, paper_kinds=PAPER_KINDS, waiting=waiting, other=other
        )

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
        attention.leave(item_id)
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
        if scan is None:  # cut by somebody else, or decided, while the sheets were looked at: its page says which
            return RedirectResponse(f"/items/{item_id}", 303)
        numbers = {str(page.number): page.number for page in scan.pages}
        starts = {numbers[str(name)] for name in form.getlist("start") if str(name) in numbers}
        if not starts - {scan.pages[0].number}:
            return RedirectResponse(f"/items/{item_id}/cut", 303)
        by = f"person:{session.user}"
        desk.correct(item_id, [cut_finding(starts, by=by)], by)
        return RedirectResponse(f"/desk?{urlencode({'after': str(form.get('after', ''))[:100]})}", 303)

    @app.post("/sources/confirm")
    def confirm(request: Request, source: str = Form(), code: str = Form(), token: str = Form()) -> Response:
        session = pages.own(request, token)
        if not desk.confirm_source(source, code, session.user):
            raise HTTPException(400)
        return RedirectResponse("/", 303)
