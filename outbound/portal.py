"""The hand-over to the on-line handling, by the API of docs/portal-api.yaml.

The case goes by an idempotent POST, then the documents that the Portal says it lacks, by digest, large ones in pieces:
what was cut off goes on where it ended. After failures the line rests for a while (circuit breaker), and when the
Portal returns it is approached by one dispatch first.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import httpx

from mailroom.bounds import Between, Patience, Pause, Url
from mailroom.dispatch import Dispatch
from mailroom.errors import Refused, Transient
from outbound.pieces import content_range, received, terms_of

LONGEST_REST = 24 * 3600
MOST_ASTRAY = 3
"""Times that one document may have to go on somewhere else than we thought."""
Content = Callable[[str, str], bytes]
"""Bytes of a document by item id and digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalConfig:
    """The ``[portal]`` table."""

    url: Url
    token_file: Path | None = None
    webhook_secret_file: Path | None = None
    timeout: Patience = 30.0
    rest_seconds: Pause = 60.0
    """How long the line rests after `failures_before_rest` failures in a row."""
    failures_before_rest: Annotated[int, Between(1, 1_000)] = 3


class PortalSender:
    """A `mailroom.ports.Sender`."""

    def __init__(self, config: PortalConfig, content: Content) -> None:
        self._config = config
        self._content = content
        self._failures = 0
        self._rests_until: datetime | None = None
        self._lock = threading.Lock()

    def check(self) -> str:
        """One line of good news for `doctor`. Raises Transient or Refused."""
        self._ask("GET", "/v1/health")
        return f"{self._config.url} risponde"

    def send(self, dispatch: Dispatch, payload: bytes) -> str:
        self._mind_the_rest()
        case = json.loads(payload)
        headers = {"Idempotency-Key": dispatch.key, "Content-Type": "application/json"}
        place = f"/v1/cases/{case['case_code']}"
        answer = self._ask(
            "POST",
            f"{place}/additions" if case.get("addition") else "/v1/cases",
            content=payload,
            headers=headers,
            absent_yet=bool(case.get("addition")),
        ).json()
        owners = {paper["sha256"]: paper.get("item_id") for paper in case.get("documents", [])}
        terms = terms_of(answer)
        for digest in answer.get("documents_wanted", []):
            data = self._content(owners.get(digest) or dispatch.item_id or "", digest)
            self._give(f"{place}/documents/{digest}", data, terms.piece, terms.start(digest, len(data)))
        return f"Portale: {answer.get('portal_id', 'accettata')}"

    def _give(self, place: str, data: bytes, piece: int | None, at: int) -> None:
        """A document from the byte `at` on. Where the Portal has another part of it than we thought, it says so, and is
        believed a few times."""
        if piece is None or (len(data) <= piece and not at):
            self._ask("PUT", place, content=data)
            return
        astray = 0
        while at < len(data):
            part = data[at : at + piece]
            said = {"Content-Range": content_range(at, len(part), len(data))}
            answer = self._ask("PUT", place, content=part, headers=said, may_differ=True)
            at += len(part)
            if answer.status_code == 409:
                astray += 1
                has = received(_json(answer), total=len(data))
                if has is None or astray > MOST_ASTRAY:
                    raise Refused(f"Portale: 409 {answer.text[:200]}")
                at = has

    def status(self, code: str) -> str:
        return str(self._ask("GET", f"/v1/cases/{code}").json().get("status"))

    def _mind_the_rest(self) -> None:
        with self._lock:
            now = datetime.now(UTC)
            if self._rests_until is None:
                return
            if now < self._rests_until:
                wait = (self._rests_until - now).total_seconds()
                raise Transient("il Portale non risponde: si riprova più tardi", retry_after=wait, tried=False)
            # One goes ahead to see; until it is back the others rest on.
            self._rests_until = now + timedelta(seconds=self._config.rest_seconds)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        absent_yet: bool = False,
        may_differ: bool = False,
    ) -> httpx.Response:
        """`absent_yet`: a 404 means that something else has to arrive first. `may_differ`: a 409 is an answer."""
        token = self._config.token_file.read_text("utf-8").strip() if self._config.token_file else None
        sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        url = self._config.url.rstrip("/") + path
        try:
            answer = httpx.request(
                method, url, content=content, headers=sent, timeout=self._config.timeout, verify=self._trusted
            )
        except httpx.InvalidURL as error:
            raise Refused(f"Portale: l'indirizzo {url!r} non è valido", code="portal_url") from error
        except httpx.HTTPError as error:
            self._failed()
            raise Transient(f"Portale: {type(error).__name__}", code="portal_connection") from error
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            self._failed()
            raise Transient(f"Portale: {answer.status_code}", retry_after=_retry_after(answer))
        if absent_yet and answer.status_code == 404:
            raise Transient("Portale: la pratica non c'è ancora")
        if answer.status_code >= 400 and not (may_differ and answer.status_code == 409):
            raise Refused(f"Portale: {answer.status_code} {answer.text[:200]}")
        with self._lock:
            self._failures, self._rests_until = 0, None
        return answer

    @functools.cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Read once: for each request anew it would cost more than the request."""
        return httpx.create_ssl_context()

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._config.failures_before_rest:
                self._rests_until = datetime.now(UTC) + timedelta(seconds=self._config.rest_seconds)


def _json(answer: httpx.Response) -> object:
    """None for what is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds that the Portal asks for, a day at most; None for what is no number of seconds."""
    value = answer.headers.get("Retry-After", "")
    if not (value.isascii() and value.isdigit()):
        return None
    return float(min(int(value[:9]), LONGEST_REST))


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """``sha256=…`` over timestamp and body, as the Portal signs its webhooks."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(
    secret: bytes, *, timestamp: str, body: bytes, signature: str, now: datetime, window: float = 300
) -> bool:
    """Whether a webhook is signed with our secret and not older than `window` seconds. Replays within the window are
    the ledger's to refuse, by the event's id."""
    try:
        said = datetime.fromtimestamp(float(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    if abs((now - said).total_seconds()) > window:
        return False
    return hmac.compare_digest(sign(secret, timestamp, body), signature)
