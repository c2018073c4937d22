"""The operators' console: server-rendered pages over the ledger's views, and a handful of commands.

Nothing a citizen sent reaches the browser as itself: words are escaped, pages are drawn as PNG, originals come only as
downloads. Every change needs a log-in and the form's own token.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

from console.apologies import add_apologies
from console.browsing import add_browsing
from console.claiming import add_claims
from console.desk import Desk
from console.entrance import add_entrance
from console.hooks import add_hooks
from console.keeping import add_keeping
from console.letters import add_letters
from console.originals import add_originals
from console.pages import Pages
from console.working import add_working

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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
        response: Response = (
            await call_next(request) if _is_ours(request) else Response("Non consentito da un altro sito.", 403)
        )
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    add_apologies(app, pages)
    add_entrance(app, desk, pages)
    add_browsing(app, desk, pages)
    add_originals(app, desk, pages)
    add_working(app, desk, pages)
    add_keeping(app, desk, pages)
    add_letters(app, desk, pages)
    add_claims(app, desk, pages)
    add_hooks(app, desk)
    return app


def _is_ours(request: Request) -> bool:
    """No other site may send a form here, not even the log-in, which has no session to take a token from."""
    sender = request.headers.get("sec-fetch-site", "same-origin")
    return request.method in ("GET", "HEAD") or sender in ("same-origin", "none")
