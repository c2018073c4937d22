"""Faxes that a fax server sends on by mail: the picture is the fax, the server's words are nobody's."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

from PIL import Image

from bench.plain_pdf import text_pdf
from mailroom.envelope import Channel, Transport
from mailroom.item import Hints
from parsers.opening import Opened, open_arrival
from parsers.reading import read_documents

HINTS = Hints(channel=Channel.FAX, transport=Transport(fax_sender="+390612345"))


def tiff() -> bytes:
    out = io.BytesIO()
    Image.new("1", (1728, 1100), 1).save(out, "TIFF", compression="group4", dpi=(204, 98))
    return out.getvalue()


def mail(*files: tuple[str, str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "fax@centralino.example", "Fax da 06 12345"
    message.set_content("Ricevuto un fax di 1 pagina. Questo messaggio è stato generato dal server fax.")
    for kind, name, data in files:
        message.add_attachment(data, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name)
    return message.as_bytes()


def carrier(opened: Opened) -> bytes:
    assert opened.submission.carrier is not None
    return opened.contents[opened.submission.parts[opened.submission.carrier].digest]


def test_the_picture_is_the_fax_and_the_servers_words_are_not_the_senders() -> None:
    picture = tiff()
    opened = open_arrival(mail(("image/tiff", "fax0001.tif", picture)), HINTS)
    assert carrier(opened) == picture
    assert opened.submission.messages == () and opened.submission.attachments == ()
    assert (opened.envelope.channel, opened.envelope.transport.fax_sender) == (Channel.FAX, "+390612345")
    assert opened.envelope.sender is None
    (document,) = read_documents(opened.submission, opened.contents.__getitem__)
    assert document.carrier and len(document.pages) == 1


def test_what_comes_beside_it_is_kept_as_a_document() -> None:
    first, second = text_pdf("Lettera"), tiff()
    opened = open_arrival(mail(("application/pdf", "fax.pdf", first), ("image/tiff", "2.tif", second)), HINTS)
    assert carrier(opened) == first
    (other,) = opened.submission.attachments
    assert opened.contents[opened.submission.parts[other].digest] == second


def test_a_notice_of_the_server_is_a_mail_like_others() -> None:
    opened = open_arrival(mail(), HINTS)
    assert opened.submission.carrier is None and opened.envelope.channel is Channel.EMAIL
    assert opened.submission.own is not None and "server fax" in opened.submission.own.new


def test_a_fax_itself_is_never_taken_for_a_mail() -> None:
    for raw in (tiff(), text_pdf("A: b"), b"", b"\0\1\2", b"a: " + b"\0" * 50):
        assert open_arrival(raw, HINTS).envelope.channel in (Channel.FAX, Channel.EMAIL)
    assert carrier(open_arrival(text_pdf("From: x"), HINTS)).startswith(b"%PDF")


def test_several_files_scanned_as_one_item_are_a_letter_and_its_enclosures() -> None:
    letter, bill = tiff(), text_pdf("Bolletta gas n. 7")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lettera.tif", letter)
        archive.writestr("bolletta.pdf", bill)
    opened = open_arrival(packed.getvalue(), Hints(channel=Channel.POST, filename="busta.zip"))
    assert carrier(opened) == letter and opened.submission.messages == ()
    enclosed = [opened.submission.parts[n] for n in opened.submission.attachments]
    assert [(part.filename, opened.contents[part.digest]) for part in enclosed] == [("bolletta.pdf", bill)]


def test_an_archive_without_a_picture_stays_what_it_is() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("note.bin", b"\0\1\2")
    opened = open_arrival(packed.getvalue(), Hints(channel=Channel.POST, filename="busta.zip"))
    assert carrier(opened) == packed.getvalue()
