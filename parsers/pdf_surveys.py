"""The first look at PDFs, in a child process: what their text layers say, and which pages must be read by sight.

Many small files are looked at in one errand: to wake a child for each costs more than its looking.
"""

from __future__ import annotations

from collections.abc import Mapping

from parsers.isolation import Defect
from parsers.isolation_wire import Plain
from parsers.limits import Limits
from parsers.page_workshop import survey_workshop

SMALL = 256 * 2**10
"""Bytes of a file that may share an errand: a large one has time and memory of its own."""
_SECONDS = 30.0
_SECONDS_PER_MEGABYTE = 2.0


def survey(data: bytes, first: int, count: int, limits: Limits) -> Plain | Defect:
    """What `parsers.pdf.survey_pdf` answers for these pages."""
    request = {"data": data, "first": first, "count": count}
    return survey_workshop().run("pdf.survey", request, limits=limits, seconds=_seconds(len(data)))


def survey_many(files: Mapping[str, bytes], limits: Limits) -> dict[str, Plain]:
    """The same for all pages of each file, by its name. Empty where one of them spoiled the errand: whoever then asks
    for each alone learns which."""
    request = {"files": list(files.values()), "count": limits.pages}
    size = sum(map(len, files.values()))
    answers = survey_workshop().run(
        "pdf.survey_many", request, limits=limits, seconds=_seconds(size), documents=len(files)
    )
    if not isinstance(answers, list) or len(answers) != len(files):
        # A defect; or what a child says that one of the files has taken over.
        return {}
    return dict(zip(files, answers, strict=True))


def _seconds(size: int) -> float:
    return _SECONDS + _SECONDS_PER_MEGABYTE * size / 1e6
