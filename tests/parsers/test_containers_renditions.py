"""PDFs for the console's eyes, and recordings measured."""

from __future__ import annotations

import io
import math
import struct
import wave

import docx
import pikepdf
import pytest
from PIL import Image

from parsers.audio import measure
from parsers.rendition import render
from parsers.tools import libreoffice


def text_of(pdf: bytes | None) -> str:
    import pdfplumber

    assert pdf is not None
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def test_words_are_set_in_pages() -> None:
    shown = render("Perché la bolletta è doppia?\fseconda".encode(), "text/plain")
    assert shown.how == "text"
    with pikepdf.open(io.BytesIO(shown.pdf or b"")) as document:
        assert len(document.pages) == 2
    assert "Perché la bolletta è doppia?" in text_of(shown.pdf)


def test_a_letter_is_laid_out_or_its_words_are_set() -> None:
    document = docx.Document()
    document.add_paragraph("Reclamo per doppia fatturazione")
    out = io.BytesIO()
    document.save(out)
    shown = render(out.getvalue())
    assert shown.how in ("libreoffice", "text")
    assert "Reclamo per doppia fatturazione" in text_of(shown.pdf)


@pytest.mark.skipif(libreoffice.program() is None, reason="LibreOffice is not installed")
def test_libreoffice_works_within_the_walls() -> None:
    shown = render(rb"{\rtf1 Perch\'e9 \b no}", "application/rtf")
    assert shown.how == "libreoffice"
    assert "Perché no" in text_of(shown.pdf)


def test_a_page_is_shown_without_its_scripts_and_without_fetching_anything() -> None:
    page = b"<html><script>alert(1)</script><p>Gentile utente</p><img src='http://127.0.0.1:9/x.png'><table><tr><td>POD"
    shown = render(page, "text/html")
    assert shown.how == "html"
    words = text_of(shown.pdf)
    assert "Gentile utente" in words and "POD" in words
    assert "alert" not in words


def test_every_sheet_of_a_picture_file_becomes_a_page() -> None:
    sheets = [Image.new("1", (1728, 1100), number % 2) for number in range(3)]
    out = io.BytesIO()
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], compression="group4")
    shown = render(out.getvalue())
    assert shown.how == "picture"
    with pikepdf.open(io.BytesIO(shown.pdf or b"")) as document:
        assert len(document.pages) == 3


def test_what_cannot_be_shown_is_said() -> None:
    assert render(b"ID3\x04 rubbish").defects == ("unsupported",)
    assert render(b"\x89PNG\r\n\x1a\nrubbish").defects == ("corrupt",)
    assert render(b"").defects == ("empty",)
    assert render(b"%PDF-1.4").how == "original"


def recording(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        frames = (int(9000 * math.sin(n / 8)) for n in range(int(8000 * seconds)))
        file.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return out.getvalue()


def test_a_recording_is_measured() -> None:
    told = measure(recording(75.5), "audio/wav")
    assert (told.seconds, told.codec, told.channels, told.sample_rate) == (75.5, "pcm16", 1, 8000)
    assert told.summary == "registrazione di 1 min 16 s"


def test_a_voice_note_in_amr_is_measured() -> None:
    told = measure(b"#!AMR\n" + (b"\x3c" + bytes(31)) * 150, "audio/amr")
    assert told.seconds == pytest.approx(3.0)


@pytest.mark.parametrize(
    "media_type", ["audio/mpeg", "audio/mp4", "audio/ogg", "audio/x-ms-wma", "audio/wav", "audio/amr"]
)
def test_a_broken_recording_is_of_unknown_length_and_kept(media_type: str) -> None:
    told = measure(b"\xff\xfb\x90\x64 rubbish", media_type)
    assert not {"crashed", "timed_out"} & set(told.defects)
    assert measure(b"", media_type).defects == ("empty",)
