"""The text of an item as every examiner reads it: passages with their place, folded once, evidence made from spans.

A passage is the subject, the writer's new words, their signature block, the quoted history, or one page of a paper.
`plain` is the same text folded (lower case, no accents, simple punctuation) character by character, so that a span
found in one is a span of the other. Fax header lines are blanked: they are the machine's words, not the writer's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from classifier.spotting import Expression
from mailroom.document import Box, Document, Page, TextSource, Word
from mailroom.envelope import Channel, Envelope
from mailroom.finding import Evidence, Paper, PaperKind, Where
from mailroom.submission import Message, Submission

MOST_CHARS = 60_000
"""Longer passages are cut: nobody writes that much, and patterns must stay bounded."""


def _fold_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in range(0x20, 0x250):
        base = unicodedata.normalize("NFD", chr(code).lower())[0]
        if base != chr(code):
            table[code] = base
    table |= {
        ord(a): b for a, b in zip("’‘´`′“”«»„–—−‐‑\xa0\u2009\u202f\u2007", "'''''\"\"\"\"\"-----    ", strict=True)
    }
    return table | {ord(c): "." for c in "·•…"} | {ord(c): " " for c in "\t\r\x0b\x0c\u200b\ufeff"}


_FOLD = _fold_table()
_FAX_HEADER = re.compile(
    r"(?=[^\n]*(?:\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}.{0,4}\d{1,2}[:.]\d\d|\+?\d[\d ]{8,}|pag|page|p\.))"
    r"[^\n]*(?:pag\w*|page|p)[. :]*[\do]{1,3} ?(?:[/-]|di|of) ?[\do]{1,3}\W*|"
    r"\W*\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4} +\d{1,2}[:.]\d\d\W*|"
    r"\W*\+?\d{2,3}[\d ]{7,16}[A-Za-z .]{0,40}|[^\n]*\d{1,2}[:.]\d\d[^\n]*\+?\d[\d ]{8,}[^\n]*"
)
_HEADER_LINES = 4


def fold(text: str) -> str:
    """Lower case, unaccented, plain quotes and hyphens; as long as `text`, newlines kept."""
    if text.isascii() and text.isprintable():
        return text.lower()  # the same, at a fraction of the cost: single words are folded by the hundred
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    where: Where
    text: str
    plain: str
    document: int | None = None
    page: int | None = None
    message: int | None = None
    paper: PaperKind | None = None
    """Kind of the paper this page belongs to; None outside documents or before papers are told."""
    read_by_eye: bool = False
    """The text comes from OCR."""
    words: tuple[Word, ...] = ()
    own: bool = False
    """The writer's words of today: subject, new text, signature block, or the letter to the Sportello."""
    lacks: frozenset[Expression] = frozenset()
    """What is known not to stand here, so that nobody looks for it (see `classifier.glance`)."""

    def find(
        self, expression: Expression, *, reading: str | None = None, until: int = MOST_CHARS
    ) -> Iterator[re.Match[str]]:
        """Where it stands in the first `until` characters; `reading`: in this reading of the folded text, with breaks
        or characters mended."""
        if expression in self.lacks and (reading is None or reading is self.plain):
            return iter(())
        text = self.text if expression.as_written else self.plain
        return expression.pattern.finditer(text if reading is None else reading, 0, until)

    def evidence(self, start: int, end: int, note: str | None = None) -> Evidence:
        """Evidence for the span, with the box of its words where the page has them."""
        return Evidence(
            where=self.where,
            text=self.text[start:end][:200],
            document=self.document,
            page=self.page,
            box=self.box(start, end),
            message=self.message,
            span=(start, end),
            note=note,
        )

    def sureness(self, start: int, end: int) -> float:
        """The reader's confidence in the words of the span; 1.0 where the page keeps no words."""
        position, sure = 0, []
        for word in self.words:
            at = self.text.find(word.text, position)
            if at < 0 or at - position > 2000:
                continue
            position = at + len(word.text)
            if at >= end:
                break
            if position > start:
                sure.append(word.confidence)
        return min(sure, default=1.0)

    def box(self, start: int, end: int) -> Box | None:
        """The smallest box around the words of the span; None where the page keeps no words."""
        position, boxes = 0, []
        for word in self.words:
            at = self.text.find(word.text, position)
            if at < 0 or at - position > 2000:
                continue
            position = at + len(word.text)
            if at >= end:
                break
            if position > start:
                boxes.append(word.box)
        if not boxes:
            return None
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    envelope: Envelope
    passages: tuple[Passage, ...]

    @property
    def paper_mail(self) -> bool:
        return self.envelope.channel in (Channel.FAX, Channel.POST)

    @property
    def own(self) -> tuple[Passage, ...]:
        return tuple(p for p in self.passages if p.own)

    def of(self, *kinds: PaperKind) -> tuple[Passage, ...]:
        return tuple(p for p in self.passages if p.paper in kinds)

    def at(self, *places: Where) -> tuple[Passage, ...]:
        return tuple(p for p in self.passages if p.where in places)

    def with_papers(self, papers: Iterable[Paper]) -> View:
        """The same view, each page told the kind of its paper; letters to the Sportello become own words."""
        kinds = {(p.document, n): p.kind for p in papers for n in range(p.first_page, p.first_page + p.pages)}
        told = []
        for passage in self.passages:
            if passage.document is not None:
                kind = kinds.get((passage.document, passage.page or 0))
                passage = replace(passage, paper=kind, own=kind is PaperKind.REQUEST_FORM)
            told.append(passage)
        return replace(self, passages=tuple(told))


