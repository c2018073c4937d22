"""Papers of an item: one for each attached document, and for a fax or letter one for each run of pages that belong
together. A new paper starts where a salutation, a letterhead, a title or a card starts; a blank page is no paper.
"""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from classifier import dating
from classifier.document_kind import VERSION, KindGuess, kind_of
from classifier.mentions import addressee, letterhead
from classifier.model.weights import Weights
from classifier.operators import Operators
from classifier.paper_voice import Look, heard
from classifier.reading_view import View
from mailroom.document import Document, Page
from mailroom.finding import Paper, PaperKind

_CONTINUES = re.compile(
    r"^\W{0,12}(?:\(?(?:segue|continua|seguito)\b|(?:pag(?:ina|\.)?|foglio|p\.) ?(?:n\.? ?)?(?:[2-9]|1\d)\b|-? ?(?:[2-9])(?: ?-|/\d)\s*$|(?:[2-9]) ?(?:di|/) ?\d\b|retro)",
    re.MULTILINE,
)
_FIRST = re.compile(r"^\W{0,12}(?:pag(?:ina|\.)?|foglio|p\.) ?(?:n\.? ?)?1\b", re.MULTILINE)
_WILL_CONTINUE = re.compile(
    r"(?:\(?segue|continua(?: a pag\w*| sul retro| nella pagina)?|\./\.|vedi retro|segue a pag\w*)\W{0,6}$"
)
_OPENS = re.compile(
    r"^\W{0,12}(?:spett\S*|egregi\w*|egr\. ?|gentil\w+|gent\S+ (?:mi|ma|mo)|alla? (?:c\.?a\.?|cortese|spett)|oggetto\b|raccomandata|illustr\w+|buongiorno|buonasera|salve\b|cari?\b|"
    r"(?:io |il |la )?sottoscritt[oa]|[a-z' ]{3,30},? (?:li,? |il )?(?:\d{1,2}[°º]? "
    r"(?:gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic)[a-z]{0,7}|\d{1,2}[/.\-]\d{1,2}[/.\-])(?: ?\d{2,4})?)",
    re.MULTILINE,
)
_NUMBERED = re.compile(r"pag(?:ina|\.)? ?(\d{1,2}) ?(?:di|/|su) ?\d{1,2}\W*$")
_OF_ALL = re.compile(r"(?<![\d/.])(\d{1,2}) ?(?:/|di) ?(\d{1,2})\W*$")
_TITLES = re.compile(r"^(?:[A-Z0-9ÀÈÉÌÒÙ'’.,:()/\- ]{6,70})$", re.MULTILINE)
_ENDS = re.compile(r"(?:distinti|cordiali|migliori) saluti|in fede|con osservanza|\bfirma\b|grazie|saluti|ossequi")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """One page with what its own look says."""

    page: Page
    plain: str
    guess: KindGuess
    counted: bool
    """Its number is that of the sheet among all that were sent: it says nothing of the paper."""


def papers(
    view: View, documents: Sequence[Document], operators: Operators, voice: Weights | None = None
) -> tuple[Paper, ...]:
    """Every paper, in the order of documents and pages; `voice`: the model of `classifier.paper_voice`."""
    by = f"{VERSION} paper/{voice.version}" if voice else VERSION
    return tuple(replace(paper, by=by) for paper in _papers(view, documents, operators, voice))


def _papers(view: View, documents: Sequence[Document], operators: Operators, voice: Weights | None) -> list[Paper]:
    texts = {(p.document, p.page): p.plain for p in view.passages if p.document is not None}
    found: list[Paper] = []
    for document in documents:
        if document.carrier:
            found += _carrier_papers(document, texts, operators, voice)
        else:
            found.append(_attached_paper(document, texts, operators, voice))
    return found


def _attached_paper(
    document: Document, texts: dict[tuple[int, int | None], str], operators: Operators, voice: Weights | None
) -> Paper:
    plain = "\n\n".join(texts.get((document.index, page.number), "") for page in document.pages)
    guess = _guess(plain, paper_look(document, document.pages, operators), voice, media_type=document.media_type)
    return _paper(document, 0, max(document.page_count, len(document.pages), 1), guess, plain, document.pages)


