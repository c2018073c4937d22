"""Who gets in, for how long, and what they may do: sessions, tokens, roles, and the pages that change something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner

from console.accounts import Role, new_account, set_password
from console.app import make_app
from console.sessions import HOURS
from ingest.files import FilesSource
from ingest.reception import CONFIRMED, take
from mailroom.dispatch import Dispatch, DispatchChannel
from outbound.acknowledging import Wording
from outbound.composing import letter_payload
from road.config import GatewayConfig, StateConfig
from road.desk import GatewayDesk
from road.gateway import Gateway, open_gateway
from store.schema import alarm, receipt

PASSWORD = "una frase lunga"
OURS = ("/items", "/account", "/outbox", "/sources", "/logout", "/cases")
"""Other doors (citizens, the Portal) have keys of their own."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    folder = tmp_path_factory.mktemp("doors")
    message = EmailMessage()
    message["From"], message["Subject"] = "Ada Neri <ada@posta.example>", "Documento"
    message.set_content("Invio la carta d'identità.")
    message.add_attachment(b"Carta d'identita", maintype="text", subtype="plain", filename="carta_identita.txt")
    (folder / "a.eml").write_bytes(message.as_bytes())
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=folder / "state")))
    taken = take(FilesSource(paths=[folder / "a.eml"]), blobs=gateway.blobs, book=gateway.ledger)
    gateway.climber(lambda ids, slow: None).climb([r.item_id for r in taken.receipts], slow=True)
    return gateway


@pytest.fixture
def desk(gateway: Gateway) -> GatewayDesk:
    desk = GatewayDesk(gateway)
    for role in Role:
        set_password(desk, role.value, PASSWORD, role=role)
    return desk


@pytest.fixture
def client(desk: GatewayDesk) -> Iterator[TestClient]:
    with TestClient(make_app(desk), follow_redirects=False) as client:
        yield client


def enter(client: TestClient, name: str, password: str = PASSWORD) -> str:
    assert client.post("/login", data={"user": name, "password": password}).status_code == 303
    found = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def changing(client: TestClient) -> list[str]:
    routes = [route for route in client.app.routes if isinstance(route, APIRoute) and "POST" in route.methods]  # type: ignore[attr-defined]
    return [re.sub(r"\{\w+\}", "x", route.path) for route in routes if route.path.startswith(OURS)]


def test_nothing_is_changed_without_a_session_nor_without_the_forms_token(client: TestClient) -> None:
    filled = dict.fromkeys(("key", "source", "code", "name", "old", "new", "user", "password"), "x") | {
        "role": "reader",
        "status": "closed",
    }
    paths = changing(client)
    assert len(paths) >= 8
    assert {client.post(path, data={**filled, "token": "0" * 40}).headers.get("location") for path in paths} == {
        "/login"
    }
    own = enter(client, "admin")
    assert {client.post(path, data={**filled, "token": "0" * 40}).status_code for path in paths} == {403}
    other_site = {"sec-fetch-site": "cross-site"}
    assert {client.post(p, data={**filled, "token": own}, headers=other_site).status_code for p in paths} == {403}


def test_a_session_ends_after_a_days_work(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(client, "operator")
    now = TimestampSigner("x").get_timestamp()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now + HOURS * 3600 - 5)
    assert client.get("/").status_code == 200
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now + HOURS * 3600 + 5)
    assert client.get("/").headers["location"] == "/login"


@pytest.mark.parametrize("cookie", ["", "nonsense", "eyJ1c2VyIjoiYWRtaW4ifQ.aaaa.bbbb"])
def test_a_cookie_that_is_not_ours_opens_nothing(client: TestClient, cookie: str) -> None:
    assert client.get("/", headers={"cookie": f"sportello={cookie}"}).headers["location"] == "/login"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    said = client.post("/login", data={"user": "admin", "password": PASSWORD}).headers["set-cookie"].lower()
    assert "httponly" in said and "samesite=strict" in said


def test_guessing_rests_for_the_place_it_comes_from(client: TestClient) -> None:
    wrong = [client.post("/login", data={"user": name, "password": "no"}).status_code for name in "abcdef"]
    assert wrong == [401] * 5 + [429]
    assert client.post("/login", data={"user": "admin", "password": PASSWORD}).status_code == 429


def test_a_reader_looks_and_changes_nothing(client: TestClient, gateway: Gateway) -> None:
    own = enter(client, "reader")
    (row,) = gateway.views.items().rows
    assert 'id="save"' not in client.get(f"/items/{row.id}").text
    assert client.post(f"/items/{row.id}/correct", data={"token": own, "outcome": "case"}).status_code == 403
    assert client.post(f"/items/{row.id}/retry", data={"token": own}).status_code == 403
    assert client.post("/accounts", data={"token": own, "name": "me.too", "role": "admin"}).status_code == 403


