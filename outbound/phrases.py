"""The words that templates are filled with, in the languages we answer in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from mailroom.decision import Problem, Requirement, Service, Verdict


class Language(StrEnum):
    ITALIAN = "it"
    ENGLISH = "en"


_MISSING_IT: Mapping[Requirement, str] = {
    Requirement.TAX_CODE: "il Suo codice fiscale",
    Requirement.POD_OR_PDR: "il codice POD (luce) o PDR (gas): lo trova sulla prima pagina della bolletta",
    Requirement.IDENTITY_DOCUMENT: "una copia fronte e retro di un documento d'identità valido",
    Requirement.SIGNATURE: "la richiesta firmata da Lei (anche una fotografia della lettera firmata)",
    Requirement.SUPPLIER: "il nome della società con cui ha il contratto o la controversia",
    Requirement.BILL: "una copia della bolletta",
    Requirement.PRIOR_COMPLAINT: "una copia del reclamo scritto inviato alla società",
    Requirement.CONTACT: "un recapito (e-mail, telefono o indirizzo) a cui risponderLe",
}
_MISSING_EN: Mapping[Requirement, str] = {
    Requirement.TAX_CODE: "your Italian tax code (codice fiscale)",
    Requirement.POD_OR_PDR: "the POD code (electricity) or PDR code (gas): it is on the first page of the bill",
    Requirement.IDENTITY_DOCUMENT: "a copy of both sides of a valid identity document",
    Requirement.SIGNATURE: "the request signed by you (a photograph of the signed letter will do)",
    Requirement.SUPPLIER: "the name of the company you have the contract or the dispute with",
    Requirement.BILL: "a copy of the bill",
    Requirement.PRIOR_COMPLAINT: "a copy of the written complaint you sent to the company",
    Requirement.CONTACT: "an e-mail address, telephone number or postal address to answer to",
}
_SERVICES_IT: Mapping[Service, tuple[str, str]] = {
    Service.INFORMATION: ("la Sua", "richiesta di informazioni"),
    Service.SMART_INFO: ("la Sua", "richiesta SMART Info"),
    Service.SMART_HELP: ("la Sua", "richiesta SMART Help"),
    Service.WATER_COMPLAINT: ("il Suo", "reclamo sul bonus sociale idrico"),
    Service.REPORT: ("la Sua", "segnalazione"),
    Service.CONCILIATION: ("la Sua", "domanda di conciliazione"),
}
_SERVICES_EN: Mapping[Service, tuple[str, str]] = {
    Service.INFORMATION: ("your", "request for information"),
    Service.SMART_INFO: ("your", "SMART Info request"),
    Service.SMART_HELP: ("your", "SMART Help request"),
    Service.WATER_COMPLAINT: ("your", "complaint about the social water bonus"),
    Service.REPORT: ("your", "report"),
    Service.CONCILIATION: ("your", "request for conciliation"),
}
_UNKNOWN = {Language.ITALIAN: ("la Sua", "richiesta"), Language.ENGLISH: ("your", "request")}
_MONTHS = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
           "novembre", "dicembre")  # fmt: skip
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December")  # fmt: skip
_ADVICE_EN: Mapping[Problem, str] = {
    Problem.EXTENSION_NOT_ALLOWED: "we cannot accept this type of file: please send a PDF or a photograph",
    Problem.TOO_MANY: "there were too many files: please send the remaining ones in a further message",
    Problem.TOO_LARGE: "the file is too large: please send it in several parts or through the Portal",
    Problem.EMPTY: "the file is empty: please send it again",
    Problem.CORRUPT: "the file is damaged: please send it again",
    Problem.ENCRYPTED: "the file is protected by a password: please send it without one",
    Problem.MALWARE: "our virus check stopped this file",
    Problem.TYPE_MISMATCH: "the content does not match the file's name: please send a PDF or a photograph",
}
_MISSING = {Language.ITALIAN: _MISSING_IT, Language.ENGLISH: _MISSING_EN}
_SERVICES = {Language.ITALIAN: _SERVICES_IT, Language.ENGLISH: _SERVICES_EN}


def missing_words(missing: tuple[Requirement, ...], language: Language) -> list[str]:
    return [_MISSING[language][requirement] for requirement in missing]


def service_words(service: Service | None, language: Language) -> str | None:
    """``richiesta di informazioni``; None where the service is not known."""
    return _SERVICES[language][service][1] if service is not None else None


def request_words(service: Service | None, language: Language) -> str:
    """What they sent us, with its article: ``la Sua richiesta di informazioni``, ``il Suo reclamo …``."""
    return " ".join(_SERVICES[language][service] if service is not None else _UNKNOWN[language])


def day_words(day: date, language: Language) -> str:
    """``1º giugno 2026``, ``1 June 2026``."""
    if language is Language.ENGLISH:
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}{'º' if day.day == 1 else ''} {_MONTHS[day.month - 1]} {day.year}"


def advice_on(verdict: Verdict, language: Language) -> str:
    """One sentence for the citizen on a paper that was not taken: what is wrong and what to do."""
    if language is Language.ENGLISH and verdict.problem is not None:
        return _ADVICE_EN[verdict.problem]
    return verdict.advice or ""
