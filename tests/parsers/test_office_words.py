"""The words of office documents, as a person would read them in the file."""

from __future__ import annotations

import io
from datetime import date, datetime

import docx
import openpyxl
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from odf import table as odf_table
from odf import text as odf_text
from odf.draw import Frame, Page, TextBox
from odf.opendocument import OpenDocumentPresentation, OpenDocumentSpreadsheet, OpenDocumentText
from odf.style import Footer, Header, MasterPage, PageLayout
from pptx import Presentation
from pptx.util import Cm

from parsers.expanding import expand
from parsers.media_type import sniff
from parsers.office import OfficeText, read_office
from tests.parsers.archive_maker import zipped
from tests.parsers.ole_maker import compound
from tests.parsers.word_maker import word97

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def words(data: bytes, name: str) -> OfficeText:
    found = sniff(data, name)
    assert found.defects == ()
    return read_office(data, found.media_type)


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def a_letter() -> bytes:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Condominio Aurora"
    document.sections[0].footer.paragraphs[0].text = "piè di pagina"
    document.add_heading("Reclamo", 1)
    document.add_paragraph("Perché la bolletta\tè doppia?")
    table = document.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = ("POD", "IT001E12345678", "Importo", "€ 120,50")[number]
    document.add_paragraph("prima").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("seconda pagina")
    return saved(document)


def test_a_word_letter_keeps_tables_headers_and_page_breaks() -> None:
    read = words(a_letter(), "lettera.docx")

    assert read.defects == ()
    assert read.pages[0].splitlines() == [
        "Condominio Aurora", "Reclamo", "Perché la bolletta\tè doppia?", "POD\tIT001E12345678", "Importo\t€ 120,50",
        "prima",
    ]  # fmt: skip
    assert read.pages[1].splitlines() == ["seconda pagina", "piè di pagina"]


def test_text_boxes_are_read_once_and_deleted_words_not_at_all() -> None:
    document = docx.Document()
    box = f"<w:p xmlns:w='{_W}'><w:r><w:t>nel riquadro</w:t></w:r></w:p>"
    document.element.body.insert(0, parse_xml(
        f"<w:p xmlns:w='{_W}' xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:txbxContent>{box}</w:txbxContent></mc:Choice>"
        f"<mc:Fallback><w:pict><w:txbxContent>{box}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        f"<w:del><w:r><w:delText>cancellato</w:delText></w:r></w:del><w:ins><w:r><w:t>aggiunto</w:t></w:r></w:ins></w:p>"
    ))  # fmt: skip
    text = words(saved(document), "modulo.docx").pages[0]
    assert text.count("nel riquadro") == 1
    assert "aggiunto" in text
    assert "cancellato" not in text


def test_a_workbook_shows_values_as_they_are_shown_in_italy() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Letture"
    sheet.append(["Data", "kWh", "Costo", "Pagata"])
    sheet.append([date(2026, 3, 31), 10233, 45.5, True])
    sheet.append([datetime(2026, 4, 1, 9, 30), 3425550000123, "=SUM(A1:A2)", None])
    book.create_sheet("Note").append(["ciao\nmondo"])

    read = words(saved(book), "letture.xlsx")

    assert read.pages == (
        "Letture\nData\tkWh\tCosto\tPagata\n31/03/2026\t10233\t45,5\tVERO\n01/04/2026 09:30\t3425550000123",
        "Note\nciao mondo",
    )


def test_slides_are_pages() -> None:
    show = Presentation()
    for title in ("Prima", "Seconda"):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = title
    cells = slide.shapes.add_table(1, 2, Cm(1), Cm(5), Cm(8), Cm(2)).table
    cells.cell(0, 0).text, cells.cell(0, 1).text = "POD", "IT001E"
    assert words(saved(show), "a.pptx").pages == ("Prima", "Seconda\nPOD\tIT001E")


