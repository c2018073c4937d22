"""Operators side by side, and what they may do to a case: nobody is given what another has open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from console.accounts import Role, set_password
from console.app import make_app
from ingest.files import FilesSource
from ingest.reception import take
from road.config import GatewayConfig, StateConfig
from road.desk import GatewayDesk
from road.gateway import Gateway, open_gateway

Enter = Callable[[str], TestClient]

COMPLAINT = """Buongiorno, sono Ada Neri, codice fiscale NREDAA80A41H501X.
Chiedo informazioni su come si legge la bolletta del gas e su quali sono i miei diritti."""


def mail(name: str, text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"{name} <{name.lower()}@posta.example>", "info@sportello.example"
    message["Subject"] = f"Lettera di {name}"
    message.set_content(text)
    return message.as_bytes()


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    for name, text in {"Ada": COMPLAINT, "Bea": "boh", "Cleo": "?"}.items():
        (tmp_path / f"{name}.eml").write_bytes(mail(name, text))
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state")))
    source = FilesSource(paths=sorted(tmp_path.glob("*.eml")))
    taken = take(source, blobs=gateway.blobs, book=gateway.ledger)
    gateway.climber(lambda ids, slow: None).climb([r.item_id for r in taken.receipts], slow=True)
    for row in gateway.views.items().rows:  # whatever the models may be sure of one day
        gateway.ledger.hold(row.id, "review", "Servizio: report; oppure conciliation (sicurezza 55%)")
    return gateway


@pytest.fixture
def enter(gateway: Gateway) -> Iterator[Enter]:
    desk = GatewayDesk(gateway)
    for name, role in {"anna": Role.OPERATOR, "ugo": Role.OPERATOR, "lea": Role.READER}.items():
        set_password(desk, name, "giusta", role=role)
    app = make_app(desk)
    with TestClient(app, follow_redirects=False):

        def go_in(name: str) -> TestClient:
            client = TestClient(app, follow_redirects=False)
            assert client.post("/login", data={"user": name, "password": "giusta"}).status_code == 303
            return client

        yield go_in


def token(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_two_operators_are_given_different_items_until_all_are_taken(enter: Enter, gateway: Gateway) -> None:
    anna, ugo = enter("anna"), enter("ugo")
    waiting = len(gateway.views.held())
    hers = anna.get("/desk").headers["location"]
    assert anna.get(hers).status_code == 200
    assert anna.get("/desk").headers["location"] == hers
    his = ugo.get("/desk").headers["location"]
    assert his != hers
    assert "Lo sta guardando anche <b>anna</b>" in ugo.get(hers).text.replace("\n", "")
    assert "Lo sta guardando anche" not in anna.get(hers).text
    for row in gateway.views.held():
        anna.get(f"/items/{row.id}")
    assert waiting >= 2 and "Altri stanno guardando tutto quello che attende." in ugo.get("/desk").text


def test_an_answered_item_is_free_again(enter: Enter, gateway: Gateway) -> None:
    anna, ugo = enter("anna"), enter("ugo")
    hers = anna.get("/desk").headers["location"]
    form = {"token": token(anna.get(hers).text), "next": "1", "outcome": "not_for_us:spam"}
    assert anna.post(f"{hers}/correct", data=form).status_code == 303
    assert "Lo sta guardando anche" not in ugo.get(hers).text


def test_an_item_is_found_by_its_number_in_the_register(enter: Enter, gateway: Gateway) -> None:
    anna = enter("anna")
    row = gateway.views.items().rows[0]
    detail = gateway.views.item(row.id)
    assert detail is not None and detail.protocol_number is not None
    assert anna.get("/search", params={"text": detail.protocol_number}).headers["location"] == f"/items/{row.id}"
    assert anna.get("/search", params={"text": "2019/9"}).status_code == 200


def test_an_operator_changes_the_state_of_a_case_and_says_why(enter: Enter, gateway: Gateway) -> None:
    anna, lea = enter("anna"), enter("lea")
    ada = next(row.id for row in gateway.views.items().rows if "Ada" in (row.subject or ""))
    form = {"token": token(anna.get(f"/items/{ada}").text), "outcome": "case", "service": "information"}
    anna.post(f"/items/{ada}/correct", data={**form, "sector": "gas", "topic": "other"})
    gateway.climber(lambda ids, slow: None).climb([ada], slow=True)
    case = gateway.views.cases().rows[0].case
    form = {"token": token(anna.get(f"/cases/{case.code}").text), "status": "closed", "why": "ha telefonato"}
    assert anna.post(f"/cases/{case.code}/status", data=form).status_code == 303
    after = gateway.views.case(case.code)
    assert after is not None and after.row.case.status.value == "closed"
    assert "ha telefonato" in anna.get(f"/cases/{case.code}").text
    assert anna.post("/cases/SPCEN999999/status", data=form).status_code == 404
    page = lea.get(f"/cases/{case.code}").text
    assert "Cambia lo stato" not in page
    assert lea.post(f"/cases/{case.code}/status", data={**form, "token": token(page)}).status_code == 403
