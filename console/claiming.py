"""The citizen's door: a personal link of ours, used once, leads to the Portal. No log-in, and nothing personal shown.

Looking at the link uses nothing up (mail scanners follow links); only the button does.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from console.desk import ClaimState, Desk
from console.pages import Pages

PATH = "/ritira"


def add_claims(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes ``GET`` and ``POST /ritira/{token}``."""

    def page(state: ClaimState) -> Response:
        # Browsers hold a form's redirect to the policy too: the Portal must stand in it.
        origin = urlsplit(desk.claim_target)
        policy = f"default-src 'none'; style-src 'self'; form-action 'self' {origin.scheme}://{origin.netloc}"
        status = 200 if state is ClaimState.OPEN else 410 if state in (ClaimState.USED, ClaimState.EXPIRED) else 404
        shown = pages.show("claim.html", None, status=status, state=state.value, portal=desk.claim_target)
        shown.headers["Content-Security-Policy"] = policy
        return shown

    @app.get(PATH + "/{token}")
    def look(token: str) -> Response:
        return page(desk.claim_state(token[:500]))

    @app.post(PATH + "/{token}")
    def use(token: str) -> Response:
        target = desk.use_claim(token[:500])
        return RedirectResponse(target, 303) if target else page(desk.claim_state(token[:500]))
