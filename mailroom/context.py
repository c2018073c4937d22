"""What the ledger knows that bears on one decision. The ledger answers a `Query` with a `Context` inside the
deciding transaction, so that two items decided at once can't miss each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailroom.case import Case, CaseStatus, Filed
from mailroom.decision import Decision, Requirement
from mailroom.dispatch import Dispatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Derived purely from the sheets of one item (`mailroom.house_rules.query`)."""

    item_id: str
    case_codes: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    """Lower-case e-mail addresses and E.164 fax numbers this item came from or names as its contact."""
    tax_codes: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()
    """PODs and PDRs."""
    message_ids: tuple[str, ...] = ()
    """Everything in References, In-Reply-To, X-Riferimento-Message-ID."""
    reply_tokens: tuple[str, ...] = ()
    content_digest: str | None = None
    """SHA-256 of the normalised words and attachments: equal for the same submission by another channel."""
    minhash: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    """The amounts, dates and bill numbers of the sender's own words (finding ``telling_numbers``)."""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """A case as far as another item may touch it."""

    case: Case
    status: CaseStatus
    known_senders: tuple[str, ...] = ()
    sent_message_ids: tuple[str, ...] = ()
    reply_tokens: tuple[str, ...] = ()
    """Reply codes that our answers on it carried."""
    coded_out_at: datetime | None = None
    """When the answer with the code went out; None while it has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An earlier item that may be the same submission."""

    item_id: str
    case_code: str | None
    exact: bool
    similarity: float
    same_tax_code: bool = False
    same_supply: bool = False
    same_sender: bool = False
    other_tax_code: bool = False
    """Both name a person, and not the same."""
    same_numbers: int = 0
    """Amounts, dates and bill numbers that both name, see `mailroom.telling`."""
    other_numbers: int = 0
    """Such numbers that each has and the other has not."""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    named: tuple[KnownCase, ...] = ()
    """Cases whose code the item names."""
    threaded: tuple[KnownCase, ...] = ()
    """Cases whose answer of ours the item replies to (or speaks of, for bounces and PEC receipts)."""
    open_of_sender: tuple[KnownCase, ...] = ()
    """Open cases of the same address, tax code or supply."""
    twins: tuple[Twin, ...] = ()
    answers_to_sender_today: int = 0
    knows_cases: bool = True
    """False in a dry run, which has no ledger behind it: a well-formed code is then enough."""


NO_LEDGER = Context(knows_cases=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What a decision does to the books: open a case, or add the item to one."""

    open_new: bool = False
    join: str | None = None
    """Code of the case this item is added to."""
    duplicate_of: str | None = None
    """Item id of which this is the same submission."""
    completes: tuple[Requirement, ...] = ()
    """Requirements that the item brings to the case it joins."""
    suggest: tuple[str, ...] = ()
    """Codes an operator may want to link this item to."""
    vouched: bool = True
    """The addresses that the item came from may count as the applicant's from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer of the *decide* rung to a Context."""

    decision: Decision
    change: CaseChange = CaseChange()


Judge = Callable[[Context], Judgement]
Compose = Callable[[Judgement, Case | None, tuple[Filed, ...]], tuple[Dispatch, ...]]
"""Words what we owe once the case code is known; pure, called inside the deciding transaction. The third argument are
the earlier sendings of a case that this item completes."""
