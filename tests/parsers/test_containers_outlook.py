"""Outlook's own formats: .msg files and winmail.dat, whole, nested and broken."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime

import pytest

from parsers import rtf
from parsers.expanding import expand
from parsers.media_type import sniff
from parsers.outlook import as_message
from tests.parsers.outlook_maker import msg, msg_tree, tnef

SENT = datetime(2026, 3, 5, 10, 20, tzinfo=UTC)
LETTER = {
    0x0037: "Reclamo bolletta perché errata",
    0x1000: "Buongiorno,\r\nla bolletta è sbagliata.\r\n",
    0x0042: "Città Anna",
    0x5D02: "anna@example.org",
    0x0039: SENT,
    0x1035: "<abc@example.org>",
}
TO = {0x3001: "Sportello", 0x39FE: "reclami@example.com", 0x0C15: 1}


def parsed(data: bytes | None) -> email.message.EmailMessage:
    assert data is not None
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def test_an_outlook_message_becomes_the_mail_it_was() -> None:
    raw = msg(
        LETTER, recipients=[TO], attachments=[({0x3707: "bolletta.pdf", 0x370E: "application/pdf"}, b"%PDF-1.4 x")]
    )

    assert sniff(raw, "posta.msg").media_type == "application/vnd.ms-outlook"
    mail = parsed(as_message(raw))

    assert mail["Subject"] == "Reclamo bolletta perché errata"
    assert mail["From"].addresses[0].addr_spec == "anna@example.org"
    assert mail["From"].addresses[0].display_name == "Città Anna"
    assert mail["To"].addresses[0].addr_spec == "reclami@example.com"
    assert mail["Date"].datetime == SENT
    assert mail["Message-ID"] == "<abc@example.org>"
    body = mail.get_body(("plain",))
    assert body is not None and "la bolletta è sbagliata" in body.get_content()
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("bolletta.pdf", "application/pdf")
    assert attachment.get_content() == b"%PDF-1.4 x"


def test_the_headers_that_it_travelled_with_come_first() -> None:
    headers = "Received: from a by b\r\nFrom: vera@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    mail = parsed(as_message(msg({**LETTER, 0x007D: headers})))

    assert mail["From"] == "vera@example.org"
    assert mail["Received"] == "from a by b"
    assert mail.get_content_type() == "text/plain"


def test_html_is_found_as_html_and_within_rtf() -> None:
    page = b"<html><body><p>Perch\xe9 <b>no</b></p></body></html>"
    mail = parsed(as_message(msg({0x0037: "x", 0x1013: page, 0x3FDE: 1252})))
    assert "Perché" in mail.get_content()

    source = rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}Perch\'e9{\*\htmltag72 </p>}}"
    stored = (len(source) + 12).to_bytes(4, "little") + len(source).to_bytes(4, "little") + b"MELA" + bytes(4) + source
    mail = parsed(as_message(msg({0x0037: "x", 0x1009: stored})))
    assert (mail.get_content_type(), mail.get_content().strip()) == ("text/html", "<p>Perché</p>")


def test_a_message_within_a_message_keeps_its_attachments() -> None:
    inner = msg_tree({0x0037: "dentro", 0x1000: "ciao"}, attachments=[({0x3707: "foto.jpg"}, b"\xff\xd8\xff")])
    mail = parsed(as_message(msg(LETTER, attachments=[({0x3001: "inoltrata"}, inner)])))

    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "message/rfc822"
    assert attached.get_filename() == "inoltrata.eml"
    within = attached.get_content()
    assert within["Subject"] == "dentro"
    assert [part.get_filename() for part in within.iter_attachments()] == ["foto.jpg"]


def test_as_an_attachment_it_opens_into_one_mail() -> None:
    opened = expand(msg(LETTER), filename="vecchia posta.msg")

    assert (opened.kind, opened.defects) == ("outlook", ())
    (child,) = opened.children
    assert (child.name, child.media_type) == ("vecchia posta.eml", "message/rfc822")


@pytest.mark.parametrize("cut", [100, 600, 1500, 3000])
def test_a_cut_outlook_message_is_corrupt_or_partly_read_and_never_raises(cut: int) -> None:
    opened = expand(msg(LETTER)[:cut], filename="x.msg", media_type="application/vnd.ms-outlook")
    assert opened.kind == "outlook"
    assert opened.children or "corrupt" in opened.defects


def test_winmail_dat_gives_its_attachments_and_its_words() -> None:
    raw = tnef(
        {**LETTER, 0x1000: "Buongiorno, perché"},
        [({0x3707: "bolletta è.pdf"}, b"%PDF-1.4"), ({}, b"\x89PNG")],
        titles=[b"BOLLET~1.PDF", b"foto \xe8.png"],
    )
    assert sniff(raw, "winmail.dat").media_type == "application/vnd.ms-tnef"
    opened = expand(raw, filename="winmail.dat")

    assert (opened.kind, opened.defects) == ("tnef", ())
    assert [(child.name, child.data) for child in opened.children[:2]] == [
        ("bolletta è.pdf", b"%PDF-1.4"),
        ("foto è.png", b"\x89PNG"),
    ]
    words = opened.children[2]
    assert (words.name, words.embedded, words.data.decode()) == ("messaggio.txt", True, "Buongiorno, perché")


def test_a_message_within_winmail_dat_is_a_mail() -> None:
    inner = tnef({0x0037: "dentro", 0x1000: "ciao"}, [({0x3707: "a.txt"}, b"uno")])
    opened = expand(tnef(LETTER, [({0x3707: "inoltrata"}, inner)]), filename="winmail.dat")

    mail = parsed(opened.children[0].data)
    assert opened.children[0].name == "inoltrata.eml"
    assert mail["Subject"] == "dentro"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["a.txt"]


def test_a_cut_winmail_dat_gives_what_comes_before_the_cut() -> None:
    raw = tnef(LETTER, [({0x3707: "a.txt"}, b"uno"), ({0x3707: "b.txt"}, b"due" * 100)])
    opened = expand(raw[: raw.index(b"due") + 30], filename="winmail.dat")

    assert opened.defects == ("corrupt",)
    assert opened.children[0].data == b"uno"


def test_compressed_rtf_unpacks_runs_that_overlap_themselves() -> None:
    # "xx…": one letter, then a reference to the letter just written, longer than what is there.
    start = len(rtf._RING_START)
    body = bytes([0b00000010]) + b"x" + ((start << 4) | 8).to_bytes(2, "big")
    packed = (12 + len(body)).to_bytes(4, "little") + (11).to_bytes(4, "little") + b"LZFu" + bytes(4) + body
    assert rtf.decompress(packed) == b"x" * 11
