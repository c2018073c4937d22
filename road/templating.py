"""The templates of our answers from the command line: which are in use, a copy to edit, and how each would look."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError
from rich.console import Console

from mailroom.calendar import ROME
from mailroom.case import Case, CaseStatus, new_code
from mailroom.decision import (
    Applicant,
    Decision,
    Disposition,
    Problem,
    Reply,
    ReplyKind,
    Requirement,
    Sector,
    Service,
    Supply,
    Topic,
    Verdict,
    Via,
)
from mailroom.errors import ConfigError
from mailroom.finding import Paper, PaperKind
from outbound.acknowledging import (
    KINDS,
    Wording,
    giving_up_words,
    reminding_words,
    returning_words,
    template_files,
    word,
)
from outbound.composing import address_lines, letter_payload
from outbound.letter import draft, render
from outbound.personal import Keys
from outbound.phrases import OUR_TEMPLATES, TABLES, Language, phrases_of
from road.config import GatewayConfig

FORMS = ("text", "html", "pdf")
PHRASES = "phrases"
"""Shown like an answer: the names of what is missing, what was sent, and why a file was refused."""
WAITING = ("integration_request", "reminder", "follow_up")
"""Answers that are shown as they go out on a case that lacks something."""
_ADA = Applicant(first_name="Ada", last_name="Esempio", address="Via dei Tigli 14, 37122 Verona")
_CODE = new_code(1)
_LACKS = (Requirement.IDENTITY_DOCUMENT, Requirement.POD_OR_PDR)
_REFUSED = Verdict(
    paper=Paper(document=0, first_page=0, pages=1, kind=PaperKind.OTHER, confidence=1.0),
    filename="programma.exe",
    accepted=False,
    problem=Problem.EXTENSION_NOT_ALLOWED,
)


def list_templates(config: GatewayConfig) -> None:
    folder = config.answers.templates
    out = Console()
    for name, own in template_files(folder):
        out.print(f"{'*' if own else ' '} {name}", highlight=False)
    out.print(f"* = della cartella {folder}" if folder else "Nessuna cartella propria configurata.", highlight=False)


def export_templates(folder: Path) -> None:
    """Copies ours. Raises ConfigError rather than write over a file that is there."""
    for name, _ in template_files(None):
        target = folder / name
        if target.exists():
            raise ConfigError(f"{target}: is there already")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(OUR_TEMPLATES / name, target)
    Console().print(f"{folder}: da indicare in gateway.toml come  \\[answers] templates", highlight=False)


def preview(kind: str, config: GatewayConfig, *, language: str, form: str) -> bytes:
    """The answer as text, HTML or PDF. Raises ConfigError for a kind, language or form that there is not, and for
    words of the body's own that are wrong."""
    for value, known, name in (
        (kind, (*KINDS, PHRASES), "KIND"),
        (language, tuple(Language), "--language"),
        (form, FORMS, "--as"),
    ):
        if value not in known:
            raise ConfigError(f"{name}: {value!r} is not one of {', '.join(known)}")
    if kind == PHRASES:
        return _phrases(config, Language(language), form)
    answers = config.answers
    keys = Keys(secret="preview", base=answers.claim_base or f"{answers.portal}/ritira", days=answers.claim_days)
    try:
        words = _words(kind, config, keys, Language(language), on_paper=form == "pdf")
    except TemplateError as error:
        raise ConfigError(f"{_place(error, kind)}: {error}") from None
    if form != "pdf":
        return (f"{words.subject}\n\n{words.text}" if form == "text" else words.html).encode()
    cased = kind not in ("portal_only", "unreadable")
    link = keys.claim_link(_CODE) if kind == "conciliation" else None
    payload = letter_payload(
        words, to=address_lines(_ADA), case_code=_CODE if cased else None, link=link, language=Language(language)
    )
    return render(draft(payload), answers=answers, day=datetime.now(ROME).date())


def _phrases(config: GatewayConfig, language: Language, form: str) -> bytes:
    """Every phrase in use, in the order of the tables and in the form of their file."""
    if form != "text":
        raise ConfigError(f"--as: {form!r}: phrases are shown as text")
    book = phrases_of(config.answers.templates, language).tables
    lines = [f"[{name}]\n" + "".join(f"{key} = {json.dumps(book[name][key], ensure_ascii=False)}\n" for key in keys)
             for name, keys in TABLES.items()]  # fmt: skip
    return "\n".join(lines).encode()


def _place(error: TemplateError, kind: str) -> str:
    """File and line of a template that can't be read; of one that fails while it is filled, the answer's kind."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name or kind}:{error.lineno}"
    return kind


def _words(kind: str, config: GatewayConfig, keys: Keys, language: Language, *, on_paper: bool) -> Wording:
    token = keys.reply_token(_CODE)
    if kind == "given_up":
        return giving_up_words(_case(), answers=config.answers, reply_token=token, language=language, on_paper=on_paper)
    if kind == "reminder":
        days = config.policy.closing_days
        return reminding_words(
            _case(),
            answers=config.answers,
            reply_token=token,
            language=language,
            on_paper=on_paper,
            closes_on=datetime.now(ROME).date() + timedelta(days=14 + days) if days else None,
        )
    cased = kind not in ("portal_only", "unreadable")
    if kind == "returned":
        sent = _words("acknowledgement", config, keys, language, on_paper=False)
        return returning_words(
            subject=sent.subject,
            text=sent.text,
            day=datetime.now(ROME),
            address="ada@posta.example",
            case_code=_CODE,
            answers=config.answers,
            language=language,
        )
    decision = Decision(
        disposition=Disposition.CASE if cased else Disposition.PORTAL_ONLY,
        detail=None if cased else "delegate",
        service=(Service.CONCILIATION if kind == "conciliation" else Service.SMART_INFO) if cased else None,
        applicant=_ADA,
        verdicts=(_REFUSED,) if kind in ("acknowledgement", "integration_request") else (),
        needs_review=False,
        reply=Reply(kind=ReplyKind.ACKNOWLEDGEMENT, via=Via.EMAIL, to="ada@posta.example", template=kind),
    )
    return word(
        decision,
        case_code=_CODE if cased else None,
        case=_case(decision.service, waiting=kind in WAITING) if decision.service else None,
        answers=config.answers,
        claim_link=keys.claim_link(_CODE) if kind == "conciliation" else None,
        reply_token=token if cased else None,
        language=language,
        on_paper=on_paper,
    )


def _case(service: Service = Service.SMART_INFO, *, waiting: bool = True) -> Case:
    now = datetime.now(ROME)
    return Case(
        code=_CODE,
        service=service,
        sector=Sector.ELECTRICITY,
        topic=Topic.OTHER,
        status=CaseStatus.WAITING if waiting else CaseStatus.READY,
        applicant=_ADA,
        supply=Supply(),
        missing=_LACKS if waiting else (),
        opened_at=now,
        waits_until=now + timedelta(days=14) if waiting else None,
    )
