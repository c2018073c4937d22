"""The text layer of a PDF page: its words with their places, and whether it can be believed. Runs in reading children.

A layer is believed when it is what a person would see. One that is invisible (another program's OCR behind a scan),
garbled (fonts without a Unicode map) or a mere stamp on a picture of a page is not: such pages are read from sight.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from mailroom.document import Box, Page, TextSource, Word

_MM_PER_POINT = 25.4 / 72
_DEVICE = 1_000_000
_MAX_OBJECTS = 4_000
_PLACES = 100_000
"""Steps in which a place on a page is told."""
_WORD = re.compile(r"\S+")
_JUNK = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ue000-\uf8ff]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# A hyphen at a line's end that pdfium joins silently is told by these two.
_SOFT = str.maketrans({"\ufffe": "-", "\u00ad": "-", "\u00a0": " ", "\x02": "-"})
_FEW_LETTERS = 3
_STAMP_LETTERS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class PageObjects:
    """What a page is made of, as far as it helps to judge its text layer."""

    texts: int = 0
    invisible_texts: int = 0
    others: int = 0
    picture_area: float = 0.0
    """Share of the page that its largest picture covers."""
    pictures: tuple[Box, ...] = ()
    """Boxes of pictures that cover a twentieth of the page or more."""


def read_layer(page: Any, number: int) -> tuple[Page, str]:
    """The page as its text layer has it, and a verdict: ``good``, ``read`` (by sight) or ``nothing`` (to see)."""
    place = _placer(page)
    width, height = page.get_size()
    text, words = _words(page, place)
    objects = survey(page, place)
    verdict = judge(text, objects)
    found = Page(
        number=number,
        text=text if verdict == "good" else "",
        words=words if verdict == "good" else (),
        source=TextSource.TEXT_LAYER if verdict == "good" else TextSource.NONE,
        blank=verdict == "nothing",
        width_mm=round(width * _MM_PER_POINT, 1),
        height_mm=round(height * _MM_PER_POINT, 1),
    )
    return found, verdict


def judge(text: str, objects: PageObjects) -> str:
    letters = sum(map(str.isalnum, text))
    if letters < _FEW_LETTERS:
        return "read" if objects.others or objects.picture_area or objects.texts else "nothing"
    if 2 * objects.invisible_texts > objects.texts:
        return "read"
    if looks_garbled(text):
        return "read"
    if objects.picture_area > 0.5 and letters < _STAMP_LETTERS:
        return "read"
    return "good"


def looks_garbled(text: str) -> bool:
    """Too many characters that nobody writes, or letters that make no Italian (or English) words."""
    dense = [char for char in text if not char.isspace()]
    if len(_JUNK.findall(text)) > 0.03 * len(dense):
        return True
    letters = [char for char in text.lower() if char.isalpha()]
    if len(letters) < 60:
        return False
    latin = sum(1 for char in letters if char < "\u0250")
    vowels = sum(1 for char in letters if char in "aeiouàèéìòùy")
    return latin < 0.7 * len(letters) or not 0.22 < vowels / len(letters) < 0.68


def survey(page: Any, place: Callable[[float, float], tuple[float, float]]) -> PageObjects:
    texts = invisible = others = 0
    pictures: list[Box] = []
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(min(pdfium_c.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        thing = pdfium_c.FPDFPage_GetObject(page, index)
        kind = pdfium_c.FPDFPageObj_GetType(thing)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            texts += 1
            invisible += pdfium_c.FPDFTextObj_GetTextRenderMode(thing) in (3, 7)
            continue
        others += 1
        if kind not in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM):
            continue
        if pdfium_c.FPDFPageObj_GetBounds(thing, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            pictures.append(_box(place, left, bottom, right, top))
    large = tuple(box for box in pictures if _area(box) >= 0.05)
    return PageObjects(
        texts=texts,
        invisible_texts=invisible,
        others=others,
        picture_area=max(map(_area, pictures), default=0.0),
        pictures=large,
    )


def _words(page: Any, place: Callable[[float, float], tuple[float, float]]) -> tuple[str, tuple[Word, ...]]:
    textpage = page.get_textpage()
    raw = textpage.get_text_range()
    count = textpage.count_chars()
    if len(raw) != count:
        raw = "".join(_character(textpage, index) for index in range(count))
    raw = raw.translate(_SOFT)
    texts: list[tuple[str, int]] = []
    ends: list[tuple[int, int]] = []
    lines: list[str] = []
    start = 0
    for line in _LINE_BREAK.split(raw):
        base, start = start, start + len(line) + 1
        if raw[base + len(line) : base + len(line) + 2] == "\r\n":
            start += 1
        if not line.strip():
            continue
        for match in _WORD.finditer(line):
            texts.append((match[0], len(lines)))
            ends.append((base + match.start(), base + match.end() - 1))
        lines.append(" ".join(line.split()))
    boxes = _boxes(textpage, ends, place)
    found = [
        Word(text=text, box=box, confidence=1.0, line=line) for (text, line), box in zip(texts, boxes, strict=True)
    ]
    return _with_blocks(lines, found), tuple(found)


def _boxes(
    textpage: Any, ends: list[tuple[int, int]], place: Callable[[float, float], tuple[float, float]]
) -> list[Box]:
    """Of words by their first and last characters."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    ask = pdfium_c.FPDFText_GetCharBox
    (ox, oy), (ax, ay), (bx, by) = place(0, 0), place(1, 0), place(0, 1)
    ax, ay, bx, by = ax - ox, ay - oy, bx - ox, by - oy
    found: list[Box] = []
    for first, last in ends:
        ask(textpage, first, left, right, bottom, top)
        x0, x1, y0, y1 = left.value, right.value, bottom.value, top.value
        if last != first:
            ask(textpage, last, left, right, bottom, top)
            x0, x1, y0, y1 = min(x0, left.value), max(x1, right.value), min(y0, bottom.value), max(y1, top.value)
        xs = (ox + ax * x0 + bx * y0, ox + ax * x1 + bx * y1)
        ys = (oy + ay * x0 + by * y0, oy + ay * x1 + by * y1)
        found.append((_place(min(xs)), _place(min(ys)), _place(max(xs)), _place(max(ys))))
    return found


