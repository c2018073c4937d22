"""Findings: claims about an item, each with its evidence, its confidence and its author.

A classifier states, it never judges. A person is a classifier too: ``by="person:anna"``, confidence 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailroom.document import Box


class Where(StrEnum):
    SUBJECT = "subject"
    BODY = "body"
    QUOTED = "quoted"
    SIGNATURE = "signature"
    HEADER = "header"
    DOCUMENT = "document"


READ_DIFFERENTLY = "letture discordanti"
"""The note of a code that was read otherwise at each look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    where: Where
    text: str
    """The words as they stand there, at most 200 characters."""
    document: int | None = None
    page: int | None = None
    """0-based within the document."""
    box: Box | None = None
    message: int | None = None
    span: tuple[int, int] | None = None
    """Character offsets in the message text or in the page text."""
    note: str | None = None
    """For example an OCR repair: ``read "RSSMRA8OA01H501U", O taken for 0``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    kind: str
    """Dotted field name of the contract (``supply.pod``, ``applicant.tax_code``, ``service``, ``sector``, ``topic``,
    ``disposition``, ``case_code``) or a name from `classifier.examining` (``iban``, ``supplier_mentioned`` …)."""
    value: str
    confidence: float
    """Calibrated probability that the value is right, 0..1."""
    evidence: tuple[Evidence, ...] = ()
    by: str = ""
    """Author and version: ``pod/2``, ``model/3``, ``person:anna``."""
    alternatives: tuple[tuple[str, float], ...] = ()
    """Other values with their probabilities, likeliest first."""


class PaperKind(StrEnum):
    IDENTITY_DOCUMENT = "identity_document"
    BILL = "bill"
    COMPLAINT = "complaint"
    SUPPLIER_REPLY = "supplier_reply"
    DELEGATION = "delegation"
    REQUEST_FORM = "request_form"
    CONTRACT = "contract"
    PAYMENT_RECEIPT = "payment_receipt"
    COMPANY_RECORD = "company_record"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper: a whole attached document, or a run of pages cut out of a fax or letter."""

    document: int
    first_page: int
    pages: int
    kind: PaperKind
    confidence: float
    signed: bool | None = None
    dated: str | None = None
    """ISO date written on the paper, where found."""
    detail: str | None = None
    """For example ``passport``, ``front``, ``cover_sheet``."""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The sheet of the *examine* rung."""

    findings: tuple[Finding, ...]
    papers: tuple[Paper, ...]
    versions: tuple[tuple[str, str], ...] = ()
    """Name and version of every examiner and model that had a say."""

    def best(self, kind: str) -> Finding | None:
        """The finding of that kind with the highest confidence; a person's always wins."""
        # Asked some hundred times a letter: no list, and no weighing where there is but one.
        best: Finding | None = None
        for finding in self.findings:
            if finding.kind == kind and (best is None or _weight(finding) > _weight(best)):
                best = finding
        return best

    def all(self, kind: str) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.kind == kind)


def _weight(finding: Finding) -> tuple[bool, float]:
    return finding.by.startswith("person:"), finding.confidence
