"""All that is known of one item, with the questions the rules ask of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from mailroom import attachment_rules
from mailroom.calendar import due_by, patron
from mailroom.context import Context, Query
from mailroom.decision import Applicant, Requirement, Sector, Service, Supply, Topic, Verdict
from mailroom.document import Document
from mailroom.envelope import AutomaticKind, Channel, Envelope
from mailroom.finding import Examination, Finding, Paper, PaperKind
from mailroom.policy import Policy
from mailroom.submission import Submission

NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ue000-\uf8ff\ufffd]")
"""Control characters and what stands for bytes of no charset. Those from 128 to 159 are left out: in the words of a
mistaken charset they stand for quotation marks."""
MOST_NOISE = 0.03
_GREETS = re.compile(
    r"^\W*(?:gentil[ei]|gent\.?|egregi[oa]?|spett(?:abile|\.?(?:le)?)|alla c(?:ortese|\.) ?a|buongiorno)\b", re.I | re.M
)
_LEAVES = re.compile(r"\b(?:distinti|cordiali) saluti\b|\bin fede\b", re.I)
Word = TypeVar("Word", bound=StrEnum)
REPORTS = (
    AutomaticKind.BOUNCE,
    AutomaticKind.PEC_RECEIPT,
    AutomaticKind.READ_RECEIPT,
    AutomaticKind.AUTO_REPLY,
    AutomaticKind.FEEDBACK_REPORT,
    AutomaticKind.INVOICE_EXCHANGE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    envelope: Envelope
    submission: Submission
    documents: tuple[Document, ...]
    examination: Examination
    context: Context
    policy: Policy

    def said(self, kind: str) -> Finding | None:
        return self.examination.best(kind)

    def value(self, kind: str) -> str | None:
        found = self.examination.best(kind)
        sure = found is not None and (
            found.confidence >= self.policy.field_confidence or found.by.startswith("person:")
        )
        # A person who empties a field says that there is no such thing.
        return (found.value or None) if found is not None and sure else None

    def confidence(self, kind: str) -> float:
        found = self.examination.best(kind)
        return found.confidence if found is not None else 0.0

    def share(self, kind: str, value: str) -> float:
        """Probability that a finding's question has this answer."""
        found = self.examination.best(kind)
        if found is None:
            return 0.0
        return dict([(found.value, found.confidence), *found.alternatives]).get(value, 0.0)

    # What it is -----------------------------------------------------------------------------------------------

    @property
    def report(self) -> AutomaticKind | None:
        """The kind of automatic mail, if a machine surely sent it."""
        return self._machine(self.policy.automatic_confidence)

    @property
    def perhaps_report(self) -> bool:
        """Whether a machine may have sent it, and may as well not."""
        return self.report is None and self._machine(self.policy.automatic_doubt) is not None

    def _machine(self, least: float) -> AutomaticKind | None:
        return next((a.kind for a in self.envelope.automatic if a.kind in REPORTS and a.confidence >= least), None)

    @property
    def bulk(self) -> bool:
        return any(a.kind is AutomaticKind.MAILING_LIST for a in self.envelope.automatic)

    @property
    def gives_no_way_back(self) -> bool:
        """An empty return path or a mailing list: RFC 3834 lets nobody answer there by himself."""
        return self.envelope.return_path == "" or self.bulk

    @property
    def words(self) -> int:
        """Letters and digits in all that was sent."""
        texts = [m.new + m.quoted for m in self.submission.messages]
        texts += [p.text for d in self.documents for p in d.pages if not p.blank]
        texts.append(self.envelope.subject or "")
        return sum(sum(map(str.isalnum, text)) for text in texts)

    @property
    def garbled(self) -> bool:
        """Whether the words of a mail are bytes that are no text, and nothing else was sent that could be read."""
        own = self.submission.own
        said = own.new if own is not None else ""
        noise = sum(1 for _ in NO_TEXT.finditer(said))
        read = any(page.text.strip() for document in self.documents for page in document.pages)
        return noise > len(said) * MOST_NOISE and not read

    @property
    def written(self) -> int:
        """Letters and digits of what the sender wrote today: the message's new words, or a paper's whole text."""
        own = self.submission.own
        return sum(map(str.isalnum, own.new)) if own is not None else self.words

    @property
    def names_itself(self) -> bool:
        """Whether the words that were sent name their writer; a name that only the mail's header gives does not."""
        name = self.applicant.last_name
        if not name:
            return False
        own = self.submission.own
        texts = [own.new, own.signature] if own is not None else [p.text for d in self.documents for p in d.pages]
        return any(name.casefold() in text.casefold() for text in texts)

    @property
    def blank(self) -> bool:
        """Whether all sheets are whole and empty: half a file whose first sheets are empty is none."""
        pages = [page for document in self.documents for page in document.pages]
        return bool(pages) and all(page.blank for page in pages) and not any(d.defects for d in self.documents)

    @property
    def letters(self) -> int:
        """Letters to us in the fax or scan, as far as its pages tell. A letter and the form right behind it are one,
        but not two that each greet and take leave."""
        carriers = {document.index: document for document in self.documents if document.carrier}
        count, after_ours, after_whole = 0, False, False
        for paper in self.examination.papers:
            if paper.document not in carriers:
                continue
            ours = paper.kind is PaperKind.REQUEST_FORM
            whole = ours and _greets_and_leaves(paper, carriers[paper.document])
            count += ours and (not after_ours or (after_whole and whole))
            after_ours, after_whole = ours, whole or (ours and after_whole)
        return count

    # Who and what about ---------------------------------------------------------------------------------------

    @property
    def service(self) -> Service:
        return _among(Service, self.said("service")) or Service.INFORMATION

    @property
    def sector(self) -> Sector:
        return _among(Sector, self.said("sector")) or Sector.UNKNOWN

    @property
    def topic(self) -> Topic:
        return _among(Topic, self.said("topic")) or Topic.OTHER

    @property
    def applicant(self) -> Applicant:
        names = ("first_name", "last_name", "tax_code", "email", "phone", "address")
        return Applicant(**{name: self.value(f"applicant.{name}") for name in names})

    @property
    def supply(self) -> Supply:
        names = ("pod", "pdr", "customer_code", "supplier")
        return Supply(**{name: self.value(f"supply.{name}") for name in names})

    @property
    def sender_email(self) -> str | None:
        sender = self.envelope.sender
        return sender.email if sender is not None and sender.email else None

    @property
    def came_from(self) -> tuple[str, ...]:
        """Addresses it was sent from; one that the text merely names proves nothing, for anyone can write it."""
        senders = (self.sender_email, self.envelope.transport.fax_sender)
        return tuple(s.lower() for s in senders if s)

    def verdicts(self, service: Service | None) -> tuple[Verdict, ...]:
        papers = tuple(p for p in self.examination.papers if 0 <= p.document < len(self.documents))
        return attachment_rules.verdicts(papers, self.documents, service)

    def brought(self, verdicts: tuple[Verdict, ...]) -> frozenset[Requirement]:
        """The requirements that this submission fulfils."""
        return frozenset(self._brought(verdicts))

    def _brought(self, verdicts: tuple[Verdict, ...]) -> Iterator[Requirement]:
        applicant, supply = self.applicant, self.supply
        if applicant.tax_code:
            yield Requirement.TAX_CODE
        if supply.pod or supply.pdr:
            yield Requirement.POD_OR_PDR
        if supply.supplier:
            yield Requirement.SUPPLIER
        if applicant.email or applicant.phone or applicant.address or self.sender_email:
            yield Requirement.CONTACT
        own_pec = self.policy.pec_identifies and self.envelope.channel is Channel.PEC
        if own_pec or attachment_rules.has(verdicts, PaperKind.IDENTITY_DOCUMENT):
            yield Requirement.IDENTITY_DOCUMENT
        if own_pec or self.said("signature") is not None or any(v.paper.signed for v in verdicts if _is_letter(v)):
            yield Requirement.SIGNATURE
        if attachment_rules.has(verdicts, PaperKind.BILL):
            yield Requirement.BILL
        if attachment_rules.has(verdicts, PaperKind.COMPLAINT) or self.said("quoted_complaint") is not None:
            yield Requirement.PRIOR_COMPLAINT

    @property
    def answer_due(self) -> date | None:
        if self.envelope.received_at is None:
            return None
        days, saint = self.policy.promise_days, patron(self.policy.patron_day)
        return due_by(self.envelope.received_at, days=days, patron=saint)

    # The ledger -----------------------------------------------------------------------------------------------

    def query(self, item_id: str) -> Query:
        code = self.value("case_code")
        certified = self.envelope.certified
        ids = (
            *self.envelope.in_reply_to,
            *self.envelope.references,
            *((certified.refers_to,) if certified and certified.refers_to else ()),
            *(a.refers_to for a in self.envelope.automatic if a.refers_to),
        )
        applicant, supply = self.applicant, self.supply
        senders = (self.sender_email, applicant.email, self.envelope.transport.fax_sender)
        minhash = self.said("minhash")
        digest = self.said("content_digest")
        telling = self.value("telling_numbers")
        return Query(
            item_id=item_id,
            case_codes=(code,) if code else (),
            senders=tuple(dict.fromkeys(s.lower() for s in senders if s)),
            tax_codes=(applicant.tax_code,) if applicant.tax_code else (),
            supplies=tuple(s for s in (supply.pod, supply.pdr) if s),
            message_ids=tuple(dict.fromkeys(ids)),
            reply_tokens=tuple(f.value for f in self.examination.all("reply_token")),
            content_digest=digest.value if digest else None,
            minhash=_numbers(minhash.value) if minhash else (),
            numbers=tuple(telling.split(",")) if telling else (),
            received_at=self.envelope.received_at,
        )


def _is_letter(verdict: Verdict) -> bool:
    return verdict.paper.kind is PaperKind.REQUEST_FORM


def _among(words: type[Word], found: Finding | None) -> Word | None:
    """The word of ours that was found; one that we don't have (a later model's, a slip of the pen) is unknown."""
    return next((word for word in words if found is not None and word.value == found.value), None)


def _numbers(value: str) -> tuple[int, ...]:
    numbers = value.split(",")
    return tuple(map(int, numbers)) if all(n.isascii() and n.isdecimal() for n in numbers) else ()


def _greets_and_leaves(paper: Paper, carrier: Document) -> bool:
    sheets = range(paper.first_page, paper.first_page + paper.pages)
    text = "\n".join(page.text for page in carrier.pages if page.number in sheets)
    return bool(_GREETS.search(text[:1200]) and _LEAVES.search(text[-600:]))
