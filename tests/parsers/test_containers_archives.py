"""Archives: every kind opened, every bomb stopped, every trick with names made harmless."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from dataclasses import replace

import pytest

from parsers.expanding import Expanded, expand
from parsers.limits import DEFAULT_LIMITS, MEGABYTE
from parsers.media_type import sniff
from tests.parsers.archive_maker import locked_zip, rar, seven, tarred, zipped

FILES = {"cartella/bolletta è.pdf": b"%PDF-1.4 " + b"x" * 4000, "nota.txt": b"ciao"}
PROGRAM = b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(100)


def contents(opened: Expanded) -> dict[str, bytes]:
    return {child.name: child.data for child in opened.children}


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.zip", zipped(FILES)),
        ("a.zip", zipped(FILES, compression=zipfile.ZIP_STORED)),
        ("a.zip", zipped(FILES, compression=zipfile.ZIP_BZIP2)),
        ("a.zip", zipped(FILES, compression=zipfile.ZIP_LZMA)),
        ("a.7z", seven(FILES)),
        ("a.tar", tarred(FILES)),
        ("a.rar", rar({"nota.txt": b"ciao", "cartella/bolletta è.pdf": FILES["cartella/bolletta è.pdf"]})),
    ],
)
def test_an_archive_of_any_kind_gives_its_files_with_their_folders(name: str, raw: bytes) -> None:
    opened = expand(raw, filename=name)

    assert (opened.kind, opened.defects) == ("archive", ())
    assert contents(opened) == FILES
    assert not opened.stands_for_itself


@pytest.mark.parametrize(
    ("name", "raw", "inner"),
    [
        ("lettera.txt.gz", gzip.compress(b"ciao"), "lettera.txt"),
        ("lettera.txt.bz2", bz2.compress(b"ciao"), "lettera.txt"),
        ("lettera.txt.xz", lzma.compress(b"ciao"), "lettera.txt"),
        ("fascicolo.tgz", gzip.compress(b"ciao"), "fascicolo.tar"),
        (None, gzip.compress(b"ciao"), "contenuto"),
    ],
)
def test_a_compressed_file_gives_the_file(name: str | None, raw: bytes, inner: str) -> None:
    assert contents(expand(raw, filename=name)) == {inner: b"ciao"}


def test_archives_within_archives_open_level_by_level_until_the_limit() -> None:
    raw = zipped({"nota.txt": b"in fondo"})
    for _ in range(5):
        raw = zipped({"dentro.zip": raw})

    depth = 0
    while raw[:2] == b"PK":
        raw = expand(raw, filename="a.zip", depth=depth).children[0].data
        depth += 1
    assert (raw, depth) == (b"in fondo", 6)

    opened = expand(zipped({"a": b"x"}), filename="a.zip", depth=DEFAULT_LIMITS.nesting)
    assert (opened.children, opened.defects) == ((), ("too_deep",))


def test_a_bomb_is_stopped_by_the_bytes_it_writes() -> None:
    bomb = zipped({"nota.txt": b"ciao", "zero": bytes(64 * MEGABYTE)})
    opened = expand(bomb, filename="a.zip")

    assert opened.defects == ("unpacked_too_large",)
    assert contents(opened) == {"nota.txt": b"ciao"}


def test_a_lie_about_the_size_changes_nothing() -> None:
    raw = bytearray(zipped({"zero": bytes(40 * MEGABYTE)}))
    central = raw.index(b"PK\x01\x02")
    raw[22:26] = raw[central + 24 : central + 28] = (10).to_bytes(4, "little")

    opened = expand(bytes(raw), filename="a.zip")
    assert set(opened.defects) & {"corrupt", "unpacked_too_large"}
    assert sum(len(child.data) for child in opened.children) <= DEFAULT_LIMITS.ratio_free_bytes


def test_bombs_of_the_other_formats_are_stopped_as_well() -> None:
    zeros = bytes(24 * MEGABYTE)
    for raw in (gzip.compress(zeros), bz2.compress(zeros), lzma.compress(zeros), seven({"zero": zeros})):
        assert expand(raw, filename="a").defects == ("unpacked_too_large",)


def test_honest_compression_is_let_through() -> None:
    assert len(expand(zipped({"modulo.bmp": bytes(6 * MEGABYTE)}), filename="a.zip").children[0].data) == 6 * MEGABYTE


def test_more_files_than_allowed_are_left_where_they_are() -> None:
    opened = expand(
        zipped({f"{number}.txt": b"x" for number in range(30)}),
        filename="a.zip",
        limits=replace(DEFAULT_LIMITS, parts=10),
    )
    assert len(opened.children) == 10
    assert opened.defects == ("too_many_parts",)


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (locked_zip("bolletta.pdf"), ["bolletta.pdf"]),
        (seven({"bolletta.pdf": b"x" * 100}, password="segreta"), ["bolletta.pdf"]),
        (seven({"bolletta.pdf": b"x" * 100}, password="segreta", hide_names=True), []),
        (rar({"bolletta.pdf": b"x" * 100}, locked=True), ["bolletta.pdf"]),
    ],
)
def test_a_password_keeps_the_content_but_not_always_the_names(raw: bytes, names: list[str]) -> None:
    opened = expand(raw, filename="a")

    assert "encrypted" in opened.defects
    assert [child.name for child in opened.children] == names
    assert all(child.defects == ("encrypted",) for child in opened.children)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/assoluto/a.txt", "assoluto/a.txt"),
        ("C:\\Utenti\\a.txt", "Utenti/a.txt"),
        ("bolletta\u202efdp.txt", "bollettafdp.txt"),
        ("a\x07b\nc.txt", "abc.txt"),
    ],
)
def test_names_that_play_tricks_are_made_harmless_and_marked(given: str, shown: str) -> None:
    (child,) = expand(zipped({given: b"x"}), filename="a.zip").children
    assert (child.name, child.defects) == (shown, ("unsafe_name",))


def test_a_very_long_name_keeps_its_extension() -> None:
    (child,) = expand(zipped({"a" * 5000 + ".pdf": b"%PDF-1.4"}), filename="a.zip").children
    assert len(child.name) <= 255
    assert child.name.endswith(".pdf")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("fattura.pdf.exe", PROGRAM),
        ("fattura.pdf.com", b"qualunque cosa"),
        ("fattura.js", b"var a = 1;"),
        ("fattura.vbs", b"MsgBox 1"),
        ("fattura.docm", b"PK"),
        ("fattura.exe. ", PROGRAM),
        ("foto.jpg", PROGRAM),
        ("collegamento.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(60)),
    ],
)
def test_a_program_in_an_archive_makes_the_archive_malware(name: str, data: bytes) -> None:
    opened = expand(zipped({"leggimi.txt": b"ciao", name: data}), filename="fattura.zip")
    assert opened.defects == ("malware",)
    assert opened.details
    assert [("malware" in child.defects) for child in opened.children] == [False, True]


def test_what_macos_adds_is_not_counted_as_sent() -> None:
    raw = zipped({"foto.txt": b"ciao", "__MACOSX/._foto.txt": b"x", "cartella/.DS_Store": b"x"})
    assert list(contents(expand(raw, filename="a.zip"))) == ["foto.txt"]


def test_names_in_utf8_without_the_flag_are_read_right() -> None:
    raw = zipped({"perchXX.txt": b"x"}).replace(b"perchXX", "perché".encode())
    assert list(contents(expand(raw, filename="a.zip"))) == ["perché.txt"]


def test_a_cut_archive_gives_what_is_whole_and_says_that_it_is_cut() -> None:
    raw = zipped({"uno.txt": b"ciao", "due.txt": bytes(range(256)) * 50}, compression=zipfile.ZIP_STORED)
    opened = expand(raw[:-200], filename="a.zip")
    assert opened.defects == ("corrupt",)
    assert contents(opened)["uno.txt"] == b"ciao"

    cut = expand(gzip.compress(bytes(range(256)) * 50)[:60], filename="a.gz")
    assert cut.defects == ("corrupt",)


@pytest.mark.parametrize("beginning", [b"PK\x03\x04", b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08"])
def test_rubbish_behind_a_right_beginning_is_corrupt(beginning: bytes) -> None:
    raw = beginning + b"rubbish " * 40
    opened = expand(raw, filename="a", media_type=sniff(raw).media_type)
    assert opened.kind == "archive"
    assert "corrupt" in opened.defects


def test_what_is_no_container_is_left_alone() -> None:
    assert expand(b"ciao", filename="a.txt").kind is None
    assert expand(b"", filename="a.zip").children == ()