def _place(value: float) -> float:
    return round(_clip(value) * _PLACES) / _PLACES


def _with_blocks(lines: list[str], words: list[Word]) -> str:
    """Lines, with an empty one where the gap on paper is larger than one and a half lines."""
    tops: dict[int, tuple[float, float]] = {}
    for word in words:
        top, bottom = tops.get(word.line, (1.0, 0.0))
        tops[word.line] = (min(top, word.box[1]), max(bottom, word.box[3]))
    pieces: list[str] = []
    for number, line in enumerate(lines):
        if number and number in tops and number - 1 in tops:
            above, here = tops[number - 1], tops[number]
            if here[0] - above[1] > 1.2 * (above[1] - above[0]):
                pieces.append("")
        pieces.append(line)
    return "\n".join(pieces)


def _character(textpage: Any, index: int) -> str:
    code = pdfium_c.FPDFText_GetUnicode(textpage, index)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _placer(page: Any) -> Callable[[float, float], tuple[float, float]]:
    """Page space to fractions of the page as shown: an affine map, asked of pdfium in three points."""
    x, y = ctypes.c_int(), ctypes.c_int()
    points = []
    for across, up in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        pdfium_c.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, across, up, x, y)
        points.append((x.value / _DEVICE, y.value / _DEVICE))
    (ox, oy), (ax, ay), (bx, by) = points
    ax, ay, bx, by = ((ax - ox) / 1000, (ay - oy) / 1000, (bx - ox) / 1000, (by - oy) / 1000)
    return lambda across, up: (ox + ax * across + bx * up, oy + ay * across + by * up)


def _box(
    place: Callable[[float, float], tuple[float, float]], left: float, bottom: float, right: float, top: float
) -> Box:
    x0, y0 = place(left, bottom)
    x1, y1 = place(right, top)
    return (_clip(min(x0, x1)), _clip(min(y0, y1)), _clip(max(x0, x1)), _clip(max(y0, y1)))


def _clip(value: float) -> float:
    return 0.0 if value < 0 else 1.0 if value > 1 else value


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
