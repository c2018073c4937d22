"""Accounts: one's own password, and for admins everybody's."""

from __future__ import annotations

import re

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from console.accounts import SHORTEST, Role, all_accounts, is_right, new_account, remove, set_password
from console.desk import Desk
from console.pages import Pages
from console.sessions import Session

NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def add_keeping(app: FastAPI, desk: Desk, pages: Pages) -> None:
    """Routes below ``/account`` and ``/accounts``."""

    def page(session: Session, *, said: str = "", password: str = "", status: int = 200) -> Response:
        everybody = all_accounts(desk) if session.role is Role.ADMIN else []
        return pages.show(
            "accounts.html", session, status=status, accounts=everybody, roles=Role, said=said, password=password
        )

    @app.get("/account")
    def own_account(request: Request) -> Response:
        return page(pages.session(request))

    @app.post("/account")
    def own_password(
        request: Request,
        token: str = Form(),
        old: str = Form(max_length=200),
        new: str = Form(max_length=200),
    ) -> Response:
        session = pages.own(request, token, least=Role.READER)
        if pages.failures.too_many(session.user):
            raise HTTPException(429)
        if not is_right(desk, session.user, old):
            pages.failures.count(session.user)
            return page(session, said="La password di prima non è corretta.", status=401)
        if len(new) < SHORTEST:
            return page(session, said="Servono almeno dieci caratteri.", status=422)
        set_password(desk, session.user, new)
        return RedirectResponse("/login", 303)

    @app.post("/accounts")
    def another(
        request: Request, token: str = Form(), name: str = Form(max_length=40), role: Role = Form()
    ) -> Response:
        """A new account, or a new password and role for one that is there; the password is shown once."""
        session = pages.own(request, token, least=Role.ADMIN)
        if not NAME.fullmatch(name):
            return page(session, said="Il nome ha lettere minuscole, cifre, punto o trattino.", status=422)
        if name == session.user:
            return page(session, said="La propria password si cambia qui sopra.", status=422)
        return page(session, said=name, password=new_account(desk, name, role))

    @app.post("/accounts/remove")
    def gone(request: Request, token: str = Form(), name: str = Form(max_length=40)) -> Response:
        session = pages.own(request, token, least=Role.ADMIN)
        if name == session.user or not remove(desk, name):
            return page(session, said="Quest'utente non si può togliere.", status=422)
        return RedirectResponse("/account", 303)
