"""From places to fields: which of the codes, phones and addresses found is the applicant's or the supply's.

Every place is weighed by where it stands (own words before papers before quoted history), labelled or not. The best
value becomes the finding; others stay as alternatives; papers that disagree are told, not silently picked from.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from classifier.agreement import agreed_upon
from classifier.identifiers import (
    amounts,
    case_code,
    customer_code,
    dates,
    email_address,
    iban,
    invoice,
    pdr,
    phone,
    pod,
    reply_token,
    tax_code,
    vat,
)
from classifier.identifiers.found import Found, distinct
from classifier.names import FullName
from classifier.reading_view import Passage, View
from classifier.spotting import Expression
from mailroom.finding import READ_DIFFERENTLY, Finding, PaperKind, Where

BY = "fields/1"
_DOUBTED = 0.5
"""Below every policy's `field_confidence`: shown to a person, acted upon by nobody."""

_TRUST = {
    PaperKind.REQUEST_FORM: 1.0, PaperKind.IDENTITY_DOCUMENT: 0.95, PaperKind.COMPLAINT: 0.9, PaperKind.BILL: 0.85,
    PaperKind.CONTRACT: 0.75, PaperKind.SUPPLIER_REPLY: 0.7, PaperKind.DELEGATION: 0.7, PaperKind.PAYMENT_RECEIPT: 0.6,
    PaperKind.OTHER: 0.5, PaperKind.COMPANY_RECORD: 0.3,
}  # fmt: skip
_OTHERS = re.compile(
    r"(?:mi[oa] (?:marito|moglie|padre|madre|figli[oa]|suocer[oa]|fratello|sorella|nonn[oa]|zi[oa]|mamma|papa|compagn[oa])|"
    r"inquilin[oa]|defunt[oa]|proprietari[oa]|precedente intestatari|coniuge|avv|delegat[oa])[^.;]{0,60}$"
)

