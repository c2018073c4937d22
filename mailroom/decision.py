"""Decisions: what follows from the findings, with the rules that hit and those that missed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from mailroom.finding import Paper


class Disposition(StrEnum):
    CASE = "case"
    FOLLOW_UP = "follow_up"
    DUPLICATE = "duplicate"
    PORTAL_ONLY = "portal_only"
    SERVICE_MESSAGE = "service_message"
    NOT_FOR_US = "not_for_us"
    UNREADABLE = "unreadable"


class Service(StrEnum):
    INFORMATION = "information"
    SMART_INFO = "smart_info"
    SMART_HELP = "smart_help"
    WATER_COMPLAINT = "water_complaint"
    REPORT = "report"
    CONCILIATION = "conciliation"


class Sector(StrEnum):
    ELECTRICITY = "electricity"
    GAS = "gas"
    DUAL = "dual"
    WATER = "water"
    DISTRICT_HEATING = "district_heating"
    WASTE = "waste"
    UNKNOWN = "unknown"


class Topic(StrEnum):
    SOCIAL_BONUS = "social_bonus"
    CMOR = "cmor"
    DOUBLE_BILLING = "double_billing"
    INDEMNITY = "indemnity"
    UNREQUESTED_CONTRACT = "unrequested_contract"
    CONTRACT_TRANSFER = "contract_transfer"
    BILLING = "billing"
    METERING = "metering"
    SWITCHING = "switching"
    ARREARS_DISCONNECTION = "arrears_disconnection"
    LIMITATION_PERIOD = "limitation_period"
    CONTRACT_TERMS = "contract_terms"
    CONNECTION_WORKS = "connection_works"
    SUPPLY_QUALITY = "supply_quality"
    SUPPLIER_IDENTITY = "supplier_identity"
    OTHER = "other"


class Requirement(StrEnum):
    """What a service needs (domain.md part A)."""

    TAX_CODE = "tax_code"
    POD_OR_PDR = "pod_or_pdr"
    IDENTITY_DOCUMENT = "identity_document"
    SIGNATURE = "signature"
    SUPPLIER = "supplier"
    BILL = "bill"
    PRIOR_COMPLAINT = "prior_complaint"
    CONTACT = "contact"


class Problem(StrEnum):
    EXTENSION_NOT_ALLOWED = "extension_not_allowed"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    CORRUPT = "corrupt"
    ENCRYPTED = "encrypted"
    MALWARE = "malware"
    TYPE_MISMATCH = "type_mismatch"


class ReplyKind(StrEnum):
    ACKNOWLEDGEMENT = "acknowledgement"
    INTEGRATION_REQUEST = "integration_request"
    PORTAL_ONLY = "portal_only"
    NONE = "none"


class Via(StrEnum):
    EMAIL = "email"
    LETTER = "letter"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the attachment rules say of one paper."""

    paper: Paper
    filename: str | None
    accepted: bool
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrace:
    """One house rule and whether it hit; `why` is a sentence an operator can read (Italian)."""

    rule: str
    hit: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer that we owe, before it is worded: `outbound` turns it into text."""

    kind: ReplyKind
    via: Via
    to: str | None = None
    name: str | None = None
    """Whose the postal address is, for a letter's window."""
    template: str | None = None
    """Template name when it is finer than `kind` (``conciliation``, ``follow_up``, ``unreadable``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    first_name: str | None = None
    last_name: str | None = None
    tax_code: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    pod: str | None = None
    pdr: str | None = None
    customer_code: str | None = None
    supplier: str | None = None


FIELDS: tuple[str, ...] = (
    *(f"applicant.{field.name}" for field in fields(Applicant)),
    *(f"supply.{field.name}" for field in fields(Supply)),
)
"""Dotted names of the contract; findings about them have these kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The sheet of the *decide* rung."""

    disposition: Disposition
    detail: str | None = None
    service: Service | None = None
    service_confidence: float = 0.0
    sector: Sector | None = None
    sector_confidence: float = 0.0
    topic: Topic | None = None
    topic_confidence: float = 0.0
    applicant: Applicant = Applicant()
    supply: Supply = Supply()
    case_code: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    missing: tuple[Requirement, ...] = ()
    needs_review: bool = True
    review_reasons: tuple[str, ...] = ()
    """Italian sentences for the operator."""
    reply: Reply = Reply(kind=ReplyKind.NONE, via=Via.NONE)
    answer_due: date | None = None
    rules: tuple[RuleTrace, ...] = ()
    policy: str = ""
    """Version of the house rules under which this was decided."""