def an_odt() -> OpenDocumentText:
    document = OpenDocumentText()
    layout = PageLayout(name="pl")
    document.automaticstyles.addElement(layout)
    master = MasterPage(name="Standard", pagelayoutname=layout)
    for part, line in ((Header(), "intestazione"), (Footer(), "piede")):
        part.addElement(odf_text.P(text=line))
        master.addElement(part)
    document.masterstyles.addElement(master)
    document.text.addElement(odf_text.H(outlinelevel=1, text="Reclamo"))
    paragraph = odf_text.P(text="Perché")
    paragraph.addElement(odf_text.S(c=3))
    paragraph.addText("no")
    paragraph.addElement(odf_text.LineBreak())
    paragraph.addText("fine")
    document.text.addElement(paragraph)
    return document


def a_table(*cells: str) -> odf_table.Table:
    table = odf_table.Table(name="Foglio1")
    row = odf_table.TableRow()
    for words_ in cells:
        cell = odf_table.TableCell(valuetype="string")
        cell.addElement(odf_text.P(text=words_))
        row.addElement(cell)
    row.addElement(odf_table.TableCell(numbercolumnsrepeated=16000))
    table.addElement(row)
    return table


def test_an_open_document_text_is_read_with_its_margins() -> None:
    document = an_odt()
    document.text.addElement(a_table("POD", "IT001E"))
    assert words(saved(document), "a.odt").pages == ("intestazione\npiede\nReclamo\nPerché   no\nfine\nPOD\tIT001E",)


def test_a_sheet_with_sixteen_thousand_empty_columns_is_a_short_line() -> None:
    document = OpenDocumentSpreadsheet()
    document.spreadsheet.addElement(a_table("Anno", "2026"))
    document.spreadsheet.addElement(a_table("altro"))
    assert words(saved(document), "a.ods").pages == ("Anno\t2026", "altro")


def test_a_presentation_and_flat_files_are_read_the_same_way() -> None:
    show = OpenDocumentPresentation()
    layout = PageLayout(name="pl")
    show.automaticstyles.addElement(layout)
    show.masterstyles.addElement(MasterPage(name="m", pagelayoutname=layout))
    for title in ("Prima", "Seconda"):
        page = Page(masterpagename="m")
        box = TextBox()
        box.addElement(odf_text.P(text=title))
        frame = Frame()
        frame.addElement(box)
        page.addElement(frame)
        show.presentation.addElement(page)
    assert words(saved(show), "a.odp").pages == ("Prima", "Seconda")

    flat = an_odt().xml()
    assert words(flat, "a.fodt").pages[0].endswith("Reclamo\nPerché   no\nfine")


@pytest.mark.parametrize("wide", [True, False])
def test_an_old_word_document_is_read_piece_by_piece(wide: bool) -> None:
    field = '\x13 HYPERLINK "http://x" \x14portale\x15'
    raw = word97(["Reclamo\rPerché ", f"così? {field}\r", "POD\x07IT001E\x07\x07\x0cseconda"], wide=wide)
    assert words(raw, "vecchio.doc").pages == ("Reclamo\nPerché così? portale\nPOD\tIT001E", "seconda")


def test_an_old_word_document_with_a_password_is_encrypted() -> None:
    assert read_office(word97(["x"], locked=True), "application/msword").defects == ("encrypted",)


def test_an_old_slide_show_gives_its_text_atoms() -> None:
    def atom(kind: int, body: bytes) -> bytes:
        return (0).to_bytes(2, "little") + kind.to_bytes(2, "little") + len(body).to_bytes(4, "little") + body

    inner = atom(0x0FA0, "Perché".encode("utf-16-le")) + atom(0x0FA8, b"due\rtre")

    def container(kind: int, body: bytes) -> bytes:
        return (0xF).to_bytes(2, "little") + kind.to_bytes(2, "little") + len(body).to_bytes(4, "little") + body

    master = container(0x03F8, atom(0x0FA8, b"Click to edit"))
    stream = container(0x03E8, master + container(0x03EE, inner))
    raw = compound({"PowerPoint Document": stream, "Current User": b"x"})
    assert words(raw, "a.ppt").pages == ("Perché\ndue\ntre",)


def test_rich_text_is_read_in_its_own_charsets() -> None:
    raw = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}{\info{\author nessuno}}"
        rb"\f0 Perch\'e9 \u8364? 12,50\par\trowd POD\cell IT001E\cell\row{\*\generator x}{\pict 0102}"
        rb"{\f1 \'cf\'f0}\'e0\page due\line tre\~quattro \{\}}"
    )
    assert words(raw, "a.rtf").pages == ("Perché € 12,50\nPOD\tIT001E\nПрà", "due\ntre\u00a0quattro {}")


