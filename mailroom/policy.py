"""The thresholds of the house: data of the configuration, versioned with every decision taken under it."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from functools import cache
from typing import Annotated

from mailroom.bounds import Between, Days, EmailAddress, Name, Share, Threshold
from mailroom.calendar import patron


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Probabilities from which the gateway acts without a person."""

    version: Name = "2026-12"
    """The table's name; see `edition`."""
    mail_confidence: Threshold = 0.80
    """That it is a submission at all, or that it is none."""
    sender_confidence: Threshold = 0.90
    """That the writer is a private person acting directly, or is not."""
    service_confidence: Threshold = 0.90
    sector_confidence: Threshold = 0.90
    topic_confidence: Threshold = 0.0
    """The topic routes nothing by itself: it is shown with its doubt, and holds nobody up."""
    field_confidence: Threshold = 0.60
    paper_confidence: Threshold = 0.60
    """That a paper is of its kind, from which nobody is asked for another that it may be instead."""
    automatic_confidence: Threshold = 0.90
    automatic_doubt: Threshold = 0.70
    """That a machine sent it: between this and the one above, nothing follows until a person has looked."""
    pec_identifies: bool = False
    """Whether a PEC from the sender's own address stands for signature and identity document (CAD, art. 65)."""
    answers_a_day: Annotated[int, Between(0, 10_000)] = 3
    """Answers to one address within a day; beyond, somebody's robot is answering us."""
    same_text: Share = 0.85
    """Share of equal MinHash values from which two letters with the same person are one submission."""
    likely_same_text: Share = 0.6
    join_hours: Annotated[float, Between(0, 8_784)] = 72
    """How long further sendings of the same sender and matter belong to a case whose code has not gone out."""
    waiting_days: Annotated[int, Between(1, 3_650)] = 30
    closing_days: Days = 0
    """Days after that time, and after the reminder, until a case for which nothing came is closed and its citizen told;
    0: it stays open until a person closes it. No source names a term: the body sets its own."""
    promise_days: Annotated[int, Between(1, 366)] = 3
    """Working days within which a sender has the case code."""
    patron_day: str = "06-29"
    """Month and day of the office town's patron saint, no working day there; empty for none. Rome's by default."""
    portal_help_desk: EmailAddress = "HD-PortaleClienti@acquirenteunico.it"

    def __post_init__(self) -> None:
        if self.patron_day and patron(self.patron_day) is None:
            raise ValueError(f"patron_day: a month and day like 06-29 is wanted, not {self.patron_day!r}")

    @property
    def edition(self) -> str:
        """Version and a mark of all thresholds: a changed one shows in every decision taken under it."""
        return _edition(self)


@cache
def _edition(policy: Policy) -> str:
    mark = hashlib.sha256(repr(astuple(policy)).encode()).hexdigest()[:6]
    return f"{policy.version}/{mark}"
