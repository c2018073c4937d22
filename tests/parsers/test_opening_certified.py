"""PEC as its providers write it: envelopes, receipts and daticert.xml in the forms, and with the faults, that occur.

Structure and quirks follow what Aruba, Namirial and others send; every word in it is of our own making.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Callable

import pytest

from mailroom.envelope import AutomaticKind, CertifiedMail, Channel
from mailroom.homecoming import homecoming
from mailroom.item import Hints
from parsers.opening import Opened, open_arrival

CLIENTS_ID = "<KT04$91AB@pec.example>"
NUMBER = "opec2101.20260205101112.01234.567.1.99@gestore.example"
DATICERT = f"""<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="posta-certificata" errore="nessuno">
    <intestazione>
        <mittente>Ada.Neri@pec.example</mittente>
        <destinatari tipo="certificato">sportello@pec.sportello.example</destinatari>
        <risposte>ada.neri@pec.example</risposte>
        <oggetto>Reclamo</oggetto>
    </intestazione>
    <dati>
        <gestore-emittente>Gestore S.p.A.</gestore-emittente>
        <data zona="+0100">
            <giorno>05/02/2026</giorno>
            <ora>10:11:12</ora>
        </data>
        <identificativo>{NUMBER}</identificativo>
        <msgid>&lt;{CLIENTS_ID[1:-1]}&gt;</msgid>
    </dati>
</postacert>
"""
LETTER = (
    'Received: from a by b; Thu, 5 Feb 2026 10:11:10 +0100\nFrom: "Ada Neri" <ada.neri@pec.example>\n'
    f"Subject: Reclamo\nMessage-ID: <{NUMBER}>\nX-Riferimento-Message-ID: {CLIENTS_ID}\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nLa bolletta è sbagliata.\n"
).encode()
RETURNED = b"""\
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@posta.example
Action: failed
Status: 5.1.1

--r
Content-Type: text/rfc822-headers

