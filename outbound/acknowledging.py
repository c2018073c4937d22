"""Words for what we answer: templates in Italian, plain text and HTML, that the body can edit without touching code.

A file of the same name in the configured folder overrides ours. An e-mail notice never repeats what a case holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape

from mailroom.decision import Decision, Disposition, ReplyKind, Requirement, Service
from outbound.addressing import one_line

OUR_TEMPLATES = Path(__file__).parent / "templates"

MISSING_WORDS: dict[Requirement, str] = {
    Requirement.TAX_CODE: "il Suo codice fiscale",
    Requirement.POD_OR_PDR: "il codice POD (luce) o PDR (gas): lo trova sulla prima pagina della bolletta",
    Requirement.IDENTITY_DOCUMENT: "una copia fronte e retro di un documento d'identità valido",
    Requirement.SIGNATURE: "la richiesta firmata da Lei (anche una fotografia della lettera firmata)",
    Requirement.SUPPLIER: "il nome della società con cui ha il contratto o la controversia",
    Requirement.BILL: "una copia della bolletta",
    Requirement.PRIOR_COMPLAINT: "una copia del reclamo scritto inviato alla società",
    Requirement.CONTACT: "un recapito (e-mail, telefono o indirizzo) a cui risponderLe",
}
SERVICE_WORDS: dict[Service, str] = {
    Service.INFORMATION: "richiesta di informazioni",
    Service.SMART_INFO: "SMART Info",
    Service.SMART_HELP: "SMART Help",
    Service.WATER_COMPLAINT: "reclamo sul bonus sociale idrico",
    Service.REPORT: "segnalazione",
    Service.CONCILIATION: "conciliazione",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersConfig:
    """The ``[answers]`` table."""

    sender: str = "sportello@sportello.example"
    sender_name: str = "Sportello per il consumatore Energia e Ambiente"
    pec_sender: str | None = None
    portal: str = "https://www.sportelloperilconsumatore.it"
    toll_free: str = "800 166 654"
    templates: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    subject: str
    text: str
    html: str


def word(
    decision: Decision,
    *,
    case_code: str | None = None,
    answers: AnswersConfig = AnswersConfig(),
    claim_link: str | None = None,
) -> Wording:
    """Subject, plain text and HTML of the answer this decision owes. Raises jinja2's TemplateError for a template of
    the body's own that is wrong (checked at start-up by `doctor`)."""
    name = template_name(decision)
    facts = {
        "decision": decision,
        "applicant": decision.applicant,
        "case_code": case_code,
        "answers": answers,
        "claim_link": claim_link,
        "service": SERVICE_WORDS.get(decision.service) if decision.service else None,
        "missing": [MISSING_WORDS[m] for m in decision.missing],
        "refused": [v for v in decision.verdicts if not v.accepted],
    }
    environment = _environment(answers.templates)
    text = environment.get_template(f"{name}.txt").render(facts).strip() + "\n"
    subject, _, body = text.partition("\n")
    html = environment.get_template("frame.html").render(
        subject=subject, paragraphs=[p for p in body.strip().split("\n\n") if p.strip()], answers=answers
    )
    return Wording(subject=one_line(subject.removeprefix("Oggetto:")), text=body.strip() + "\n", html=html)


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


@cache
def _environment(folder: Path | None) -> Environment:
    folders = [FileSystemLoader(folder)] if folder else []
    return Environment(
        loader=ChoiceLoader([*folders, FileSystemLoader(OUR_TEMPLATES)]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
