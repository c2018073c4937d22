"""The Portal's door: signed words on a case, by the webhook of docs/portal-api.yaml. No session, no cookie, no form."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from enum import StrEnum

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from console.desk import Desk

PATH = "/hooks/portal"
LARGEST = 64 * 1024


class PortalStatus(StrEnum):
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    WAITING_FOR_CITIZEN = "waiting_for_citizen"
    CLOSED = "closed"


def add_hooks(app: FastAPI, desk: Desk) -> None:
    """Route ``POST /hooks/portal``: 200 noted (a replay too), 401 not signed by the Portal, 404 no such case, 413 too
    large, 422 not what the API says."""

    @app.post(PATH)
    async def hear(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST:
                return _said(413, "too large")
        timestamp, signature = (request.headers.get(name, "") for name in ("x-timestamp", "x-signature"))
        if not desk.from_portal(timestamp, signature, body):
            return _said(401, "not signed with our secret, or too old")
        return await asyncio.to_thread(_note, desk, body)


def _note(desk: Desk, body: bytes) -> Response:
    try:
        said = json.loads(body)
        event, code, status = said["id"], said["case_code"], PortalStatus(said["status"])
        at = datetime.fromisoformat(said["at"]) if said.get("at") is not None else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return _said(422, "id, case_code and status are wanted, and at, if given, is a date-time")
    if at is not None and at.tzinfo is None:
        return _said(422, "at needs its offset from UTC")
    if not isinstance(event, str) or not isinstance(code, str) or not event:
        return _said(422, "id and case_code are words")
    if desk.views.case(code) is None:
        return _said(404, "no such case")
    fresh = desk.portal_said(event, code, status.value, at)
    return _said(200, "noted" if fresh else "known")


def _said(status: int, words: str) -> Response:
    return JSONResponse({"said": words}, status_code=status)
