"""Every page and command of the console, over a real ledger with real items in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from console.accounts import first_password, set_password
from console.app import make_app
from console.questions import outcome_of
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.decision import Decision, Disposition
from mailroom.dispatch import Dispatch, DispatchChannel
from road.config import GatewayConfig, StateConfig
from road.desk import GatewayDesk
from road.gateway import Gateway, open_gateway

NASTY = '<script>alert("x")</script>'


def mail(name: str, text: str, subject: str, attachments: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    message = EmailMessage()
    message["From"] = f"{name} <{name.split()[0].lower()}@posta.example>"
    message["To"] = "info@sportello.example"
    message["Subject"] = subject
    message["Date"] = "Tue, 17 Mar 2026 21:22:00 +0100"
    message.set_content(text)
    for filename, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=filename)
    return message.as_bytes()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    folder = tmp_path_factory.mktemp("console")
    letters = {
        "a.eml": mail(
            "Ada Neri", f"Buongiorno {NASTY}, vorrei sapere come si legge la bolletta del gas.", f"Aiuto {NASTY}"
        ),
        "b.eml": mail("Ugo Bo", "boh", "?", ((f"{NASTY}.pdf", b"%PDF-1.4 niente"),)),
        "c.eml": mail("Eva Li", "Invio la fattura.", "Fattura", (("fattura.exe", b"MZ" + b"\0" * 400),)),
    }
    for name, raw in letters.items():
        (folder / name).write_bytes(raw)
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=folder / "state")))
    taken = take(FilesSource(paths=[folder / n for n in letters]), blobs=gateway.blobs, book=gateway.ledger)
    gateway.climber(lambda ids, slow: None).climb([r.item_id for r in taken.receipts], slow=True)
    return gateway


@pytest.fixture
def client(gateway: Gateway) -> Iterator[TestClient]:
    desk = GatewayDesk(gateway)
    first_password(desk)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk), follow_redirects=False) as client:
        yield client


@pytest.fixture
def inside(client: TestClient) -> TestClient:
    assert client.post("/login", data={"user": "anna", "password": "giusta"}).status_code == 303
    return client


def token(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def ids(gateway: Gateway) -> dict[str, str]:
    return {(row.subject or "")[:5]: row.id for row in gateway.views.items().rows}


PAGES = ("/", "/items", "/items?held=yes&channel=email&text=bolletta", "/cases", "/outbox", "/desk")


@pytest.mark.parametrize("path", PAGES)
def test_nobody_looks_without_logging_in(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_with_strict_headers(inside: TestClient, path: str) -> None:
    answer = inside.get(path)
    assert answer.status_code in (200, 303)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_wrong_password_is_refused_and_guessing_is_slowed(client: TestClient) -> None:
    for _ in range(5):
        assert client.post("/login", data={"user": "anna", "password": "no"}).status_code == 401
    assert client.post("/login", data={"user": "anna", "password": "giusta"}).status_code == 429


def test_a_detail_that_nobody_can_choose_is_not_shown_as_another() -> None:
    piece = Decision(disposition=Disposition.SERVICE_MESSAGE, detail="piece", needs_review=False)
    assert outcome_of(piece) is None
    assert outcome_of(replace(piece, detail="bounce")) == "service_message:bounce"
    assert outcome_of(replace(piece, detail=None)) == "service_message:auto_reply"


def test_the_first_password_is_shown_once(gateway: Gateway) -> None:
    assert first_password(GatewayDesk(gateway)) is None


def test_an_item_page_shows_words_fields_and_rules_and_escapes_everything(inside: TestClient, gateway: Gateway) -> None:
    for item_id in ids(gateway).values():
        page = inside.get(f"/items/{item_id}")
        assert page.status_code == 200 and "<script>" not in page.text
        assert "Regole" in page.text and "Strada" in page.text


def test_a_change_without_the_forms_token_is_refused(inside: TestClient, gateway: Gateway) -> None:
    item_id = next(iter(ids(gateway).values()))
    assert inside.post(f"/items/{item_id}/retry", data={"token": "0" * 40}).status_code == 403
    assert inside.post(f"/items/{item_id}/correct", data={"service": "report"}).status_code == 403


def test_a_correction_is_a_finding_after_which_the_rules_decide_again(inside: TestClient, gateway: Gateway) -> None:
    item_id = ids(gateway)["Aiuto"]
    own = token(inside.get(f"/items/{item_id}").text)
    form = {"token": own, "outcome": "case", "service": "report", "sector": "gas", "topic": "billing",
            "applicant.phone": "+3906123456"}  # fmt: skip
    assert inside.post(f"/items/{item_id}/correct", data=form).status_code == 303
    gateway.climber(lambda found, slow: None).climb([item_id], slow=True)
    page = inside.get(f"/items/{item_id}").text
    assert "+3906123456" in page and "person:anna" in page
    detail = gateway.views.item(item_id)
    assert detail is not None and detail.row.service == "report"


def test_what_a_program_sent_is_never_offered(inside: TestClient, gateway: Gateway) -> None:
    item_id = ids(gateway)["Fattu"]
    assert inside.get(f"/items/{item_id}/original").status_code == 403
    assert inside.get(f"/items/{item_id}/pages/0/0.png").status_code == 404


def test_what_has_not_been_looked_through_is_not_given_out(tmp_path: Path) -> None:
    (tmp_path / "new.eml").write_bytes(mail("Ida Re", "Nuova", "Nuova"))
    fresh = open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state")))
    taken = take(FilesSource(paths=[tmp_path / "new.eml"]), blobs=fresh.blobs, book=fresh.ledger)
    set_password(GatewayDesk(fresh), "anna", "giusta")
    with TestClient(make_app(GatewayDesk(fresh)), follow_redirects=False) as client:
        client.post("/login", data={"user": "anna", "password": "giusta"})
        assert client.get(f"/items/{taken.receipts[0].item_id}/original").status_code == 403


@pytest.mark.parametrize("place", ["-1/0", "0/-1", "99/0", "0/99"])
def test_a_page_that_is_not_there_is_not_drawn(inside: TestClient, gateway: Gateway, place: str) -> None:
    for item_id in ids(gateway).values():
        assert inside.get(f"/items/{item_id}/pages/{place}.png").status_code == 404


def test_another_site_cannot_send_a_form_here(client: TestClient) -> None:
    form = {"user": "anna", "password": "giusta"}
    assert client.post("/login", data=form, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_items_are_listed_by_day(inside: TestClient, gateway: Gateway) -> None:
    assert "Aiuto" in inside.get("/items?since=2000-01-01&until=2999-01-01").text
    assert "Aiuto" not in inside.get("/items?until=2000-01-01").text
    assert inside.get("/items?since=nonsense&until=9999-12-31").status_code == 200


def test_an_original_comes_as_a_sandboxed_download(inside: TestClient, gateway: Gateway) -> None:
    answer = inside.get(f"/items/{ids(gateway)['Aiuto']}/original")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"] == "sandbox"


def test_what_does_not_exist_is_told_plainly(inside: TestClient) -> None:
    assert inside.get("/items/nothing").status_code == 404
    assert inside.get("/cases/SPCEN1").status_code == 404


def test_retrying_starts_anew(inside: TestClient, gateway: Gateway) -> None:
    item_id = ids(gateway)["?"]
    own = token(inside.get(f"/items/{item_id}").text)
    assert inside.post(f"/items/{item_id}/retry", data={"token": own}).status_code == 303
    assert any(due[0] == item_id for due in gateway.ledger.due_items())


def test_logging_out_ends_the_session(inside: TestClient) -> None:
    own = token(inside.get("/").text)
    assert inside.post("/logout", data={"token": own}).headers["location"] == "/login"


def test_a_picture_of_a_page_is_drawn_with_its_evidence(tmp_path: Path) -> None:
    from PIL import Image

    from bench.plain_pdf import text_pdf
    from console.pictures import page_picture

    drawn = page_picture(text_pdf("POD IT001E12345678"), "application/pdf", 0, boxes=((0.1, 0.05, 0.5, 0.1),))
    (tmp_path / "p.png").write_bytes(drawn)
    with Image.open(tmp_path / "p.png") as picture:
        assert (0, 102, 204) in {colour for _, colour in picture.getcolors(1_000_000) or []}
    with pytest.raises(ValueError, match="shown"):
        page_picture(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/png", 0)
    with pytest.raises(ValueError, match="shown"):
        page_picture(b"nothing", "application/pdf", 0)


# What can't be shown ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/boh", "/items/nessuno", "/cases/SPCEN1", "/outbox/said?key=nessuna"])
def test_what_is_not_there_is_said_in_words_with_the_way_on(inside: TestClient, path: str) -> None:
    answer = inside.get(path)
    assert answer.status_code == 404
    assert "Non c'è." in answer.text.replace("&#39;", "'") and 'href="/desk"' in answer.text


def test_a_form_that_lacks_something_is_answered_in_words(inside: TestClient) -> None:
    answer = inside.post("/outbox/release", data={})
    assert answer.status_code == 422 and "Il modulo non è completo." in answer.text
    assert inside.put("/items").status_code == 405


def test_a_defect_of_ours_is_told_without_its_insides(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = GatewayDesk(gateway)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk), raise_server_exceptions=False) as client:
        client.post("/login", data={"user": "anna", "password": "giusta"})
        monkeypatch.setattr(type(desk.views), "front_page", lambda _: 1 / 0)
        answer = client.get("/")
    assert answer.status_code == 500
    assert "Qualcosa non ha funzionato." in answer.text and "Division" not in answer.text


def test_operators_read_what_an_answer_said(inside: TestClient, gateway: Gateway) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "Manca ancora qualcosa – pratica", "ada@posta.example"
    mail.set_content(f"Gentile Ada, è arrivato {NASTY}")
    gateway.ledger.owe([
        Dispatch(key="answer/x/1", channel=DispatchChannel.EMAIL, to="ada@posta.example", payload=mail.as_bytes(),
                 repeatable=True),
        Dispatch(key="portal/x", channel=DispatchChannel.PORTAL, to=None, payload=b'{"queue": "reports"}',
                 repeatable=True),
    ])  # fmt: skip
    page = inside.get("/outbox/said", params={"key": "answer/x/1"}).text
    assert "Manca ancora qualcosa – pratica" in page and "è arrivato" in page and NASTY not in page
    assert "reports" in inside.get("/outbox/said", params={"key": "portal/x"}).text


def test_coloured_words_are_dark_enough() -> None:
    """At least 4.5 to 1 (WCAG 2.1, 1.4.3) for chips and small print on every ground they stand on."""
    css = (Path(__file__).parents[2] / "console" / "static" / "console.css").read_text()
    named = dict(re.findall(r"--(\w+): #(\w+)", css))
    chips = re.findall(r"\.chip\.\w+ \{ background: #(\w+); color: var\(--(\w+)\) \}", css)
    muted = re.search(r"\.muted \{ color: #(\w+) \}", css)
    assert len(chips) == 3 and muted is not None
    pairs = [(ground, named[ink]) for ground, ink in chips] + [(g, muted[1]) for g in ("ffffff", "fff8ea", "f2f7fc")]
    assert min(_contrast(a, b) for a, b in pairs) >= 4.5


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.03928 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
