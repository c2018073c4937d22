"""Signed files: CAdES in all its encodings, S/MIME, detached and timestamped ones, and signatures within PDFs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import pkcs7

from parsers.expanding import check_signature, expand
from parsers.media_type import sniff
from tests.parsers.signature_maker import indefinite, person, signed, timestamped

CONTENT = b"%PDF-1.4 reclamo " + bytes(range(256)) * 4
DER = signed(CONTENT)


@pytest.mark.parametrize(
    "raw",
    [
        DER,
        DER + b"\0\0\n",
        signed(CONTENT, encoding=serialization.Encoding.PEM),
        base64.encodebytes(DER),
        base64.encodebytes(DER).replace(b"\n", b"\r\n"),
        base64.b64encode(DER).rstrip(b"="),
        base64.encodebytes(base64.encodebytes(DER)),
        indefinite(CONTENT),
    ],
    ids=["der", "trailing bytes", "pem", "base64", "base64 crlf", "unpadded", "twice base64", "indefinite ber"],
)
def test_the_signed_file_comes_out_whatever_the_encoding(raw: bytes) -> None:
    assert sniff(raw, "reclamo.pdf.p7m").media_type == "application/pkcs7-mime"
    opened = expand(raw, filename="reclamo.pdf.p7m")

    assert (opened.kind, opened.defects) == ("signed", ())
    assert [(child.name, child.data) for child in opened.children] == [("reclamo.pdf", CONTENT)]
    (signer,) = opened.signers
    assert (signer.name, signer.tax_code, signer.email) == (
        "Mario Rossi",
        "RSSMRA80A01H501U",
        "mario.rossi@example.org",
    )
    assert signer.issuer == "Prova CA Firma Qualificata"
    assert signer.valid is True
    assert signer.certificate_in_force is True
    assert signer.signed_at is not None and signer.signed_at.tzinfo is UTC
    assert signer.signed_at <= datetime.now(UTC)


def test_a_signature_within_a_signature_opens_level_by_level() -> None:
    raw = signed(signed(signed(CONTENT)))
    name = "reclamo.pdf.p7m.p7m.p7m"
    for _ in range(3):
        (child,) = expand(raw, filename=name).children
        raw, name = child.data, child.name
    assert (name, raw) == ("reclamo.pdf", CONTENT)


def test_changed_content_is_kept_and_the_signature_is_not_valid() -> None:
    opened = expand(DER.replace(b"reclamo", b"RECLAMO"), filename="a.p7m")
    assert opened.children[0].data == CONTENT.replace(b"reclamo", b"RECLAMO")
    assert opened.signers[0].valid is False


def test_each_of_several_signers_is_told() -> None:
    other = person(elliptic=True, serial="IT:VRDLGI70A01F205X")
    opened = expand(signed(CONTENT, person(), other), filename="a.p7m")
    assert {signer.valid for signer in opened.signers} == {True}
    assert len(opened.signers) == 2


def test_elliptic_keys_expired_certificates_and_foreign_serials_are_told_as_they_are() -> None:
    assert expand(signed(CONTENT, person(elliptic=True)), filename="a.p7m").signers[0].valid is True
    expired = expand(signed(CONTENT, person(expired=True)), filename="a.p7m").signers[0]
    assert (expired.valid, expired.certificate_in_force) == (True, False)
    assert expand(signed(CONTENT, person(serial="PASIT-YA1234567")), filename="a.p7m").signers[0].tax_code is None


def test_a_detached_signature_is_no_container_and_can_be_checked_against_its_file() -> None:
    signature = signed(CONTENT, detached=True)

    assert sniff(signature, "reclamo.pdf.p7s").media_type == "application/pkcs7-signature"
    opened = expand(signature, filename="reclamo.pdf.p7s")
    assert (opened.kind, opened.children, opened.stands_for_itself) == ("signature", (), True)
    assert opened.signers[0].valid is None
    assert check_signature(signature, CONTENT)[0].valid is True
    assert check_signature(signature, CONTENT + b"x")[0].valid is False
    assert check_signature(b"rubbish", CONTENT) == ()


def test_a_signed_mail_part_comes_out_as_mail() -> None:
    part = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBuongiorno\r\n"
    (child,) = expand(signed(part), filename="smime.p7m").children
    assert (child.name, child.media_type) == ("messaggio.eml", "message/rfc822")


def test_an_enveloped_message_is_encrypted() -> None:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(CONTENT).set_content_encryption_algorithm(AES256)
    raw = builder.add_recipient(person().certificate).encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    assert expand(raw, filename="a.pdf.p7m").defects == ("encrypted",)


def test_a_timestamped_file_is_opened_and_marked() -> None:
    raw = timestamped(DER)
    assert sniff(raw, "reclamo.pdf.p7m.tsd").media_type == "application/timestamped-data"
    opened = expand(raw, filename="reclamo.pdf.p7m.tsd")
    assert (opened.kind, opened.defects) == ("timestamped", ())
    assert [(child.name, child.data) for child in opened.children] == [("reclamo.pdf.p7m", DER)]
    assert "marca temporale" in opened.details[0]


@pytest.mark.parametrize("cut", [25, 60, 300, len(DER) - 300])
def test_a_cut_signature_is_corrupt(cut: int) -> None:
    opened = expand(DER[:cut], filename="a.pdf.p7m", media_type="application/pkcs7-mime")
    assert opened.defects == ("corrupt",)
