"""Words for what we answer: templates in Italian and English, plain text and HTML, that the body can edit without
touching code.

A file of the same name in the configured folder overrides ours (``en/…`` for the English one). An e-mail notice never
repeats what a case holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_eval_context, select_autoescape
from jinja2.filters import do_urlize
from jinja2.nodes import EvalContext
from markupsafe import escape

from mailroom.bounds import Between, EmailAddress, Name, Url
from mailroom.calendar import ROME
from mailroom.case import Case
from mailroom.decision import Decision, Disposition, ReplyKind, Service
from outbound.addressing import one_line
from outbound.phrases import OUR_TEMPLATES, Language, day_words, own_places, phrases_of

KINDS = (
    "acknowledgement",
    "integration_request",
    "reminder",
    "given_up",
    "conciliation",
    "follow_up",
    "portal_only",
    "unreadable",
    "returned",
)
_MAY_LINK = re.compile(r"\w\.\w|://|@")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersConfig:
    """The ``[answers]`` table."""

    sender: EmailAddress = "sportello@sportello.example"
    sender_name: Name = "Sportello per il consumatore Energia e Ambiente"
    pec_sender: EmailAddress | None = None
    portal: Url = "https://www.sportelloperilconsumatore.it"
    toll_free: str = "800 166 654"
    place: str = "Roma"
    """Where letters are dated."""
    templates: Path | None = None
    claim_base: Url | None = None
    """Public address of the console's page ``/ritira``, by which citizens claim their case; none: no claim links."""
    claim_portal: Url | None = None
    """The Portal's page for claimed cases; none: the Portal's front page."""
    claim_days: Annotated[int, Between(1, 3_650)] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph of the plain text as HTML sees it."""

    lines: tuple[str, ...]
    listed: bool
    """Every line is an entry of a list."""


def word(
    decision: Decision,
    *,
    case_code: str | None = None,
    case: Case | None = None,
    answers: AnswersConfig = AnswersConfig(),
    completed: bool = False,
    claim_link: str | None = None,
    reply_token: str | None = None,
    language: Language = Language.ITALIAN,
    on_paper: bool = False,
) -> Wording:
    """Subject, plain text and HTML of the answer this decision owes. Raises jinja2's TemplateError for a template of
    the body's own that is wrong (checked at start-up by `doctor`).

    `case` is the case as the decision leaves it, where the answer goes to its applicant: what is then still missing,
    and until when it waits, is said too. `completed`: this sending brought the last of it.
    """
    service = case.service if case is not None else decision.service
    phrases = phrases_of(answers.templates, language)
    facts = {
        "decision": decision,
        "applicant": case.applicant if case is not None else decision.applicant,
        "case_code": case_code,
        "claim_link": claim_link,
        "on_paper": on_paper,
        "reply_token": reply_token,
        "service": phrases.service(service),
        "service_name": service.value if service else None,
        "request": phrases.request(service),
        "missing": phrases.missing(case.missing if case is not None else decision.missing),
        "until": _day(case.waits_until, language) if case is not None else None,
        "completed": completed,
        "refused": [(v.filename, phrases.refused(v.problem)) for v in decision.verdicts if not v.accepted],
    }
    return _worded(template_name(decision), facts, answers, language)


def reminding_words(
    case: Case,
    *,
    answers: AnswersConfig,
    reply_token: str | None,
    language: Language = Language.ITALIAN,
    on_paper: bool = False,
    closes_on: date | None = None,
) -> Wording:
    """The one reminder of a case that still waits for something. `closes_on`: when it ends, if that is so."""
    facts = {
        **_waiting_facts(case, answers=answers, reply_token=reply_token, language=language, on_paper=on_paper),
        "until": _day(case.waits_until, language),
        "closes_on": day_words(closes_on, language) if closes_on is not None else None,
    }
    return _worded("reminder", facts, answers, language)


def giving_up_words(
    case: Case,
    *,
    answers: AnswersConfig,
    reply_token: str | None,
    language: Language = Language.ITALIAN,
    on_paper: bool = False,
) -> Wording:
    """The case is closed because what was asked for did not come, and how it is opened again."""
    facts = {
        **_waiting_facts(case, answers=answers, reply_token=reply_token, language=language, on_paper=on_paper),
        "until": None,
        "asked_until": _day(case.waits_until, language),
    }
    return _worded("given_up", facts, answers, language)


def _waiting_facts(
    case: Case, *, answers: AnswersConfig, reply_token: str | None, language: Language, on_paper: bool
) -> dict[str, object]:
    phrases = phrases_of(answers.templates, language)
    return {
        "applicant": case.applicant,
        "case_code": case.code,
        "reply_token": reply_token,
        "service": phrases.service(case.service),
        "request": phrases.request(case.service),
        "missing": phrases.missing(case.missing),
        "refused": [],
        "on_paper": on_paper,
    }


def returning_words(
    *,
    subject: str,
    text: str,
    day: datetime,
    address: str,
    case_code: str | None,
    answers: AnswersConfig,
    language: Language,
) -> Wording:
    """The letter in the place of a message that came back: `subject` and `text` are the message's."""
    facts = {
        "subject": subject,
        "words": text.strip(),
        "day": _day(day, language),
        "address": address,
        "case_code": case_code,
    }
    return _worded("returned", facts, answers, language)


