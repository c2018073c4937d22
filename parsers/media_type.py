"""What a thing is, decided by its content; its name and what the sender declared are only compared with it."""

from __future__ import annotations

from dataclasses import dataclass

from parsers import defects
from parsers import extensions as ext
from parsers.content_kinds import binary_kind, is_executable
from parsers.extensions import EXPECTED, MACRO_OFFICE, PROGRAMS, TYPE_TO_EXTENSION, extension_of
from parsers.isolation import run_isolated
from parsers.text_kinds import looks_like_text, text_kind

_MAGIC_BYTES = 1 << 16
_OFFICE_NAMES = {"docx": ext.DOCX, "xlsx": ext.XLSX, "pptx": ext.PPTX, "docm": ext.DOCM, "xlsm": ext.XLSM}
_WORDY = frozenset({"txt", "csv", "log", "md", "eml", "htm", "html", "xhtml", "xml", "json", "ics", "vcf"})
_WITH_MACROS = frozenset({ext.DOCM, ext.XLSM, ext.PPTM, ext.XLSB})
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaType:
    media_type: str
    """Lower case, without parameters; ``application/octet-stream`` for what nobody recognises."""
    extension: str | None = None
    """The usual extension of such content, without the dot."""
    defects: tuple[str, ...] = ()
    """``empty``, ``encrypted``, ``corrupt``, ``type_mismatch`` (a program under a picture's name is one),
    ``malware`` (a program that does not hide, the EICAR test file), ``macros``."""


def sniff(data: bytes, filename: str | None = None, declared: str | None = None) -> MediaType:
    """The kind of the content and what is wrong with it at first sight. Total over all arguments.

    `declared` breaks ties among mere words only (``text/csv`` and the like have no mark of their own).
    """
    extension = extension_of(filename)
    if not data:
        return MediaType(media_type=_declared_or(declared, EXPECTED.get(extension or "")), defects=(defects.EMPTY,))
    media_type = _content(data, extension, declared)
    found: list[str] = []
    if media_type == "application/x-ole-encrypted":
        media_type = _OFFICE_NAMES.get(extension or "", media_type)
        found.append(defects.ENCRYPTED)
    if media_type == ext.PGP:
        found.append(defects.ENCRYPTED)
    found += _disagreement(media_type, extension)
    program = is_executable(media_type) or extension in PROGRAMS - MACRO_OFFICE
    if data.startswith(_EICAR) or (program and defects.TYPE_MISMATCH not in found):
        found.append(defects.MALWARE)
    if media_type in _WITH_MACROS:
        found.append(defects.MACROS)
    return MediaType(media_type=media_type, extension=TYPE_TO_EXTENSION.get(media_type), defects=tuple(found))


def is_program(media_type: str, filename: str | None) -> bool:
    """Content that runs, or a name that a double click would run: never fit to come out of an archive."""
    return is_executable(media_type) or extension_of(filename) in PROGRAMS


def _content(data: bytes, extension: str | None, declared: str | None) -> str:
    known = binary_kind(data)
    if known:
        return known
    if looks_like_text(data):
        kind = text_kind(data, extension)
        if kind == "text/plain" and (declared or "").lower() in ("text/csv", "text/calendar", "text/markdown"):
            return str(declared).lower()
        return kind
    asked = run_isolated("media_type.magic", data[:_MAGIC_BYTES])
    return asked if isinstance(asked, str) else ext.UNKNOWN


def _disagreement(media_type: str, extension: str | None) -> list[str]:
    expected = EXPECTED.get(extension or "")
    if is_executable(media_type):
        return [] if extension in PROGRAMS or extension is None else [defects.TYPE_MISMATCH]
    if not expected or media_type in expected:
        return []
    if media_type == ext.UNKNOWN:
        # Nobody can read it under this name or another. Words may be in any charset: they are not asked to look right.
        return [] if extension in _WORDY else [defects.CORRUPT]
    return [defects.TYPE_MISMATCH]


def _declared_or(declared: str | None, expected: frozenset[str] | None) -> str:
    if expected and len(expected) == 1:
        return next(iter(expected))
    return "application/x-empty" if not declared or "/" not in declared else declared.lower().partition(";")[0].strip()
