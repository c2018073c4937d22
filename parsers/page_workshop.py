"""The reading children for pages: workshops of their own, so that a queue of scans keeps nobody else waiting."""

from __future__ import annotations

import atexit
import functools
import os
from collections.abc import Mapping
from types import MappingProxyType

from parsers.isolation import Workshop

PAGE_DUTIES: Mapping[str, str] = MappingProxyType(
    {
        "image.count": "parsers.image:count_frames",
        "page.picture": "parsers.page_picture:draw",
        "page.read": "parsers.page_reading:read_pages",
        "page.searchable": "parsers.searchable:make",
        "pdf.survey": "parsers.pdf:survey_pdf",
        "pdf.survey_many": "parsers.pdf:survey_pdfs",
    }
)
_OF_EVERY_CHILD = {
    # numpy takes the first in when it is first asked for a percentile.
    "sight": ("numpy.ma", "parsers.page_reading"),
    "survey": ("parsers.pdf",),
}


def sight_workshop(readers: int | None = None) -> Workshop:
    """This process's children that run the engine: `readers` of them, or one a core."""
    return _workshop_of(os.getpid(), "sight", readers or os.cpu_count() or 2)


def survey_workshop() -> Workshop:
    """This process's children for what takes milliseconds: text layers, counting."""
    return _workshop_of(os.getpid(), "survey", None)


@functools.cache
def _workshop_of(pid: int, purpose: str, size: int | None) -> Workshop:
    workshop = Workshop(size=size, duties=PAGE_DUTIES, tasks_per_child=300, preload=_OF_EVERY_CHILD[purpose])
    atexit.register(workshop.close)
    return workshop
