"""The Portal speaks to us: signed words reach the case, anything else reaches nothing. Over real HTTP, both ways."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from bench.plain_pdf import text_pdf
from console.app import make_app
from mailroom.case import CaseStatus
from mailroom.dispatch import Dispatch, DispatchChannel
from mailroom.errors import Refused, Transient
from outbound.portal import PortalConfig, PortalSender, sign
from outbound.sandbox_portal import SandboxPortal
from road.delivering import MOST_ATTEMPTS, Delivery
from road.desk import GatewayDesk
from road.gateway import Gateway
from store.ledger import Ledger
from tests.parsers.signature_maker import person, signed
from tests.road.answering import arrive, letter

SECRET = b"condiviso"
ASKS = (
    "Buongiorno, vorrei sapere chi è il mio attuale fornitore di energia elettrica e da quando: chiedo il servizio "
    "SMART Info.\n\nAda Neri"
)


@pytest.fixture
def hooked(gateway: Gateway, tmp_path: Path) -> Gateway:
    (tmp_path / "secret").write_bytes(SECRET + b"\n")
    portal = PortalConfig(url="http://127.0.0.1:9", webhook_secret_file=tmp_path / "secret")
    return replace(gateway, config=replace(gateway.config, portal=portal))


@pytest.fixture
def door(hooked: Gateway) -> Iterator[str]:
    """Address of the webhook, served for real."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(GatewayDesk(hooked)), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()  # the listener takes connections already; no need to wait
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/hooks/portal"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def code(hooked: Gateway, tmp_path: Path) -> str:
    arrive(hooked, tmp_path, "a.eml", letter(ASKS))
    (row,) = hooked.views.cases().rows
    return row.case.code


def post(door: str, body: bytes, *, secret: bytes = SECRET, stamp: str | None = None) -> int:
    stamp = stamp or str(int(time.time()))
    headers = {"X-Timestamp": stamp, "X-Signature": sign(secret, stamp, body)}
    return httpx.post(door, content=body, headers=headers).status_code


def test_the_portals_word_closes_the_case_and_a_replay_changes_nothing(hooked: Gateway, door: str, code: str) -> None:
    portal = SandboxPortal(hook=door, secret=SECRET)
    assert portal.tell(code, "in_progress", event_id="e0") == 200
    assert portal.tell(code, "closed", event_id="e1") == 200
    assert portal.tell(code, "in_progress", event_id="e1") == 200
    detail = hooked.views.case(code)
    assert detail is not None
    assert (detail.row.portal_status, detail.row.case.status) == ("closed", CaseStatus.CLOSED)
    assert [e.note for e in detail.road if e.kind == "portal"] == ["in_progress", "closed"]


def test_words_that_arrive_out_of_order_do_not_turn_the_status_back(hooked: Gateway, door: str, code: str) -> None:
    def say(event: str, status: str, at: str) -> int:
        return post(door, json.dumps({"id": event, "case_code": code, "status": status, "at": at}).encode())

    assert say("late2", "closed", "2026-03-02T10:00:00+01:00") == 200
    assert say("late1", "in_progress", "2026-03-02T08:59:00Z") == 200
    detail = hooked.views.case(code)
    assert detail is not None
    assert (detail.row.portal_status, detail.row.case.status) == ("closed", CaseStatus.CLOSED)
    assert [e.note for e in detail.road if e.kind == "portal_late"] == ["in_progress"]


def test_what_the_portal_did_not_sign_is_turned_away(hooked: Gateway, door: str, code: str) -> None:
    body = json.dumps({"id": "e2", "case_code": code, "status": "closed"}).encode()
    assert post(door, body, secret=b"altro") == 401
    assert post(door, body, stamp=str(int(time.time()) - 3600)) == 401
    assert httpx.post(door, content=body).status_code == 401
    assert post(door, b"x" * 70_000) == 413
    detail = hooked.views.case(code)
    assert detail is not None and detail.row.portal_status is None


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"id": "e", "case_code": "SPCEN99999999", "status": "closed"}, 404),
        ({"id": "e", "status": "closed"}, 422),
        ({"id": "e", "case_code": 7, "status": "closed"}, 422),
        ({"id": "e", "case_code": "SPCEN1", "status": "burnt"}, 422),
        ({"id": "e", "case_code": "SPCEN1", "status": "closed", "at": "yesterday"}, 422),
        ({"id": "e", "case_code": "SPCEN1", "status": "closed", "at": "2026-03-02T10:00:00"}, 422),
        (["id"], 422),
    ],
)
def test_signed_nonsense_is_named(door: str, said: object, status: int) -> None:
    assert post(door, json.dumps(said).encode()) == status


def test_without_a_secret_nobody_is_the_portal(gateway: Gateway) -> None:
    stamp = str(int(time.time()))
    assert not GatewayDesk(gateway).from_portal(stamp, sign(b"", stamp, b"{}"), b"{}")


def hand_over(number: int) -> Dispatch:
    payload = json.dumps({"case_code": f"SPCEN{number:08d}", "documents": []}).encode()
    return Dispatch(
        key=f"portal/{number}", channel=DispatchChannel.PORTAL, to=None, payload=payload, repeatable=True, item_id="i"
    )


