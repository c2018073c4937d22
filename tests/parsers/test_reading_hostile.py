"""Files made to hurt the reader: bounded and marked, and the next file is read as if nothing had been."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mailroom.document import TextSource
from parsers import defects
from parsers.limits import Limits
from parsers.reading import ReadingSettings
from tests.parsers.reading_submissions import read_one
from tests.parsers.test_reading_pages import PAGES, tiff

BAD = {defects.CORRUPT, defects.UNPACKED_TOO_LARGE, defects.TOO_MUCH_MEMORY, defects.TIMED_OUT, defects.CRASHED}


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(side: int) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def looping_tiff() -> bytes:
    """Two directories that each name the other as the next."""
    data = bytearray(tiff(Image.new("1", (1728, 1100), 1), (204, 98)))
    first = struct.unpack_from("<I", data, 4)[0]
    entries = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * entries, first)
    return bytes(data)


def found(data: bytes, name: str, **options: object) -> set[str]:
    document = read_one(data, name, **options)
    return {*document.defects, *(defect for page in document.pages for defect in page.defects)}


@pytest.mark.parametrize("side", [60_000, 2_000_000_000])
def test_a_picture_that_unfolds_beyond_the_limit_is_marked(side: int) -> None:
    assert found(png_bomb(side), "bomba.png") & BAD


def test_directories_that_go_round_in_a_circle_are_walked_once() -> None:
    document = read_one(looping_tiff(), "fax.tif")
    assert document.page_count <= 2


def test_a_fax_thirty_thousand_pixels_wide_is_bounded() -> None:
    data = tiff(Image.new("1", (30_000, 1100), 1), (204, 98))
    assert read_one(data, "fax.tif").page_count == 1


def test_a_fax_one_pixel_high_has_no_text_and_harms_nobody() -> None:
    document = read_one(tiff(Image.new("1", (1728, 1), 0), (204, 98)), "fax.tif")
    assert document.text == ""


def test_a_fax_cut_short_is_read_as_far_as_it_goes_and_marked() -> None:
    data = (PAGES / "scan_200_turned.jpg").read_bytes()
    document = read_one(data[: len(data) * 4 // 5], "scan.jpg")
    assert defects.CORRUPT in document.defects or document.text


def test_a_fax_whose_last_sheets_were_lost_on_the_way_is_read_and_marked() -> None:
    with Image.open(PAGES / "fax_fine_header.tif") as image:
        out = io.BytesIO()
        image.save(out, "TIFF", save_all=True, append_images=[image, image], compression="group4", dpi=(204, 196))
    whole = out.getvalue()
    document = read_one(whole[: len(whole) * 6 // 10], "fax.tif")
    assert defects.CORRUPT in document.defects
    assert "cortese attenzione" in document.text
    assert read_one(whole, "fax.tif").defects == ()


@pytest.mark.parametrize("name", ["a.pdf", "a.tif", "a.png", "a.jpg"])
def test_garbage_is_corrupt_and_nothing_else(name: str) -> None:
    document = read_one(b"%PDF-1.7 \x00\x01 ceci n'est pas un fichier", name)
    assert defects.CORRUPT in document.defects
    assert document.text_source is TextSource.NONE


def test_a_page_that_takes_too_long_is_marked_and_the_next_file_is_read() -> None:
    data = (PAGES / "fax_standard.tif").read_bytes()
    hurried = ReadingSettings(page_seconds=0.05)
    assert found(data, "fax.tif", settings=hurried) & {defects.TIMED_OUT}
    assert read_one(data, "fax.tif").text


def test_more_pages_than_the_limit_are_counted_but_not_read() -> None:
    blank = Image.new("1", (200, 280), 1)
    out = io.BytesIO()
    blank.save(out, "TIFF", save_all=True, append_images=[blank] * 9, compression="group4", dpi=(200, 200))
    document = read_one(out.getvalue(), "fax.tif", settings=ReadingSettings(limits=Limits(pages=4)))
    assert len(document.pages) == 4
    assert defects.TOO_MANY_PAGES in document.defects


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from(["fax_fine_header.tif", "text"]))
def test_damage_anywhere_never_raises(noise: bytes, at: int, which: str) -> None:
    from bench.plain_pdf import text_pdf

    whole = text_pdf("Spettabile Sportello") if which == "text" else tiff(Image.new("1", (300, 200), 1), (204, 98))
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    read_one(damaged, "a.pdf" if which == "text" else "a.tif")
