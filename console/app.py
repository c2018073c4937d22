"""The operators' console: server-rendered pages over the ledger's views, and a handful of commands.

Nothing a citizen sent reaches the browser as itself: words are escaped, pages are drawn as PNG, originals come only as
downloads. Every change needs a log-in and the form's own token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from console.accounts import is_right
from console.claiming import add_claims
from console.correcting import corrections
from console.desk import Desk
from console.items import ItemPage, item_page, picture_of
from console.letters import add_letters
from console.pages import Pages
from console.sessions import COOKIE
from mailroom.case import CaseStatus
from mailroom.decision import Disposition
from mailroom.envelope import Channel
from mailroom.item import Rung
from store.case_views import CaseFilter
from store.item_views import ItemFilter

HERE = Path(__file__).parent
ROME = ZoneInfo("Europe/Rome")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def make_app(desk: Desk) -> FastAPI:
    """Pages over `desk.views`, commands over `desk`."""
    app = FastAPI(title="Sportello Gateway", docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    pages = Pages(desk)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Callable[[Request], Any]) -> Response:
        response: Response = await call_next(request) if _is_ours(request) else Response("403", 403)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 401:
            return RedirectResponse("/login", 303)
        words = {404: "Non c'è.", 403: "Richiesta non valida: ricaricare la pagina.", 429: "Troppi tentativi."}
        return pages.show("message.html", None, status=error.status_code, words=words.get(error.status_code, "Errore"))

    _entrance(app, desk, pages)
    _looking(app, desk, pages)
    _commands(app, desk, pages)
    add_letters(app, desk, pages)
    add_claims(app, desk, pages)
    return app


def _day(said: str, *, later: int = 0) -> datetime | None:
    """Midnight in Rome of a day from a form, some days later; None if it is no day."""
    try:
        day = date.fromisoformat(said) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ROME)


def _entrance(app: FastAPI, desk: Desk, pages: Pages) -> None:
    @app.get("/login")
    def login_page() -> Response:
        return pages.show("login.html", None, wrong=False)

    @app.post("/login")
    def login(request: Request, user: str = Form(max_length=80), password: str = Form(max_length=200)) -> Response:
        place = request.client.host if request.client else ""
        if pages.failures.too_many(place):
            raise HTTPException(429)
        if not is_right(desk, user, password):
            pages.failures.count(place)
            return pages.show("login.html", None, status=401, wrong=True)
        response = RedirectResponse("/", 303)
        pages.sessions.begin(response, user, secure=request.url.scheme == "https")
        return response

    @app.post("/logout")
    def logout(request: Request, token: str = Form()) -> Response:
        pages.own(request, token)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response

    @app.get("/favicon.ico")
    def no_icon() -> Response:
        return Response(status_code=204)

    @app.get("/health")
    def health() -> dict[str, int]:
        return {"waiting": desk.views.front_page().waiting}


def _looking(app: FastAPI, desk: Desk, pages: Pages) -> None:
    views = desk.views

    @app.get("/")
    def front(request: Request) -> Response:
        session = pages.session(request)
        return pages.show(
            "front.html", session, front=views.front_page(), balance=views.reconciliation(), sources=views.sources()
        )

    @app.get("/items")
    def items(
        request: Request,
        channel: str = "",
        rung: str = "",
        held: str = "",
        disposition: str = "",
        text: str = "",
        since: str = "",
        until: str = "",
        after: str | None = None,
    ) -> Response:
        session = pages.session(request)
        wanted = ItemFilter(
            channel=Channel(channel) if channel in set(Channel) else None,
            rung=Rung(rung) if rung in set(Rung) else None,
            held={"yes": True, "no": False}.get(held),
            disposition=disposition if disposition in set(Disposition) else None,
            text=text[:200] or None,
            since=_day(since),
            until=_day(until, later=1),
        )
        chosen = {"channel": channel, "rung": rung, "held": held, "disposition": disposition, "text": text}
        chosen |= {"since": since, "until": until}
        page = views.items(wanted, after=after, limit=50)
        return pages.show(
            "items.html", session, page=page, chosen=chosen, channels=Channel, rungs=Rung, dispositions=Disposition
        )

    @app.get("/desk")
    def next_held(request: Request) -> Response:
        session = pages.session(request)
        held = views.held(limit=1)
        return (
            RedirectResponse(f"/items/{held[0].id}", 303)
            if held
            else pages.show("message.html", session, words="Nulla attende.")
        )

    @app.get("/items/{item_id}")
    def item(request: Request, item_id: str) -> Response:
        session = pages.session(request)
        return pages.show("item.html", session, page=_found(desk, item_id))

    @app.get("/items/{item_id}/original")
    def original(request: Request, item_id: str) -> Response:
        session = pages.session(request)
        page = _found(desk, item_id)
        if page.dangerous:
            raise HTTPException(403)
        if page.has_identity:
            desk.looked_at(item_id, page.detail.digest, session.user)
        return _download(desk.original(item_id), f"{item_id}.bin")

    @app.get("/items/{item_id}/pages/{document}/{number}.png")
    def picture(request: Request, item_id: str, document: int, number: int) -> Response:
        session = pages.session(request)
        try:
            data = picture_of(desk, _found(desk, item_id), document, number, by=session.user)
        except (KeyError, ValueError, IndexError):
            raise HTTPException(404) from None
        return Response(data, media_type="image/png")

    @app.get("/cases")
    def cases(request: Request, status: str = "", text: str = "", after: str | None = None) -> Response:
        session = pages.session(request)
        wanted = CaseFilter(status=CaseStatus(status) if status in set(CaseStatus) else None, text=text[:200] or None)
        page = views.cases(wanted, after=after, limit=50)
        return pages.show(
            "cases.html", session, page=page, chosen={"status": status, "text": text}, statuses=CaseStatus
        )

    @app.get("/cases/{code}")
    def case(request: Request, code: str) -> Response:
        session = pages.session(request)
        detail = views.case(code)
        if detail is None:
            raise HTTPException(404)
        return pages.show("case.html", session, detail=detail)


def _commands(app: FastAPI, desk: Desk, pages: Pages) -> None:
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
        return RedirectResponse("/desk" if form.get("next") else f"/items/{item_id}", 303)

    @app.post("/sources/confirm")
    def confirm(request: Request, source: str = Form(), token: str = Form()) -> Response:
        session = pages.own(request, token)
        desk.confirm_source(source, session.user)
        return RedirectResponse("/", 303)


def _is_ours(request: Request) -> bool:
    """No other site may send a form here, not even the log-in, which has no session to take a token from."""
    sender = request.headers.get("sec-fetch-site", "same-origin")
    return request.method in ("GET", "HEAD") or sender in ("same-origin", "none")


def _found(desk: Desk, item_id: str) -> ItemPage:
    page = item_page(desk, item_id)
    if page is None:
        raise HTTPException(404)
    return page


def _download(data: bytes, name: str) -> Response:
    """Never shown in the browser: saved, and sandboxed if somebody opens it all the same."""
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"},
    )
