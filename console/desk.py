"""What the console may do beyond looking: the commands of an operator. The road implements them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from mailroom.case import CaseStatus
from mailroom.document import Document
from mailroom.finding import Finding
from mailroom.submission import Part
from mailroom.timetable import Milestone
from store.case_views import CaseRow
from store.views import Views


class ClaimState(StrEnum):
    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Desk(Protocol):
    @property
    def views(self) -> Views: ...

    def retry(self, item_id: str, by: str) -> bool:
        """Lets the item climb again from the start; False if there is no such item."""
        ...

    def correct(self, item_id: str, findings: Sequence[Finding], by: str) -> bool:
        """A person's findings; the rules decide again."""
        ...

    def content(self, item_id: str, digest: str) -> bytes:
        """Bytes of one part. Raises KeyError if that item has no such part."""
        ...

    def original(self, item_id: str) -> bytes: ...

    def searchable_pdf(self, item_id: str, document: Document) -> bytes | None:
        """Its pages with the words that were read; None if it can't be made."""
        ...

    def rendition(self, item_id: str, part: Part) -> bytes | None:
        """The part as a PDF of our own making; None for what can't be shown."""
        ...

    def set_case_status(self, code: str, status: CaseStatus, by: str, why: str | None) -> bool:
        """A person's change of status; False if there is no such case."""
        ...

    def from_portal(self, timestamp: str, signature: str, body: bytes) -> bool:
        """Whether the Portal has signed this, a moment ago; never where no secret is configured."""
        ...

    def portal_said(self, event_id: str, code: str, status: str, said_at: datetime | None) -> bool:
        """Notes the Portal's word on a case, said at that moment or now; False for an event seen before."""
        ...

    def release_dispatch(self, key: str, by: str) -> bool: ...

    def mark_printed(self, keys: Sequence[str], by: str) -> int: ...

    def mark_posted(self, keys: Sequence[str], by: str) -> int: ...

    def letters_pdf(self, keys: Sequence[str]) -> bytes | None:
        """Cover list and these letters as one PDF; None if there is none of them."""
        ...

    def timetable(self, row: CaseRow) -> tuple[Milestone, ...]:
        """The days of a case that waits, as they stand now; nothing for another."""
        ...

    @property
    def claim_target(self) -> str:
        """The Portal's page for claimed cases, without anything personal."""
        ...

    def claim_state(self, token: str) -> ClaimState: ...

    def use_claim(self, token: str) -> str | None:
        """Uses a claim link up and says where to go on; None if it is not open (any more)."""
        ...

    def looked_at(self, item_id: str, digest: str, by: str) -> None:
        """Written down for every look at an identity document."""
        ...

    def setting(self, name: str) -> str | None: ...

    def set_setting(self, name: str, value: str) -> None: ...

    def confirm_source(self, source: str, code: str, by: str) -> bool:
        """A person has looked into an alarm: what lies at a stopped source is taken as it is, what vanished or strayed
        is told no more. False for an alarm that ends only with its cause."""
        ...
