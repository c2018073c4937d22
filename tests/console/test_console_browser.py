"""One operator at a real browser, by keys alone: logs in, opens what waits, skips it, corrects and answers it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from time import monotonic

import pytest
import uvicorn

from console.accounts import set_password
from console.app import make_app
from ingest.files import FilesSource
from ingest.reception import take
from road.config import GatewayConfig, StateConfig
from road.desk import GatewayDesk
from road.gateway import Gateway, open_gateway

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking"]  # fmt: skip

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium here")]


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    message = EmailMessage()
    message["From"], message["To"] = "Ugo Bo <ugo@posta.example>", "info@sportello.example"
    message["Subject"], message["Date"] = "Fattura", "Tue, 17 Mar 2026 21:22:00 +0100"
    message.set_content("Invio la fattura.")
    message.add_attachment(b"MZ" + b"\0" * 400, maintype="application", subtype="octet-stream", filename="x.exe")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state")))
    taken = take(FilesSource(paths=[tmp_path / "a.eml"]), blobs=gateway.blobs, book=gateway.ledger)
    gateway.climber(lambda ids, slow: None).climb([r.item_id for r in taken.receipts], slow=True)
    if not gateway.views.held():  # the models may one day be sure of this letter
        gateway.ledger.hold(taken.receipts[0].item_id, "review", "Servizio: da scegliere")
    set_password(GatewayDesk(gateway), "anna", "giusta")
    return gateway


@pytest.fixture
def address(gateway: Gateway) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(make_app(GatewayDesk(gateway)), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = monotonic() + 10
    while not server.started and monotonic() < deadline:
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def test_an_operator_works_off_what_waits_by_keys_alone(gateway: Gateway, address: str) -> None:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 900}, locale="it-IT")
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        page.goto(f"{address}/login")
        page.fill("[name=user]", "anna")
        page.fill("[name=password]", "giusta")
        page.click("main button")
        page.wait_for_url(f"{address}/")
        (row,) = gateway.views.items().rows
        page.goto(f"{address}/desk")
        assert page.url == f"{address}/items/{row.id}"
        _picture(page)
        page.keyboard.press("n")
        page.wait_for_url(f"{address}/items/{row.id}")
        page.fill("[name='applicant.phone']", "+3906123456")
        page.keyboard.press("Escape")
        for question in range(page.locator("#likely .question").count()):
            assert page.locator("#likely .question").nth(question).locator(".pick").count() == 2
            page.keyboard.press("1")
        page.wait_for_url(f"{address}/desk**")
        assert page.inner_text("h1") == "Nulla attende."
        browser.close()
    assert complaints == []
    detail = gateway.views.item(row.id)
    assert detail is not None and any("+3906123456" in said for said in detail.corrections)


def _picture(page: object) -> None:
    wanted = os.environ.get("CONSOLE_PICTURE")
    if wanted:
        page.screenshot(path=wanted, full_page=True)  # type: ignore[attr-defined]
