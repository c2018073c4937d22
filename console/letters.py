"""What goes out on paper: the print queue with its PDF, what is printed and not yet posted, and what is in trouble."""

from __future__ import annotations

from fastapi import FastAPI, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from console.desk import Desk
from console.pages import Pages
from mailroom.dispatch import DispatchChannel
from outbound.composing import outgoing
from outbound.letter import draft
from store.dispatch_views import OwedRow

MOST = 500
"""Letters in one print run: a few minutes of drawing."""


def add_letters(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes below ``/outbox``: the queues, print runs, and what each answer said."""
    views = desk.views

    @app.get("/outbox")
    def outbox(request: Request) -> Response:
        session = pages.session(request)
        return pages.show(
            "outbox.html",
            session,
            print_queue=views.print_queue(),
            to_post=views.to_post(),
            troubled=views.troubled_dispatches(),
            address=_address,
        )

    @app.get("/outbox/letters.pdf")
    def letters_pdf(request: Request, key: list[str] = Query(default=[], max_length=MOST)) -> Response:
        """Cover list and letters: those of the keys, or the whole print queue."""
        pages.session(request)
        keys = key or [letter.row.key for letter in views.print_queue(limit=MOST)]
        data = desk.letters_pdf(keys)
        if data is None:
            raise HTTPException(404)
        name = 'attachment; filename="lettere.pdf"'
        return Response(data, media_type="application/pdf", headers={"Content-Disposition": name})

    @app.get("/outbox/said")
    def said(request: Request, key: str) -> Response:
        """What an answer said, or what the Portal was given."""
        session = pages.session(request)
        found = next(iter(views.owed((key[:200],))), None)
        if found is None:
            raise HTTPException(404)
        subject, words = outgoing(found.row.channel, found.payload)
        return pages.show("said.html", session, row=found.row, to=_address_of(found), subject=subject, words=words)

    @app.post("/outbox/letters")
    async def letters(request: Request) -> Response:
        form = await request.form()
        session = pages.own(request, str(form.get("token", "")))
        keys = [str(key) for key in form.getlist("key")]
        mark = desk.mark_posted if form.get("done") == "posted" else desk.mark_printed
        mark(keys, session.user)
        return RedirectResponse("/outbox", 303)

    @app.post("/outbox/release")
    def release(request: Request, key: str = Form(), token: str = Form()) -> Response:
        session = pages.own(request, token)
        desk.release_dispatch(key, session.user)
        return RedirectResponse("/outbox", 303)


def _address_of(owed: OwedRow) -> str:
    return _address(owed) if owed.row.channel is DispatchChannel.LETTER else owed.row.to or ""


def _address(letter: OwedRow) -> str:
    """Name first, as it stands on the letter; the bare address once the words are erased."""
    return ", ".join(draft(letter.payload).to) if letter.payload else letter.row.to or ""
