"""The names that templates are filled with, in the languages we answer in: what is missing, what was sent, why a file
was refused.

They stand in ``phrases.toml`` beside the templates. A file of that name in the body's own folder (``en/phrases.toml``
for the English one) overrides ours line by line. It is read once, at the start: no citizen meets one half written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from mailroom.decision import Problem, Requirement, Service
from mailroom.errors import ConfigError

OUR_TEMPLATES = Path(__file__).parent / "templates"
FILE = "phrases.toml"
LONGEST = 500
"""Characters of one phrase: it stands in a list."""


class Language(StrEnum):
    ITALIAN = "it"
    ENGLISH = "en"


UNKNOWN = "unknown"
TABLES: Mapping[str, tuple[str, ...]] = {
    "missing": tuple(Requirement),
    "request": (*Service, UNKNOWN),
    "service": tuple(Service),
    "refused": tuple(Problem),
}
"""What a phrase book holds: its tables, and what each must name."""
_MONTHS = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
           "novembre", "dicembre")  # fmt: skip
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrase book of one language."""

    tables: Mapping[str, Mapping[str, str]]

    def missing(self, missing: tuple[Requirement, ...]) -> list[str]:
        return [self.tables["missing"][requirement] for requirement in missing]

    def service(self, service: Service | None) -> str | None:
        """``richiesta di informazioni``; None where the service is not known."""
        return self.tables["service"][service] if service is not None else None

    def request(self, service: Service | None) -> str:
        """What they sent us, with its article: ``la Sua richiesta di informazioni``, ``il Suo reclamo …``."""
        return self.tables["request"][service or UNKNOWN]

    def refused(self, problem: Problem | None) -> str:
        """One sentence for the citizen on a paper that was not taken: what is wrong and what to do."""
        return self.tables["refused"][problem] if problem is not None else ""


@cache
def phrases_of(folder: Path | None, language: Language) -> Phrases:
    """The phrases in use. Raises ConfigError that names file and key for a file of the body's own that is wrong."""
    tables = _read(OUR_TEMPLATES / language.value / FILE)
    own = own_file(folder, language)
    for name, phrases in (_read(own) if own is not None else {}).items():
        tables[name].update(phrases)
    return Phrases(tables)


def own_file(folder: Path | None, language: Language) -> Path | None:
    """The body's own phrase book."""
    return next((place / FILE for place in own_places(folder, language) if (place / FILE).is_file()), None)


def own_places(folder: Path | None, language: Language) -> tuple[Path, ...]:
    """Where the body's own words of that language lie, first come first: the Italian ones may lie in the folder
    itself."""
    if folder is None:
        return ()
    return (folder / language.value, *((folder,) if language is Language.ITALIAN else ()))


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        book = tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from None
    return {name: _table(file, name, phrases) for name, phrases in book.items()}


def _table(file: Path, name: str, phrases: object) -> dict[str, str]:
    if name not in TABLES:
        raise ConfigError(f"{file}: {name}: unknown table (there are {', '.join(TABLES)})")
    if not isinstance(phrases, dict):
        raise ConfigError(f"{file}: {name}: a table is wanted")
    for key, phrase in phrases.items():
        if key not in TABLES[name]:
            raise ConfigError(f"{file}: {name}.{key}: unknown key (there are {', '.join(TABLES[name])})")
        if not isinstance(phrase, str) or not phrase.strip() or len(phrase) > LONGEST or len(phrase.splitlines()) > 1:
            raise ConfigError(f"{file}: {name}.{key}: one line of text is wanted, of at most {LONGEST} characters")
    return phrases


def day_words(day: date, language: Language) -> str:
    """``1º giugno 2026``, ``1 June 2026``."""
    if language is Language.ENGLISH:
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}{'º' if day.day == 1 else ''} {_MONTHS[day.month - 1]} {day.year}"
