"""Templates and sessions of the console, and the check that stands before every page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from console.accounts import Failures
from console.desk import Desk
from console.sessions import Session, Sessions
from console.words import say

HERE = Path(__file__).parent
ROME = ZoneInfo("Europe/Rome")


class Pages:
    """Templates, sessions, and the check that stands before every page."""

    def __init__(self, desk: Desk) -> None:
        self.sessions = Sessions(desk)
        self.failures = Failures()
        self._environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
        self._environment.filters |= {"say": say, "rome": _rome, "percent": _percent}

    def show(self, name: str, session: Session | None, *, status: int = 200, **facts: Any) -> HTMLResponse:
        html = self._environment.get_template(name).render(session=session, **facts)
        return HTMLResponse(html, status)

    def session(self, request: Request) -> Session:
        """Raises 401 (the log-in page) without a valid cookie."""
        session = self.sessions.of(request)
        if session is None:
            raise HTTPException(401)
        return session

    def own(self, request: Request, token: str) -> Session:
        """As `session`, for changes: raises 403 without the form's own token."""
        session = self.session(request)
        if not self.sessions.is_own(session, token):
            raise HTTPException(403)
        return session


def _rome(moment: datetime | None) -> str:
    return moment.astimezone(ROME).strftime("%d/%m/%Y %H:%M") if moment else "–"


def _percent(share: float | None) -> str:
    return f"{100 * share:.0f} %" if share is not None else "–"
