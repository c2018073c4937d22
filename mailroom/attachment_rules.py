"""The two attachment lists of the Portal (domain, part B section 2) and their verdict on each paper.

Smart services, information, reports, and water complaints: five files, 15 MB together. Conciliation: 15 MB each, no
count. MB is 2^20 bytes, measured on the decoded file. The carrier of a fax or letter is not judged,
unless nothing in it can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailroom.decision import Problem, Service, Verdict
from mailroom.document import Document
from mailroom.finding import Paper, PaperKind

MB = 2**20
FIRST_LIST = frozenset({"doc", "docx", "xls", "xlsx", "odt", "ods", "pdf", "jpg", "png", "bmp", "mp3", "wav", "mwa"})
CONCILIATION_LIST = frozenset({"docx", "xlsx", "odt", "ods", "pdf", "jpg", "jpeg", "png", "bmp", "mp3", "tiff", "txt",
                               "eml", "fods", "odp", "fodp", "pptx", "odg", "fodg", "p7m", "html", "xml"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRule:
    extensions: frozenset[str]
    most: int | None
    total_bytes: int | None
    each_bytes: int | None


ARCHIVES = frozenset({"zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "cab"})
"""Names of files that hold files."""

COMMON = AttachmentRule(extensions=FIRST_LIST, most=5, total_bytes=15 * MB, each_bytes=None)
CONCILIATION = AttachmentRule(extensions=CONCILIATION_LIST, most=None, total_bytes=None, each_bytes=15 * MB)

DEFECTS: tuple[tuple[str, Problem], ...] = (
    ("malware", Problem.MALWARE),
    ("empty", Problem.EMPTY),
    ("type_mismatch", Problem.TYPE_MISMATCH),
    ("encrypted", Problem.ENCRYPTED),
    ("corrupt", Problem.CORRUPT),
)
"""Defects of a document that refuse it by themselves, the gravest first."""


def rule_for(service: Service | None) -> AttachmentRule:
    """Until the service is known the first list holds."""
    return CONCILIATION if service is Service.CONCILIATION else COMMON


def verdicts(papers: Sequence[Paper], documents: Sequence[Document], service: Service | None) -> tuple[Verdict, ...]:
    """One verdict a paper, in the sender's order; and one for a fax or scan that has none."""
    rule = rule_for(service)
    counted = total = 0
    found: list[Verdict] = []
    for paper in (*papers, *_unread_carriers(papers, documents)):
        document = documents[paper.document]
        if document.carrier:
            problem = _broken(document) if _silent(document) else None
        else:
            problem = _problem(document, rule, counted, total)
        if not document.carrier and not _within_another(document):
            counted += 1
            total += document.size if problem is None else 0
        found.append(
            Verdict(
                paper=paper,
                filename=None if document.carrier else document.filename,
                accepted=problem is None,
                problem=problem,
            )
        )
    return tuple(found)


def _unread_carriers(papers: Sequence[Paper], documents: Sequence[Document]) -> tuple[Paper, ...]:
    """A paper for each fax or scan that came apart into none, because there was nothing to read in it: it came, and is
    accounted for. Sheets that are only blank are no papers."""
    parted = {paper.document for paper in papers}
    return tuple(
        Paper(
            document=index,
            first_page=document.pages[0].number if document.pages else 0,
            pages=document.page_count,
            kind=PaperKind.OTHER,
            confidence=0.0,
        )
        for index, document in enumerate(documents)
        if document.carrier and index not in parted and (not document.pages or _broken(document) is not None)
    )


def _problem(document: Document, rule: AttachmentRule, counted: int, total: int) -> Problem | None:
    broken = _broken(document)
    if broken is not None:
        return broken
    if _extension(document.filename) not in rule.extensions:
        return Problem.EXTENSION_NOT_ALLOWED
    if rule.each_bytes is not None and document.size > rule.each_bytes:
        return Problem.TOO_LARGE
    if rule.total_bytes is not None and total + document.size > rule.total_bytes:
        return Problem.TOO_LARGE
    if rule.most is not None and counted >= rule.most and not _within_another(document):
        return Problem.TOO_MANY
    return None


def _silent(document: Document) -> bool:
    """Nothing in it can be read. (A fax that lost its last sheets is used as far as it goes, and held.)"""
    return not any(page.text.strip() for page in document.pages)


def _broken(document: Document) -> Problem | None:
    return next((problem for defect, problem in DEFECTS if defect in document.defects), None)


def _extension(filename: str | None) -> str:
    name, dot, extension = (filename or "").rpartition(".")
    return extension.lower() if dot and name else ""


def _within_another(document: Document) -> bool:
    """Unfolded out of an archive: the sender attached the archive, not this. What a forwarded mail or Outlook's
    ``winmail.dat`` brought was attached by itself."""
    return any(_extension(segment) in ARCHIVES for segment in document.path.split("/")[:-1])


def usable(verdict: Verdict) -> bool:
    """Whether a person could read the paper, accepted or not: what was seen is not asked for again."""
    unreadable = {Problem.EMPTY, Problem.CORRUPT, Problem.ENCRYPTED, Problem.MALWARE, Problem.TYPE_MISMATCH}
    return verdict.problem not in unreadable


def has(verdicts: Iterable[Verdict], kind: PaperKind) -> bool:
    return any(v.paper.kind is kind and usable(v) for v in verdicts)