_Finder = Callable[[Passage], Iterable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Everything of an identifier's form that stands in the item."""

    tax_codes: tuple[Found, ...]
    pods: tuple[Found, ...]
    pdrs: tuple[Found, ...]
    case_codes: tuple[Found, ...]
    reply_tokens: tuple[Found, ...]
    customer_codes: tuple[Found, ...]
    ibans: tuple[Found, ...]
    vats: tuple[Found, ...]
    phones: tuple[Found, ...]
    emails: tuple[Found, ...]
    invoices: tuple[Found, ...]
    amounts: tuple[Found, ...]


def find(view: View) -> Places:
    """Each passage is read by every identifier; what a stronger one has claimed is closed to the weaker."""
    claimed: dict[int, list[tuple[int, int]]] = {}

    def every(finder: _Finder, forms: Collection[Expression] = (), *, claims: bool = True) -> tuple[Found, ...]:
        found: list[Found] = []
        for number, passage in enumerate(view.passages):
            if forms and passage.lacks.issuperset(forms):
                continue
            spans = claimed.setdefault(number, [])
            for one in finder(passage):
                if any(one.start < end and start < one.end for start, end in spans):
                    continue
                found.append(one)
                if claims:
                    spans.append((one.start, one.end))
        return tuple(found)

    emails = every(email_address.find, email_address.FORMS)
    reply_tokens = every(reply_token.find, reply_token.FORMS)
    tax_codes = every(tax_code.find, tax_code.FORMS)
    pods = every(pod.find, pod.FORMS)
    ibans = every(iban.find, iban.FORMS)
    case_codes = every(case_code.find, case_code.FORMS)
    pdrs = every(pdr.find, pdr.FORMS)
    vats = every(vat.find, vat.FORMS)
    invoices = every(invoice.find, invoice.FORMS)
    customer_codes = every(customer_code.find)
    phones = every(phone.find)
    return Places(
        tax_codes=tax_codes,
        pods=pods,
        pdrs=pdrs,
        case_codes=case_codes,
        reply_tokens=reply_tokens,
        customer_codes=customer_codes,
        ibans=ibans,
        vats=vats,
        phones=phones,
        emails=emails,
        invoices=invoices,
        amounts=every(amounts.find, amounts.FORMS, claims=False),
    )


def trust(found: Found) -> float:
    """How much the place speaks for the writer's own matter, 0 to 1."""
    passage = found.passage
    if passage.own:
        return 1.0
    if passage.paper is not None:
        return _TRUST[passage.paper]
    return 0.65 if passage.where is Where.QUOTED else 0.5


# --- codes -------------------------------------------------------------------------------------------------------


def tax_code_findings(places: Places, name: FullName | None) -> list[Finding]:
    """`applicant.tax_code`, `tax_code_other`: the code that fits the applicant's name before any other."""
    good = [f for f in places.tax_codes if not f.broken]
    good += [mended for f in places.tax_codes if f.broken and name and (mended := _by_name(f, name))]
    values = ranked_values(good, lambda f: _tax_code_weight(f, name))
    findings: list[Finding] = []
    for number, (value, weight, found) in enumerate(values):
        fit = tax_code.fits_name(value, name.first, name.last) if name else 0.5
        lonely = len(values) == 1
        own = number == 0 and weight > 0.35 and (fit > 0 or (lonely and found.labelled and _own_place(found)))
        kind = "applicant.tax_code" if own else "tax_code_other"
        sure = found.confidence if fit == 1.0 else min(found.confidence, 0.97 if fit else 0.85)
        findings.append(found.finding(kind, by=f"tax_code/1 {BY}", confidence=sure))
    return findings


def _by_name(found: Found, name: FullName) -> Found | None:
    """A broken code whose letters are those of the applicant's name but for two misread ones, if that heals it."""
    surname, first = tax_code.name_part(name.first, name.last)
    raw = "".join(c for c in found.value if c.isalnum())
    healed = surname + first + raw[6:]
    if not found.passage.read_by_eye or len(raw) != 16 or Levenshtein.distance(healed, raw) > 2:
        return None
    if not tax_code.is_valid(healed):
        return None
    note = f'letto "{found.value}", corretto col nome del richiedente'
    return replace(found, value=healed, confidence=0.93, note=note, broken=False)


def _own_place(found: Found) -> bool:
    return found.passage.own or found.passage.paper in (PaperKind.COMPLAINT, PaperKind.IDENTITY_DOCUMENT)


def _tax_code_weight(found: Found, name: FullName | None) -> float:
    weight = trust(found)
    if name is not None:
        weight += 1.2 * (tax_code.fits_name(found.value, name.first, name.last) - 0.5)
    ahead = found.passage.plain[max(0, found.start - 80) : found.start].replace("\n", " ")
    if _OTHERS.search(ahead):
        weight -= 0.5
    return weight


def code_findings(founds: Sequence[Found], kind: str, by: str) -> list[Finding]:
    """The best value of a kind, and a `disagreement` where good papers tell different ones."""
    good = [f for f in founds if not f.broken]
    ranked = _voted(ranked_values(good, lambda f: trust(f) + (0.1 if f.labelled else 0.0)), good)
    if not ranked:
        return []
    value, weight, found = ranked[0]
    twins = [r for r in ranked[1:] if r[0] != value and not _disagrees(found, r[2]) and not _variants(value, r[0])]
    rivals = [r for r in ranked[1:] if _disagrees(found, r[2])]
    unsettled = any(_count(good, t[0]) >= _count(good, value) for t in twins)
    sure = (
        found.confidence - (0.4 if unsettled else 0.0) - (0.12 if any(weight - w < 0.15 for _, w, _ in rivals) else 0.0)
    )
    doubted = not agreed_upon([f for f in good if f.value == value])
    finding = Finding(
        kind=kind,
        value=value,
        confidence=round(min(sure, _DOUBTED) if doubted else sure, 3),
        evidence=tuple(f.evidence for f in good if f.value == value)[:3],
        by=by,
        alternatives=tuple((v, round(0.3 * w, 3)) for v, w, _ in rivals[:3]),
    )
    findings = [finding]
    if doubted:
        findings.append(replace(found, note=READ_DIFFERENTLY).finding("broken_identifier", by=BY, confidence=0.9))
    rivals = rivals or (twins if unsettled else [])
    if rivals:
        findings.append(
            Finding(
                kind="disagreement",
                value=kind,
                confidence=0.9,
                evidence=(found.evidence, *(f.evidence for _, _, f in rivals[:3])),
                by=BY,
                alternatives=tuple((v, round(w, 3)) for v, w, _ in ranked[:4]),
            )
        )
    return findings


def _seen(found: Found) -> float:
    """Confidence of a code that nothing checks, lowered where the eye was unsure of its characters."""
    if not found.passage.read_by_eye:
        return found.confidence
    return found.confidence * (0.6 + 0.4 * found.passage.sureness(found.start, found.end))


def _count(founds: Sequence[Found], value: str) -> int:
    return sum(f.value == value for f in founds)


def _voted(ranked: list[tuple[str, float, Found]], founds: Sequence[Found]) -> list[tuple[str, float, Found]]:
    """Readings of one code that differ in a character or two: typed text, then most places, then the surer eye."""
    if len(ranked) < 2 or not any(f.passage.read_by_eye for f in founds):
        return ranked
    best = ranked[0]
    group = [r for r in ranked if Levenshtein.distance(best[0], r[0]) <= 2]

    def vote(entry: tuple[str, float, Found]) -> tuple[bool, int, float]:
        places = [f for f in founds if f.value == entry[0]]
        typed = any(not f.passage.read_by_eye for f in places)
        return typed, len(places), max(f.passage.sureness(f.start, f.end) for f in places)

    winner = max(group, key=vote)
    return [winner, *(r for r in ranked if r is not winner)]


def _variants(one: str, other: str) -> bool:
    """The same code with and without its last, optional character, or a misread copy."""
    return one.startswith(other) or other.startswith(one)


def _disagrees(one: Found, other: Found) -> bool:
    """Two codes that are really two: no copy of one another, the second well read."""
    if _variants(one.value, other.value):
        return False
    by_eye = one.passage.read_by_eye or other.passage.read_by_eye
    return Levenshtein.distance(one.value, other.value) > (4 if by_eye else 0)


def ranked_values(founds: Sequence[Found], weigh: Callable[[Found], float]) -> list[tuple[str, float, Found]]:
    best: dict[str, tuple[float, Found]] = {}
    count: dict[str, int] = {}
    for found in founds:
        weight = weigh(found)
        count[found.value] = count.get(found.value, 0) + 1
        if found.value not in best or weight > best[found.value][0]:
            best[found.value] = (weight, found)
    ranked = [(v, w + 0.04 * min(count[v] - 1, 4), f) for v, (w, f) in best.items()]
    return sorted(ranked, key=lambda r: -r[1])


def broken_findings(places: Places) -> list[Finding]:
    """`broken_identifier` for everything whose form or check fails, unless a right one stands elsewhere."""
    groups = (places.tax_codes, places.pods, places.pdrs, places.case_codes)
    found = []
    for group in groups:
        good = {one.value for one in group if not one.broken}
        for one in group:
            if one.broken and not any(_much_alike(one.value, value) for value in good):
                found.append(one.finding("broken_identifier", by=BY))
    return found


def _much_alike(one: str, other: str) -> bool:
    """Most characters agree: a misread copy of a code that is read well elsewhere."""
    return Levenshtein.normalized_similarity(one, other) >= 0.7


def case_code_findings(places: Places, view: View) -> list[Finding]:
    """`case_code`: new text and subject before form and papers before the quoted history."""

    def weigh(found: Found) -> float:
        passage = found.passage
        if passage.where is Where.SUBJECT:
            return 1.0
        if passage.own:
            return 0.98
        return 0.8 if passage.paper is not None else 0.6

    ranked = ranked_values([found for found in places.case_codes if not found.broken], weigh)
    findings = []
    for number, (_, weight, found) in enumerate(ranked):
        sure = min(_seen(found), 0.99 if weight > 0.95 else 0.93 if weight > 0.7 else 0.88)
        alternatives = tuple((v, round(w * 0.5, 3)) for v, w, _ in ranked[1:4]) if not number else ()
        findings.append(
            Finding(
                kind="case_code" if not number else "case_code_other",
                value=found.value,
                confidence=round(sure, 3),
                evidence=(found.evidence,),
                by="case_code/1",
                alternatives=alternatives,
            )
        )
    return findings


def reply_token_findings(places: Places) -> list[Finding]:
    """`reply_token`: each code of an answer of ours, wherever it stands (a reply quotes it)."""
    return [
        founds[0].finding("reply_token", by="reply_token/1") for founds in distinct([*places.reply_tokens]).values()
    ]


def customer_code_findings(places: Places, supplier: str | None) -> list[Finding]:
    """`supply.customer_code`: the one that stands with the chosen supplier."""
    words = set(re.findall(r"[a-z0-9]{2,}", (supplier or "").lower())) - {"energia", "gas", "luce", "comm", "mercato"}
    proposed = {f.value for f in places.customer_codes if f.confidence <= customer_code.PROPOSAL}

    def weigh(found: Found) -> float:
        weight = trust(found) * 0.6 + found.confidence * (0.9 if found.value not in proposed else 0.0)
        if words and found.passage.document is not None:
            weight += 0.35 if any(w in found.passage.plain for w in words) else -0.25
        near = found.passage.plain[max(0, found.start - 90) : found.end + 60]
        if words and any(w in near for w in words):
            weight += 0.2
        if found.passage.paper is PaperKind.PAYMENT_RECEIPT:
            weight -= 0.3
        return weight

    ranked = ranked_values(places.customer_codes, weigh)
    if not ranked:
        return []
    value, weight, found = ranked[0]
    sure = min(found.confidence, 0.6 + 0.3 * weight, _DOUBTED if value in proposed else 1.0)
    return [
        Finding(
            kind="supply.customer_code",
            value=value,
            confidence=round(max(0.3, sure), 3),
            evidence=(found.evidence,),
            by="customer_code/1",
            alternatives=tuple((v, round(w * 0.25, 3)) for v, w, _ in ranked[1:4]),
        )
    ]


# --- the rest ----------------------------------------------------------------------------------------------------


def plain_findings(places: Places, view: View) -> list[Finding]:
    """`iban`, `vat_number`, `invoice_number`, `amount`: each value once, in the order of trust."""
    groups = (
        ("iban", [f for f in places.ibans if not f.broken], 3),
        ("vat_number", [f for f in places.vats if not f.broken], 4),
        ("invoice_number", list(places.invoices), 6),
        ("amount", list(places.amounts), 12),
    )
    findings = []
    for kind, founds, most in groups:
        seen: set[str] = set()
        for found in founds:
            if found.value not in seen and len(seen) < most:
                seen.add(found.value)
                findings.append(found.finding(kind, by=BY))
    return findings + complaint_dates(view)


_COMPLAINED_BEFORE = re.compile(
    r"(?:reclam\w*|raccomandat\w*|scritt[oa]|lettera|pec|contestazion\w*|diffida|segnalat\w*|inviat[oa]|mandat[oa])[^.;]{0,50}$"
)


def complaint_dates(view: View) -> list[Finding]:
    """`date_of_complaint`: dates that the writer's words tie to the complaint to the operator."""
    sent = view.envelope.sent_at or view.envelope.received_at
    year = sent.year if sent else None
    findings = []
    for passage in view.passages:
        if not passage.own:
            continue
        for dated in dates.find(passage, year=year):
            ahead = passage.plain[max(0, dated.start - 80) : dated.start].replace("\n", " ")
            if _COMPLAINED_BEFORE.search(ahead) and (sent is None or dated.day <= sent.date()):
                evidence = passage.evidence(dated.start, dated.end)
                sure = 0.8 if dated.year_told else 0.65
                findings.append(
                    Finding(
                        kind="date_of_complaint",
                        value=dated.day.isoformat(),
                        confidence=sure,
                        evidence=(evidence,),
                        by=BY,
                    )
                )
    return findings[:4]
