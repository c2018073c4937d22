"""PDF text layers, forms, office text, the cache, and batches cut into letters."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from bench.plain_pdf import text_pdf
from mailroom.document import Barcode, Document, Page, TextSource
from mailroom.submission import Submission
from parsers import defects, pdf_surveys
from parsers.batch import letters
from parsers.isolation import Workshop
from parsers.limits import Limits
from parsers.page_cache import FolderCache
from parsers.picture import Picture
from parsers.preparing import page_box, prepare
from parsers.reading import ReadingSettings, look_ahead, read_quickly
from parsers.separators import make_pdf
from tests.parsers.reading_submissions import content_of, paper, read_one
from tests.parsers.test_reading_pages import letter_picture

WORDS = "Spettabile Sportello, il mio POD è IT001E12345678 e la bolletta è sbagliata."


def scanned(*pages: Image.Image) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=list(pages[1:]), resolution=200)
    return out.getvalue()


def drawn(pdf: bytes) -> list[Image.Image]:
    """What a scanner makes of printed sheets."""
    rng = np.random.default_rng(3)
    sheets = [page.render(scale=200 / 72).to_pil().convert("L") for page in pypdfium2.PdfDocument(pdf)]
    return [
        Image.fromarray(np.clip(np.asarray(sheet) + rng.normal(0, 4, sheet.size[::-1]), 0, 255).astype(np.uint8))
        for sheet in (sheet.rotate(0.7, fillcolor=250) for sheet in sheets)
    ]


def test_a_text_layer_is_taken_at_its_word_with_the_place_of_every_word() -> None:
    document = read_one(text_pdf(WORDS), "lettera.pdf")
    assert document.text_source is TextSource.TEXT_LAYER
    assert "IT001E12345678" in document.text
    word = next(word for word in document.pages[0].words if word.text == "IT001E12345678")
    assert 0 < word.box[0] < word.box[2] < 1
    assert word.confidence == 1.0


def test_a_scanned_page_between_pages_of_text_is_read_by_sight() -> None:
    with pikepdf.open(io.BytesIO(text_pdf(WORDS))) as pdf, pikepdf.open(io.BytesIO(scanned(letter_picture()))) as scan:
        pdf.pages.extend(scan.pages)
        out = io.BytesIO()
        pdf.save(out)
    document = read_one(out.getvalue(), "misto.pdf")
    assert [page.source for page in document.pages] == [TextSource.TEXT_LAYER, TextSource.OCR]
    assert "bolletta di marzo" in document.pages[1].text


def test_an_invisible_layer_over_a_scan_is_not_believed() -> None:
    with pikepdf.open(io.BytesIO(scanned(letter_picture()))) as pdf:
        page = pdf.pages[0]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources["/Font"] = pikepdf.Dictionary(F1=font)
        page.contents_add(b"BT 3 Tr /F1 12 Tf 50 700 Td (altre parole, nascoste dietro la pagina) Tj ET")
        out = io.BytesIO()
        pdf.save(out)
    document = read_one(out.getvalue(), "scan.pdf")
    assert document.text_source is TextSource.OCR
    assert "nascoste" not in document.text
    assert read_quickly(paper(out.getvalue(), "scan.pdf"), content_of(out.getvalue())) is None


def test_fields_of_a_filled_in_form_are_fields_and_words() -> None:
    with pikepdf.open(io.BytesIO(text_pdf("MODULO DI RICHIESTA"))) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="Cognome",
                V="Quarantelli", Rect=[100, 600, 300, 620], P=pdf.pages[0].obj,
            )
        )  # fmt: skip
        pdf.pages[0]["/Annots"] = pikepdf.Array([field])
        pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        out = io.BytesIO()
        pdf.save(out)
    document = read_one(out.getvalue(), "modulo.pdf")
    assert document.form_fields == (("Cognome", "Quarantelli"),)
    assert "Cognome: Quarantelli" in document.text


def test_a_locked_pdf_is_encrypted() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf(WORDS))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user="segreto", owner="segreto"))
    document = read_one(out.getvalue(), "a.pdf")
    assert document.defects == (defects.ENCRYPTED,)
    assert document.text == ""


def looked_at(files: list[bytes], reading: ReadingSettings) -> tuple[dict[str, object], list[Submission]]:
    submissions = [paper(data, "a.pdf") for data in files]
    contents = [{submission.parts[0].digest: data} for submission, data in zip(submissions, files, strict=True)]
    return dict(look_ahead(zip(submissions, contents, strict=True), settings=reading)), submissions


def test_pdfs_looked_at_together_are_read_as_if_each_had_been_alone() -> None:
    files = [text_pdf(WORDS), b"%PDF-1.4 not one", scanned(letter_picture()), text_pdf(f"{WORDS} Saluti")]
    surveys, submissions = looked_at(files, ReadingSettings())
    assert len(surveys) == len(files)
    for submission, data in zip(submissions, files, strict=True):
        alone = read_quickly(submission, content_of(data))
        assert read_quickly(submission, content_of(data), surveys=surveys) == alone


def test_pdfs_that_are_too_much_for_one_errand_are_each_read_alone() -> None:
    files = [text_pdf(f"{WORDS} {number}") for number in range(30)]
    reading = ReadingSettings(limits=Limits(output_bytes=5_000))
    surveys, submissions = looked_at(files, reading)
    assert not surveys
    found = read_quickly(submissions[7], content_of(files[7]), settings=reading, surveys=surveys)
    assert found is not None and found[0].text == f"{WORDS} 7"


@pytest.mark.parametrize("answer", [[], None, {"pages": []}, [{"pages": [], "sight": []}] * 3])
def test_an_errand_is_believed_only_with_an_answer_for_each_file(
    answer: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Overtaken(Workshop):
        def run(self, *_: object, **__: object) -> object:
            return answer

    files = [text_pdf(WORDS), text_pdf(f"{WORDS} Saluti")]
    monkeypatch.setattr(pdf_surveys, "survey_workshop", Overtaken)
    assert looked_at(files, ReadingSettings())[0] == {}


def test_plain_words_are_a_document_too() -> None:
    document = read_one("Città di Forlì".encode("cp1252"), "nota.txt")
    assert document.text.strip() == "Città di Forlì"
    assert document.text_source is TextSource.OFFICE


def test_what_opening_refused_is_not_read() -> None:
    from parsers.reading import read_documents

    submission = paper(b"whatever", "a.pdf", defects=(defects.MALWARE,))
    (document,) = read_documents(submission, lambda digest: pytest.fail("asked for the bytes of malware"))
    assert document.defects == (defects.MALWARE,)


def test_what_was_read_once_is_not_read_again(tmp_path: Path) -> None:
    data, cache = scanned(letter_picture()), FolderCache(tmp_path)
    first = read_one(data, "a.pdf", cache=cache)
    # With no time at all a second reading would give nothing: the words can only come from the cache.
    again = read_one(data, "a.pdf", cache=cache, settings=ReadingSettings(page_seconds=0.01))
    assert again.text == first.text
    assert len(again.pages[0].words) == len(first.pages[0].words)


def test_a_damaged_cache_file_costs_a_second_reading_only(tmp_path: Path) -> None:
    data, cache = text_pdf(WORDS), FolderCache(tmp_path)
    read_one(data, "a.pdf", cache=cache)
    for file in tmp_path.rglob("*.json"):
        file.write_text('{"pages": 7}', "utf-8")
    assert "IT001E12345678" in read_one(data, "a.pdf", cache=cache).text


def test_our_own_separator_sheets_cut_a_scanned_batch() -> None:
    separator, letter = drawn(make_pdf(1))[0], letter_picture()
    batch = read_one(scanned(letter, separator, letter, letter, separator, letter), "batch.pdf", carrier=True)
    assert [(found.first, found.count) for found in letters(batch)] == [(0, 1), (2, 2), (5, 1)]


def test_a_separator_is_known_upside_down_and_by_its_bars_alone() -> None:
    separator = drawn(make_pdf(1))[0]
    bars_only = separator.copy()
    bars_only.paste(250, (300, 500, 1350, 1900))
    letter = letter_picture()
    batch = read_one(scanned(letter, separator.rotate(180), letter, bars_only, letter), "batch.pdf", carrier=True)
    assert [found.first for found in letters(batch)] == [0, 2, 4]


@pytest.mark.parametrize("degrees", [-3.0, 3.0])
def test_a_patch_code_is_known_on_a_sheet_drawn_in_askew(degrees: float) -> None:
    bars_only = drawn(make_pdf(1))[0]
    bars_only.paste(250, (200, 500, 1450, 1900))
    sheet = np.asarray(bars_only.rotate(degrees, fillcolor=250))
    found = prepare(Picture(pixels=sheet, dpi=(200.0, 200.0)))
    assert {code.symbology for code in found.barcodes} == {"PatchT"}
    assert found.only_codes


def test_the_number_of_a_registered_letter_is_read_on_a_standard_fax() -> None:
    barcode = zxingcpp.create_barcode("RA123456789IT", zxingcpp.BarcodeFormat.Code128)
    bars = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(barcode))).convert("L")
    sheet = letter_picture().resize((1728, 2292))
    sheet.paste(bars.resize((490, 90), Image.Resampling.NEAREST), (1000, 60))
    standard = np.where(np.asarray(sheet.resize((1728, 1146))) < 140, 0, 255).astype(np.uint8)
    found = prepare(Picture(pixels=standard, dpi=(204.0, 98.0), bilevel=True))
    assert [code.text for code in found.barcodes] == ["RA123456789IT"]
    left, top, right, bottom = page_box(found, found.barcodes[0].box)
    assert (left, top, right, bottom) == pytest.approx((1000 / 1728, 60 / 2292, 1490 / 1728, 150 / 2292), abs=0.02)


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ("LLL", [(0, 3)]),
        ("LSL", [(0, 1), (2, 1)]),
        ("SLSL", [(1, 1), (3, 1)]),
        ("LbSbLb", [(0, 1), (4, 1)]),
        ("SS", []),
        ("LSSL", [(0, 1), (3, 1)]),
        ("LbL", [(0, 3)]),
        ("b", [(0, 1)]),
    ],
)
def test_letters_lie_between_separators_without_blank_ends(pages: str, expected: list[tuple[int, int]]) -> None:
    assert [(found.first, found.count) for found in letters(carrier(pages))] == expected


def test_blank_sheets_separate_where_the_house_wants_it() -> None:
    found = letters(carrier("LbL"), settings=ReadingSettings(blank_sheets_separate=True))
    assert [(letter.first, letter.count) for letter in found] == [(0, 1), (2, 1)]


def test_separator_sheets_are_counted_out() -> None:
    assert len(pypdfium2.PdfDocument(make_pdf(3))) == 3
    with pytest.raises(ValueError, match="between 1 and"):
        make_pdf(0)


def carrier(kinds: str) -> Document:
    code = Barcode(symbology="QRCode", text="SPORTELLO-SEPARATORE", box=(0.2, 0.2, 0.7, 0.6))
    made = {
        "L": {"text": "Spettabile Sportello"},
        "S": {"text": "", "barcodes": (code,)},
        "b": {"text": "", "blank": True},
    }
    pages = tuple(Page(number=number, **made[kind]) for number, kind in enumerate(kinds))  # type: ignore[arg-type]
    return Document(
        index=0, part=0, path="1", filename=None, digest="0", media_type="application/pdf", size=1, pages=pages,
        page_count=len(pages), text_source=TextSource.OCR, carrier=True,
    )  # fmt: skip
