"""Cases (pratiche): the citizen's matter, one case, many items. And the code that names one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailroom.decision import Applicant, Requirement, Sector, Service, Supply, Topic


class CaseStatus(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    """For what the citizen was asked to send."""
    READY = "ready"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    code: str
    service: Service
    sector: Sector
    topic: Topic
    status: CaseStatus
    applicant: Applicant
    supply: Supply
    missing: tuple[Requirement, ...] = ()
    opened_at: datetime
    acknowledge_by: datetime | None = None
    waits_until: datetime | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledPaper:
    """An accepted paper of a case, as those who go on with it get it."""

    sha256: str
    """Of the file it stands in; several papers may stand in one (a fax)."""
    filename: str | None
    media_type: str
    size: int
    kind: str
    first_page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One sending of a case: the citizen's words and papers."""

    item_id: str
    channel: str
    received_at: datetime | None
    subject: str | None
    text: str
    """What they wrote, without what they quoted; empty for paper, whose words stand in its papers."""
    papers: tuple[FiledPaper, ...] = ()


_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2), (7, 0, 9, 2, 1, 5, 4, 8, 6, 3), (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6), (6, 1, 2, 3, 0, 4, 5, 9, 7, 8), (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4), (8, 9, 4, 5, 3, 6, 2, 0, 1, 7), (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)  # fmt: skip


def damm(digits: str) -> int:
    """Check digit of Damm (2004): finds every single wrong digit and every swap of neighbours."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def new_code(sequence: int) -> str:
    """`SPCEN` + 7 digits of the installation's sequence (from 1) + the Damm check digit."""
    if not 0 < sequence < 10_000_000:
        raise ValueError(f"case sequence out of range: {sequence}")
    digits = f"{sequence:07d}"
    return f"SPCEN{digits}{damm(digits)}"


def is_ours(code: str) -> bool:
    """Eight digits with a right check digit: a code that this gateway may have given."""
    match = re.fullmatch(r"SPCEN(\d{8})", code)
    return match is not None and damm(match[1]) == 0
