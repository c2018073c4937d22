"""Delivery reports in the many forms that servers write, and the letters that only look like them."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis.strategies import from_regex

from mailroom.envelope import Automatic, AutomaticKind, Channel
from mailroom.item import Hints
from parsers.machine_words import RETURNED_SUBJECT, returned_subject
from parsers.opening import open_arrival

RETURNED = """\
Received: from uscita.sportello.example (uscita.sportello.example [192.0.2.9])
    by mx.posta.example with ESMTP; Tue, 17 Mar 2026 21:20:00 +0100
From: Sportello <info@sportello.example>
To: ada@posta.example
Subject: Risposta alla sua richiesta
Message-ID: <risposta-7@sportello.example>
Date: Tue, 17 Mar 2026 21:20:00 +0100

Gentile cliente
"""

HOMEMADE = {
    "qmail": """\
        From: MAILER-DAEMON@mx.posta.example
        Subject: failure notice

        Hi. This is the qmail-send program at mx.posta.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.

        <ada@posta.example>:
        Sorry, no mailbox here by that name. (#5.1.1)

        --- Below this line is a copy of the message.
        """,
    "exim": """\
        From: Mail Delivery System <Mailer-Daemon@mx.posta.example>
        X-Failed-Recipients: ada@posta.example
        Auto-Submitted: auto-replied
        Subject: Mail delivery failed: returning message to sender

        A message that you sent could not be delivered. The following address failed:

          ada@posta.example
            550 5.1.1 no such user

        ------ This is a copy of the message, including all the headers. ------
        """,
    "old Exchange": """\
        From: System Administrator <postmaster@posta.example>
        Subject: Undeliverable: Risposta alla sua richiesta

        Your message did not reach some or all of the intended recipients.

        ada@posta.example on 17/03/2026 21:22
            The recipient name is not recognized: 5.1.1

        ------- Original message follows -------
        """,
    "Notes": """\
        From: postmaster@posta.example
        Return-Path: <>
        Subject: Undeliverable message

        ------- Failure Reasons  --------

        User not listed in directory (5.1.1)
        ada@posta.example

        ------- Returned Message --------
        """,
    "1&1": """\
        From: "Mail Delivery System" <mailer-daemon@posta.example>
        Subject: Mail delivery failed: returning message to sender

        The following address failed:

        ada@posta.example

        For the following reason: 5.1.1 unknown

        --- The header of the original message is following. ---
        """,
    "a provider": """\
        From: MAILER-DAEMON@posta.example
        Subject: Failure Notice

        Sorry, we were unable to deliver your message to the following address.

        <ada@posta.example>:
        554: delivery error: 5.1.1 This user doesn't have a posta.example account

        --- Below this line is a copy of the message.
        """,
    "an Italian provider": """\
        From: Servizio di posta <postmaster@posta.example>
        Subject: Messaggio non recapitato

        Non è stato possibile consegnare il messaggio al destinatario ada@posta.example
        Errore: 550 5.1.1 utente inesistente

        ----- Messaggio originale -----
        """,
    "a gateway": """\
        From: Mail_Gateway@posta.example
        Subject: Mail could not be delivered

        Unable to deliver message to <ada@posta.example>: said: 550 5.1.1

        ----- Original message -----
        """,
}


def raw(text: str, below: str = "") -> bytes:
    return (f"To: info@sportello.example\nDate: Tue, 17 Mar 2026 21:22:00 +0100\n{dedent(text)}" + below).encode()


def kinds(mail: bytes) -> tuple[Automatic, ...]:
    return open_arrival(mail, Hints(channel=Channel.EMAIL)).envelope.automatic


def bounce(mail: bytes) -> Automatic:
    (found,) = [sign for sign in kinds(mail) if sign.kind is AutomaticKind.BOUNCE]
    return found


@pytest.mark.parametrize("form", HOMEMADE)
def test_home_made_reports_say_what_came_back_from_whom_and_why(form: str) -> None:
    found = bounce(raw(HOMEMADE[form], RETURNED))
    assert found.refers_to == "<risposta-7@sportello.example>"
    assert found.failed_recipients == ("ada@posta.example",)
    assert found.delivery_status == "5.1.1"
    assert found.confidence > 0.9


def report(status: str, action: str = "failed", returned: str = "message/rfc822") -> bytes:
    text = f"""\
        From: MAILER-DAEMON@mx.posta.example
        Return-Path: <>
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b

        I'm sorry.
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.posta.example

        Final-Recipient: rfc822; carlo@posta.example
        Action: delivered
        Status: 2.1.5

        Original-Recipient: rfc822;ada.neri@posta.example
        Final-Recipient: rfc822; ADA@posta.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 no

        --b
        Content-Type: {returned}

        """
    return raw(text, RETURNED + "\n--b--\n")


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_standard_report_is_read_by_its_fields(returned: str) -> None:
    found = bounce(report("5.2.2", returned=returned))
    assert found.confidence > 0.99
    assert found.failed_recipients == ("ada@posta.example",)
    assert found.delivery_status == "5.2.2"
    assert found.refers_to == "<risposta-7@sportello.example>"


def test_a_delay_and_a_success_are_told_by_their_status() -> None:
    assert bounce(report("4.4.1", "delayed")).delivery_status == "4.4.1"
    success = report("2.1.5", "relayed")
    assert bounce(success).delivery_status == "2.1.5"


def test_a_report_within_a_gateways_report_is_read() -> None:
    inner = report("5.1.1").decode()
    outer = dedent("""\
        From: Mail Delivery Subsystem <MAILER-DAEMON@gateway.example>
        Subject: Returned mail
        Content-Type: multipart/mixed; boundary=g

        --g

        The following addresses had permanent delivery errors
        --g
        Content-Type: message/rfc822

        """)
    found = bounce(f"{outer}{inner}\n--g--\n".encode())
    assert found.failed_recipients == ("ada@posta.example",)
    assert found.refers_to == "<risposta-7@sportello.example>"


def test_a_report_whose_line_ends_are_bare_returns_is_read() -> None:
    assert bounce(report("5.2.2").replace(b"\n", b"\r")).delivery_status == "5.2.2"


LETTERS = {
    "forwards a report in its words": """\
        From: Ada Neri <ada@posta.example>
        Subject: Fwd: Undelivered Mail Returned to Sender

        Buongiorno, il mio reclamo mi torna indietro, come mai?

        ---------- Forwarded message ---------
        Da: Mail Delivery System <MAILER-DAEMON@mx.posta.example>
        Oggetto: Undelivered Mail Returned to Sender

        <reclami@fornitore.example>: host said: 550 5.1.1 User unknown
        """,
    "quotes a report": """\
        From: Ada Neri <ada@posta.example>
        Subject: Il fornitore non riceve le mie mail

        Ho scritto tre volte e mi rispondono sempre:
        "550 5.1.1 user unknown, your message could not be delivered".
        ----- Original message -----
        From: ada@posta.example
        To: reclami@fornitore.example
        Subject: reclamo
        """,
    "complains that a bill never came": """\
        From: Ada Neri <ada@posta.example>
        Subject: Mancata consegna bolletta di luglio

        Non mi è stata recapitata la bolletta. Ho provato a scrivere ma la casella è piena.
        """,
    "complains under a subject like a report's": """\
        From: Ada Neri <ada@posta.example>
        Subject: Mancata consegna

        Impossibile consegnare la raccomandata al fornitore, l'indirizzo è sbagliato.
        """,
    "came through a forwarder with an empty return path": """\
        From: Ada Neri <ada@posta.example>
        Return-Path: <>
        Subject: Bolletta

        La bolletta non è stata recapitata. Codice 5.1.1
        """,
    "is written by a town's postmaster": """\
        From: Ufficio Postmaster <postmaster@comune.example>
        Subject: Bolletta della scuola

        Buongiorno, la bolletta della scuola non torna. Chi dobbiamo sentire?
        """,
    "answers a report": """\
        From: Ada Neri <ada@posta.example>
        Subject: R: Messaggio non recapitato
        In-Reply-To: <x@posta.example>

        Ora la casella funziona. Vi rimando tutto.

        Da: Mail Delivery System <MAILER-DAEMON@mx.posta.example>
        550 5.1.1 could not be delivered
        """,
}


@pytest.mark.parametrize("case", LETTERS)
def test_a_letter_that_only_looks_like_a_report_stays_a_letter(case: str) -> None:
    assert not [sign for sign in kinds(raw(LETTERS[case])) if sign.kind is AutomaticKind.BOUNCE]


def test_a_letter_that_encloses_a_report_stays_a_letter() -> None:
    outer = dedent("""\
        From: Ada Neri <ada@posta.example>
        Subject: Reclamo tornato indietro
        Content-Type: multipart/mixed; boundary=a

        --a

        Vi allego l'errore che ricevo: could not be delivered, 550 5.1.1
        --a
        Content-Type: message/rfc822
        Content-Disposition: attachment; filename="errore.eml"

        """)
    assert not kinds(f"{outer}{report('5.1.1').decode()}\n--a--\n".encode())


@settings(max_examples=400)
@given(from_regex(re.compile(RETURNED_SUBJECT.pattern, re.MULTILINE)))
def test_the_cheap_first_look_at_a_subject_passes_over_none_that_servers_use(subject: str) -> None:
    assert returned_subject(subject)
