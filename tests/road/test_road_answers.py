"""From a letter to its answer, its reminder, its claim and back: over a real ledger, a real SMTP server, real pages."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pdfplumber
import pytest
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from smtp import Mailbox

from console.accounts import set_password
from console.app import make_app
from mailroom.calendar import is_working_day
from mailroom.case import CaseStatus
from mailroom.dispatch import Dispatch, DispatchChannel
from outbound.acknowledging import Wording
from outbound.composing import letter_payload
from outbound.personal import Keys
from outbound.smtp import SmtpConfig
from road.chores import Chore, Chores
from road.desk import GatewayDesk
from road.gateway import Gateway
from road.letters import print_letters
from road.reminding import give_up_cases, remind_cases
from road.senders import senders_for
from tests.road.answering import arrive, letter, text_of

ASKS = (
    "Buongiorno, vorrei sapere chi è il mio attuale fornitore di energia elettrica e da quando: chiedo il servizio "
    "SMART Info.\n\nAda Neri\nVia dei Tigli 14, 37122 Verona\n"
)
TUESDAY = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
NIGHT = TUESDAY.replace(hour=1)
HOLIDAY = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)


def waiting_case(gateway: Gateway, folder: Path, server: Mailbox) -> str:
    """A case that waits for something, by a letter that lacks it; its code."""
    arrive(gateway, folder, "a.eml", letter(ASKS))
    (row,) = gateway.views.cases().rows
    assert row.case.status is CaseStatus.WAITING and row.case.missing, "the letter was to lack something"
    return row.case.code


def test_a_reply_that_brings_the_code_and_the_reply_code_joins_from_any_address(
    gateway: Gateway, tmp_path: Path, server: Mailbox
) -> None:
    code = waiting_case(gateway, tmp_path, server)
    token = re.search(r"R-\w{4}-\w{4}-\w{4}", text_of(bytes(server.mails[0].content or b"")))
    assert token is not None
    said = f"Come richiesto invio quanto manca per la pratica {code}.\nCodice di risposta {token[0]}\nAda"
    reply = letter(said, sender="altra@casella.example", subject=code)
    item = arrive(gateway, tmp_path, "b.eml", reply)
    detail = gateway.views.item(item)
    assert detail is not None and detail.row.held_code is None
    assert detail.row.case_code == code


def test_the_code_alone_from_a_strange_address_waits_for_a_person(
    gateway: Gateway, tmp_path: Path, server: Mailbox
) -> None:
    code = waiting_case(gateway, tmp_path, server)
    said = f"Come richiesto invio quanto manca per la pratica {code}.\nSaluti"
    item = arrive(gateway, tmp_path, "b.eml", letter(said, sender="altra@casella.example", subject=code))
    detail = gateway.views.item(item)
    assert detail is not None and detail.row.held_code is not None


def test_a_case_that_waits_is_reminded_once_in_office_hours(gateway: Gateway, tmp_path: Path, server: Mailbox) -> None:
    code = waiting_case(gateway, tmp_path, server)
    late = replace(gateway, ledger=type(gateway.ledger)(gateway.engine, Later(timedelta(days=3650))))
    assert remind_cases(late, NIGHT) == 0 and remind_cases(late, HOLIDAY) == 0
    assert remind_cases(late, TUESDAY) == 1
    assert remind_cases(late, TUESDAY) == 0
    gateway = replace(gateway, ledger=late.ledger)
    assert gateway.delivery().deliver() == 1
    first, second = (message_from_bytes(bytes(m.content or b""), policy=default) for m in server.mails[-2:])
    assert second["Subject"].startswith("Promemoria") and code in second["Subject"]
    assert second["In-Reply-To"] == first["Message-ID"] and second["To"] == first["To"]


def closing(gateway: Gateway, days: int) -> Gateway:
    config = replace(gateway.config, policy=replace(gateway.config.policy, closing_days=days))
    return replace(gateway, config=config)


def working_day(after_days: int) -> datetime:
    """Nine in the morning of the first working day after so many days."""
    day = datetime.now(UTC).replace(hour=9) + timedelta(days=after_days)
    while not is_working_day(day.date()):
        day += timedelta(days=1)
    return day


def test_a_case_for_which_nothing_came_is_closed_told_once_and_opened_by_what_comes_later(
    gateway: Gateway, tmp_path: Path, server: Mailbox
) -> None:
    code = waiting_case(gateway, tmp_path, server)
    gateway = closing(gateway, 60)
    late = replace(gateway, ledger=type(gateway.ledger)(gateway.engine, Later(timedelta(days=25))))
    reminded = working_day(25)
    assert remind_cases(late, reminded) == 1
    assert give_up_cases(late, working_day(60)) == 0, "the time after the reminder is not over"
    over = working_day(30 + 60 + 2)
    assert give_up_cases(closing(late, 0), over) == 0, "unless it is configured nobody's case ends"
    assert give_up_cases(late, over.replace(hour=1)) == 0
    assert give_up_cases(late, over) == 1 and give_up_cases(late, over) == 0
    while gateway.delivery().deliver() or late.delivery().deliver():
        pass
    first, reminder, end = (message_from_bytes(bytes(m.content or b""), policy=default) for m in server.mails[-3:])
    assert "chiuderemo la pratica" in text_of(reminder.as_bytes())
    assert end["Subject"].startswith("Abbiamo chiuso la pratica " + code) and end["To"] == first["To"]
    assert end["Auto-Submitted"] == "auto-generated" and "riapriamo la pratica" in text_of(end.as_bytes())
    said = f"Come richiesto invio quanto manca per la pratica {code}.\nCodice fiscale NREDAA80A41L781G\n"
    arrive(gateway, tmp_path, "b.eml", letter(said, subject=code))
    detail = gateway.views.case(code)
    assert detail is not None and detail.row.case.status is CaseStatus.WAITING and detail.row.closed_at is None
    assert {"given_up", "reopened"} <= {event.kind for event in detail.road}


def test_a_case_whose_citizen_can_not_be_told_is_not_closed(gateway: Gateway, tmp_path: Path, server: Mailbox) -> None:
    code = waiting_case(gateway, tmp_path, server)
    late = closing(replace(gateway, ledger=type(gateway.ledger)(gateway.engine, Later(timedelta(days=25)))), 10)
    answer = gateway.views.last_answer(code)
    assert answer is not None
    row = answer.row
    sent = Dispatch(
        key=row.key, channel=row.channel, to=row.to, payload=answer.payload, repeatable=True, case_code=code
    )
    gateway.ledger.turned_away(sent, "550 no such user")
    assert remind_cases(late, working_day(25)) == 1
    assert give_up_cases(late, working_day(60)) == 0
    detail = gateway.views.case(code)
    assert detail is not None and detail.row.case.status is CaseStatus.WAITING


def case_page(gateway: Gateway, code: str, language: str) -> str:
    desk = GatewayDesk(gateway)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk), headers={"accept-language": language}) as client:
        client.post("/login", data={"user": "anna", "password": "giusta"})
        page = re.search(r"<section.*?</section>", client.get(f"/cases/{code}").text, re.DOTALL)
    assert page is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page[0]))


def test_operators_see_until_when_a_case_waits_and_what_is_overdue(
    gateway: Gateway, tmp_path: Path, server: Mailbox
) -> None:
    code = waiting_case(gateway, tmp_path, server)
    gateway = closing(gateway, 20)
    fresh = case_page(gateway, code, "it")
    assert "Manca: " in fresh and "sollecito al cittadino: " in fresh and "attesa fino al: " in fresh
    assert "ultimo giorno, poi si chiude da sé: " in fresh and "in ritardo" not in fresh and "passato" not in fresh
    assert "Non si chiude da sé" in case_page(closing(gateway, 0), code, "it")
    late = replace(gateway, clock=Later(timedelta(days=100)))
    assert case_page(late, code, "it").count("in ritardo") == 1 and "passato" in case_page(late, code, "it")
    assert remind_cases(replace(late, ledger=type(gateway.ledger)(gateway.engine, Later(timedelta(days=25)))), TUESDAY)
    english = case_page(late, code, "en")
    assert re.search(r"reminder to the citizen: \d\d/\d\d/\d{4} sent", english)
    assert re.search(r"last day, then it is closed by itself: \d\d/\d\d/\d{4} late", english)


class Later:
    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


def test_a_chore_has_its_turn_once_and_a_failing_one_stops_nobody(gateway: Gateway) -> None:
    ran: list[str] = []

    def fails(_: Gateway, __: datetime) -> int:
        raise OSError("disk full")

    def works(_: Gateway, __: datetime) -> int:
        ran.append("x")
        return 1

    hourly = timedelta(hours=1)
    chores = Chores(gateway, (Chore("bad", hourly, fails), Chore("good", hourly, works)))
    assert chores.run_due() == {"good": 1}
    assert chores.run_due() == {} and ran == ["x"]


# Claiming ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(gateway: Gateway) -> Iterator[TestClient]:
    desk = GatewayDesk(gateway)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk), follow_redirects=False) as client:
        yield client


def test_a_claim_link_works_once_and_only_by_the_button(
    gateway: Gateway, client: TestClient, tmp_path: Path, server: Mailbox
) -> None:
    code = waiting_case(gateway, tmp_path, server)
    link = gateway.keys().claim_link(code)
    assert link is not None
    path = "/ritira/" + link.rpartition("/")[2]
    for _ in range(2):
        page = client.get(path)
        assert page.status_code == 200 and "Prosegui sul Portale" in page.text and code not in page.text
    assert "form-action 'self' https://www.sportelloperilconsumatore.it" in page.headers["content-security-policy"]
    answer = client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, gateway.config.answers.portal)
    assert client.get(path).status_code == 410 and client.post(path).status_code == 410
    detail = gateway.views.case(code)
    assert detail is not None and "claimed" in [event.kind for event in detail.road]


def test_links_that_are_not_ours_or_of_no_case_open_nothing(gateway: Gateway, client: TestClient) -> None:
    assert client.get("/ritira/abc").status_code == 404
    assert client.post("/ritira/abc").status_code == 404
    forged = Keys(secret="other", base="https://x", days=9).claim_link("SPCEN00000017")
    nowhere = gateway.keys().claim_link("SPCEN00000017")
    assert forged is not None and nowhere is not None
    assert client.post("/ritira/" + forged.rpartition("/")[2]).status_code == 404
    assert client.post("/ritira/" + nowhere.rpartition("/")[2]).status_code == 200, "no case, nothing used up"


# Letters ----------------------------------------------------------------------------------------------------------


def owe_letter(gateway: Gateway, number: int) -> str:
    words = Wording(subject=f"Lettera {number}", text="Gentile utente,\n\nbuongiorno.", html="")
    payload = letter_payload(words, to=["Ada Neri", "Via dei Tigli 14", "37122 Verona"], case_code=None)
    key = f"answer/x{number}/1"
    gateway.ledger.owe(
        [Dispatch(key=key, channel=DispatchChannel.LETTER, to="Ada Neri", payload=payload, repeatable=False)]
    )
    return key


def pages_of(pdf: bytes) -> list[str]:
    with pdfplumber.open(io.BytesIO(pdf)) as pages:
        return [page.extract_text() for page in pages.pages]


def test_letters_are_printed_marked_and_posted_from_the_console(gateway: Gateway, client: TestClient) -> None:
    keys = [owe_letter(gateway, number) for number in (1, 2)]
    assert client.get("/outbox/letters.pdf").status_code == 303, "not without logging in"
    client.post("/login", data={"user": "anna", "password": "giusta"})
    run = client.get("/outbox/letters.pdf")
    assert run.headers["content-type"] == "application/pdf"
    assert len(pages_of(run.content)) == 3
    assert "Lettera 2" in pages_of(client.get("/outbox/letters.pdf", params={"key": keys[1]}).content)[1]
    assert client.get("/outbox/letters.pdf", params={"key": "answer/nobody"}).status_code == 404
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/outbox").text)
    assert token is not None
    client.post("/outbox/letters", data={"token": token[1], "done": "printed", "key": keys})
    assert [letter.row.key for letter in gateway.views.to_post()] == keys and not gateway.views.print_queue()
    client.post("/outbox/letters", data={"token": token[1], "done": "posted", "key": keys[:1]})
    assert [letter.row.key for letter in gateway.views.to_post()] == keys[1:]


def test_letters_are_printed_from_the_command_line(gateway: Gateway, tmp_path: Path) -> None:
    out = tmp_path / "lettere.pdf"
    assert print_letters(out, gateway.config, keep=False) == 1 and not out.exists()
    owe_letter(gateway, 1)
    assert print_letters(out, gateway.config, keep=True) == 0
    assert len(gateway.views.print_queue()) == 1
    assert print_letters(out, gateway.config, keep=False) == 0
    assert not gateway.views.print_queue() and len(pages_of(out.read_bytes())) == 2


# Certified mail ---------------------------------------------------------------------------------------------------


def test_certified_mail_goes_out_under_the_mailboxs_own_address(gateway: Gateway, server: Mailbox) -> None:
    to = SmtpConfig(host="127.0.0.1", port=server.port, tls="none")
    answers = replace(gateway.config.answers, pec_sender="sportello@pec.example")
    config = replace(gateway.config, pec_smtp=to, answers=answers)
    senders = senders_for(config, gateway.document)
    mail = Dispatch(
        key="p", channel=DispatchChannel.PEC, to="ada@pec.example", payload=b"a: b\r\n\r\nc", repeatable=True
    )
    senders[DispatchChannel.PEC].send(mail, mail.payload)
    senders[DispatchChannel.EMAIL].send(mail, mail.payload)
    assert [taken.mail_from for taken in server.mails] == ["sportello@pec.example", "<>"]
