"""Our answers that come back: a letter instead, a person's task, or nothing at all."""

from __future__ import annotations

import sys
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from smtp import Mailbox

from mailroom.dispatch import Dispatch, DispatchChannel, DispatchState
from outbound.letter import draft
from outbound.returning import letter_instead
from road.chores import Chores
from road.gateway import Gateway
from store.dispatch_views import DispatchRow
from tests.road.answering import arrive, letter

ASKS = (
    "Buongiorno, vorrei sapere chi è il mio attuale fornitore di energia elettrica e da quando: chiedo il servizio "
    "SMART Info."
)
ADDRESS = "\n\nAda Neri\nVia dei Tigli 14, 37122 Verona\n"


def report(message_id: str, status: str, *, action: str = "failed") -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.posta.example (Mail Delivery System)
To: sportello@sportello.example
Subject: Undelivered Mail Returned to Sender
Date: Tue, 17 Mar 2026 22:00:00 +0100
Message-ID: <b{status}@mx.posta.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.posta.example

Final-Recipient: rfc822; ada@posta.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--B
Content-Type: text/rfc822-headers

From: sportello@sportello.example
To: ada@posta.example
Message-ID: {message_id}
Subject: ricevuto

--B--
""".replace("\n", "\r\n").encode()


def receipt(message_id: str, kind: str) -> bytes:
    """A PEC provider's receipt (DM 2 November 2005)."""
    wrong = "nessuno" if kind == "avvenuta-consegna" else "no-dest"
    daticert = f"""<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="{kind}" errore="{wrong}"><intestazione><mittente>sportello@pec.example</mittente>
<destinatari tipo="certificato">ada@posta.example</destinatari><oggetto>ricevuto</oggetto></intestazione>
<dati><gestore-emittente>GESTORE</gestore-emittente><data zona="+0100">
<giorno>17/03/2026</giorno><ora>22:00:00</ora></data>
<identificativo>opec1@pec.example</identificativo><msgid>{message_id.replace("<", "&lt;").replace(">", "&gt;")}</msgid>
</dati></postacert>"""
    mail = EmailMessage()
    mail["From"] = "posta-certificata@pec.example"
    mail["To"] = "sportello@pec.example"
    mail["Subject"] = "AVVISO: ricevuto"
    mail["Date"] = "Tue, 17 Mar 2026 22:00:00 +0100"
    mail["Message-ID"] = f"<{kind}@pec.example>"
    mail["X-Ricevuta"] = kind
    mail["X-Riferimento-Message-ID"] = message_id
    mail.set_content("Ricevuta")
    mail.add_attachment(daticert.encode(), maintype="application", subtype="xml", filename="daticert.xml")
    return mail.as_bytes()


def answered(gateway: Gateway, folder: Path, text: str = ASKS + ADDRESS) -> tuple[DispatchRow, str]:
    """The answer to a letter, and its Message-ID."""
    item = arrive(gateway, folder, "a.eml", letter(text))
    detail = gateway.views.item(item)
    assert detail is not None
    (row,) = detail.dispatches
    assert row.state is DispatchState.SENT and row.to == "ada@posta.example"
    (owed,) = gateway.views.owed([row.key])
    return row, str(message_from_bytes(owed.payload)["Message-ID"])


def again(gateway: Gateway, key: str) -> DispatchRow:
    (owed,) = gateway.views.owed([key])
    return owed.row


def kinds(gateway: Gateway, code: str | None) -> list[str]:
    detail = gateway.views.case(code or "")
    assert detail is not None
    return [event.kind for event in detail.road]


@pytest.mark.parametrize("made", ["bounce", "errore-consegna", "non-accettazione", "rilevazione-virus"])
def test_an_answer_that_comes_back_goes_out_again_as_a_letter(gateway: Gateway, tmp_path: Path, made: str) -> None:
    row, message_id = answered(gateway, tmp_path)
    raw = report(message_id, "5.1.1") if made == "bounce" else receipt(message_id, made)
    item = arrive(gateway, tmp_path, "b.eml", raw)
    came = gateway.views.item(item)
    assert came is not None and came.row.case_code == row.case_code and came.row.held_code is None
    assert again(gateway, row.key).state is DispatchState.FAILED
    assert [d.key for d in gateway.views.troubled_dispatches()] == [row.key]

    assert Chores(gateway).run_due()["returned"] == 1
    assert gateway.views.troubled_dispatches() == ()
    (queued,) = gateway.views.print_queue()
    paper = draft(queued.payload)
    assert paper.to == ("Ada Neri", "Via dei Tigli 14", "37122 Verona")
    assert "ada@posta.example è tornato indietro" in paper.text and str(row.case_code) in paper.text
    assert {"returned", "replaced"} <= set(kinds(gateway, row.case_code))