def test_a_page_keeps_its_tables_links_lists_and_ticked_boxes() -> None:
    page = """<html><head><title>Riscontro</title><style>p{}</style></head><body><script>alert(1)</script>
        <p>Gentile   utente,<br>perch&eacute; no</p><div>uno</div><div>due</div>
        <table><tr><th>POD</th><td>IT001E</td></tr><tr><td>Importo</td><td>€ 3</td></tr></table>
        <ul><li>a<li>b</ul><input type=checkbox checked> accetto <a href="https://www.arera.it/x">qui</a>
        <a href="mailto:a@example.org">a@example.org</a></body></html>"""
    assert words(page.encode(), "a.html").pages[0].splitlines() == [
        "Riscontro", "", "Gentile utente,", "perché no", "", "uno", "due", "", "POD\tIT001E", "Importo\t€ 3", "", "- a",
        "- b", "", "☒ accetto qui <https://www.arera.it/x> a@example.org",
    ]  # fmt: skip


def test_a_page_is_read_in_the_charset_it_names() -> None:
    page = "<html><head><meta charset=iso-8859-1></head><body>Perché</body></html>".encode("iso-8859-1")
    assert words(page, "a.html").pages == ("Perché",)


def test_an_electronic_invoice_is_labels_and_values() -> None:
    invoice = (
        """<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="http://example.org/x.xsl"?>
        <p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
        <FatturaElettronicaHeader><CedentePrestatore><Denominazione>Energia &amp; Gas</Denominazione>
        </CedentePrestatore></FatturaElettronicaHeader><FatturaElettronicaBody><ImportoTotaleDocumento>101.44
        </ImportoTotaleDocumento><Attachment>"""
        + "QUJD" * 300
        + """</Attachment></FatturaElettronicaBody>
        </p:FatturaElettronica>"""
    )
    assert words(invoice.encode(), "IT01.xml").pages[0].splitlines() == [
        "Fattura Elettronica", "  versione: FPR12", "  Fattura Elettronica Header", "    Cedente Prestatore",
        "      Denominazione: Energia & Gas", "  Fattura Elettronica Body", "    Importo Totale Documento: 101.44",
        "    Attachment: (contenuto codificato)",
    ]  # fmt: skip


def test_the_files_that_an_invoice_carries_come_out() -> None:
    raw = (
        b"<?xml version='1.0'?><p:Fattura xmlns:p='x'><Allegati><NomeAttachment>bolletta</NomeAttachment>"
        b"<FormatoAttachment>PDF</FormatoAttachment><Attachment>JVBERi0xLjQ=</Attachment></Allegati></p:Fattura>"
    )
    opened = expand(raw, filename="IT01_1.xml")
    assert (opened.kind, opened.stands_for_itself) == ("invoice", True)
    assert [(child.name, child.data) for child in opened.children] == [("bolletta.pdf", b"%PDF-1.4")]


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "mac_roman"]
)
def test_words_are_read_in_any_charset_that_italy_has_used(charset: str) -> None:
    letter = "Perché non è più così? La società dirà: «città» e virtù.\r\nSaluti\rfine"
    if charset in ("cp850", "mac_roman"):
        letter = letter.replace("«", '"').replace("»", '"')
    read = words(letter.encode(charset), "a.txt")
    assert read.pages == (letter.replace("\r\n", "\n").replace("\r", "\n"),)
    assert read.defects == ()


def test_a_form_feed_ends_a_page_of_plain_text() -> None:
    assert read_office(b"uno\ftwo", "text/plain").pages == ("uno", "two")


def test_the_pictures_within_an_office_file_can_be_taken_out() -> None:
    raw = zipped({"[Content_Types].xml": b"", "word/document.xml": b"<x/>", "word/media/image1.jpeg": b"\xff\xd8\xff"})
    opened = expand(raw, filename="a.docx")
    assert (opened.kind, opened.stands_for_itself) == ("office", True)
    assert [(child.name, child.data, child.embedded) for child in opened.children] == [
        ("image1.jpeg", b"\xff\xd8\xff", True)
    ]
