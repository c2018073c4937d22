"""The *examine* rung: documents become findings and papers. It states facts with evidence; it judges nothing.

Kinds of findings beside the contract's field names: ``mail``, ``sender_kind``, ``service``, ``sector``, ``topic``,
``case_code`` (``case_code_other``), ``tax_code_other``, ``iban``, ``vat_number``, ``invoice_number``, ``amount``,
``date_of_complaint``, ``supplier_mentioned``, ``broken_identifier``, ``disagreement``, ``reply_token``, ``signature``,
``quoted_complaint``, ``further_sending``, ``content_digest``, ``minhash``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifier import (
    address,
    bundle,
    contacts,
    document_kind,
    fields,
    further,
    glance,
    mentions,
    names,
    operators,
    person,
    reading_view,
    sender_kind,
    similarity,
    supplier,
    telling_numbers,
)
from classifier.identifiers.tax_code import fits_name
from classifier.letter import letter_of
from classifier.meaning import examine_meaning
from classifier.model import weights as model_weights
from classifier.model import word_vectors
from classifier.prior import supply_facts
from mailroom.decision import Service, Topic
from mailroom.document import Document
from mailroom.envelope import Envelope
from mailroom.finding import Evidence, Examination, Finding, Paper, PaperKind, Where
from mailroom.submission import Submission

WEIGHTS = Path(__file__).parent / "model" / "weights.npz"
PAPER_WEIGHTS = Path(__file__).parent / "model" / "paper_weights.npz"
BY = "examining/1"
SAYS_SO = 0.5
SURE = 0.97
"""The model's confidence from which a rule that says otherwise has met a word and no matter: the club at whose bar
somebody heard of us makes no association of them."""
TORN = 0.8
"""What is left of the surest answer where rules and model each say another: the model has read few delegates who tell
a relative's story, the rules know nothing of tone. A person decides."""
_COMPANY_ASKED = (Topic.SUPPLIER_IDENTITY, Topic.CONTRACT_TRANSFER)
"""Of the facts that Smart Info tells, those that are a company's name (domain, part B, 1.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Everything read-only that examiners share; loaded once a worker."""

    operators: operators.Operators
    names: names.NameLists
    towns: address.Towns
    weights: model_weights.Weights | None = None
    """The learned model; None where none is shipped: then nothing is said about service, sector and topic."""
    paper_weights: model_weights.Weights | None = None
    """The second voice on kinds of papers; None: the table of cues speaks alone."""


def load_models(weights: Path | None = WEIGHTS) -> Models:
    """Lists and weights from disk. Raises ValueError if the weights file is not what it should be."""
    if weights is not None:
        word_vectors.load()  # here, so that every process forked from this one has them
    return Models(
        operators=operators.load(),
        names=names.load(),
        towns=address.load(),
        weights=model_weights.load(weights) if weights is not None and weights.exists() else None,
        paper_weights=model_weights.load(PAPER_WEIGHTS) if PAPER_WEIGHTS.exists() else None,
    )


def examine(
    envelope: Envelope, submission: Submission, documents: Sequence[Document], *, models: Models
) -> Examination:
    """Findings and papers of one item; the same sheets give the same examination."""
    view = reading_view.read(envelope, submission, documents, lacking=glance.lacking)
    papers = bundle.papers(view, documents, models.operators, models.paper_weights)
    view = view.with_papers(papers)
    said = _said(view, models)
    supply = supply_facts(said, models.operators)
    meaning = _meaning(envelope, submission, documents, papers, supply, models)
    sender = _fused(sender_kind.examine(view, papers, own_tax_code=_own_tax_code(said)), meaning)
    findings = (
        *_without_the_asked(said, meaning),
        *(f for f in meaning if f.kind != "sender_kind"),
        sender,
        *_signature(documents, papers),
        *_quoted_complaint(view, models.operators),
        *further.examine(view),
        *similarity.examine(view, documents),
        *telling_numbers.examine(view, said),
    )
    return Examination(findings=findings, papers=papers, versions=_versions(models))


def _said(view: reading_view.View, models: Models) -> tuple[Finding, ...]:
    """Who and which supply: identifiers, names, addresses, operators."""
    places = fields.find(view)
    codes = [f.value for f in places.tax_codes if not f.broken]
    who = person.examine(view, models.names, tax_codes=tuple(dict.fromkeys(codes)))
    about = supplier.examine(view, mentions.mentions(view, models.operators, models.names))
    chosen = next((f.value for f in about if f.kind == "supply.supplier"), None)
    return (
        *(who.findings() if who else ()),
        *fields.tax_code_findings(places, who.name if who else None),
        *contacts.email_findings(places, view),
        *contacts.phone_findings(places),
        *address.examine(view, models.towns),
        *fields.code_findings(places.pods, "supply.pod", "pod/1"),
        *fields.code_findings(places.pdrs, "supply.pdr", "pdr/1"),
        *fields.customer_code_findings(places, chosen),
        *about,
        *fields.case_code_findings(places, view),
        *fields.reply_token_findings(places),
        *fields.broken_findings(places),
        *fields.plain_findings(places, view),
    )


