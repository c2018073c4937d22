"""What a thing is, by its content; and when its name lies."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from parsers.media_type import sniff
from tests.parsers.archive_maker import seven, tarred, zipped
from tests.parsers.ole_maker import compound
from tests.parsers.test_containers_archives import PROGRAM

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def openxml(folder: str, *more: str) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", f"{folder}/x.xml": b"<x/>", **dict.fromkeys(more, b"")})


def odf(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


def ole(*streams: str) -> bytes:
    return compound(dict.fromkeys(streams, b"x" * 40))


MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Reclamo\r\n\r\nciao"
KNOWN = [
    ("a.pdf", b"%PDF-1.7\n...", "application/pdf"),
    ("a.pdf", b"\r\n\r\n%PDF-1.7\n...", "application/pdf"),
    ("a.jpg", picture("JPEG"), "image/jpeg"),
    ("a.JPEG", picture("JPEG"), "image/jpeg"),
    ("a.jpe", picture("JPEG"), "image/jpeg"),
    ("a.png", picture("PNG"), "image/png"),
    ("a.gif", picture("GIF"), "image/gif"),
    ("a.bmp", picture("BMP"), "image/bmp"),
    ("a.tif", picture("TIFF"), "image/tiff"),
    ("a.tiff", picture("TIFF"), "image/tiff"),
    ("a.webp", picture("WEBP"), "image/webp"),
    ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
    ("a.docx", openxml("word"), DOCX),
    ("a.xlsx", openxml("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.pptx", openxml("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("a.odt", odf("text"), "application/vnd.oasis.opendocument.text"),
    ("a.ods", odf("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    ("a.fods", b'<?xml?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">',
     "application/vnd.oasis.opendocument.spreadsheet-flat-xml"),
    ("a.doc", ole("WordDocument", "1Table"), "application/msword"),
    ("a.doc", b"{\\rtf1 ciao}", "application/rtf"),
    ("a.xls", ole("Workbook"), "application/vnd.ms-excel"),
    ("a.ppt", ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    ("a.zip", zipped({"a.txt": b"x"}), "application/zip"),
    ("a.7z", seven({"a.txt": b"x"}), "application/x-7z-compressed"),
    ("a.tar", tarred({"a.txt": b"x"}), "application/x-tar"),
    ("a.mp3", b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
    ("a.mp3", b"\xff\xfb\x90\x64" + bytes(200), "audio/mpeg"),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
    ("a.mwa", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(50), "audio/x-ms-wma"),
    ("a.m4a", b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
    ("PTT-20260102-WA0001.opus", b"OggS\0\x02" + bytes(22) + b"OpusHead", "audio/ogg"),
    ("a.amr", b"#!AMR\n" + bytes(20), "audio/amr"),
    ("a.eml", MAIL, "message/rfc822"),
    ("a.eml", b"Subject: ciao\n\nciao", "message/rfc822"),
    ("senza nome", MAIL, "message/rfc822"),
    ("a.html", b"<!DOCTYPE html><html><body>ciao</body></html>", "text/html"),
    ("a.htm", b"  <p>ciao</p>", "text/html"),
    ("a.xml", b'<?xml version="1.0"?><p:FatturaElettronica/>', "application/xml"),
    ("a.csv", b"a;b\n1;2\n", "text/csv"),
    ("a.txt", "perché".encode("cp1252"), "text/plain"),
    ("a.txt", "perché\r\n".encode("utf-16"), "text/plain"),
    ("a.txt", b"a;b\n1;2\n", "text/plain"),
    ("a.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "media_type"), KNOWN, ids=[f"{name}-{kind}" for name, _, kind in KNOWN])
def test_content_is_recognised_and_an_honest_name_is_no_defect(name: str, data: bytes, media_type: str) -> None:
    found = sniff(data, name)
    assert (found.media_type, found.defects) == (media_type, ())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("foto.jpg", PROGRAM),
        ("foto.jpg", b"\x7fELF" + bytes(60)),
        ("foto.jpg", picture("PNG")),
        ("bolletta.pdf", openxml("word")),
        ("bolletta.pdf", b"<html><body>Accedi</body></html>"),
        ("bolletta.pdf", b"ecco la bolletta"),
        ("bolletta.pdf", picture("JPEG")),
        ("lettera.docx", b"%PDF-1.7"),
        ("lettera.docx", zipped({"a.txt": b"x"})),
        ("tabella.xlsx", openxml("word")),
        ("lettera.txt", b"%PDF-1.7"),
        ("firmato.p7m", b"%PDF-1.7"),
        ("audio.mp3", b"RIFF\x24\0\0\0WAVEfmt "),
    ],
)
def test_a_name_that_says_something_else_is_a_mismatch(name: str, data: bytes) -> None:
    assert sniff(data, name).defects == ("type_mismatch",)


@pytest.mark.parametrize("name", ["setup.exe", "bolletta.pdf.exe", "PROGRAMMA.SCR", None, "senza-estensione"])
def test_a_program_that_does_not_hide_is_malware(name: str | None) -> None:
    assert sniff(PROGRAM, name).defects == ("malware",)


@pytest.mark.parametrize("name", ["fattura.pdf.com", "fattura.js", "apri.vbs", "apri.bat", "apri.lnk", "apri.hta"])
def test_a_name_that_a_double_click_would_run_is_malware(name: str) -> None:
    assert "malware" in sniff(b"echo ciao", name).defects


def test_no_bytes_are_empty_whatever_the_name() -> None:
    assert sniff(b"", "offerta.pdf").defects == ("empty",)
    assert sniff(b"", "offerta.pdf").media_type == "application/pdf"
    assert sniff(b"").defects == ("empty",)


def test_rubbish_under_a_documents_name_is_corrupt() -> None:
    assert sniff(bytes(range(256)) * 8, "bolletta.pdf").defects == ("corrupt",)
    assert sniff(bytes(2000), "foto.jpg").defects == ("corrupt",)


def test_office_files_with_a_password_and_with_macros_are_told() -> None:
    locked = compound({"EncryptedPackage": b"x" * 40, "EncryptionInfo": b"x" * 40})
    assert sniff(locked, "lettera.docx").defects == ("encrypted",)
    assert sniff(locked, "lettera.docx").media_type == DOCX
    assert sniff(openxml("word", "word/vbaProject.bin"), "lettera.docm").defects == ("macros",)


def test_a_detached_signature_and_unknown_binary_are_not_mistaken() -> None:
    assert sniff(b"\x30\x82\x01\x00" + bytes(300), "chiave.der").media_type not in ("application/pkcs7-mime",)


def test_the_usual_extension_is_told() -> None:
    assert sniff(picture("JPEG")).extension == "jpg"
    assert sniff(b"%PDF-1.7").extension == "pdf"
    assert sniff(openxml("word")).extension == "docx"
