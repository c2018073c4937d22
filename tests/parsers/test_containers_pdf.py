"""What PDFs carry beside their pages, and in which state they come."""

from __future__ import annotations

import io
import random

import pikepdf
import pytest
from PIL import Image

from parsers.expanding import expand, pdf_may_hold_more
from tests.parsers.signature_maker import signed


def pdf(*, attached: dict[str, bytes] | None = None, pages: int = 1, **save: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        for name, data in (attached or {}).items():
            document.attachments[name] = pikepdf.AttachedFileSpec(document, data, filename=name)
        document.save(out, **save)
    return out.getvalue()


def pades(content: bytes) -> bytes:
    """A PDF with a signature dictionary over all its bytes but the signature itself."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Sig = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig, SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
                Contents=pikepdf.String(b"\0" * 4000), ByteRange=pikepdf.Array([0, 1111111111, 2222222222, 333333333]),
            )
        )  # fmt: skip
        out = io.BytesIO()
        document.save(out)
    raw = bytearray(out.getvalue())
    start = raw.index(b"<" + b"00" * 4000 + b">")
    end = start + 8002
    spans = f"[ 0 {start} {end} {len(raw) - end} ]".encode()
    at = raw.index(b"[ 0 1111111111")
    to = raw.index(b"]", at) + 1
    raw[at:to] = spans.ljust(to - at)
    signature = signed(bytes(raw[:start] + raw[end:]), detached=True).hex().encode()
    raw[start + 1 : end - 1] = signature.ljust(8000, b"0")
    return bytes(raw)


def test_a_plain_pdf_needs_no_second_look() -> None:
    raw = pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert not pdf_may_hold_more(raw)
    opened = expand(raw, filename="a.pdf")
    assert (opened.kind, opened.children, opened.defects, opened.stands_for_itself) == ("pdf", (), (), True)


@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_files_attached_within_a_pdf_come_out(mode: pikepdf.ObjectStreamMode) -> None:
    raw = pdf(attached={"fattura.xml": b"<fattura/>", "foto è.jpg": b"\xff\xd8\xff"}, object_stream_mode=mode)
    opened = expand(raw, filename="a.pdf")
    assert {child.name: child.data for child in opened.children} == {
        "fattura.xml": b"<fattura/>",
        "foto è.jpg": b"\xff\xd8\xff",
    }
    assert opened.defects == ()


def test_a_portfolio_is_told() -> None:
    with pikepdf.open(io.BytesIO(pdf(attached={"a.txt": b"x"}))) as document:
        document.Root.Collection = pikepdf.Dictionary(View=pikepdf.Name.D)
        out = io.BytesIO()
        document.save(out)
    opened = expand(out.getvalue(), filename="a.pdf")
    assert "portfolio PDF" in opened.details
    assert len(opened.children) == 1


def test_a_password_to_open_means_encrypted_a_password_to_change_does_not() -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="proprietario", user="utente"))
    assert expand(locked, filename="a.pdf").defects == ("encrypted",)
    restricted = pdf(attached={"a.txt": b"ciao"}, encryption=pikepdf.Encryption(owner="proprietario", user=""))
    opened = expand(restricted, filename="a.pdf")
    assert opened.defects == ()
    assert opened.children[0].data == b"ciao"


@pytest.mark.parametrize("raw", [b"%PDF-1.4\n" + b"rubbish " * 100, b"%PDF-", pdf()[:120], b"%PDF-1.7\n%%EOF"])
def test_a_pdf_without_pages_or_trailer_is_corrupt(raw: bytes) -> None:
    assert expand(raw, filename="a.pdf", media_type="application/pdf").defects == ("corrupt",)


def scanned(pages: int) -> bytes:
    sheets = [Image.frombytes("RGB", (60, 80), random.Random(number).randbytes(14_400)) for number in range(pages)]
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_scan_that_is_cut_short_is_corrupt(part: float) -> None:
    raw = scanned(4)
    assert expand(raw, filename="a.pdf").defects == ()
    assert expand(raw[: int(len(raw) * part)], filename="a.pdf").defects == ("corrupt",)


def test_a_pdf_that_lacks_only_its_last_lines_is_not_corrupt() -> None:
    raw = scanned(2)
    assert expand(raw[: raw.rindex(b"startxref")], filename="a.pdf").defects == ()


def test_a_signed_pdf_tells_its_signer_and_whether_it_was_changed() -> None:
    raw = pades(b"")
    (signer,) = expand(raw, filename="a.pdf").signers
    assert (signer.name, signer.tax_code, signer.valid) == ("Mario Rossi", "RSSMRA80A01H501U", True)

    changed = raw.replace(b"/MediaBox [ 0 0 612 792 ]", b"/MediaBox [ 0 0 612 791 ]")
    assert changed != raw
    assert expand(changed, filename="a.pdf").signers[0].valid is False
