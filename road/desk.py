"""The operator's commands, carried out on the gateway: each is one call of the ledger, and is written down."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from console.desk import ClaimState
from mailroom.case import CaseStatus
from mailroom.document import Document
from mailroom.finding import Finding
from mailroom.submission import Part
from mailroom.timetable import Milestone, timetable
from outbound.personal import Expired, portal_ticket, token_digest
from outbound.portal import is_genuine
from parsers.rendition import render
from parsers.searchable import searchable_pdf
from road.gateway import Gateway
from road.letters import letters_pdf
from road.source_alarms import confirm_alarm
from store.case_views import CaseRow
from store.settings import read_setting, write_setting
from store.views import Views

KEPT = 8
"""Renditions kept in memory."""


class GatewayDesk:
    """Implements `console.desk.Desk`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._renditions: OrderedDict[str, bytes | None] = OrderedDict()
        self._drawing = threading.Lock()

    @property
    def views(self) -> Views:
        return self._gateway.views

    def retry(self, item_id: str, by: str) -> bool:
        return self._gateway.ledger.release(item_id, by)

    def correct(self, item_id: str, findings: Sequence[Finding], by: str) -> bool:
        return self._gateway.ledger.correct(item_id, findings, by)

    def content(self, item_id: str, digest: str) -> bytes:
        return self._gateway.document(item_id, digest)

    def original(self, item_id: str) -> bytes:
        detail = self.views.item(item_id)
        if detail is None:
            raise KeyError(item_id)
        return self._gateway.blobs.get(detail.digest)

    def searchable_pdf(self, item_id: str, document: Document) -> bytes | None:
        made = searchable_pdf(document, self.content(item_id, document.digest))
        return made if isinstance(made, bytes) else None

    def rendition(self, item_id: str, part: Part) -> bytes | None:
        """Kept for the few that were looked at last: each page of it is asked for by itself."""
        with self._drawing:
            if part.digest not in self._renditions:
                while len(self._renditions) >= KEPT:
                    self._renditions.popitem(last=False)
                self._renditions[part.digest] = render(self.content(item_id, part.digest), part.media_type).pdf
            return self._renditions[part.digest]

    def set_case_status(self, code: str, status: CaseStatus, by: str, why: str | None) -> bool:
        return self._gateway.ledger.set_case_status(code, status, by, why)

    def from_portal(self, timestamp: str, signature: str, body: bytes) -> bool:
        secret, now = self._gateway.portal_secret(), self._gateway.clock.now()
        return secret is not None and is_genuine(secret, timestamp=timestamp, body=body, signature=signature, now=now)

    def portal_said(self, event_id: str, code: str, status: str, said_at: datetime | None) -> bool:
        return self._gateway.ledger.portal_status(event_id=event_id, code=code, status=status, said_at=said_at)

    def release_dispatch(self, key: str, by: str) -> bool:
        return self._gateway.ledger.release_dispatch(key, by)

    def mark_printed(self, keys: Sequence[str], by: str) -> int:
        return self._gateway.ledger.mark_printed(keys, by)

    def mark_posted(self, keys: Sequence[str], by: str) -> int:
        return self._gateway.ledger.mark_posted(keys, by)

    def letters_pdf(self, keys: Sequence[str]) -> bytes | None:
        return letters_pdf(self._gateway, keys)

    def timetable(self, row: CaseRow) -> tuple[Milestone, ...]:
        now, policy = self._gateway.clock.now(), self._gateway.config.policy
        return timetable(row.case, reminded_at=row.reminded_at, now=now, policy=policy)

    @property
    def claim_target(self) -> str:
        answers = self._gateway.config.answers
        return answers.claim_portal or answers.portal

    def claim_state(self, token: str) -> ClaimState:
        try:
            code = self._gateway.keys().claimed_code(token)
        except Expired:
            return ClaimState.EXPIRED
        if code is None:
            return ClaimState.UNKNOWN
        return ClaimState.USED if self._gateway.ledger.claim_used(token_digest(token)) else ClaimState.OPEN

    def use_claim(self, token: str) -> str | None:
        if self.claim_state(token) is not ClaimState.OPEN:
            return None
        code = self._gateway.keys().claimed_code(token)
        if code is None or not self._gateway.ledger.use_claim(token_digest(token), code):
            return None
        return portal_ticket(self.claim_target, code, self._gateway.portal_secret(), self._gateway.clock.now())

    def looked_at(self, item_id: str, digest: str, by: str) -> None:
        self._gateway.ledger.looked_at(by=by, what="identity_document", item_id=item_id, digest=digest)

    def setting(self, name: str) -> str | None:
        return read_setting(self._gateway.engine, name)

    def set_setting(self, name: str, value: str) -> None:
        write_setting(self._gateway.engine, name, value)

    def confirm_source(self, source: str, code: str, by: str) -> bool:
        return confirm_alarm(self._gateway, source, code, by)