def _own_tax_code(said: Sequence[Finding]) -> bool:
    """Whether the applicant's name and tax code are of one person."""
    told = {f.kind: f.value for f in said if f.kind.startswith("applicant.")}
    code, first, last = (told.get(f"applicant.{field}") for field in ("tax_code", "first_name", "last_name"))
    return bool(code and first and last) and fits_name(str(code), str(first), str(last)) == 1.0


def _meaning(
    envelope: Envelope,
    submission: Submission,
    documents: Sequence[Document],
    papers: Sequence[Paper],
    supply: tuple[str, ...],
    models: Models,
) -> tuple[Finding, ...]:
    if models.weights is None:
        return ()
    return examine_meaning(letter_of(envelope, submission, documents, papers, supply), models.weights)


def _without_the_asked(said: Sequence[Finding], meaning: Sequence[Finding]) -> tuple[Finding, ...]:
    """Who asks which company it is has none to name: those in the letter are former ones, or had no part in it."""
    likeliest = {f.kind: f.value for f in meaning}
    asked = likeliest.get("service") == Service.SMART_INFO and likeliest.get("topic") in _COMPANY_ASKED
    asked = asked and all(f.kind != "case_code" for f in said)  # who writes about a case of theirs asks for no name
    return tuple(f for f in said if not (asked and f.kind == "supply.supplier"))


def _fused(ruled: Finding, meaning: Iterable[Finding]) -> Finding:
    """The rules' and the model's answers to "who writes" as one. They look at different things (signature, papers and
    tax code here, turns of phrase there), so their probabilities are multiplied: the product is calibrated on whole
    items of authors that the model has not read, the mean was far too timid."""
    learned = next((f for f in meaning if f.kind == "sender_kind"), None)
    if learned is None:
        return ruled
    one, other = (dict([(f.value, f.confidence), *f.alternatives]) for f in (ruled, learned))
    weights = {k: max(p, 0.002) * max(other.get(k, 0.0), 0.003) for k, p in one.items()}
    total = sum(weights.values())
    ranked = sorted(((k, round(w / total, 3)) for k, w in weights.items()), key=lambda pair: -pair[1])
    torn = ruled.value != learned.value and ruled.confidence >= SAYS_SO and learned.confidence < SURE
    return replace(
        ruled,
        value=ranked[0][0],
        confidence=min(TORN if torn else 0.995, ranked[0][1]),
        alternatives=tuple(ranked[1:]),
        by=f"{ruled.by} {learned.by}",
    )


def _signature(documents: Sequence[Document], papers: Sequence[Paper]) -> tuple[Finding, ...]:
    """`signature` for the letter or form to the Sportello: ``digital`` or ``present``; nothing if there is none."""
    by_index = {d.index: d for d in documents}
    for paper in papers:
        if paper.kind is not PaperKind.REQUEST_FORM:
            continue
        document = by_index[paper.document]
        evidence = Evidence(where=Where.DOCUMENT, text="", document=paper.document, page=paper.first_page)
        if any(signer.valid is not False for signer in document.signers):
            return (Finding(kind="signature", value="digital", confidence=0.97, evidence=(evidence,), by=BY),)
        if paper.signed:
            return (Finding(kind="signature", value="present", confidence=0.85, evidence=(evidence,), by=BY),)
    return ()


_COMPLAINS = re.compile(r"\breclam\w+|\bcontest\w+|\bdiffid\w+")
_FIRST_PERSON = re.compile(
    r"\b(?:chiedo|faccio|contesto|reclamo|mi avete|voglio|domando|sollecito|sottoscritt[oa]|sono)\b"
)


def _quoted_complaint(view: reading_view.View, listed: operators.Operators) -> tuple[Finding, ...]:
    """`quoted_complaint`: the writer's own written complaint to the operator, in full in the quoted history."""
    for passage in view.at(Where.QUOTED):
        match = _COMPLAINS.search(passage.plain)
        if match is None or len(passage.plain) < 150:
            continue
        near = passage.plain[max(0, match.start() - 500) : match.end() + 1200]
        operator = next(listed.find(passage.text, passage.plain), None)
        if len(_FIRST_PERSON.findall(near)) >= 2 and operator is not None:
            evidence = passage.evidence(*match.span())
            return (Finding(kind="quoted_complaint", value="yes", confidence=0.8, evidence=(evidence,), by=BY),)
    return ()


def _versions(models: Models) -> tuple[tuple[str, str], ...]:
    versions = [
        ("examining", BY),
        ("document_kind", document_kind.VERSION),
        ("person", person.BY),
        ("supplier", supplier.BY),
        ("address", address.BY),
        ("sender_kind", sender_kind.BY),
    ]
    if models.weights is not None:
        versions.append(("model", models.weights.version))
    if models.paper_weights is not None:
        versions.append(("papers", models.paper_weights.version))
    return tuple(versions)
