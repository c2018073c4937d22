"""Pages read by sight: pictures drawn or loaded, made ready, given to the engine. The duty of a reading child."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from mailroom.document import Barcode, Box, Page, TextSource, Word
from parsers import defects
from parsers.capital_i import told_apart
from parsers.fax_header import header_lines
from parsers.image import NoPicture, load_frames
from parsers.limits import Limits
from parsers.ocr import Reading, read, with_words
from parsers.page_plain import to_plain
from parsers.pdf import Unopenable, draw_pages
from parsers.photo import is_picture_of_the_world
from parsers.picture import Picture
from parsers.preparing import Prepared, grey_of, page_box, prepare
from parsers.second_reading import look_again
from parsers.signature_strokes import find_signatures
from parsers.tools.tesseract import EngineFailed, EngineTimedOut

NOT_READ = "not_read"
"""Defect of a page: the engine is missing or refused it."""
_FEW_LETTERS = 40
_BY_HAND = 0.7
_SCRIBBLED = 0.6
_WORDS_OF_A_CARD = 60
_CARD_WORDS_NEEDED = 3
_CARD_WORDS = re.compile(
    r"repubblica|identit|identity|patente|driving|tessera|sanitaria|ministero|cognome|surname|nascita|scadenza|expiry",
    re.IGNORECASE,
)
_DOUBTFUL = 0.5
_DOUBTFUL_IF_UNSURE = 0.78


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the gateway wants read; `pages` are numbers within the file."""

    data: bytes
    is_pdf: bool
    pages: Sequence[int]
    languages: str
    page_seconds: float
    second_reading: bool


