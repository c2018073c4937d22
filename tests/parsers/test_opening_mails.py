"""Opening is total, accounts for every leaf, and finds the citizen's own words."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailroom.envelope import AutomaticKind, Channel
from mailroom.item import Hints
from mailroom.submission import Role
from parsers.opening import Opened, open_arrival
from parsers.quotes import split

MAIL = Hints(channel=Channel.EMAIL)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def opened(raw: bytes | EmailMessage, channel: Channel = Channel.EMAIL) -> Opened:
    data = raw if isinstance(raw, bytes) else raw.as_bytes(policy=SMTP)
    return open_arrival(data, Hints(channel=channel))


def letter(text: str = "Buongiorno, la bolletta è sbagliata.", subject: str = "Bolletta") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ada Neri <ada@posta.example>"
    mail["To"] = "info@sportello.example"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 17 Mar 2026 21:22:00 +0100"
    mail["Message-ID"] = "<1@posta.example>"
    mail.set_content(text)
    return mail


def names(found: Opened) -> list[str | None]:
    return [found.submission.parts[index].filename for index in found.submission.attachments]


def pec(inner: EmailMessage, *, kind: str = "posta-certificata", daticert: bytes | None = None) -> EmailMessage:
    outer = EmailMessage()
    outer["From"] = '"Per conto di: ada@pec.example" <posta-certificata@pec.gestore.example>'
    outer["To"] = "sportello@pec.sportello.example"
    outer["Subject"] = f"POSTA CERTIFICATA: {inner['Subject']}"
    outer["X-Trasporto" if kind == "posta-certificata" else "X-Ricevuta"] = kind
    outer["X-Riferimento-Message-ID"] = "<ours@sportello.example>"
    outer.set_content("Messaggio di posta certificata")
    body = (
        daticert
        or (
            f'<?xml version="1.0"?><postacert tipo="{kind}" errore="nessuno"><intestazione><mittente>ada@pec.example'
            '</mittente></intestazione><dati><gestore-emittente>Gestore S.p.A.</gestore-emittente><data zona="+0200">'
            "<giorno>05/08/2026</giorno><ora>10:10:00</ora></data><identificativo>opec1</identificativo></dati></postacert>"
        ).encode()
    )
    outer.add_attachment(body, maintype="application", subtype="xml", filename="daticert.xml")
    outer.add_attachment(inner, filename="postacert.eml")
    return outer


@given(st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_opening_is_total_over_all_bytes(raw: bytes) -> None:
    for channel in Channel:
        found = opened(raw, channel)
        assert all(part.digest in found.contents for part in found.submission.parts)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_mutilated_mail_still_opens(data: st.DataObject) -> None:
    mail = letter()
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="bolletta è.pdf")
    raw = bytearray(mail.as_bytes(policy=SMTP))
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    found = opened(bytes(raw))
    assert found.envelope.channel is Channel.EMAIL


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\r"), max_size=800))
@settings(max_examples=200, deadline=None)
def test_no_displayed_line_is_lost_between_new_signature_and_quoted(text: str) -> None:
    parted = split(text)
    kept = "\n".join((parted.new, parted.signature, parted.quoted))
    assert sorted(line for line in text.split("\n") if line.strip()) == sorted(
        line for line in kept.split("\n") if line.strip()
    )


def test_every_leaf_has_one_role_and_its_bytes() -> None:
    mail = letter()
    mail.add_alternative("<p>Buongiorno, la bolletta è sbagliata.</p>", subtype="html")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="bolletta.pdf")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + b"0" * 400, maintype="image", subtype="png", filename="image001.png",
                        disposition="inline", cid="<logo>")  # fmt: skip
    found = opened(mail)
    roles = [part.role for part in found.submission.parts]
    assert sorted(roles) == sorted([Role.TEXT, Role.ALTERNATIVE, Role.ATTACHMENT, Role.DECORATION])
    assert names(found) == ["bolletta.pdf"]
    assert found.contents[found.submission.parts[found.submission.attachments[0]].digest] == PDF


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_any_line_ending_will_do(ending: bytes) -> None:
    raw = ending.join([b"From: ada@posta.example", b"Subject: prova", b"", b"prima riga", b"seconda riga"])
    found = opened(raw)
    assert found.envelope.subject == "prova"
    own = found.submission.own
    assert own is not None and own.new.split("\n") == ["prima riga", "seconda riga"]


def test_eight_bit_headers_and_a_lying_charset_are_guessed_and_marked() -> None:
    raw = "From: Niccolò <n@posta.example>\nSubject: perché così\nContent-Type: text/plain; charset=us-ascii\n\nè vero"
    found = opened(raw.encode("latin-1"))
    own = found.submission.own
    assert found.envelope.subject == "perché così"
    assert own is not None and own.new == "è vero"
    assert "unknown_charset" in found.submission.parts[0].defects
    assert found.submission.defects == ("unknown_charset",)


def test_encoded_words_cut_inside_a_character_are_joined() -> None:
    raw = b"From: a@b.example\nSubject: =?utf-8?B?cGVyY2jD?= =?utf-8?B?qSBubz8=?=\n\nx"
    assert opened(raw).envelope.subject == "perché no?"


def test_a_pec_envelope_gives_way_to_the_citizens_message() -> None:
    inner = letter("Chiedo la conciliazione.", subject="Domanda")
    inner.add_attachment(PDF, maintype="application", subtype="pdf", filename="reclamo.pdf")
    found = opened(pec(inner))
    facts = found.envelope.certified
    assert found.envelope.channel is Channel.PEC
    assert (found.envelope.subject, names(found)) == ("Domanda", ["reclamo.pdf"])
    assert facts is not None and facts.provider == "Gestore S.p.A." and facts.certified_sender == "ada@pec.example"
    assert facts.certified_at is not None and facts.certified_at.isoformat() == "2026-08-05T08:10:00+00:00"
    assert found.envelope.automatic == ()


def test_a_broken_daticert_costs_its_facts_and_not_the_mail() -> None:
    found = opened(pec(letter(subject="Domanda"), daticert=b"<postacert><open"))
    assert found.envelope.subject == "Domanda"
    assert found.envelope.certified is not None and found.envelope.certified.provider is None


@pytest.mark.parametrize("kind", ["accettazione", "avvenuta-consegna", "errore-consegna", "presa-in-carico"])
def test_a_pec_receipt_is_automatic_and_linked_and_carries_no_document(kind: str) -> None:
    found = opened(pec(letter(), kind=kind))
    sign = found.envelope.automatic[0]
    assert (sign.kind, sign.refers_to) == (AutomaticKind.PEC_RECEIPT, "<ours@sportello.example>")
    assert found.submission.attachments == ()


@pytest.mark.parametrize(
    ("writer", "subject", "name", "kinds"),
    [
        ("sdi01@pec.fatturapa.it", "Invio File 123456789", "IT01234567890_A1b2C.xml.p7m", ["invoice_exchange"]),
        ("sdi14@pec.fatturapa.it", "Notifica di mancata consegna", "nota.xml", ["invoice_exchange"]),
        ("sdi14@pec.fatturapa.it", "Comunicazione", "IT01234567890_00001_MC_001.xml", ["invoice_exchange"]),
        ("sdi14@pec.fatturapa.it", "Comunicazione", "nota.xml", []),
        ("ada@pec.example", "Fwd: Invio File 123456789", "IT01234567890_A1b2C.xml", []),
    ],
)
def test_mail_of_the_invoice_exchange_is_its_own_kind_and_keeps_its_files(
    writer: str, subject: str, name: str, kinds: list[str]
) -> None:
    inner = letter("Si trasmette il file allegato.", subject=subject)
    inner.replace_header("From", writer)
    inner.add_attachment(b"<x/>", maintype="application", subtype="xml", filename=name)
    daticert = (
        f"<postacert tipo='posta-certificata'><intestazione><mittente>{writer}</mittente></intestazione></postacert>"
    )
    for mail in (inner, pec(inner, daticert=daticert.encode())):
        found = opened(mail)
        assert [sign.kind.value for sign in found.envelope.automatic] == kinds
        assert len(found.submission.attachments) == 1


def test_a_bounce_is_known_by_its_structure() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain\n\n550 5.1.1 user unknown\n--b\nContent-Type: message/delivery-status\n\n"
        b"Final-Recipient: rfc822; x@y.example\n"
        b"Action: failed\nStatus: 5.1.1\n--b--\n"
    )
    assert [a.kind for a in opened(raw).envelope.automatic][:1] == [AutomaticKind.BOUNCE]


def test_a_letter_that_quotes_a_bounce_is_none() -> None:
    text = "Mi è tornato indietro:\n> Undelivered Mail Returned to Sender\n> 550 5.1.1 user unknown\nGrazie"
    assert opened(letter(text)).envelope.automatic == ()


def test_an_absence_notice_is_an_auto_reply() -> None:
    mail = letter("Sono fuori ufficio fino al 20 agosto.", subject="Risposta automatica: la Sua pratica")
    mail["Auto-Submitted"] = "auto-replied"
    assert opened(mail).envelope.automatic[0].kind is AutomaticKind.AUTO_REPLY


@pytest.mark.parametrize(
    "line",
    [
        "Il giorno mar 3 mar 2026 alle ore 10:22 Sportello <info@sportello.example> ha scritto:",
        "Il giorno mar 3 mar 2026 alle ore 10:22 Sportello per il consumatore\nEnergia e Ambiente - Conciliazioni\n"
        "<info@sportello.example> ha scritto:",
        "    Il martedì 3 marzo 2026 alle ore 10:22:00 CET, Sportello <info@sportello.example> ha scritto:  ",
        "  Il mar, 3 mar, 2026 alle 10:22, Sportello<info@sportello.example> ha scritto:   Gentile signora,",
        "Il 03/03/26 10:22, Sportello ha scritto:",
        "Il 2026-03-03 10:22 info@sportello.example ha scritto:",
        "mar 3 mar 2026, alle 10:22, Sportello ha scritto:",
        "Martedì 3 marzo 2026 10:22 +01:00 da Sportello <info@sportello.example>:",
        "Am 03.03.2026 um 10:22 schrieb Sportello <info@sportello.example>:",
        "Le mar. 3 mars 2026 à 10:22, Sportello <info@sportello.example> a écrit :",
        "----Messaggio originale----\nDa: info@sportello.example\nData: 3-mar-2026 10.22\nA: <a@posta.example>\nOgg: x",
        'Da : "Sportello" <info@sportello.example>\nA : ada@posta.example\nData : Tue, 3 Mar 2026 10:22\nOggetto : x',
        "Da:\tSportello\nPer:\tada@posta.example\nData:\t03/03/2026 10:22\nOggetto:\tx",
        "Da: Sportello [mailto:info@sportello.example] Inviato: martedì 3 marzo 2026 10:22 A: Ada Oggetto: pratica",
        "-----Messaggio originale-----",
        "Da: Sportello <info@sportello.example>\nInviato: martedì 3 marzo 2026 10:22\nA: Ada\nOggetto: pratica",
        "In data 3 marzo 2026 10:22:11 CET, Sportello ha scritto:",
    ],
)
def test_italian_clients_quote_in_their_own_ways(line: str) -> None:
    parted = split(f"Grazie, aspetto.\n\n{line}\nGentile signora,\nla Sua pratica procede.")
    assert parted.new.strip() == "Grazie, aspetto."
    assert "la Sua pratica procede." in parted.quoted


def test_a_letter_headed_like_a_fax_is_no_history() -> None:
    text = "PALERMO 30/3/26\nDA: SAMMARTANO VITO\nA: SPORTELLO ENERGIA\n\nOGGETTO: CMOR\n\nHO GIÀ PAGATO."
    assert split(text).new == text


@pytest.mark.parametrize(
    "text",
    [
        'Il 12 marzo 2026 il fornitore mi ha scritto:\n\n"Gentile cliente, paghi."\n\nNon sono d\'accordo.',
        "Il 12 marzo alle 10:30 info@fornitore.example mi ha scritto:\nGentile cliente, paghi.",
        "Il 12 marzo alle 10:30 il tecnico ha scritto\nsul verbale che il contatore è rotto.",
        "Il 12 marzo 2026 il gestore ha scritto\nche non risultano pagamenti.\nChiedo una verifica.",
        "Da: Ada Neri (ada@posta.example)\nA: Sportello\nData: 12/03/2026\nOggetto: reclamo\n\nContesto la bolletta.",
    ],
)
def test_what_people_write_about_letters_is_no_history(text: str) -> None:
    assert split(text).new == text


def test_a_signature_below_the_history_is_a_signature() -> None:
    parted = split("Grazie.\n\nIl 03/03/26 10:22, Sportello ha scritto:\n> Gentile signora\n>\n> saluti\n-- \nAda Neri")
    assert (parted.new, parted.signature) == ("Grazie.", "-- \nAda Neri")


def test_answers_written_between_the_quoted_lines_are_new_words() -> None:
    text = "Il 3 marzo 2026 Sportello ha scritto:\n> Qual è il POD?\nIT001E12345678\n> E il telefono?\n06 1234567"
    parted = split(text)
    assert "IT001E12345678" in parted.new and "06 1234567" in parted.new
    assert "Qual è il POD?" in parted.quoted


def test_a_forwarded_mail_is_read_and_is_no_document() -> None:
    inner = letter("la pratica SPCEN123456 procede", subject="La Sua pratica")
    outer = letter("vi giro questo", subject="I: La Sua pratica")
    outer.add_attachment(inner, filename="La Sua pratica.eml")
    found = opened(outer)
    assert names(found) == []
    assert [m.new.strip() for m in found.submission.messages] == ["vi giro questo", "la pratica SPCEN123456 procede"]


def test_an_enclosed_letter_is_a_document_under_its_own_name() -> None:
    inner = letter("Spett.le fornitore, contesto la fattura.", subject="contestazione")
    outer = letter("allego il reclamo", subject="conciliazione")
    outer.add_attachment(inner, filename="Reclamo 7 gennaio.eml")
    assert names(opened(outer)) == ["Reclamo 7 gennaio.eml"]


def test_direction_tricks_in_names_are_neutralised() -> None:
    mail = letter()
    mail.replace_header("From", "Ada \u202egpj.exe <ada@posta.example>")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="fattura\u202efdp.exe")
    found = opened(mail)
    assert found.envelope.sender is not None and "\u202e" not in (found.envelope.sender.name or "")
    assert "\u202e" not in (names(found)[0] or "")
    assert "unsafe_name" in found.submission.parts[found.submission.attachments[0]].defects


def test_a_deep_nest_and_a_flood_of_parts_are_bounded() -> None:
    for depth in (200, 3000):
        nest = b"Content-Type: message/rfc822\n\n" * depth + b"Subject: innen\n\nciao\n"
        assert len(opened(nest).submission.messages) < 50
    flood = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000 + b"--b--\n"
    assert len(opened(flood).submission.parts) <= 1_000


@pytest.mark.parametrize(
    ("written", "read"),
    [("<a@b.example>", "<a@b.example>"), ("N77056c0a550a", "<N77056c0a550a>"), ("due parole", None), ("<>", None)],
)
def test_an_identifier_without_brackets_is_one(written: str, read: str | None) -> None:
    assert opened(f"From: ada@posta.example\nMessage-ID: {written}\n\nciao\n".encode()).envelope.message_id == read


@pytest.mark.parametrize(
    "head",
    [
        "Subject: AUTO: Ada Neri è fuori ufficio (rientro 05/01/2026)\n\nSono assente fino al 5 gennaio.",
        "Subject: R: Risposta automatica: pratica\n\nGrazie per averci scritto.",
        "Subject: Assente fino al 20 agosto\n\nSono in ferie, rientrerò il 21.",
        "Subject: Grazie\nReturn-Path: <>\nPrecedence: bulk\n\nThank you for your e-mail.",
        "Subject: Risposta\nX-Autoreply: yes\n\nTorno presto.",
    ],
)
def test_absence_notices_are_known_in_many_forms(head: str) -> None:
    found = opened(f"From: ada@posta.example\n{head}\n".encode()).envelope.automatic
    assert found[0].kind is AutomaticKind.AUTO_REPLY and found[0].confidence > 0.9


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Assenza di risposta al reclamo\n\nMi è arrivata solo una risposta automatica del fornitore.",
        "Subject: Auto elettrica e ricarica\n\nGrazie per il vostro aiuto. Abbiamo ricevuto la sua lettera, dicono.",
        "Subject: Fornitore assente\n\nHo ricevuto una risposta automatica e poi nulla.",
        "Subject: scansione\nAuto-Submitted: auto-generated\n\nDocumento inviato da multifunzione.",
    ],
)
def test_people_who_tell_of_automatic_answers_are_no_machines(head: str) -> None:
    found = opened(f"From: ada@posta.example\n{head}\n".encode()).envelope.automatic
    assert all(sign.confidence < 0.9 for sign in found)