def paper_look(document: Document, pages: Sequence[Page], operators: Operators) -> Look:
    """What shows of these pages beside their words."""
    raw = pages[0].text if pages else ""
    head = letterhead(raw, operators)
    to = addressee(raw, operators)
    return Look(
        filename=None if document.carrier else document.filename,
        card=any(page.card for page in pages),
        photo=any(page.photo for page in pages),
        operator_heads=head is not None and to is None,
        addressed_to_operator=to is not None and to.kind != "body",
        carrier=document.carrier,
    )


def table_guess(plain: str, look: Look, *, media_type: str = "") -> KindGuess:
    """What the table of cues alone says."""
    return kind_of(
        plain,
        filename=look.filename,
        media_type="" if look.carrier else media_type,
        card=look.card,
        photo=look.photo,
        operator_heads=look.operator_heads,
        addressed_to_operator=look.addressed_to_operator,
        carrier=look.carrier,
    )


def _guess(plain: str, look: Look, voice: Weights | None, *, media_type: str = "") -> KindGuess:
    return heard(table_guess(plain, look, media_type=media_type), plain, look, voice)


def _paper(document: Document, first: int, count: int, guess: KindGuess, plain: str, pages: Sequence[Page]) -> Paper:
    signed: bool | None = None
    told = [page.signature for page in pages if page.signature is not None]
    if told:
        signed = any(told)
    if any(signer.valid is not False for signer in document.signers):
        signed = True
    return Paper(
        document=document.index,
        first_page=first,
        pages=count,
        kind=guess.kind,
        confidence=guess.confidence,
        signed=signed,
        dated=dating.date_of(plain),
        detail=guess.detail,
        by=VERSION,
    )


# --- fax and post ------------------------------------------------------------------------------------------------


def _carrier_papers(
    document: Document, texts: dict[tuple[int, int | None], str], operators: Operators, voice: Weights | None
) -> list[Paper]:
    leaves = []
    total = len(document.pages)
    for page in document.pages:
        plain = texts.get((document.index, page.number), "")
        if _is_blank(page, plain):
            continue
        guess = _guess(plain, paper_look(document, [page], operators), voice)
        leaves.append(_Leaf(page=page, plain=plain, guess=guess, counted=_counts_all(plain, page.number, total)))
    runs: list[list[_Leaf]] = []
    for leaf in leaves:
        if runs and _joins(runs[-1], leaf):
            runs[-1].append(leaf)
        else:
            runs.append([leaf])
    found = [_of_run(document, run, operators, voice, only=len(runs) == 1, first=n == 0) for n, run in enumerate(runs)]
    return _with_letter(found, runs, operators)


def _with_letter(found: list[Paper], runs: list[list[_Leaf]], operators: Operators) -> list[Paper]:
    """Somebody wrote to us: where no paper is the letter, the first that reads like one and has no other address is."""
    if any(p.kind is PaperKind.REQUEST_FORM for p in found):
        return found
    for number, (paper, run) in enumerate(zip(found, runs, strict=True)):
        unsure = paper.kind in (PaperKind.COMPLAINT, PaperKind.SUPPLIER_REPLY) or (
            paper.kind is PaperKind.OTHER and paper.detail is None and len(run[0].plain.split()) > 3
        )
        if unsure and addressee(run[0].page.text, operators) is None:
            found[number] = replace(paper, kind=PaperKind.REQUEST_FORM, confidence=0.7)
            break
    return found


def _is_blank(page: Page, plain: str) -> bool:
    letters = sum(c.isalnum() for c in plain)
    return not page.card and not page.photo and (page.blank or letters < 4)


def _counts_all(plain: str, number: int, total: int) -> bool:
    """Whether this sheet's head numbers it among all sheets of the fax (``3/4``), as copy shops do."""
    lines = [line for line in plain.split("\n") if line.strip()][:2]
    found = next((met for line in lines if (met := _OF_ALL.search(line))), None)
    return found is not None and (int(found[1]), int(found[2])) == (number + 1, total)


