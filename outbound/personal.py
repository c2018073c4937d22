"""What proves that somebody has our answer in hand: a single-use link to claim a case, and a code to reply with.

Both hang on one secret of the installation. The link is signed and expires (the ledger remembers its use); the reply
code is derived from the case code, so that every answer on a case carries the same.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from mailroom.reply_token import written

SETTING = "answers.key"
TICKET_MINUTES = 10


class Personal(Protocol):
    """What an answer on a case carries for its reader alone."""

    def claim_link(self, code: str) -> str | None: ...

    def reply_token(self, code: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Impersonal:
    """Nothing personal, for a dry run."""

    def claim_link(self, code: str) -> str | None:
        return None

    def reply_token(self, code: str) -> str | None:
        return None


class Expired(Exception):
    """The link was ours once, and its time is over."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The installation's secret at work."""

    secret: str
    base: str | None
    """Address of the page that redeems links, as citizens reach it; None means that no links are given."""
    days: int

    def claim_link(self, code: str) -> str | None:
        return f"{self.base.rstrip('/')}/{self._signer().dumps(code)}" if self.base else None

    def claimed_code(self, token: str) -> str | None:
        """The case a link is for; None for what we never gave. Raises Expired."""
        try:
            code = self._signer().loads(token, max_age=int(timedelta(days=self.days).total_seconds()))
        except SignatureExpired as error:
            raise Expired from error
        except BadSignature:
            return None
        return code if isinstance(code, str) and _is_canonical(token) else None

    def reply_token(self, code: str) -> str | None:
        digest = hmac.new(self.secret.encode(), f"reply/{code}".encode(), hashlib.sha256).digest()
        return written(int.from_bytes(digest[:8], "big"))

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="claim")


def _is_canonical(token: str) -> bool:
    """Base64 lets the last character vary without changing what it says: such a link would count as unused."""
    signature = token.rpartition(".")[2]
    return base64_encode(base64_decode(signature)) == signature.encode()


def token_digest(token: str) -> str:
    """By which the ledger remembers that a link was used."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def portal_ticket(url: str, code: str, secret: bytes | None, now: datetime) -> str:
    """Where the citizen goes on: the Portal's claim page with the case code, an expiry (Unix seconds) and a signature
    that the Portal checks with the webhooks' secret (docs/portal-api.yaml). Without a secret the address alone."""
    if secret is None:
        return url
    expires = int((now.astimezone(UTC) + timedelta(minutes=TICKET_MINUTES)).timestamp())
    signature = hmac.new(secret, f"claim.{code}.{expires}".encode(), hashlib.sha256).hexdigest()
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'case': code, 'expires': expires, 'signature': signature})}"
