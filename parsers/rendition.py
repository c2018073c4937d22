"""A PDF of what an operator must see, whatever came: no attachment's own code ever runs in anybody's browser.

LibreOffice lays out office files where it is installed; else their words are set plainly. Pages are sanitised
before they are set, pictures of every kind become pages. PDFs are shown as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from parsers import defects
from parsers.isolation import Defect, run_isolated
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.media_type import sniff
from parsers.office import OFFICE_TYPES, read_office


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    pdf: bytes | None
    how: str
    """``original``, ``libreoffice``, ``html``, ``picture``, ``text`` or ``none``."""
    defects: tuple[str, ...] = ()


def render(data: bytes, media_type: str | None = None, *, limits: Limits = DEFAULT_LIMITS) -> Rendition:
    """The thing as PDF; `pdf` is None for what cannot be shown (a recording, an archive, what is broken)."""
    kind = media_type or sniff(data).media_type
    if not data:
        return Rendition(pdf=None, how="none", defects=(defects.EMPTY,))
    if kind == "application/pdf":
        return Rendition(pdf=data, how="original")
    if kind not in OFFICE_TYPES and not kind.startswith("image/"):
        return Rendition(pdf=None, how="none", defects=(defects.UNSUPPORTED,))
    answer = run_isolated("rendition.pdf", {"data": data, "media_type": kind}, limits=limits)
    if isinstance(answer, dict) and isinstance(answer.get("pdf"), bytes):
        return Rendition(pdf=answer["pdf"], how=str(answer.get("how")))
    failed = (answer.code,) if isinstance(answer, Defect) else ()
    if kind in OFFICE_TYPES:
        return _plainly(data, kind, failed, limits)
    return Rendition(pdf=None, how="none", defects=failed or (defects.CORRUPT,))


def _plainly(data: bytes, kind: str, failed: tuple[str, ...], limits: Limits) -> Rendition:
    read = read_office(data, kind, limits)
    if not any(page.strip() for page in read.pages):
        return Rendition(pdf=None, how="none", defects=(*read.defects, *failed) or (defects.EMPTY,))
    answer = run_isolated("rendition.text", list(read.pages), limits=limits)
    if isinstance(answer, bytes):
        return Rendition(pdf=answer, how="text", defects=read.defects)
    return Rendition(pdf=None, how="none", defects=read.defects or (defects.CRASHED,))
