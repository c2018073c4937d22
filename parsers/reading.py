"""The *read* rung: parts become documents, whatever they are. The door of this room for everything with pages.

Text layers and office files are taken at their word, paper is read by sight; each in a child process with limits.
Never raises for what is in a file: what cannot be read is a document without text and with a defect that says why.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

from mailroom.document import Document, Page, TextSource
from mailroom.submission import Part, Submission
from parsers import defects, pdf_surveys
from parsers.audio import heard
from parsers.isolation import Defect
from parsers.isolation_wire import Plain
from parsers.office import OFFICE_TYPES, read_office
from parsers.page_cache import PageCache, cache_key
from parsers.page_plain import from_plain, to_plain
from parsers.page_workshop import sight_workshop, survey_workshop
from parsers.reading_settings import DEFAULT_READING, ReadingSettings
from parsers.tools.tesseract import language_option

__all__ = ["ReadingSettings", "look_ahead", "read_documents", "read_quickly"]

Content = Callable[[str], bytes]
"""The bytes of a digest."""
Progress = Callable[[int, int], None]
"""Page k of n."""
Surveys = Mapping[str, Plain]
"""What was seen of PDFs ahead, by digest."""

PDF = "application/pdf"
_NEVER_READ = frozenset({defects.MALWARE, defects.EMPTY, defects.ENCRYPTED})
_COUNT_SECONDS = 30.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How everything of a submission is read."""

    settings: ReadingSettings
    cache: PageCache | None = None
    progress: Progress | None = None
    surveys: Surveys = dataclasses.field(default_factory=dict)


def read_documents(
    submission: Submission,
    content: Content,
    *,
    pages: tuple[int, int] | None = None,
    settings: ReadingSettings = DEFAULT_READING,
    cache: PageCache | None = None,
    progress: Progress | None = None,
) -> tuple[Document, ...]:
    """One document for each attachment, in the submission's order, and the carrier (fax or scan file) last.

    `pages` (first, count) is the carrier's share of a batch. `content` may raise KeyError for bytes that are lost.
    """
    return _read_all(submission, content, pages, _Way(settings=settings, cache=cache, progress=progress))


def _read_all(
    submission: Submission, content: Content, pages: tuple[int, int] | None, way: _Way
) -> tuple[Document, ...]:
    wanted = [(index, False) for index in submission.attachments]
    if submission.carrier is not None:
        wanted.append((submission.carrier, True))
    return tuple(
        _read(submission, part, number, content, pages if carrier else None, carrier, way)
        for number, (part, carrier) in enumerate(wanted)
    )


def read_quickly(
    submission: Submission,
    content: Content,
    *,
    settings: ReadingSettings = DEFAULT_READING,
    cache: PageCache | None = None,
    surveys: Surveys = MappingProxyType({}),
) -> tuple[Document, ...] | None:
    """`read_documents` if it takes milliseconds; None as soon as a page must be read by sight, which takes seconds.

    `surveys`: what `look_ahead` saw."""
    if _shows_pictures(submission):
        return None
    way = _Way(settings=settings, cache=cache, progress=_refuse, surveys=surveys)
    try:
        return _read_all(submission, content, None, way)
    except _NeedsSight:
        return None


def look_ahead(
    submissions: Iterable[tuple[Submission, Mapping[str, bytes]]], *, settings: ReadingSettings = DEFAULT_READING
) -> Surveys:
    """Looks at the small PDFs of several submissions at once, as far as their bytes are given: `read_quickly` then
    need not ask for each. Empty where one of them can't be looked at with the others."""
    files = {
        part.digest: contents[part.digest]
        for submission, contents in submissions
        if not _shows_pictures(submission)
        for part in map(submission.parts.__getitem__, submission.attachments)
        if part.media_type == PDF and _may_be_read(part) and part.size <= pdf_surveys.SMALL and part.digest in contents
    }
    return pdf_surveys.survey_many(files, settings.limits) if len(files) > 1 else {}


def _shows_pictures(submission: Submission) -> bool:
    return submission.carrier is not None or any(_is_picture(submission.parts[i]) for i in submission.attachments)


def _may_be_read(part: Part) -> bool:
    return bool(part.size) and not _NEVER_READ & set(part.defects)


class _NeedsSight(Exception):
    """A page has no words of its own: the quick reading ends here."""


def _refuse(done: int, total: int) -> None:
    """Progress is told before the first page is looked at: whoever may not look stops there."""
    raise _NeedsSight


