"""From the operator's form to findings: a person is a classifier whose confidence is one."""

from __future__ import annotations

from collections.abc import Mapping

from console.items import FIELDS, QUESTIONS
from mailroom.decision import Sector, Service, Topic
from mailroom.finding import Finding

ALLOWED: dict[str, frozenset[str]] = {
    "mail": frozenset({"submission", "spam", "newsletter", "misdirected"}),
    "sender_kind": frozenset({"private", "delegate", "association", "professional", "legal_person"}),
    "service": frozenset(Service),
    "sector": frozenset(Sector),
    "topic": frozenset(Topic),
}


def corrections(form: Mapping[str, str], *, by: str) -> list[Finding]:
    """One finding for each question that was answered and each field that was changed."""
    found = []
    for kind in QUESTIONS:
        value = form.get(kind, "")
        if value in ALLOWED[kind]:
            found.append(Finding(kind=kind, value=value, confidence=1.0, by=by))
    for kind in FIELDS:
        value = form.get(kind, "").strip()[:300]
        if value and value != form.get(f"was.{kind}", ""):
            found.append(Finding(kind=kind, value=value, confidence=1.0, by=by))
    return found