def test_after_a_rest_one_goes_ahead_and_the_others_wait_for_its_news() -> None:
    portal = SandboxPortal().start()
    to = PortalSender(PortalConfig(url=portal.url, rest_seconds=0.2), lambda item, digest: b"")
    portal.faults = [503, 503, 503]
    for number in range(3):
        with pytest.raises(Transient):
            to.send(hand_over(number), hand_over(number).payload)
    with pytest.raises(Transient) as resting:
        to.send(hand_over(4), hand_over(4).payload)
    assert resting.value.retry_after is not None
    threading.Event().wait(resting.value.retry_after + 0.01)
    portal.faults = [503]
    with pytest.raises(Transient):
        to.send(hand_over(5), hand_over(5).payload)
    with pytest.raises(Transient, match="si riprova"):
        to.send(hand_over(6), hand_over(6).payload)
    threading.Event().wait(0.25)
    assert to.send(hand_over(7), hand_over(7).payload)
    assert to.send(hand_over(8), hand_over(8).payload)
    portal.close()


class Resting:
    """A Portal that is down: the line was tried once, then it rests and asks nobody."""

    def __init__(self) -> None:
        self.asked = 0

    def send(self, dispatch: Dispatch, payload: bytes) -> str:
        self.asked += 1
        raise Transient("il Portale non risponde", retry_after=60, tried=self.asked == 1)


class Wound:
    def __init__(self) -> None:
        self.at = datetime(2026, 5, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_a_portal_that_is_down_for_a_day_holds_nothing(gateway: Gateway) -> None:
    clock = Wound()
    ledger = Ledger(gateway.engine, clock)
    ledger.owe([hand_over(1)])
    delivery = Delivery(ledger=ledger, senders={DispatchChannel.PORTAL: Resting()})
    for _ in range(4 * MOST_ATTEMPTS):
        delivery.deliver()
        clock.at += timedelta(minutes=10)
    (key,) = ledger.due_dispatches()
    assert (begun := ledger.begin(key)) is not None and begun.attempts == 2


def test_a_portal_that_asks_for_a_minute_all_day_is_given_longer(gateway: Gateway) -> None:
    class Busy:
        asked = 0

        def send(self, dispatch: Dispatch, payload: bytes) -> str:
            Busy.asked += 1
            raise Transient("503", retry_after=60)

    clock = Wound()
    ledger = Ledger(gateway.engine, clock)
    ledger.owe([hand_over(1)])
    delivery = Delivery(ledger=ledger, senders={DispatchChannel.PORTAL: Busy()})
    for _ in range(24 * 6):
        delivery.deliver()
        clock.at += timedelta(minutes=10)
    assert 10 < Busy.asked < MOST_ATTEMPTS


@pytest.mark.parametrize(
    ("said", "wait"), [("120", 120), ("9" * 400, 86_400), ("²", None), ("soon", None), ("-5", None)]
)
def test_what_the_portal_asks_us_to_wait_has_bounds(
    said: str, wait: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> httpx.Response:
        return httpx.Response(503, headers=[(b"Retry-After", said.encode())])

    monkeypatch.setattr(httpx, "request", busy)
    with pytest.raises(Transient) as told:
        PortalSender(PortalConfig(url="http://portal.example"), lambda item, digest: b"").check()
    assert told.value.retry_after == wait


def test_an_address_that_is_none_is_told_to_a_person() -> None:
    to = PortalSender(PortalConfig(url="http://[::1"), lambda item, digest: b"")
    with pytest.raises(Refused, match="non è valido"):
        to.send(hand_over(1), hand_over(1).payload)


@pytest.fixture
def online(gateway: Gateway) -> Iterator[tuple[Gateway, SandboxPortal]]:
    portal = SandboxPortal().start()
    config = replace(gateway.config, portal=PortalConfig(url=portal.url))
    yield replace(gateway, config=config), portal
    portal.close()


BRINGS = """Ecco quanto manca per la pratica {code}.
Codice di risposta {token}
Il mio codice fiscale è NREDAA80A41L781G e il POD è IT001E12345678.
Ada Neri
"""
CARD = text_pdf("REPUBBLICA ITALIANA\nMINISTERO DELL'INTERNO\nCARTA DI IDENTITA' N. CA12345AB\nCOGNOME NERI NOME ADA")
FORM = text_pdf("Richiesta SMART Info\nIo sottoscritta Ada Neri chiedo i dati della mia fornitura.\nFirma: Ada Neri")


def test_a_case_goes_with_all_its_sendings_and_what_comes_later_follows(
    online: tuple[Gateway, SandboxPortal], tmp_path: Path
) -> None:
    gateway, portal = online
    first = arrive(gateway, tmp_path, "a.eml", letter(ASKS))
    (row,) = gateway.views.cases().rows
    code, token = row.case.code, gateway.keys().reply_token(row.case.code)
    said = BRINGS.format(code=code, token=token)
    brought = {"carta.pdf": CARD, "richiesta.pdf.p7m": signed(FORM, person())}
    second = arrive(gateway, tmp_path, "b.eml", letter(said, files=brought))
    detail = gateway.views.case(code)
    assert detail is not None and detail.row.case.missing == (), detail.row.case.missing
    case = portal.case(code)
    assert [s["item_id"] for s in case["submissions"]] == [first, second]
    assert "servizio SMART Info" in case["submissions"][0]["text"]
    # The attachment rules of this service don't take a .p7m (domain B); its signature counts all the same.
    assert [(d["item_id"], d["filename"], d["kind"]) for d in case["documents"]] == [
        (second, "carta.pdf", "identity_document")
    ]
    assert portal.documents(code) == [hashlib.sha256(CARD).hexdigest()]

    third = arrive(gateway, tmp_path, "c.eml", letter(f"Per la pratica {code}: ho cambiato telefono.\n{token}\n"))
    (addition,) = portal.additions(code)
    assert [s["item_id"] for s in addition["submissions"]] == [third]
    assert "ho cambiato telefono" in addition["submissions"][0]["text"]