def _joins(run: list[_Leaf], leaf: _Leaf) -> bool:
    """Whether a page goes on with the paper before it."""
    last = run[-1]
    top = "\n".join([line for line in leaf.plain.split("\n") if line.strip()][:3])
    numbered = _NUMBERED.search(leaf.plain.rstrip()[-90:])
    if _FIRST.search(top):
        return False
    if numbered and numbered[1] != "1":
        return leaf.guess.kind is not PaperKind.IDENTITY_DOCUMENT
    if last.guess.kind is leaf.guess.kind is PaperKind.IDENTITY_DOCUMENT:
        return _same_card(run, leaf)
    if PaperKind.IDENTITY_DOCUMENT in (last.guess.kind, leaf.guess.kind) and (leaf.page.card or last.page.card):
        return False
    goes_on = _CONTINUES.search(top) and not leaf.counted
    if goes_on or _WILL_CONTINUE.search(last.plain.rstrip()[-60:]):
        return leaf.guess.kind is not PaperKind.IDENTITY_DOCUMENT
    if _starts_paper(leaf):
        return False
    kinds = {run[0].guess.kind, leaf.guess.kind}
    letters = {PaperKind.REQUEST_FORM, PaperKind.COMPLAINT, PaperKind.SUPPLIER_REPLY, PaperKind.DELEGATION}
    begins_low = bool(re.match(r"\s*[a-z]", leaf.page.text))
    if begins_low and not _is_finished(last):
        return True
    if len(kinds) == 1:
        return True
    if run[0].guess.kind in (PaperKind.REQUEST_FORM, PaperKind.COMPLAINT) and _is_bare(leaf):
        return not _is_finished(last)
    return run[0].guess.kind in letters and leaf.guess.kind in letters and not _is_finished(last)


def _is_bare(leaf: _Leaf) -> bool:
    """Nothing says what it is, but somebody ends there: the last lines of a letter, its address and its signature."""
    return leaf.guess.kind is PaperKind.OTHER and leaf.guess.detail is None and _is_finished(leaf)


def _same_card(run: list[_Leaf], leaf: _Leaf) -> bool:
    """Front and back of one card: at most two sheets, and not two fronts."""
    front = re.compile(r"cognome|surname")
    return len(run) < 2 and not (front.search(run[0].plain) and front.search(leaf.plain))


def _starts_paper(leaf: _Leaf) -> bool:
    lines = [line for line in leaf.plain.split("\n") if line.strip()]
    top = "\n".join(lines[:5])
    if _OPENS.search(top):
        return True
    raw_lines = [line for line in leaf.page.text.split("\n") if line.strip()]
    if raw_lines and _TITLES.match(raw_lines[0].strip()) and any(c.isalpha() for c in raw_lines[0]):
        return True
    structured = (
        PaperKind.BILL, PaperKind.PAYMENT_RECEIPT, PaperKind.CONTRACT, PaperKind.COMPANY_RECORD, PaperKind.SUPPLIER_REPLY,
        PaperKind.DELEGATION,
    )  # fmt: skip
    return leaf.guess.kind in structured and leaf.guess.confidence > 0.6


def _is_finished(leaf: _Leaf) -> bool:
    """The page ends like a letter: a greeting or a signature near its foot."""
    return bool(_ENDS.search(leaf.plain.rstrip()[-160:])) or leaf.page.signature is True


def _of_run(
    document: Document, run: list[_Leaf], operators: Operators, voice: Weights | None, *, only: bool, first: bool
) -> Paper:
    plain = "\n\n".join(leaf.plain for leaf in run)
    pages = [leaf.page for leaf in run]
    if len(run) == 1:
        guess = run[0].guess
    else:
        guess = _guess(plain, paper_look(document, pages, operators), voice)
    if first and guess.kind is PaperKind.OTHER and guess.confidence < 0.6 and (only or len(plain.split()) > 25):
        guess = KindGuess(
            kind=PaperKind.REQUEST_FORM, confidence=0.6, alternatives=((PaperKind.OTHER, guess.confidence),)
        )
    first_page = run[0].page.number
    return _paper(document, first_page, run[-1].page.number - first_page + 1, guess, plain, pages)