def test_an_address_that_the_mail_server_knows_nobody_at_gets_a_letter(
    gateway: Gateway, tmp_path: Path, server: Mailbox
) -> None:
    server.recipients_answer = "550 5.1.1 no such user here"
    arrive(gateway, tmp_path, "a.eml", letter(ASKS + ADDRESS))
    Chores(gateway).run_due()
    (queued,) = gateway.views.print_queue()
    assert draft(queued.payload).to == ("Ada Neri", "Via dei Tigli 14", "37122 Verona")


def test_a_server_that_wants_nothing_of_us_is_a_persons_to_look_at(
    gateway: Gateway, tmp_path: Path, server: Mailbox
) -> None:
    server.recipients_answer = "550 5.7.1 relaying denied"
    arrive(gateway, tmp_path, "a.eml", letter(ASKS + ADDRESS))
    Chores(gateway).run_due()
    assert gateway.views.print_queue() == ()
    (held,) = gateway.views.troubled_dispatches()
    assert (held.state, held.held_code) == (DispatchState.HELD, "refused")


def test_without_a_postal_address_a_person_is_asked(gateway: Gateway, tmp_path: Path) -> None:
    row, message_id = answered(gateway, tmp_path, ASKS + "\n\nAda Neri\n")
    arrive(gateway, tmp_path, "b.eml", report(message_id, "5.1.1"))
    Chores(gateway).run_due()
    assert gateway.views.print_queue() == ()
    (troubled,) = gateway.views.troubled_dispatches()
    assert (troubled.key, troubled.held_code) == (row.key, "unreachable")
    assert gateway.ledger.release_dispatch(row.key, "anna")
    assert again(gateway, row.key).state is DispatchState.DUE


@pytest.mark.parametrize(
    "raw",
    [
        lambda known: report(known, "4.4.1", action="delayed"),
        lambda known: report("<nostra@altrove.example>", "5.1.1"),
        lambda known: receipt(known, "preavviso-errore-consegna"),
        lambda known: receipt(known, "accettazione"),
    ],
    ids=["delayed", "of-another-message", "pec-warning", "pec-acceptance"],
)
def test_what_settles_nothing_changes_nothing(gateway: Gateway, tmp_path: Path, raw: object) -> None:
    row, message_id = answered(gateway, tmp_path)
    assert callable(raw)
    arrive(gateway, tmp_path, "b.eml", raw(message_id))
    Chores(gateway).run_due()
    assert again(gateway, row.key).state is DispatchState.SENT
    assert gateway.views.print_queue() == ()


def test_a_report_that_comes_twice_makes_one_letter(gateway: Gateway, tmp_path: Path) -> None:
    _, message_id = answered(gateway, tmp_path)
    arrive(gateway, tmp_path, "b.eml", report(message_id, "5.1.1"))
    Chores(gateway).run_due()
    arrive(gateway, tmp_path, "c.eml", report(message_id, "5.2.1"))
    Chores(gateway).run_due()
    assert len(gateway.views.print_queue()) == 1


def test_a_pec_that_arrived_is_noted_on_the_case(gateway: Gateway, tmp_path: Path) -> None:
    row, message_id = answered(gateway, tmp_path)
    arrive(gateway, tmp_path, "b.eml", receipt(message_id, "avvenuta-consegna"))
    assert again(gateway, row.key).state is DispatchState.SENT
    assert "delivered" in kinds(gateway, row.case_code)


def test_the_letter_keeps_the_claim_link_for_its_code(gateway: Gateway, tmp_path: Path) -> None:
    row, _ = answered(gateway, tmp_path)
    detail = gateway.views.case(row.case_code or "")
    assert detail is not None
    link = "https://sportello.example/ritira/abc.def"
    mail = EmailMessage()
    mail["Subject"], mail["Date"] = "Domanda di conciliazione – pratica", "Tue, 17 Mar 2026 21:22:00 +0100"
    mail.set_content(f"Usi questo indirizzo personale:\n\n{link}\n\nCordiali saluti")
    back = Dispatch(
        key="answer/x/1",
        channel=DispatchChannel.EMAIL,
        to="ada@posta.example",
        payload=mail.as_bytes(),
        repeatable=True,
    )
    answers = gateway.config.answers
    found = letter_instead(back, detail.row.case, now=gateway.clock.now(), answers=answers)
    assert found is not None
    paper = draft(found.payload)
    assert (paper.link, paper.subject) == (link, "Domanda di conciliazione – pratica")
    assert "inviato il 17 marzo 2026" in paper.text