Message-ID: <risposta-7@sportello.example>
--r--
"""
ENVELOPE = f"""\
Return-Path: <posta-certificata@gestore.example>
X-Riferimento-Message-ID: {CLIENTS_ID}
Message-ID: <{NUMBER}>
To: sportello@pec.sportello.example
X-Trasporto: posta-certificata
From: "Per conto di: ada.neri@pec.example" <posta-certificata@gestore.example>
Reply-To: ada.neri@pec.example
Subject: POSTA CERTIFICATA: Reclamo
"""
ANOMALY = ENVELOPE.replace("X-Trasporto: posta-certificata", "X-Trasporto: errore").replace(
    f"X-Riferimento-Message-ID: {CLIENTS_ID}\n", ""
)
NAMED = 'message/rfc822; name="postacert.eml"\nContent-Disposition: inline; filename="postacert.eml"'
DATA = 'application/xml; name="daticert.xml"\nContent-Disposition: inline; filename="daticert.xml"'


def receipt(kind: str) -> str:
    head = ENVELOPE.replace("X-Trasporto: posta-certificata", f"X-Ricevuta: {kind}")
    return re.sub(r"From: .*", "From: posta-certificata@gestore.example", head).replace("POSTA CERTIFICATA", "CONSEGNA")


def sealed(
    head: str = ENVELOPE,
    *,
    daticert: bytes | str | None = DATICERT,
    data: str = DATA,
    carried: bytes | None = LETTER,
    carrying: str = f"{NAMED}\nContent-Transfer-Encoding: 7bit",
    signed: bool = True,
) -> bytes:
    """An envelope as most providers build it: words in two forms, daticert in base64, the letter, the signature."""
    inner, outer = (f"---=_{name}-{len(carried or b'')}" for name in ("1770282672-7", "0460AB"))
    said = daticert.encode() if isinstance(daticert, str) else daticert
    words = f'multipart/alternative;\n boundary="{inner}a"\nContent-Transfer-Encoding: binary\n\n'
    for kind, text in (("plain", "Messaggio di posta certificata"), ("html", "<p>Messaggio</p>")):
        words += f'--{inner}a\nContent-Type: text/{kind}; charset="iso-8859-1"\n\n{text}\n'
    parts = [f"{words}--{inner}a--\n".encode()]
    if said is not None:
        parts.append(f"{data}\nContent-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(said))
    if carried is not None:
        parts.append(f"{carrying}\n\n".encode() + carried)
    body = b"".join(f"--{inner}\nContent-Type: ".encode() + part + b"\n" for part in parts) + f"--{inner}--\n".encode()
    mixed = f'Content-Type: multipart/mixed; boundary="{inner}"\nContent-Transfer-Encoding: binary\n\n'.encode() + body
    if not signed:
        return head.encode() + b"MIME-Version: 1.0\n" + mixed
    kind = f'multipart/signed; protocol="application/x-pkcs7-signature"; micalg="sha-256"; boundary="{outer}"'
    signature = 'application/x-pkcs7-signature; name="smime.p7s"\nContent-Transfer-Encoding: base64\n\nMIIB\n'
    wrapped = f"MIME-Version: 1.0\nContent-Type: {kind}\n\nThis is an S/MIME signed message\n\n--{outer}\n".encode()
    return head.encode() + wrapped + mixed + f"--{outer}\nContent-Type: {signature}--{outer}--\n".encode()


def opened(raw: bytes) -> Opened:
    return open_arrival(raw, Hints(channel=Channel.PEC))


def facts(found: Opened) -> CertifiedMail:
    assert found.envelope.certified is not None
    return found.envelope.certified


def told(found: Opened) -> tuple[object, ...]:
    known = facts(found)
    moment = f"{known.certified_at:%H:%M}" if known.certified_at else None
    return known.provider, known.certified_sender, moment, known.identifier, known.refers_to


WHOLE = ("Gestore S.p.A.", "ada.neri@pec.example", "09:11", NUMBER, CLIENTS_ID)


def prefixed(text: str) -> str:
    named = re.sub(r"<(/?)(?=[a-z])", r"<\1p:", text)
    return named.replace("<p:postacert ", '<p:postacert xmlns:p="urn:pec" ')


FAULTS: dict[str, Callable[[str], str | bytes]] = {
    "as it should be": lambda text: text,
    "a namespace": lambda text: text.replace("<postacert ", '<postacert xmlns="http://pec.example/dati" '),
    "a prefix": prefixed,
    "another case": lambda text: text.replace("postacert", "PostaCert"),
    "a document type": lambda text: text.replace("?>", '?>\n<!DOCTYPE postacert SYSTEM "Postacert.dtd">', 1),
    "marked sections": lambda text: re.sub(r"&lt;(.*)&gt;", r"<![CDATA[<\1>]]>", text),
    "a mark in front": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "wide characters": lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
    "another charset than it says": lambda text: text.replace("Reclamo", "Perché").encode("cp1252"),
    "an ampersand nobody escaped": lambda text: text.replace("Reclamo", "Luce & gas"),
    "an identifier nobody escaped": lambda text: text.replace("&lt;", "<").replace("&gt;", ">"),
    "an entity of HTML": lambda text: text.replace("Reclamo", "Perch&egrave;"),
    "a control character": lambda text: text.replace("Reclamo", "Re\x0bclamo"),
    "a cut end": lambda text: text.replace("    </dati>\n</postacert>\n", ""),
    "an identifier without brackets": lambda text: text.replace("&lt;", "").replace("&gt;", ""),
    "a zone with a colon": lambda text: text.replace("+0100", "+01:00"),
    "no zone": lambda text: text.replace(' zona="+0100"', ""),
    "an hour without seconds": lambda text: text.replace("10:11:12", "10:11"),
    "fractions of a second": lambda text: text.replace("10:11:12", "10:11:12.345"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_daticert_keeps_its_facts_whatever_is_wrong_with_it(fault: str) -> None:
    found = opened(
        sealed(ENVELOPE.replace(f"X-Riferimento-Message-ID: {CLIENTS_ID}\n", ""), daticert=FAULTS[fault](DATICERT))
    )
    assert told(found) == WHOLE
    assert (found.envelope.subject, found.submission.messages[0].new) == ("Reclamo", "La bolletta è sbagliata.")


def test_a_subject_that_plays_daticert_changes_no_fact() -> None:
    forged = "& <mittente>capo@ente.example</mittente><msgid>falso@x</msgid><identificativo>1</identificativo>"
    for said in (forged, f"<![CDATA[{forged}</oggetto>]]>"):
        assert told(opened(sealed(daticert=DATICERT.replace("Reclamo", said)))) == WHOLE


@pytest.mark.parametrize(
    "data",
    [
        'text/xml; name="DATICERT.XML"',
        'application/octet-stream; name="daticert.xml"\nContent-Disposition: attachment; filename="daticert.xml"',
        "application/xml\nContent-Disposition: attachment; filename*=utf-8''daticert.xml",
        "application/xml",
    ],
)
def test_daticert_is_found_however_its_part_is_named(data: str) -> None:
    assert told(opened(sealed(data=data))) == WHOLE


@pytest.mark.parametrize(
    ("carrying", "written"),
    [
        (f"{NAMED}\nContent-Transfer-Encoding: base64", base64.encodebytes),
        ('application/octet-stream; name="Postacert.EML"\nContent-Transfer-Encoding: base64', base64.encodebytes),
        (f"{NAMED}\nContent-Transfer-Encoding: quoted-printable", quopri.encodestring),
        ('message/rfc822; name="=?UTF-8?Q?postacert=2Eeml?="', bytes),
        ('text/plain; name="postacert.eml"', bytes),
        ("message/rfc822", lambda raw: b"From posta@x Thu Feb  5 10:11:12 2026\n" + raw),
    ],
)
def test_the_letter_is_found_however_it_is_enclosed(carrying: str, written: Callable[[bytes], bytes]) -> None:
    found = opened(sealed(carrying=carrying, carried=written(LETTER)))
    assert (found.envelope.subject, found.submission.messages[0].new) == ("Reclamo", "La bolletta è sbagliata.")
    assert found.submission.attachments == ()


@pytest.mark.parametrize("signed", [True, False])
def test_an_envelope_whose_headers_got_lost_is_known_by_sender_and_daticert(signed: bool) -> None:
    head = ENVELOPE.replace("X-Trasporto: posta-certificata\n", "")
    assert facts(opened(sealed(head, signed=signed))).kind == "posta-certificata"
    person = re.sub(r"From: .*", "From: ada@posta.example", head)
    assert opened(sealed(person, signed=signed)).envelope.certified is None


def test_an_envelope_without_letter_and_daticert_still_names_its_writer() -> None:
    found = opened(sealed(daticert=None, carried=None))
    assert facts(found).certified_sender == "ada.neri@pec.example"
    assert found.envelope.sender is not None and found.envelope.sender.email == "ada.neri@pec.example"


def test_a_letter_from_another_address_than_the_certified_one_is_told() -> None:
    found = opened(sealed(carried=LETTER.replace(b"ada.neri@pec", b"capo@ente")))
    assert found.envelope.authenticity.disagreements == ("pec-sender-other-address",)
    assert opened(sealed()).envelope.authenticity.disagreements == ()


FAILED = (
    DATICERT.replace("posta-certificata", "errore-consegna")
    .replace("nessuno", "altro")
    .replace("</msgid>", "</msgid><consegna>Bruno@pec.example</consegna><errore-esteso>5.1.1 - no</errore-esteso>")
)


def test_a_failed_delivery_says_to_whom_and_why() -> None:
    found = opened(sealed(receipt("errore-consegna"), daticert=FAILED, carried=None))
    known = facts(found)
    assert (known.kind, known.error, known.detail) == ("errore-consegna", "altro", "5.1.1 - no")
    assert known.delivered_to == "bruno@pec.example"
    came = homecoming(found.envelope)
    assert came is not None and (came.message_ids, came.arrived) == ((CLIENTS_ID,), False)
    assert came.says.endswith("(5.1.1)")


@pytest.mark.parametrize("both", [False, True])
def test_a_complete_receipt_is_a_receipt_though_it_holds_our_own_letter(both: bool) -> None:
    head = receipt("avvenuta-consegna") + ("X-Trasporto: posta-certificata\n" if both else "")
    found = opened(sealed(head, daticert=DATICERT.replace("posta-certificata", "avvenuta-consegna")))
    assert [sign.kind for sign in found.envelope.automatic] == [AutomaticKind.PEC_RECEIPT]
    assert found.submission.attachments == ()


@pytest.mark.parametrize("head", [ENVELOPE, ANOMALY])
def test_a_servers_report_within_an_envelope_comes_home(head: str) -> None:
    found = opened(sealed(head, carried=RETURNED))
    came = homecoming(found.envelope)
    assert came is not None and came.message_ids == ("<risposta-7@sportello.example>",)


def test_a_receipt_in_an_anomaly_envelope_is_a_receipt_unless_a_person_passed_it_on() -> None:
    within = sealed(receipt("errore-consegna"), daticert=FAILED, carried=None)
    found = opened(sealed(ANOMALY, daticert=None, carried=within))
    assert facts(found).kind == "errore-consegna"
    assert [sign.kind for sign in found.envelope.automatic] == [AutomaticKind.PEC_RECEIPT]
    passed_on = opened(sealed(ANOMALY, daticert=None, carried=b"Resent-From: ada@posta.example\n" + within))
    assert (facts(passed_on).kind, passed_on.envelope.automatic) == ("anomalia", ())


def test_a_certified_letter_in_an_anomaly_envelope_is_opened_and_not_certified() -> None:
    found = opened(sealed(ANOMALY, daticert=None, carried=sealed()))
    assert (facts(found).kind, found.envelope.channel, found.envelope.subject) == ("anomalia", Channel.PEC, "Reclamo")


def test_a_receipt_that_a_citizen_encloses_as_proof_is_a_document() -> None:
    proof = sealed(receipt("avvenuta-consegna"), daticert=DATICERT.replace("posta-certificata", "avvenuta-consegna"))
    head, _, words = LETTER.decode().partition("Content-Type")
    mail = f'{head}Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type{words}--b\n'
    mail += 'Content-Type: message/rfc822\nContent-Disposition: attachment; filename="CONSEGNA.eml"\n\n'
    raw = mail.encode() + proof + b"\n--b--\n"
    for found in (opened(sealed(carried=raw)), opened(raw)):
        assert [found.submission.parts[place].filename for place in found.submission.attachments] == ["CONSEGNA.eml"]
        assert (found.submission.messages[0].new, found.envelope.automatic) == ("La bolletta è sbagliata.", ())
