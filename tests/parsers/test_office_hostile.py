"""Office documents that are broken, locked, swollen, or point outside themselves."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from msoffcrypto import OfficeFile

from parsers import office
from parsers.limits import DEFAULT_LIMITS, MEGABYTE
from parsers.media_type import sniff
from parsers.office import OFFICE_TYPES, read_office
from tests.parsers.archive_maker import zipped
from tests.parsers.ole_maker import compound

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "' + b"x" * 50 + b'">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 50) for n in range(8)
) + b"]><b>ciao &i;</b>"  # fmt: skip


@pytest.mark.parametrize("media_type", sorted(OFFICE_TYPES))
@pytest.mark.parametrize(
    "data", [b"rubbish \xff\xfe\x00", b"PK\x03\x04rubbish", bytes(3000)], ids=["short", "zip", "zeros"]
)
def test_rubbish_of_every_kind_is_read_or_marked(media_type: str, data: bytes) -> None:
    read = read_office(data, media_type)
    assert not {"crashed", "timed_out"} & set(read.defects)
    assert read.pages or read.defects


@pytest.mark.parametrize("media_type", sorted(OFFICE_TYPES))
def test_nothing_is_empty(media_type: str) -> None:
    assert read_office(b"", media_type).defects == ("empty",)


def test_what_there_is_no_reader_for_is_said() -> None:
    assert read_office(b"x", "image/png").defects == ("unsupported",)


def test_a_cut_word_document_is_corrupt() -> None:
    out = io.BytesIO()
    docx.Document().save(out)
    assert read_office(out.getvalue()[:8000], DOCX).defects == ("corrupt",)


@pytest.mark.parametrize(
    ("media_type", "raw"),
    [
        ("application/xml", BOMB),
        (DOCX, zipped({"[Content_Types].xml": b"", "word/document.xml": BOMB})),
        (ODT, zipped({"content.xml": BOMB})),
        (f"{ODT}-flat-xml", BOMB),
    ],
    ids=["xml", "docx", "odt", "fodt"],
)
def test_entities_are_never_expanded(media_type: str, raw: bytes) -> None:
    read = read_office(raw, media_type)
    assert read.defects == ("external_content",)
    assert sum(map(len, read.pages)) < 1000


def test_files_outside_are_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "segreto.txt"
    secret.write_text("PAROLA-SEGRETA")
    raw = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><x>ciao &e;</x>'.encode()
    read = read_office(raw, "application/xml")
    assert read.defects == ("external_content",)
    assert "PAROLA" not in "".join(read.pages)
    assert "ciao" in read.pages[0]


def test_a_document_that_unfolds_to_gigabytes_is_stopped() -> None:
    swollen = b"<w:document xmlns:w='x'>" + b" " * (100 * MEGABYTE) + b"</w:document>"
    for media_type, name in ((DOCX, "word/document.xml"), (XLSX, "xl/worksheets/sheet1.xml"), (ODT, "content.xml")):
        read = read_office(zipped({"[Content_Types].xml": b"", name: swollen}), media_type)
        assert read.defects == ("unpacked_too_large",)


def test_nesting_without_end_is_a_defect_of_the_document() -> None:
    deep = b"<a>" * 200_000 + b"ciao" + b"</a>" * 200_000
    read = read_office(zipped({"[Content_Types].xml": b"", "word/document.xml": deep}), DOCX)
    assert set(read.defects) & {"corrupt", "crashed"}
    html = b"<div>" * 100_000 + b"ciao"
    assert "ciao" in read_office(html, "text/html").pages[0] or read_office(html, "text/html").defects


def test_a_password_makes_it_encrypted() -> None:
    manifest = (
        b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    locked = zipped({"mimetype": ODT.encode(), "META-INF/manifest.xml": manifest, "content.xml": b"\x01\x02"})
    assert read_office(locked, ODT).defects == ("encrypted",)


def test_a_modern_document_with_a_password_is_encrypted() -> None:
    plain, locked = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    OfficeFile(io.BytesIO(plain.getvalue())).encrypt("segreta", locked)
    found = sniff(locked.getvalue(), "lettera.docx")
    assert (found.media_type, found.defects) == (DOCX, ("encrypted",))
    assert read_office(locked.getvalue(), DOCX).defects == ("encrypted",)


def test_text_and_pages_are_cut_to_the_limits_and_it_is_said() -> None:
    few = replace(DEFAULT_LIMITS, pages=3, text_chars=10)
    assert read_office(b"\f".join([b"ab"] * 9), "text/plain", few) == office.OfficeText(
        pages=("ab", "ab", "ab"), defects=("too_many_pages",)
    )
    assert read_office(b"a" * 50, "text/plain", few).defects == ("too_much_text",)
    book = openpyxl.Workbook()
    for _ in range(5):
        book.create_sheet().append(["x"])
    out = io.BytesIO()
    book.save(out)
    read = read_office(out.getvalue(), XLSX, few)
    assert (len(read.pages), read.defects) == (2, ("too_many_pages", "too_much_text")) or len(read.pages) <= 3


def test_broken_xml_gives_what_stands_between_its_tags() -> None:
    read = read_office(b"<?xml version='1.0'?><a><b>ciao</b><c>mondo", "application/xml")
    assert (read.pages, read.defects) == (("ciao\nmondo",), ("corrupt",))


def test_an_old_document_without_its_streams_is_corrupt() -> None:
    for media_type in ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"):
        assert read_office(compound({"Altro": b"x" * 5000}), media_type).defects == ("corrupt",)


def test_a_compound_file_whose_table_is_cut_is_no_workbook_and_kills_nobody() -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + b">\0\x03\0\xfe\xff\x09\0\x06\0" + b"\0" * 10
    data = head + b"\x01\0\0\0\x02\0\0\0\0\0\0\0\0\x10\0\0\x01\0\0\0\x01\0\0\0\xfe\xff\xff\xff\0\0\0\0"
    data += b"\x04\0\0\0" + b"\xff" * 432 + b"\0" * 2559
    assert read_office(data, "application/vnd.ms-excel", DEFAULT_LIMITS).defects == ("corrupt",)
