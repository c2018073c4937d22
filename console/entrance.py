"""In and out: log-in, log-out, language, and the page that a monitor asks for."""

from __future__ import annotations

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from console.accounts import is_right
from console.desk import Desk
from console.pages import LANGUAGE, Pages
from console.sessions import COOKIE
from console.words import LANGUAGES

YEAR = 365 * 86_400


def add_entrance(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes ``/login``, ``/logout``, ``/language/…``, ``/health``."""

    @app.get("/login")
    def login_page(request: Request) -> Response:
        return pages.show("login.html", None, language=pages.language(request), wrong=False)

    @app.post("/login")
    def login(request: Request, user: str = Form(max_length=80), password: str = Form(max_length=200)) -> Response:
        place = request.client.host if request.client else ""
        if pages.failures.too_many(place):
            raise HTTPException(429)
        if not is_right(desk, user, password):
            pages.failures.count(place)
            return pages.show("login.html", None, language=pages.language(request), status=401, wrong=True)
        response = RedirectResponse("/", 303)
        pages.sessions.begin(response, user, secure=request.url.scheme == "https")
        return response

    @app.post("/logout")
    def logout(request: Request, token: str = Form()) -> Response:
        pages.own(request, token)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response

    @app.get("/language/{name}")
    def language(name: str) -> Response:
        """A choice of one's own, over what the browser says."""
        if name not in LANGUAGES:
            raise HTTPException(404)
        response = RedirectResponse("/", 303)
        response.set_cookie(LANGUAGE, name, max_age=YEAR, httponly=True, samesite="strict", path="/")
        return response

    @app.get("/favicon.ico")
    def no_icon() -> Response:
        return Response(status_code=204)

    @app.get("/health")
    def health() -> dict[str, int]:
        return {"waiting": desk.views.front_page().waiting}