def read_pages(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty: pages by sight, in the order asked for. Answers ``pages`` (plain)."""
    asked = Asked(**payload)
    pictures = _pictures(asked, limits)
    with tempfile.TemporaryDirectory() as folder:
        pages = _read_all(pictures, asked, Path(folder))
    return {"pages": [to_plain(page) for page in pages]}


def _pictures(asked: Asked, limits: Limits) -> list[tuple[Picture | None, str | None]]:
    """In grey from the moment they are drawn: a share of large pages in colour would fill the child's memory."""
    try:
        if asked.is_pdf:
            drawn = draw_pages(asked.data, asked.pages, limits)
            return [(None, found) if isinstance(found, str) else (_in_grey(found), None) for found in drawn]
        frames = load_frames(asked.data, asked.pages, limits)
        return [(None if picture is None else _in_grey(picture), defect) for picture, defect in frames]
    except (Unopenable, NoPicture) as error:
        return [(None, error.code)] * len(asked.pages)


def _in_grey(picture: Picture) -> Picture:
    return replace(picture, pixels=grey_of(picture.pixels))


def _read_all(pictures: list[tuple[Picture | None, str | None]], asked: Asked, folder: Path) -> list[Page]:
    looks = [None if picture is None else Look(prepared=prepare(picture)) for picture, _ in pictures]
    wanted = [look for look in looks if look is not None and _has_text(look.prepared)]
    failure = _read_once(wanted, asked, folder)
    if failure is None:
        _turn_doubtful(pictures, looks, asked, folder)
        if asked.second_reading:
            _read_codes_again(wanted, asked, folder)
        for read_one in wanted:
            if read_one.reading is not None:
                read_one.reading = told_apart(read_one.reading)
    pages = []
    for number, (_, defect), look in zip(asked.pages, pictures, looks, strict=True):
        marks = (defect,) if defect else ()
        if look is None:
            pages.append(Page(number=number, text="", defects=marks))
            continue
        if failure and _has_text(look.prepared):
            marks = (*marks, failure)
        pages.append(page_of(number, look.prepared, look.reading, marks))
    return pages


@dataclass(slots=True)
class Look:
    """One page while it is being read."""

    prepared: Prepared
    reading: Reading | None = None


def _read_once(looks: Sequence[Look], asked: Asked, folder: Path) -> str | None:
    """Fills in the readings; the defect if the engine did not give any."""
    if not looks:
        return None
    try:
        found = read(
            [look.prepared.grey for look in looks],
            folder,
            languages=asked.languages,
            dpi=[round(look.prepared.dpi) for look in looks],
            seconds=asked.page_seconds * len(looks),
        )
    except EngineTimedOut:
        return defects.TIMED_OUT
    except EngineFailed:
        return NOT_READ
    for look, reading in zip(looks, found, strict=True):
        look.reading = reading
    return None


def _turn_doubtful(
    pictures: Sequence[tuple[Picture | None, str | None]], looks: Sequence[Look | None], asked: Asked, folder: Path
) -> None:
    """What reads badly may lie otherwise than it looked: turned, it is read again, and the better reading stays."""
    for (picture, _), look in zip(pictures, looks, strict=True):
        if picture is None or look is None or look.reading is None:
            continue
        limit = _DOUBTFUL if look.prepared.sure_of_rotation else _DOUBTFUL_IF_UNSURE
        across = _runs_upwards(look.reading)
        if not across and (look.reading.confidence >= limit or not _has_text(look.prepared)):
            continue
        rotation = look.prepared.rotation
        turns = ((rotation + 90) % 360, (rotation + 270) % 360) if across else look.prepared.other_turns
        if across:
            look.reading = replace(look.reading, words=(), confidence=0.0)
        for turn in turns:
            other = Look(prepared=prepare(picture, turn=turn))
            if _read_once([other], asked, folder) is None and _worth(other) > 1.15 * _worth(look):
                look.prepared, look.reading = other.prepared, other.reading
            if look.reading is not None and look.reading.confidence >= _DOUBTFUL_IF_UNSURE:
                break


def _runs_upwards(reading: Reading) -> bool:
    """The engine reads lines that run up or down a page too; the page lies on its side then."""
    long = [word.box for word in reading.words if len(word.text) >= 4]
    return len(long) >= 4 and sum(box[3] - box[1] > box[2] - box[0] for box in long) > 0.6 * len(long)


def _worth(look: Look) -> float:
    """How much was read how surely: letters weighed by the square of their confidence."""
    return sum(len(word.text) * word.confidence**2 for word in look.reading.words) if look.reading else 0.0


def _read_codes_again(looks: Sequence[Look], asked: Asked, folder: Path) -> None:
    """A second look may fail or take too long: what was read first then stands."""
    read_ones = [look for look in looks if look.reading is not None]
    readings = [look.reading for look in read_ones if look.reading is not None]
    with contextlib.suppress(EngineTimedOut, EngineFailed):
        again = look_again(
            [look.prepared.grey for look in read_ones],
            readings,
            folder,
            languages=asked.languages,
            seconds=asked.page_seconds / 2 * max(1, len(readings)),
        )
        for look, reading in zip(read_ones, again, strict=True):
            look.reading = reading


def _has_text(prepared: Prepared) -> bool:
    return not prepared.blank and not prepared.only_codes


def page_of(number: int, prepared: Prepared, reading: Reading | None, marks: tuple[str, ...]) -> Page:
    """The page as the gateway knows it: boxes as fractions, the fax machine's own line set apart."""
    reading, header = _without_header(prepared, reading)
    scribbles = _signatures(prepared, reading)
    if reading is not None and scribbles:
        reading = _without_scribbles(reading, scribbles)
    words = tuple(replace(word, box=page_box(prepared, word.box)) for word in (reading.words if reading else ()))
    letters = sum(len(word.text) for word in words if word.confidence > 0.6)
    return Page(
        number=number,
        text=reading.text if reading else "",
        words=words,
        source=TextSource.OCR if reading and words else TextSource.NONE,
        confidence=reading.confidence if reading and words else 0.0 if _has_text(prepared) else 1.0,
        rotation=prepared.rotation,
        blank=prepared.blank or (header is not None and not words),
        photo=_has_text(prepared) and letters < _FEW_LETTERS and is_picture_of_the_world(prepared.grey),
        card=_is_card(prepared, reading),
        signature=None if scribbles is None else bool(scribbles),
        barcodes=tuple(
            Barcode(symbology=code.symbology, text=code.text, box=page_box(prepared, code.box))
            for code in prepared.barcodes
        ),
        width_mm=prepared.width_mm,
        height_mm=prepared.height_mm,
        defects=marks,
        header=header,
    )


def _without_header(prepared: Prepared, reading: Reading | None) -> tuple[Reading | None, str | None]:
    if reading is None or not prepared.bilevel:
        return reading, None
    height, width = prepared.grey.shape
    scaled = [
        replace(word, box=(word.box[0] / width, word.box[1] / height, word.box[2] / width, word.box[3] / height))
        for word in reading.words
    ]
    lines = header_lines(scaled)
    if not lines:
        return reading, None
    rest = [word for word in reading.words if word.line not in lines]
    pieces = [[word for word in reading.words if word.line == line] for line in sorted(lines)]
    return with_words(reading, rest), " ".join(word.text for word in _in_order(pieces))


def _in_order(pieces: list[list[Word]]) -> list[Word]:
    """A straightened sheet has the pieces of one line at different heights; those of two lines stand one on another."""
    pieces.sort(key=lambda piece: piece[0].box[0])
    if any(after[0].box[0] < before[-1].box[2] for before, after in pairwise(pieces)):
        pieces.sort(key=lambda piece: min(word.box[1] for word in piece))
    return [word for piece in pieces for word in piece]


def _signatures(prepared: Prepared, reading: Reading | None) -> list[Box] | None:
    """Boxes of scribbles in pixels of the prepared picture; None where there is no looking for them."""
    if reading is None or not _has_text(prepared) or reading.confidence < _BY_HAND:
        return None  # on a page written by hand every word is a scribble
    if prepared.card is None and _speaks_of_a_card(reading.words):
        return []  # a card's own signature is not the letter's
    scale = prepared.marks.dpi / prepared.dpi
    words = [(_scaled(word.box, scale), word.confidence) for word in reading.words]
    card = None if prepared.card is None else _scaled(prepared.card, scale)
    return [_scaled(box, 1 / scale) for box in find_signatures(prepared.marks, words, card)]


def _scaled(box: Box, scale: float) -> Box:
    return (box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale)


def _without_scribbles(reading: Reading, scribbles: Sequence[Box]) -> Reading:
    """What the engine took a signature for is no word."""

    def is_scribble(word: Word) -> bool:
        across, down = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        name = word.confidence > 0.25 and word.text.isalpha() and word.text[0].isupper() and len(word.text) >= 4
        return (
            word.confidence < _SCRIBBLED
            and not name
            and any(box[0] <= across <= box[2] and box[1] <= down <= box[3] for box in scribbles)
        )

    kept = [word for word in reading.words if not is_scribble(word)]
    return reading if len(kept) == len(reading.words) else with_words(reading, kept)


def _is_card(prepared: Prepared, reading: Reading | None) -> bool:
    """A frame of a card's proportions with a card's words in it, or a page of little but a card's words."""
    if reading is None:
        return False
    card = prepared.card
    if card is not None:
        left, top, right, bottom = card
        inside = [
            word
            for word in reading.words
            if left <= word.box[0] and word.box[2] <= right and top <= word.box[1] and word.box[3] <= bottom
        ]
        if _CARD_WORDS.search(" ".join(word.text for word in inside)):
            return True
    return _speaks_of_a_card(reading.words)


def _speaks_of_a_card(words: Sequence[Word]) -> bool:
    text = " ".join(word.text for word in words)
    kinds = {found.group().lower()[:6] for found in _CARD_WORDS.finditer(text)}
    return len(words) <= _WORDS_OF_A_CARD and len(kinds) >= _CARD_WORDS_NEEDED
