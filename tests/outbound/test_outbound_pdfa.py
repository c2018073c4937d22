"""Every letter keeps, point by point, to what PDF/A-3a asks (ISO 19005-3 and, for what is tagged, ISO 32000-1, 14.8).

`bench/preflight.py` lets an outside validator look at the same letters.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from outbound.acknowledging import KINDS, AnswersConfig
from outbound.letter import Letter, print_run, render
from outbound.phrases import Language
from road.config import GatewayConfig
from road.templating import preview

DAY = date(2026, 5, 4)
STANDARD = {"Document", "Part", "Art", "Sect", "Div", "Caption", "TOC", "TOCI", "Index", "NonStruct", "P", "H", "H1",
            "H2", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Quote",
            "Link", "Annot", "Figure", "Form"}  # fmt: skip


def letter(words: str = "Gentile Ada", *, link: str | None = None) -> Letter:
    text = f"{words},\n\n- una cosa: {words}\n- un'altra\n\nSaluti\nLo Sportello"
    return Letter(subject=words, text=text, to=(words, "37122 Verona"), case_code="SPCEN00000017", link=link)


MADE: dict[str, Callable[[], bytes]] = {
    "run": lambda: print_run(
        [letter("Ada"), letter("\u4e2d\u6587 \ue000 \N{GRINNING FACE}")], answers=AnswersConfig(), day=DAY
    ),
    "link": lambda: render(letter(link="https://portale.example/ritira/x"), answers=AnswersConfig(), day=DAY),
    **{
        f"{kind}-{language.value}": lambda kind=kind, language=language: preview(  # type: ignore[misc]
            kind, GatewayConfig(), language=language, form="pdf"
        )
        for kind in KINDS
        for language in Language
    },
}


@pytest.fixture(params=MADE, scope="module")
def written(request: pytest.FixtureRequest) -> bytes:
    return MADE[request.param]()


@pytest.fixture
def pdf(written: bytes) -> Iterator[Pdf]:
    with pikepdf.open(io.BytesIO(written)) as opened:
        yield opened


def dictionaries(pdf: Pdf) -> list[Dictionary | Stream]:
    return [each for each in pdf.objects if isinstance(each, Dictionary | Stream)]


def of_type(pdf: Pdf, kind: str) -> list[Dictionary]:
    return [each for each in dictionaries(pdf) if isinstance(each, Dictionary) and each.get("/Type") == Name(kind)]


def test_the_file_says_what_it_is_and_hides_nothing(written: bytes, pdf: Pdf) -> None:
    assert re.match(rb"%PDF-1\.[4-7]\n%[\x80-\xff]{4,}", written)
    assert len(pdf.trailer.ID) == 2 and "/Encrypt" not in pdf.trailer
    xmp = pdf.Root.Metadata.read_bytes()
    assert xmp.startswith(b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert b'pdfaid:part="3" pdfaid:conformance="A"' in xmp
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        assert said["dc:title"] == str(pdf.docinfo["/Title"]) and str(pdf.docinfo["/Title"])
        assert said["pdf:Producer"] == str(pdf.docinfo["/Producer"])
    assert set(pdf.docinfo.keys()) == {"/Title", "/Producer"}, "whatever else is there would have to stand in XMP too"


def test_colours_have_one_meaning(pdf: Pdf) -> None:
    (intent,) = pdf.Root.OutputIntents
    profile = intent.DestOutputProfile
    assert intent.S == Name.GTS_PDFA1 and profile.N == 3
    icc = profile.read_bytes()
    assert icc[36:40] == b"acsp" and icc[16:20] == b"RGB " and icc[12:16] == b"mntr" and icc[8] <= 4
    for page in pdf.pages:
        for operands, operator in pikepdf.parse_content_stream(page):
            assert str(operator) not in {"k", "K"}, "no ink: the intent is a screen's"
            assert str(operator) not in {"cs", "CS"} or str(operands[0]) in {"/DeviceRGB", "/DeviceGray", "/lab-d50"}
    for each in of_type(pdf, "/ExtGState"):
        assert each.get("/SMask", Name.None_) == Name.None_ and each.get("/BM", Name.Normal) == Name.Normal
        assert each.get("/ca", 1) == 1 and each.get("/CA", 1) == 1 and "/TR" not in each


def test_every_font_lies_in_the_file_and_every_sign_has_a_meaning(pdf: Pdf) -> None:
    fonts = [each for each in of_type(pdf, "/Font") if each.Subtype == Name.Type0]
    assert fonts
    for font in fonts:
        (below,) = font.DescendantFonts
        assert "/FontFile2" in below.FontDescriptor or "/FontFile3" in below.FontDescriptor
        assert below.CIDToGIDMap == Name.Identity
        assert font.Encoding == Name("/Identity-H"), "a map of its own is drawn up for missing signs alone"
        meanings = re.findall(rb"<[0-9a-f]{4}> <([0-9a-f]+)>", font.ToUnicode.read_bytes())
        assert meanings and not {b"0000", b"feff", b"fffe"} & set(meanings)
        assert not any(0xE000 <= int(each, 16) < 0xF900 for each in meanings if len(each) == 4)
    assert {each.Subtype for each in of_type(pdf, "/Font")} <= {Name.Type0, Name.CIDFontType2, Name.CIDFontType0}


def test_nothing_runs_and_nothing_is_fetched(pdf: Pdf) -> None:
    for each in dictionaries(pdf):
        assert not {"/AA", "/OpenAction", "/JS", "/XFA", "/NeedAppearances", "/OPI", "/Alternates"} & set(each.keys())
        assert each.get("/S") not in {Name.JavaScript, Name.Launch, Name.Movie, Name.Sound, Name.GoToR, Name.URI}
        if isinstance(each, Stream):
            assert "/F" not in each.stream_dict and each.stream_dict.get("/Filter") != Name.LZWDecode
    assert "/AcroForm" not in pdf.Root
    assert not any("/Annots" in page for page in pdf.pages), "the address on paper is typed or scanned, not clicked"


def test_it_can_be_read_aloud(pdf: Pdf) -> None:
    assert str(pdf.Root.Lang) in {"it", "en"} and pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    nodes = list(_nodes(pdf.Root.StructTreeRoot))
    assert {str(node.S).lstrip("/") for node in nodes} <= STANDARD
    assert Name.H1 in {node.S for node in nodes}
    for node in nodes:
        if node.get("/S") == Name.Figure:
            assert str(node.get("/Alt", "")), "a picture says what it shows"
    for page in pdf.pages:
        assert "/StructParents" in page and page.Tabs == Name.S
        depth, loose = 0, []
        for _, operator in pikepdf.parse_content_stream(page):
            said = str(operator)
            depth += (said in {"BDC", "BMC"}) - (said == "EMC")
            if said in {"Tj", "TJ", "'", '"'} and not depth:
                loose.append(said)
        assert not loose, "what stands on a page belongs to a node, or is an artifact"


def _nodes(node: Dictionary) -> Iterator[Dictionary]:
    kids = node.get("/K", Array())
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from _nodes(kid)


@pytest.mark.parametrize("words", ["\u4e2d\u6587", "\ue000", "\U0010fffe", "\ud83d", "a\x00b\x0bc", "\U0001f9ff"])
def test_what_cannot_be_drawn_is_a_hollow_square_and_the_rest_is_there(words: str) -> None:
    with pikepdf.open(io.BytesIO(render(letter(f"Ada {words} Neri"), answers=AnswersConfig(), day=DAY))) as pdf:
        assert "Neri" in str(pdf.docinfo["/Title"])
        assert all(font.Encoding == Name("/Identity-H") for font in of_type(pdf, "/Font") if font.Subtype == Name.Type0)
