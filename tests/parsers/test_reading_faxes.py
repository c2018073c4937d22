"""What machines do to pages: lines that they print, rows that they lose, negatives."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from bench.paper import FACES
from bench.read import cases
from mailroom.document import Word
from parsers.dropped_lines import refilled
from parsers.fax_header import header_lines
from parsers.photo import find_sheet
from parsers.polarity import is_negative
from parsers.preparing import prepare
from tests.parsers.reading_submissions import read_one

SENDER = "05-02-2026 10:21   +39 011 5550123   CARTOLERIA BIANCHI   PAG. 01/02"
RELAY = "06/02/2026 08:02   FAXSERVER   0115550199 -> 064455   P 2/2"


def words_of(*lines: tuple[float, str]) -> list[Word]:
    """Lines that end so far down the page."""
    return [
        Word(text=text, box=(0.05 + 0.05 * n, bottom - 0.01, 0.09 + 0.05 * n, bottom), confidence=0.9, line=number)
        for number, (bottom, said) in enumerate(lines)
        for n, text in enumerate(said.split())
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ((0.08, "FROM: CARTOLERIA BIANCHI 011 5550123 TO: SPORTELLO ENERGIA P.1"),),
        ((0.08, RELAY),),
        ((0.08, "Received: Feb 6 2026 09:15am from 011 5550123 -> SPORTELLO Page 2"),),
        ((0.02, SENDER), (0.09, "Inviato da: STUDIO ROSSI Fax 06 5551234 06-02-26 09:15 Pag: 2")),
    ],
)
def test_a_page_of_nothing_but_machines_lines_says_nothing(lines: tuple[tuple[float, str], ...]) -> None:
    assert header_lines(words_of(*lines)) == frozenset(range(len(lines)))


@pytest.mark.parametrize(
    ("lines", "machines"),
    [
        (((0.08, "Da: Rossi a: Sportello, pag. 1: chiamatemi il 3/2/2026"),), set()),
        (((0.02, SENDER), (0.08, "Richiamatemi al 3331234567 dopo le 14:30")), {0}),
        (((0.02, SENDER), (0.08, RELAY), (0.3, "Vorrei una voltura")), {0}),
        (((0.15, RELAY),), set()),
    ],
)
def test_what_a_person_wrote_at_the_top_is_no_machines_line(
    lines: tuple[tuple[float, str], ...], machines: set[int]
) -> None:
    assert header_lines(words_of(*lines)) == machines


def test_two_machines_lines_are_told_one_after_the_other() -> None:
    sheet = Image.new("1", (1728, 2292), 1)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(FACES["typewriter"]), 26)
    for top, said in ((14, SENDER), (50, RELAY)):
        pen.text((60, top), said, font=font, fill=0)
    out = io.BytesIO()
    sheet.save(out, "TIFF", compression="group4", dpi=(204, 196))
    page = read_one(out.getvalue(), "fax.tif").pages[0]
    assert page.blank
    assert page.header is not None
    assert page.header.index("CARTOLERIA") < page.header.index("PAG") < page.header.index("FAXSERVER")


def test_lost_rows_are_filled_from_their_neighbours() -> None:
    (case,) = cases(["std-clean"], 1)
    whole = np.asarray(case.picture.pixels)
    inked = np.flatnonzero((whole < 128).sum(axis=1) > 60)
    torn = whole.copy()
    torn[inked[5::9]] = 255
    mended, holes = refilled(torn)
    lost, left = (int(np.abs(page.astype(int) - whole).sum()) for page in (torn, mended))
    assert holes > 0.6 * len(inked[5::9])
    assert left < 0.7 * lost


@pytest.mark.parametrize(
    ("below", "holes"),
    [
        # Stems reach above the small letters, whose upper edge the hole took.
        (range(0, 200, 2), 1),
        # The next line of writing.
        ((*range(0, 24, 2), *range(301, 400, 2)), 0),
    ],
)
def test_a_hole_is_told_from_the_gap_between_two_lines(below: Sequence[int], holes: int) -> None:
    page = np.full((40, 400), 255, np.uint8)
    page[10:20, [*range(0, 60, 4), *range(200, 240, 2)] if not holes else range(0, 60, 4)] = 0
    page[21:30, list(below)] = 0
    assert refilled(page)[1] == holes


@pytest.mark.parametrize("kind", ["scan200", "scan200-faded", "photo"])
def test_a_negative_in_grey_is_turned_positive_and_nothing_else_is(kind: str) -> None:
    (case,) = cases([kind], 1)
    assert "inverted" not in prepare(case.picture).steps
    if kind != "photo":
        assert "inverted" in prepare(replace(case.picture, pixels=255 - case.picture.pixels)).steps


def test_a_small_sheet_on_a_dark_table_is_no_negative() -> None:
    (case,) = cases(["scan200"], 1)
    table = np.full((2400, 3200), 40, np.uint8)
    sheet = case.picture.pixels[::2, ::2]
    table[700 : 700 + sheet.shape[0], 1200 : 1200 + sheet.shape[1]] = sheet
    assert not is_negative(table)


def test_light_that_fades_makes_no_sheet() -> None:
    across, down = np.meshgrid(np.arange(1200), np.arange(1700))
    inside = np.minimum(np.minimum(across - 150, 1050 - across), np.minimum(down - 200, 1500 - down))
    faded = (120 + 110 * np.clip(inside / 260 + 0.5, 0, 1)).astype(np.uint8)
    lying = np.where(inside > 0, 230, 120).astype(np.uint8)
    assert find_sheet(faded) is None
    assert find_sheet(lying) is not None
