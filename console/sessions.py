"""Signed session cookies, and a token in every form that only the session's owner can know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from console.accounts import Role, account_of
from console.desk import Desk

COOKIE = "sportello"
HOURS = 10
KEY = "console.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    user: str
    role: Role
    token: str
    """Stands in every form; a request without it changes nothing."""
    language: str = "it"

    def may(self, least: Role) -> bool:
        """Whether the account's role is that one or a higher one."""
        order = list(Role)
        return order.index(self.role) >= order.index(least)


class Sessions:
    def __init__(self, desk: Desk) -> None:
        key = desk.setting(KEY)
        if key is None:
            key = secrets.token_urlsafe(32)
            desk.set_setting(KEY, key)
        self._desk = desk
        self._key = key
        self._signer = URLSafeTimedSerializer(key, salt="session")

    def begin(self, response: Response, user: str, *, secure: bool) -> None:
        account = account_of(self._desk, user)
        said = {"user": user, "nonce": secrets.token_hex(8), "stamp": account.stamp if account else ""}
        value = self._signer.dumps(said)
        response.set_cookie(
            COOKIE, value, max_age=HOURS * 3600, httponly=True, samesite="strict", secure=secure, path="/"
        )

    def of(self, request: Request) -> Session | None:
        value = request.cookies.get(COOKIE)
        if not value:
            return None
        try:
            said = self._signer.loads(value, max_age=HOURS * 3600)
        except BadSignature:
            return None
        account = account_of(self._desk, str(said.get("user")))
        if account is None or account.stamp != said.get("stamp"):
            return None  # gone, or the password has been changed since
        return Session(user=account.name, role=account.role, token=self._token(value))

    def _token(self, value: str) -> str:
        return hmac.new(self._key.encode(), value.encode(), hashlib.sha256).hexdigest()[:40]

    def is_own(self, session: Session, token: str | None) -> bool:
        return token is not None and hmac.compare_digest(session.token, token)