def _nothing(_: Sequence[str]) -> frozenset[Expression]:
    return frozenset()


def read(
    envelope: Envelope,
    submission: Submission,
    documents: Sequence[Document],
    *,
    lacking: Callable[[Sequence[str]], frozenset[Expression]] = _nothing,
) -> View:
    """Passages in the order of trust: subject, new text, signature, pages, quoted text, carried messages.

    `lacking` tells by a glance at the passages' folded texts what need not be looked for in them."""
    passages: list[Passage] = []
    own = submission.own
    subject = envelope.subject or (own.subject if own else None)
    if subject:
        passages.append(_passage(Where.SUBJECT, subject, message=0, own=True))
    quoted: list[Passage] = []
    for number, message in enumerate(submission.messages):
        first = number == 0
        passages += _of_message(message, number, first=first)
        if message.quoted.strip():
            quoted.append(_passage(Where.QUOTED, _unquote(message.quoted), message=number))
    for document in documents:
        for page in document.pages:
            if page.text.strip() and page.source is not TextSource.SPEECH:
                faxed = document.carrier and envelope.channel is Channel.FAX
                passages.append(_of_page(document, page, faxed=faxed))
    passages = [p for p in passages if p.where is not Where.QUOTED] + [
        *(p for p in passages if p.where is Where.QUOTED),
        *quoted,
    ]
    lacks = lacking([passage.plain for passage in passages])
    return View(envelope=envelope, passages=tuple(replace(passage, lacks=lacks) for passage in passages))


def _of_message(message: Message, number: int, *, first: bool) -> list[Passage]:
    if not first:
        words = "\n".join(filter(None, (message.subject, message.new, message.signature)))
        return [_passage(Where.QUOTED, words, message=number)] if words.strip() else []
    found = []
    if message.new.strip():
        found.append(_passage(Where.BODY, message.new, message=number, own=True))
    if message.signature.strip():
        found.append(_passage(Where.SIGNATURE, message.signature, message=number, own=True))
    return found


def _of_page(document: Document, page: Page, *, faxed: bool) -> Passage:
    text = _without_fax_header(page.text) if faxed else page.text
    by_eye = page.source is TextSource.OCR
    return _passage(
        Where.DOCUMENT, text, document=document.index, page=page.number, words=page.words, read_by_eye=by_eye
    )


def _without_fax_header(text: str) -> str:
    """The page with the machine's own line(s) at its top blanked, as long as before."""
    lines = text.split("\n")
    seen = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        seen += 1
        if seen > _HEADER_LINES or not _FAX_HEADER.fullmatch(fold(line)):
            break
        lines[number] = " " * len(line)
    return "\n".join(lines)


def _passage(
    where: Where,
    text: str,
    *,
    document: int | None = None,
    page: int | None = None,
    message: int | None = None,
    own: bool = False,
    words: tuple[Word, ...] = (),
    read_by_eye: bool = False,
) -> Passage:
    text = text[:MOST_CHARS]
    return Passage(
        where=where,
        text=text,
        plain=fold(text),
        document=document,
        page=page,
        message=message,
        own=own,
        words=words,
        read_by_eye=read_by_eye,
    )


def _unquote(text: str) -> str:
    """Quote marks at line starts become blanks, so that codes broken over quoted lines are found."""
    return re.sub(r"(?m)^(?:[ \t]*[>|])+", lambda m: " " * len(m[0]), text)
