"""Transport facts of one arrival, the same shape whatever the channel.

An envelope never says what the sender meant, only what the post office, the fax machine or the mail
servers wrote on the outside. Everything here is a claim of the outside world unless `Authenticity` says more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    EMAIL = "email"
    PEC = "pec"
    FAX = "fax"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One mailbox. `name` is decoded and stripped of control and bidirectional characters."""

    name: str | None = None
    email: str | None = None


class AutomaticKind(StrEnum):
    """Mail that no person wrote to us (RFC 3464, RFC 3834, RFC 8098, RFC 6109)."""

    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"
    PEC_RECEIPT = "pec_receipt"
    READ_RECEIPT = "read_receipt"
    MAILING_LIST = "mailing_list"
    FEEDBACK_REPORT = "feedback_report"
    INVOICE_EXCHANGE = "invoice_exchange"
    """The state's exchange of electronic invoices (Sistema di Interscambio) brings an invoice or a notice of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Evidence that a machine sent this: one entry a kind, strongest first."""

    kind: AutomaticKind
    confidence: float
    evidence: tuple[str, ...]
    refers_to: str | None = None
    """Message-ID of the message of ours (or of others) that this speaks of."""
    failed_recipients: tuple[str, ...] = ()
    """For a bounce: whom the message did not reach, in lower case."""
    delivery_status: str | None = None
    """For a bounce: the code of RFC 3463; it begins with 5 (failed), 4 (delayed, may still come) or 2 (delivered)."""


TRANSPORT = "posta-certificata"
ANOMALY = "anomalia"
CONTENT = frozenset({TRANSPORT, ANOMALY})
"""Kinds of certified mail that carry a person's message; every other kind is a receipt or a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedMail:
    """What a PEC provider's envelope or receipt says (RFC 6109, DM 2 November 2005).

    `kind` is an open string: posta-certificata, accettazione, avvenuta-consegna, errore-consegna,
    anomalia and whatever providers invent. `signature` is one of intact, changed, unreadable, absent.
    """

    kind: str
    error: str | None = None
    identifier: str | None = None
    provider: str | None = None
    certified_sender: str | None = None
    certified_at: datetime | None = None
    refers_to: str | None = None
    receipt_type: str | None = None
    delivered_to: str | None = None
    """The one of the addressees whom a receipt is about."""
    detail: str | None = None
    """What went wrong, in the provider's words; its code opens them, often one of RFC 3463."""
    signature: str = "absent"
    trusted: bool | None = None
    """Chain to the configured trust store: True, False, or None where no store is configured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """SPF, DKIM and DMARC as said by trusted hosts (RFC 8601), and what we found ourselves."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    checked_dkim: str | None = None
    disagreements: tuple[str, ...] = ()
    """For example ``reply-to-other-domain``, ``display-name-is-another-address``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """Facts of the paper channels: fax session data, scanner sidecar, registered-mail number."""

    fax_sender: str | None = None
    fax_tsi: str | None = None
    pages: int | None = None
    comm_id: str | None = None
    batch: str | None = None
    first_sheet: int | None = None
    registered_mail: str | None = None
    operator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    channel: Channel
    sender: Address | None = None
    reply_to: Address | None = None
    return_path: str | None = None
    """``""`` is the null return path ``<>``; None means the header is absent."""
    recipients: tuple[Address, ...] = ()
    copied: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    received_at: datetime | None = None
    subject: str | None = None
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    automatic: tuple[Automatic, ...] = ()
    certified: CertifiedMail | None = None
    authenticity: Authenticity = Authenticity()
    transport: Transport = Transport()
    headers: tuple[tuple[str, str], ...] = ()
    """The few decoded headers that examiners look at (Auto-Submitted, Precedence, List-*, X-Mailer …)."""