def template_name(decision: Decision) -> str:
    if decision.reply.template:
        return decision.reply.template
    if decision.reply.kind is ReplyKind.PORTAL_ONLY:
        return "portal_only"
    if decision.reply.kind is ReplyKind.INTEGRATION_REQUEST:
        return "integration_request"
    if decision.disposition is Disposition.CASE and decision.service is Service.CONCILIATION:
        return "conciliation"
    return "acknowledgement"


def template_files(folder: Path | None) -> list[tuple[Path, bool]]:
    """Every file of words in use, by its name below the templates' folder, and whether it is the body's own."""
    names = sorted(path.relative_to(OUR_TEMPLATES) for path in OUR_TEMPLATES.rglob("*") if path.is_file())
    return [(name, folder is not None and any((folder / own).is_file() for own in _own_names(name))) for name in names]


def _own_names(name: Path) -> tuple[Path, ...]:
    # Italian files of the body's own may lie in the folder itself.
    return (name, Path(name.name)) if name.parts[0] == Language.ITALIAN else (name,)


def _worded(name: str, facts: Mapping[str, object], answers: AnswersConfig, language: Language) -> Wording:
    environment = _environment(answers.templates, language)
    text = environment.get_template(f"{name}.txt").render(facts, answers=answers).strip() + "\n"
    subject, _, body = text.partition("\n")
    subject = one_line(subject.partition(":")[2] if subject.startswith(("Oggetto:", "Subject:")) else subject)
    html = environment.get_template("frame.html").render(
        subject=subject,
        blocks=blocks(body),
        answers=answers,
        language=language.value,
        case_code=facts.get("case_code"),
    )
    return Wording(subject=subject, text=body.strip() + "\n", html=html)


def blocks(body: str) -> list[Block]:
    """The paragraphs of an answer, and its lists."""
    found = []
    for paragraph in body.strip().split("\n\n"):
        lines = tuple(line for line in paragraph.strip().split("\n") if line.strip())
        listed = bool(lines) and all(line.startswith("- ") for line in lines)
        if lines:
            found.append(Block(lines=tuple(line[2:] for line in lines) if listed else lines, listed=listed))
    return found


def _day(moment: datetime | None, language: Language) -> str | None:
    """The day in Rome."""
    return day_words(moment.astimezone(ROME).date(), language) if moment is not None else None


@cache
def _environment(folder: Path | None, language: Language) -> Environment:
    places = (*own_places(folder, language), OUR_TEMPLATES / language.value, OUR_TEMPLATES)
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(place) for place in places]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["linked"] = _linked
    return environment


@pass_eval_context
def _linked(context: EvalContext, line: str) -> str:
    """Jinja's own `urlize`, asked only where it may find something: it looks at every word and costs more than all the
    rest of an answer."""
    return do_urlize(context, line, trim_url_limit=60) if _MAY_LINK.search(line) else escape(line)
