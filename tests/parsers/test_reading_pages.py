"""Paper read by sight: error rates on pages with exact truth, and what the page is told to be."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw
from rapidfuzz.distance import Levenshtein

from parsers.deskew import skew_of
from parsers.isolation import Defect
from parsers.limits import DEFAULT_LIMITS
from parsers.pdf import open_pdf
from parsers.pdf_pictures import bare_picture
from parsers.picture import Picture
from parsers.preparing import prepare
from parsers.reading import read_documents, read_quickly
from parsers.searchable import searchable_pdf
from parsers.specks import is_speckled, swept
from parsers.squaring import resolution_of
from tests.parsers.reading_submissions import content_of, paper, read_one

PAGES = Path(__file__).parents[1] / "corpus" / "pages"
# Name, allowed character error rate, rotation: twice what bench/read measures, so that a new engine does not fail us.
KNOWN = (
    ("fax_standard.tif", 0.020, 0),
    ("fax_standard_askew.tif", 0.020, 0),
    ("fax_fine_header.tif", 0.005, 0),
    ("fax_fine_upside_down.tif", 0.005, 180),
    ("scan_200_turned.jpg", 0.003, None),
    ("photo.jpg", 0.005, 0),
)
CODE = re.compile(r"\b(?:IT\d{3}E\d{8}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]|\d{14}|SPCEN\d{8}|IT\d\d[A-Z]\d{22})\b")


def plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("“", '"').replace("”", '"').split())


@pytest.mark.parametrize(("name", "allowed", "rotation"), KNOWN)
def test_a_known_page_is_read_within_its_error_rate(name: str, allowed: float, rotation: int | None) -> None:
    truth = (PAGES / name).with_suffix(".txt").read_text("utf-8")
    page = read_one((PAGES / name).read_bytes(), name).pages[0]
    wrong = Levenshtein.distance(plain(truth), plain(page.text)) / len(plain(truth))
    assert wrong <= allowed, page.text
    assert rotation is None or page.rotation == rotation
    assert not page.blank


@pytest.mark.parametrize("name", [name for name, _, _ in KNOWN])
def test_every_code_on_a_known_page_is_found_and_none_is_invented(name: str) -> None:
    truth = set(CODE.findall((PAGES / name).with_suffix(".txt").read_text("utf-8")))
    read = set(CODE.findall(read_one((PAGES / name).read_bytes(), name).pages[0].text))
    assert truth
    assert read == truth


def test_the_fax_machines_own_line_is_kept_apart_from_the_letter() -> None:
    page = read_one((PAGES / "fax_fine_header.tif").read_bytes(), "fax.tif").pages[0]
    assert page.header is not None
    assert "SPORTELLO ENERGIA" in page.header
    assert "PAG." not in page.text


def test_a_sheet_fed_face_down_is_blank_whatever_the_machine_printed_on_it() -> None:
    sheet = Image.new("1", (1728, 2292), 1)
    pen = ImageDraw.Draw(sheet)
    pen.text((60, 14), "05-02-2026 10:21   +39 011 5550123    PAG. 01/02", fill=0)
    rng = np.random.default_rng(1)
    for x, y in rng.integers(60, 1600, (80, 2)):
        pen.rectangle((int(x), int(y), int(x) + 1, int(y) + 1), fill=0)
    page = read_one(tiff(sheet, (204, 196)), "fax.tif").pages[0]
    assert page.blank
    assert page.text == ""


def test_words_stand_where_they_stand_on_the_upright_page() -> None:
    page = read_one((PAGES / "fax_fine_header.tif").read_bytes(), "fax.tif").pages[0]
    first = next(word for word in page.words if word.text.startswith("cortese"))
    assert first.box[1] < 0.15
    assert 0 < first.box[0] < first.box[2] < 0.5


def test_a_scribble_under_a_letter_is_a_signature_and_its_absence_is_told() -> None:
    bare = letter_picture()
    signed = bare.copy()
    points = [(330 + 16 * n, 1500 + (40 if n % 2 else -32) - 3 * n) for n in range(20)]
    ImageDraw.Draw(signed).line(points, fill=30, width=5, joint="curve")
    assert read_one(png(signed), "lettera.png").pages[0].signature is True
    assert read_one(png(bare), "lettera.png").pages[0].signature is False


def test_a_scan_can_be_searched_in_its_rendition() -> None:
    data = (PAGES / "fax_fine_upside_down.tif").read_bytes()
    document = read_one(data, "fax.tif")
    made = searchable_pdf(document, data)
    assert not isinstance(made, Defect)
    text = pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert CODE.findall(document.pages[0].text)[0] in text


def test_paper_and_pictures_wait_in_the_slow_queue_and_text_does_not() -> None:
    data = png(letter_picture())
    assert read_quickly(paper(data, "a.png"), content_of(data)) is None
    assert read_quickly(paper(b"parole", "a.txt"), content_of(b"parole")) is not None


@pytest.mark.parametrize(
    ("name", "dpi"),
    [
        ("fax_standard_askew", (204, 196)),
        ("fax_standard_askew", (72, 72)),
        ("fax_standard_askew", (200, 200)),
        ("fax_fine_header", (600, 600)),
    ],
)
def test_resolution_tags_that_the_page_belies_are_not_believed(name: str, dpi: tuple[int, int]) -> None:
    with Image.open(PAGES / f"{name}.tif") as image:
        page = read_one(tiff(image, dpi), "fax.tif").pages[0]
    truth = (PAGES / f"{name}.txt").read_text("utf-8")
    assert Levenshtein.distance(plain(truth), plain(page.text)) <= 0.01 * len(truth)
    assert page.height_mm == pytest.approx(297, abs=1)


@pytest.mark.parametrize(("rows", "fine"), [(500, False), (3400, False), (1146, True)])
def test_a_fax_of_any_length_without_tags_is_measured_by_its_writing(rows: int, fine: bool) -> None:
    with Image.open(PAGES / ("fax_fine_header.tif" if fine else "fax_standard.tif")) as image:
        sheet = Image.new("1", (1728, rows), 1)
        for top in range(0, rows, image.height):
            sheet.paste(image, (0, top))
    picture = Picture(pixels=np.asarray(sheet.convert("L")), dpi=None, bilevel=True)
    assert resolution_of(picture, picture.pixels) == (204.0, 196.0 if fine else 98.0)


@pytest.mark.parametrize("degrees", [-9.0, 7.0])
def test_a_sheet_laid_on_the_glass_by_hand_is_straightened(degrees: float) -> None:
    grey = np.asarray(letter_picture().rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=250))
    made = prepare(Picture(pixels=grey, dpi=(200.0, 200.0)))
    assert made.rotation == 0
    assert abs(skew_of(made.marks.letters)) < 0.3
    assert f"straightened {-degrees:.1f}" in made.steps


def test_salt_and_pepper_is_swept_from_a_fax_and_a_clean_one_left_as_it_is() -> None:
    with Image.open(PAGES / "fax_standard_askew.tif") as image:
        clean = np.asarray(image.convert("L"))
    rng = np.random.default_rng(5)
    dirty = np.where(rng.random(clean.shape) < 0.01, 255 - clean, clean).astype(np.uint8)
    assert is_speckled(dirty)
    assert not is_speckled(clean)
    ink = clean < 128
    assert np.count_nonzero((swept(dirty) < 128) != ink) < 0.2 * np.count_nonzero((dirty < 128) != ink)


def test_a_fax_within_a_pdf_is_read_like_the_fax_itself() -> None:
    with Image.open(PAGES / "fax_fine_header.tif") as image:
        out = io.BytesIO()
        image.save(out, "PDF", dpi=(204, 196))
    page = read_one(out.getvalue(), "fax.pdf").pages[0]
    assert page.header is not None
    assert plain(page.text) == plain((PAGES / "fax_fine_header.txt").read_text("utf-8"))


@pytest.mark.parametrize("change", ["stamped", "mirrored", "cropped"])
def test_a_picture_that_is_not_the_page_is_not_taken_for_it(change: str) -> None:
    with Image.open(PAGES / "fax_fine_header.tif") as image:
        out = io.BytesIO()
        image.save(out, "PDF", dpi=(204, 196))
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        page = pdf.pages[0]
        width, height = (float(edge) for edge in page.MediaBox[2:])
        name = next(iter(page.Resources.XObject.keys()))
        if change == "stamped":
            page.contents_add(b"0 0 50 50 re f")
        elif change == "mirrored":
            page.Contents = pikepdf.Stream(pdf, f"q {-width} 0 0 {height} {width} 0 cm {name} Do Q".encode())
        else:
            page.CropBox = [0, height / 2, width, height]
        changed = io.BytesIO()
        pdf.save(changed)
    with open_pdf(out.getvalue()) as pdf_as_it_was, open_pdf(changed.getvalue()) as other:
        assert bare_picture(pdf_as_it_was[0], DEFAULT_LIMITS) is not None
        assert bare_picture(other[0], DEFAULT_LIMITS) is None


def test_progress_counts_pages_up_to_the_last() -> None:
    data = (PAGES / "fax_standard.tif").read_bytes()
    told: list[tuple[int, int]] = []
    read_documents(paper(data, "fax.tif"), content_of(data), progress=lambda k, n: told.append((k, n)))
    assert told[-1] == (1, 1)


def letter_picture() -> Image.Image:
    """A short letter at 200 dpi, drawn with whatever DejaVu or Pillow's own font gives."""
    from PIL import ImageFont

    page = Image.new("L", (1654, 2339), 250)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(38)
    lines = ("Spettabile Sportello,", "", "la bolletta di marzo riporta un consumo che non", "riconosco e nessuno mi",
             "ha risposto. Chiedo di sapere come fare per avere", "il rimborso della somma pagata in", "eccesso.", "",
             "Distinti saluti", "Ornella Quarantelli")  # fmt: skip
    for number, line in enumerate(lines):
        pen.text((240, 300 + 90 * number), line, font=font, fill=20)
    return page


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(200, 200))
    return out.getvalue()


def tiff(image: Image.Image, dpi: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", dpi=dpi)
    return out.getvalue()
