"""From the operator's form to findings: a person is a classifier whose confidence is one. Pure.

The form says what the item is (`outcome`); for a case also service, sector and topic; fields and kinds of papers as
far as they were changed. One answer pressed as a button comes as ``answer=kind=value`` and wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from console.questions import ABOUT_A_CASE, CHOICES, PAPER_KINDS, PRESENT, SENDERS
from mailroom.amending import PAPER
from mailroom.decision import FIELDS, Disposition
from mailroom.finding import Finding

CORRECTABLE = (*FIELDS, "case_code")
CODES = frozenset({"applicant.tax_code", "supply.pod", "supply.pdr", "case_code"})
LONGEST = 300


def corrections(form: Mapping[str, str], *, by: str) -> list[Finding]:
    """One finding for each question that was answered and each field that was changed."""
    answered = {**form, **dict(_answers(form))}
    said = [*_outcome(answered), *_fields(answered), *_papers(answered), *_present(answered)]
    return [Finding(kind=kind, value=value, confidence=1.0, by=by) for kind, value in said]


def _answers(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for kind in CHOICES:
        if form.get(f"answer.{kind}"):
            yield kind, form[f"answer.{kind}"]
    kind, _, value = form.get("answer", "").partition("=")
    if kind in CHOICES and value:
        yield kind, value


def _outcome(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The outcome as the questions that machines are asked, so that models can learn from it."""
    outcome = form.get("outcome", "")
    if outcome not in CHOICES["outcome"]:
        yield from _about(form)
        return
    disposition, _, detail = outcome.partition(":")
    yield "disposition", disposition
    yield "disposition_detail", detail
    if disposition == Disposition.NOT_FOR_US:
        yield "mail", detail
    if disposition in (Disposition.CASE, Disposition.FOLLOW_UP, Disposition.PORTAL_ONLY):
        yield "mail", "submission"
    if disposition == Disposition.CASE:
        yield "sender_kind", "private"
        yield from _about(form)
    if detail in SENDERS:
        yield "sender_kind", detail


def _about(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for kind in ABOUT_A_CASE:
        if form.get(kind, "") in CHOICES[kind]:
            yield kind, form[kind]


def _fields(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """An emptied field says that there is no such thing."""
    for kind in CORRECTABLE:
        value = form.get(kind, "").strip()[:LONGEST]
        value = re.sub(r"[\s/.-]", "", value).upper() if kind in CODES else value
        if kind in form and value != form.get(f"was.{kind}", ""):
            yield kind, value


def _papers(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in form.items():
        known = re.fullmatch(re.escape(PAPER) + r"\d{1,4}\.\d{1,4}", name) and value in PAPER_KINDS
        if known and value != form.get(f"was.{name}", ""):
            yield name, value


def _present(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for requirement, finding in PRESENT.items():
        if form.get(f"present.{requirement}"):
            yield finding
