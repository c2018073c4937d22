"""The net that reads codes in bad crops: what it sees on a drawn fax, and how that is laid along a shape."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont

from mailroom.document import Word
from parsers.code_net import MARKS, WEIGHTS, along, cut, seen, spelt
from parsers.ocr import of_words
from parsers.second_reading import look_again

FACE = Path("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf")
CODES = (("IT001E63307714", "pod"), ("00594201234078", "pdr"), ("GSVRMC85H18H553R", "cf"), ("SPCEN40299218", "spcen8"))


def faxed(code: str, *, missing: int = 0) -> tuple[npt.NDArray[np.uint8], tuple[float, float, float, float]]:
    """A line of standard fax (204 × 98 dots an inch, black and white, `missing` rows of it lost) brought to 250 dots an
    inch, and the box of the code on it."""
    sheet = Image.new("L", (1600, 200), 255)
    face = ImageFont.truetype(str(FACE), 61)  # 11 points at 400 dots an inch
    ImageDraw.Draw(sheet).text((100, 60), code, font=face, fill=20)
    left, top, right, bottom = face.getbbox(code)
    small = cv2.resize(np.asarray(sheet), (816, 49), interpolation=cv2.INTER_AREA)
    dots = np.where(small < 140, 0, 255).astype(np.uint8)
    for row in range(20, 20 + 4 * missing, 4):
        dots[row] = 255
    grey = cv2.resize(
        cv2.GaussianBlur(dots, (0, 0), sigmaX=1.3, sigmaY=0.65), (1000, 125), interpolation=cv2.INTER_CUBIC
    )
    scale = 1000 / 1600
    return grey.astype(np.uint8), (
        (100 + left) * scale,
        (60 + top) * scale,
        (100 + right) * scale,
        (60 + bottom) * scale,
    )


@pytest.mark.parametrize(("code", "shape"), CODES)
def test_a_code_on_a_standard_fax_is_read_whole(code: str, shape: str) -> None:
    crop = cut(*faxed(code))
    assert crop is not None
    odds = seen(crop)
    glimpse = along(odds, shape)
    assert glimpse is not None
    assert (spelt(odds), glimpse.text) == (code, code)
    assert glimpse.least > 0.5
    assert glimpse.strain < 2


def test_what_a_lost_row_made_doubtful_is_told_as_doubtful() -> None:
    whole, torn = (cut(*faxed("IT001E63386714", missing=rows)) for rows in (0, 3))
    assert whole is not None
    assert torn is not None
    clear, doubtful = along(seen(whole), "pod"), along(seen(torn), "pod")
    assert clear is not None
    assert doubtful is not None
    assert doubtful.least < clear.least


def test_a_shape_that_is_forced_upon_another_code_is_a_strain() -> None:
    crop = cut(*faxed("IT001E63307714"))
    assert crop is not None
    fitting, forced = along(seen(crop), "pod"), along(seen(crop), "cf")
    assert fitting is not None
    assert forced is not None
    assert forced.strain > fitting.strain + 10


def test_like_marks_that_follow_one_another_need_a_gap() -> None:
    """Two steps of one stroke are one mark: the second 1 is not made of it."""
    odds = np.full((40, len(MARKS) + 1), -12.0, dtype=np.float32)
    odds[:, -1] = -0.001
    for place, mark in enumerate("1122334455667"):
        odds[3 * place, MARKS.index(mark)], odds[3 * place, -1] = -0.001, -12.0
    odds[37, MARKS.index("7")], odds[37, -1] = -0.001, -12.0  # the step beside the last 7
    glimpse = along(odds, "pdr")
    assert glimpse is not None
    assert glimpse.strain > 5


def read_as(*words: str, code: str, part: float = 1.0) -> list[str]:
    """What the second look makes of a faxed code that was first read so, with little confidence; the last of the words
    is the code, of which the engine's box holds that part."""
    grey, (left, top, right, bottom) = faxed(code)
    box = (left, top, left + part * (right - left), bottom)
    before = [Word(text=word, box=(left - 90, top, left - 20, bottom), confidence=0.9, line=0) for word in words[:-1]]
    first = of_words([*before, Word(text=words[-1], box=box, confidence=0.3, line=0)], frozenset())
    with tempfile.TemporaryDirectory() as folder:
        (again,) = look_again([grey], [first], Path(folder), languages="ita", seconds=60)
    return [word.text for word in again.words]


def test_what_a_label_announces_is_looked_at_however_far_apart_it_fell() -> None:
    assert read_as("POD", "11°32211:26694473,", code="IT322E26694473") == ["POD", "IT322E26694473,"]


def test_a_label_before_no_code_makes_none() -> None:
    assert read_as("POD", "N4/19/2201/31B-8", code="via Roma 12/b") == ["POD", "N4/19/2201/31B-8"]


def test_the_net_knows_a_code_of_another_kind_than_the_reading_was_taken_for() -> None:
    assert read_as("POI)", "11887169974900", code="IT887E69974900") == ["POI)", "IT887E69974900"]


def test_a_case_code_whose_last_digits_the_engine_left_out_gets_them_back() -> None:
    assert read_as("pratica", "SPCEN402992", code="SPCEN40299218", part=11 / 13) == ["pratica", "SPCEN40299218"]
    assert read_as("pratica", "SPCEN402992", code="SPCEN402992") == ["pratica", "SPCEN402992"]


def test_a_box_too_small_for_a_code_is_not_read() -> None:
    grey = np.full((100, 400), 255, np.uint8)
    assert cut(grey, (10, 10, 200, 14)) is None
    assert cut(grey, (399, 20, 460, 24)) is None


def test_too_few_steps_make_no_code() -> None:
    grey = np.full((100, 400), 255, np.uint8)
    crop = cut(grey, (10, 10, 40, 60))
    assert crop is not None
    assert along(seen(crop), "iban") is None


def test_the_weights_are_small() -> None:
    assert WEIGHTS.stat().st_size < 1_500_000