def _read(
    submission: Submission,
    index: int,
    number: int,
    content: Content,
    pages: tuple[int, int] | None,
    carrier: bool,
    way: _Way,
) -> Document:
    part = submission.parts[index]
    found = _Found()
    if part.media_type == "message/rfc822":
        found = _words_of_mail(submission, index)
    elif _may_be_read(part):
        found = _read_part(part, content(part.digest), pages, way)
    return Document(
        index=number,
        part=index,
        path=part.path,
        filename=part.filename,
        digest=part.digest,
        media_type=part.media_type,
        size=part.size,
        pages=found.pages,
        page_count=max(found.total, len(found.pages)),
        text_source=_main_source(found.pages),
        carrier=carrier,
        form_fields=found.fields,
        signers=part.signers,
        defects=tuple(dict.fromkeys((*part.defects, *found.defects))),
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    pages: tuple[Page, ...] = ()
    total: int = 0
    fields: tuple[tuple[str, str], ...] = ()
    defects: tuple[str, ...] = ()


def _read_part(part: Part, data: bytes, pages: tuple[int, int] | None, way: _Way) -> _Found:
    settings, cache, progress = way.settings, way.cache, way.progress
    first, count = pages or (0, settings.limits.pages)
    count = min(count, settings.limits.pages)
    if part.media_type in OFFICE_TYPES:
        text = read_office(data, part.media_type, settings.limits)
        return _Found(
            pages=tuple(
                Page(number=number, text=words, source=TextSource.OFFICE) for number, words in enumerate(text.pages)
            ),
            total=len(text.pages),
            defects=text.defects,
        )
    spoken = part.media_type.startswith("audio/") and bool(settings.transcriber)
    if part.media_type != PDF and not _is_picture(part) and not spoken:
        return _Found(defects=(defects.UNSUPPORTED,))
    seen = way.surveys.get(part.digest) if pages is None and part.media_type == PDF else None
    if seen is not None and not seen["sight"]:
        # Text layers are read faster than looked up or kept.
        return _read_pdf(data, seen, first, settings, progress)
    key = cache_key(part.digest, part.media_type, settings, first, count) if cache else ""
    known = _from_cache(cache.get(key)) if cache else None
    if known is not None:
        return known
    if spoken:
        found = _listen(data, part.media_type, settings, progress)
    elif part.media_type == PDF:
        if seen is None:
            seen = pdf_surveys.survey(data, first, count, settings.limits)
        found = _read_pdf(data, seen, first, settings, progress)
    else:
        found = _read_picture(data, first, count, settings, progress)
    looked_at = any(page.source in (TextSource.OCR, TextSource.SPEECH) for page in found.pages)
    broken = defects.ISOLATION_DEFECTS & {*found.defects, *(d for page in found.pages for d in page.defects)}
    if cache and looked_at and not broken:
        # A child that ran out of time or memory may do better another day.
        cache.put(key, _to_cache(found))
    return found


def _read_pdf(
    data: bytes, seen: Plain | Defect, first: int, settings: ReadingSettings, progress: Progress | None
) -> _Found:
    """`seen`: its survey."""
    if isinstance(seen, Defect):
        return _Found(defects=(seen.code,))
    pages = {page.number: page for page in map(from_plain, seen["pages"])}
    for page in _by_sight(data, seen["sight"], settings, progress, is_pdf=True):
        pages[page.number] = page
    fields = [(str(name), str(value), int(page)) for name, value, page in seen["fields"]]
    for name, value, number in fields:
        _write_field(pages, number if number in pages else first, f"{name}: {value}")
    return _Found(
        pages=tuple(pages[number] for number in sorted(pages)),
        total=int(seen["total"]),
        fields=tuple((name, value) for name, value, _ in fields),
        defects=(*seen["defects"], *_cut_short(int(seen["total"]), first, settings)),
    )


def _listen(data: bytes, media_type: str, settings: ReadingSettings, progress: Progress | None) -> _Found:
    """A recording is one page of the words that the installation's program hears."""
    if progress:
        progress(0, 1)
    speech = heard(data, media_type, settings.transcriber, seconds=settings.transcriber_seconds, limits=settings.limits)
    pages = (Page(number=0, text=speech.text, source=TextSource.SPEECH),) if speech.text else ()
    if progress:
        progress(1, 1)
    return _Found(pages=pages, total=len(pages), defects=speech.defects)


def _read_picture(data: bytes, first: int, count: int, settings: ReadingSettings, progress: Progress | None) -> _Found:
    answer = survey_workshop().run("image.count", {"data": data}, limits=settings.limits, seconds=_COUNT_SECONDS)
    if isinstance(answer, Defect):
        return _Found(defects=(answer.code,))
    total = int(answer["total"])
    numbers = list(range(first, min(total, first + count)))
    pages = _by_sight(data, numbers, settings, progress, is_pdf=False)
    broken = (defects.CORRUPT,) if pages and all(defects.CORRUPT in page.defects for page in pages) else ()
    return _Found(
        pages=tuple(pages),
        total=total,
        defects=(*answer["defects"], *broken, *_cut_short(total, first, settings)),
    )


def _by_sight(
    data: bytes, numbers: list[int], settings: ReadingSettings, progress: Progress | None, *, is_pdf: bool
) -> list[Page]:
    """Pages shared out to the children; the engine starts once for each share."""
    if not numbers:
        return []
    if progress:
        progress(0, len(numbers))
    shares = _shares(numbers, settings)
    languages = language_option(settings.languages)
    done: list[Page] = []

    def read(share: list[int]) -> list[Page]:
        return _read_share(data, share, settings, languages, is_pdf=is_pdf)

    if len(shares) == 1:
        done = read(shares[0])
        if progress:
            progress(len(numbers), len(numbers))
        return done
    with ThreadPoolExecutor(max_workers=min(len(shares), settings.readers or 8)) as pool:
        for pages in pool.map(read, shares):
            done.extend(pages)
            if progress:
                progress(len(done), len(numbers))
    return done


def _read_share(
    data: bytes, share: list[int], settings: ReadingSettings, languages: str, *, is_pdf: bool
) -> list[Page]:
    request = {
        "data": data,
        "is_pdf": is_pdf,
        "pages": share,
        "languages": languages,
        "page_seconds": settings.page_seconds,
        "second_reading": settings.second_reading,
    }
    seconds = (settings.page_seconds + 20) * len(share) + 10
    answer = sight_workshop(settings.readers).run("page.read", request, limits=settings.limits, seconds=seconds)
    if not isinstance(answer, Defect):
        return [from_plain(page) for page in answer["pages"]]
    if len(share) == 1 or answer.code == defects.NOT_STARTED:
        return [Page(number=number, text="", defects=(answer.code,)) for number in share]
    # One page among them is to blame: each is tried alone.
    return [page for number in share for page in _read_share(data, [number], settings, languages, is_pdf=is_pdf)]


def _shares(numbers: list[int], settings: ReadingSettings) -> list[list[int]]:
    """As many to each reader, in as few rounds as `pages_per_start` allows."""
    readers = settings.readers or os.cpu_count() or 2
    rounds = max(1, -(-len(numbers) // (readers * max(1, settings.pages_per_start))))
    size = max(1, -(-len(numbers) // (rounds * readers)))
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]


def _words_of_mail(submission: Submission, index: int) -> _Found:
    """A message sent as an attachment was opened with the rest: its words are among the submission's messages."""
    inside = {index}
    for part in submission.parts:
        if part.parent in inside:
            inside.add(part.index)
    texts = []
    for message in submission.messages:
        if message.part in inside:
            heads = [message.subject or ""]
            body = [message.new, message.signature, message.quoted]
            texts.append("\n\n".join(piece for piece in (*heads, *body) if piece.strip()))
    pages = tuple(Page(number=number, text=text, source=TextSource.OFFICE) for number, text in enumerate(texts))
    return _Found(pages=pages, total=len(pages))


def _write_field(pages: dict[int, Page], number: int, line: str) -> None:
    page = pages.get(number)
    if page is not None:
        text = f"{page.text}\n{line}" if page.text else line
        source = page.source if page.source is not TextSource.NONE else TextSource.TEXT_LAYER
        pages[number] = dataclasses.replace(page, text=text, blank=False, source=source)


def _cut_short(total: int, first: int, settings: ReadingSettings) -> tuple[str, ...]:
    return (defects.TOO_MANY_PAGES,) if first == 0 and total > settings.limits.pages else ()


def _main_source(pages: tuple[Page, ...]) -> TextSource:
    """Where most of the text comes from."""
    amounts: dict[TextSource, int] = {}
    for page in pages:
        if page.source is not TextSource.NONE:
            amounts[page.source] = amounts.get(page.source, 0) + len(page.text)
    return max(amounts, key=lambda source: amounts[source], default=TextSource.NONE)


def _is_picture(part: Part) -> bool:
    return part.media_type.startswith("image/") and part.media_type not in OFFICE_TYPES


def _to_cache(found: _Found) -> dict[str, Any]:
    return {
        "pages": [to_plain(page) for page in found.pages],
        "total": found.total,
        "fields": [list(field) for field in found.fields],
        "defects": list(found.defects),
    }


def _from_cache(known: Mapping[str, Any] | None) -> _Found | None:
    """None also for what somebody else wrote there."""
    if known is None:
        return None
    try:
        return _Found(
            pages=tuple(map(from_plain, known["pages"])),
            total=int(known["total"]),
            fields=tuple((str(name), str(value)) for name, value in known["fields"]),
            defects=tuple(known["defects"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