def test_identity_documents_are_for_operators_and_every_look_is_written_down(
    client: TestClient, gateway: Gateway
) -> None:
    (row,) = gateway.views.items().rows
    own = enter(client, "operator")
    papers = re.findall(r'name="was\.(paper\.\d+\.\d+)" value="(\w+)"', client.get(f"/items/{row.id}").text)
    form = {"token": own, "outcome": "case", papers[0][0]: "identity_document", f"was.{papers[0][0]}": "other"}
    client.post(f"/items/{row.id}/correct", data=form)
    gateway.climber(lambda ids, slow: None).climb([row.id], slow=True)
    link = re.findall(r'href="([^"]+)" download', client.get(f"/items/{row.id}").text)[0]
    before = len(gateway.views.looks(since=row.received_at))
    assert client.get(link).content == b"Carta d'identita"
    looks = gateway.views.looks(since=row.received_at)
    assert len(looks) == before + 1 and looks[-1].by == "operator"
    enter(client, "reader")
    assert client.get(link).status_code == 403 and client.get(f"/items/{row.id}/original").status_code == 403
    assert len(gateway.views.looks(since=row.received_at)) == before + 1


def test_accounts_are_made_changed_and_removed_by_admins(client: TestClient, desk: GatewayDesk) -> None:
    own = enter(client, "admin")
    made = client.post("/accounts", data={"token": own, "name": "dora", "role": "operator"}).text
    password = re.search(r"<code>([^<]+)</code>", made)
    assert password is not None
    assert client.post("/accounts", data={"token": own, "name": "Dora B", "role": "operator"}).status_code == 422
    assert client.post("/accounts/remove", data={"token": own, "name": "admin"}).status_code == 422
    theirs = enter(client, "dora", password[1])
    assert client.post("/accounts", data={"token": theirs, "name": "eva", "role": "admin"}).status_code == 403
    assert client.get("/account").status_code == 200
    own = enter(client, "admin")
    assert client.post("/accounts/remove", data={"token": own, "name": "dora"}).status_code == 303
    assert client.post("/login", data={"user": "dora", "password": password[1]}).status_code == 401


def test_a_new_password_ends_the_old_sessions(client: TestClient, desk: GatewayDesk) -> None:
    first = new_account(desk, "gina", Role.OPERATOR)
    own = enter(client, "gina", first)
    form = {"token": own, "old": first, "new": "abc"}
    assert client.post("/account", data=form).status_code == 422
    assert client.post("/account", data={**form, "old": "no", "new": PASSWORD}).status_code == 401
    assert client.post("/account", data={**form, "new": PASSWORD}).status_code == 303
    assert client.get("/").headers["location"] == "/login"
    enter(client, "gina")


def test_letters_are_marked_printed_then_posted_and_troubled_ones_released(
    client: TestClient, gateway: Gateway
) -> None:
    own = enter(client, "operator")
    (row,) = gateway.views.items().rows
    words = Wording(subject="Ricevuto", text="Gentile utente", html="")
    payload = letter_payload(words, to=["Ada Neri", "Via Roma 1", "56100 Pisa"], case_code=None)
    letter = Dispatch(key="letter-1", channel=DispatchChannel.LETTER, to="Via Roma 1, 56100 Pisa", payload=payload,
                      item_id=row.id, case_code=None, repeatable=True)  # fmt: skip
    gateway.ledger.owe([letter])
    assert "Ada Neri, Via Roma 1, 56100 Pisa" in client.get("/outbox").text
    client.post("/outbox/letters", data={"token": own, "key": "letter-1", "done": "printed"})
    assert [r.row.key for r in gateway.views.to_post()] == ["letter-1"] and not gateway.views.print_queue()
    client.post("/outbox/letters", data={"token": own, "key": "letter-1", "done": "posted"})
    assert not gateway.views.to_post()
    mail = Dispatch(key="mail-1", channel=DispatchChannel.EMAIL, to="ada@posta.example", payload=b"{}",
                    item_id=row.id, case_code=None, repeatable=False)  # fmt: skip
    gateway.ledger.owe([mail])
    begun = gateway.ledger.begin("mail-1")
    assert begun is not None
    gateway.ledger.hold_dispatch(begun, "in_doubt", "Non si sa se sia partito.")
    assert "Non si sa se sia partito." in client.get("/outbox").text
    client.post("/outbox/release", data={"token": own, "key": "mail-1"})
    assert "mail-1" in gateway.ledger.due_dispatches()


def test_a_stopped_source_goes_on_once_a_person_has_looked(client: TestClient, gateway: Gateway) -> None:
    from sqlalchemy import insert, select

    from store.engine import writing

    own = enter(client, "operator")
    with writing(gateway.engine) as connection:
        source = connection.execute(select(receipt.c.source)).scalars().first()
        row = {
            "source": source,
            "code": "source_content",
            "message": "La cartella è vuota.",
            "since": gateway.clock.now(),
        }
        connection.execute(insert(alarm).values(**row))
    assert "La cartella è vuota." in client.get("/").text
    gateway.ledger.alarm(str(source), "reconciliation_vanished", "1 arrivi spariti")
    for code in ("reconciliation_vanished", "source_content"):
        assert f'value="{code}"' in client.get("/").text
        assert CONFIRMED not in gateway.ledger.source_state(str(source)), "what is gone opens no stopped mailbox"
        form = {"token": own, "source": source, "code": code}
        assert client.post("/sources/confirm", data=form).status_code == 303
    assert gateway.ledger.source_state(str(source))[CONFIRMED] == "1"
    assert "1 arrivi spariti" not in client.get("/").text
    nonsense = {"token": own, "source": source, "code": "source_trouble"}
    assert client.post("/sources/confirm", data=nonsense).status_code == 400
