"""Templates and sessions of the console, and the check that stands before every page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from console.accounts import Failures, Role
from console.desk import Desk
from console.sessions import Session, Sessions
from console.words import ITALIAN, LANGUAGES, plainly, preferred, say, translated
from mailroom.calendar import ROME
from mailroom.envelope import Channel
from store.item_views import ItemRow

HERE = Path(__file__).parent
LANGUAGE = "lingua"
"""Cookie with the operator's own choice."""


class Pages:
    """Templates, sessions, and the check that stands before every page."""

    def __init__(self, desk: Desk) -> None:
        self.sessions = Sessions(desk)
        self.failures = Failures()
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def show(
        self, name: str, session: Session | None, *, language: str = ITALIAN, status: int = 200, **facts: Any
    ) -> HTMLResponse:
        """The page in the session's language, or in the given one where nobody is logged in."""
        spoken = session.language if session else language
        html = self._environments[spoken].get_template(name).render(session=session, **facts)
        return HTMLResponse(html, status)

    def language(self, request: Request) -> str:
        """The operator's choice, else what the browser asks for first of what we have."""
        chosen = request.cookies.get(LANGUAGE, "")
        return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))

    def session(self, request: Request) -> Session:
        """Raises 401 (the log-in page) without a valid cookie."""
        session = self.sessions.of(request)
        if session is None:
            raise HTTPException(401)
        return replace(session, language=self.language(request))

    def own(self, request: Request, token: str, *, least: Role = Role.OPERATOR) -> Session:
        """As `session`, for changes: raises 403 without the form's own token, or for who may only look."""
        session = self.session(request)
        if not self.sessions.is_own(session, token) or not session.may(least):
            raise HTTPException(403)
        return session


def _environment(language: str) -> Environment:
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    spoken = {"say": partial(say, language=language), "plainly": partial(plainly, language=language)}
    environment.filters |= {
        **spoken,
        "rome": _rome,
        "day": _day,
        "romeday": _rome_day,
        "percent": _percent,
        "titled": _titled,
    }
    environment.globals |= {"_": partial(translated, language=language), "language": language}
    return environment


def _rome(moment: datetime | None) -> str:
    return moment.astimezone(ROME).strftime("%d/%m/%Y %H:%M") if moment else "–"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _rome_day(moment: datetime) -> str:
    return _day(moment.astimezone(ROME).date())


def _titled(row: ItemRow) -> str:
    """What an operator knows an item by: its subject; of paper, whose subject is a file's name, its first words."""
    on_paper = row.channel in (Channel.FAX, Channel.POST)
    return ((row.summary or row.subject) if on_paper else (row.subject or row.summary)) or ""


def _percent(share: float | None) -> str:
    return f"{100 * share:.0f} %" if share is not None else "–"
