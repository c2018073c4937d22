"""The operator's desk: questions with their likeliest answers, all values in the lists, skipping, saving."""

from __future__ import annotations

import re
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from console.correcting import corrections
from console.questions import CHOICES, PAPER_KINDS
from ingest.files import FilesSource
from ingest.reception import take
from parsers.reading import ReadingSettings
from road.config import GatewayConfig, StateConfig
from road.gateway import Gateway, open_gateway

WAV = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x08\0\0\0" + b"\x80" * 8


def letter(name: str, text: str, *files: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"{name} <{name.lower()}@posta.example>", "info@sportello.example"
    message["Subject"], message["Date"] = f"Lettera di {name}", "Tue, 17 Mar 2026 21:22:00 +0100"
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p><script>alert(1)</script>", subtype="html")
    for filename, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=filename)
    return message.as_bytes()


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    from bench.plain_pdf import text_pdf

    bags = {
        "a.eml": letter("Ada", "Invio la fattura.", ("Fattura «nuova».pdf", text_pdf("Fattura POD IT001E12345678"))),
        "b.eml": letter("Bea", "Invio la voce.", ("voce.wav", WAV)),
        "c.eml": letter("Cleo", "Invio il programma.", ("conto.pdf", b"MZ" + b"\0" * 400), ("nota.txt", b"Buongiorno")),
    }
    for name, raw in bags.items():
        (tmp_path / name).write_bytes(raw)
    # Stands for a speech engine: what it prints are the words.
    listening = ReadingSettings(transcriber=(sys.executable, "-c", "print('sono <b>Bea</b>')", "{audio}"))
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state"), reading=listening))
    taken = take(FilesSource(paths=[tmp_path / n for n in bags]), blobs=gateway.blobs, book=gateway.ledger)
    gateway.climber(lambda ids, slow: None).climb([r.item_id for r in taken.receipts], slow=True)
    for row in gateway.views.items().rows:  # whatever the models may be sure of one day
        gateway.ledger.hold(row.id, "review", "Servizio: report; oppure conciliation (sicurezza 55%)")
    return gateway


def named(gateway: Gateway, name: str) -> str:
    return next(row.id for row in gateway.views.items().rows if name in (row.subject or ""))


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(token|after|next)" value="([^"]*)"', page))


def climb(gateway: Gateway, item_id: str) -> None:
    gateway.climber(lambda ids, slow: None).climb([item_id], slow=True)


def test_the_lists_offer_all_values_and_the_reason_is_plain(inside: TestClient, gateway: Gateway) -> None:
    page = inside.get(f"/items/{named(gateway, 'Ada')}").text
    for value in (*(v for values in CHOICES.values() for v in values), *PAPER_KINDS):
        assert f'<option value="{value}"' in page
    assert "Servizio: segnalazione; oppure conciliazione (sicurezza 55%)" in page
    assert 'class="pick"' in page and "solo Portale: delegato" in page


def test_one_answer_decides_and_brings_the_next(inside: TestClient, gateway: Gateway) -> None:
    first = gateway.views.held()[0].id
    assert inside.get("/desk").headers["location"] == f"/items/{first}"
    form = fields(inside.get(f"/items/{first}").text)
    answer = inside.post(f"/items/{first}/correct", data={**form, "answer": "outcome=not_for_us:spam"})
    nearest = inside.get(answer.headers["location"]).headers["location"]
    assert nearest == f"/items/{gateway.views.held()[0].id}" != f"/items/{first}"
    climb(gateway, first)
    detail = gateway.views.item(first)
    assert detail is not None and (detail.row.disposition, detail.row.detail) == ("not_for_us", "spam")
    assert detail.row.held_code is None and len(detail.corrections) == 3


def test_skipping_leaves_the_item_and_goes_round(inside: TestClient, gateway: Gateway) -> None:
    seen = []
    place = inside.get("/desk").headers["location"]
    for _ in range(4):
        seen.append(place)
        skip = re.search(r'id="skip" href="([^"]+)"', inside.get(place).text)
        assert skip is not None
        place = inside.get(skip[1].replace("&amp;", "&")).headers["location"]
    assert len(set(seen)) == 3 and seen[3] == seen[0]
    assert len(gateway.views.held()) == 3


def test_a_papers_kind_is_corrected_from_its_list(inside: TestClient, gateway: Gateway) -> None:
    item_id = named(gateway, "Ada")
    page = inside.get(f"/items/{item_id}").text
    paper = re.search(r'name="was\.(paper\.\d+\.\d+)" value="(\w+)"', page)
    assert paper is not None
    form = {**fields(page), paper[1]: "contract", f"was.{paper[1]}": paper[2], "outcome": "case", "service": "report"}
    inside.post(f"/items/{item_id}/correct", data={**form, "sector": "gas", "topic": "other"})
    climb(gateway, item_id)
    detail = gateway.views.item(item_id)
    assert detail is not None and "contract" in {p.kind for p in detail.papers} and detail.row.case_code


def test_an_attachment_is_a_sandboxed_download_under_its_own_name(inside: TestClient, gateway: Gateway) -> None:
    item_id = named(gateway, "Ada")
    link = re.search(rf"/items/{item_id}/parts/\d+(?=\" download)", inside.get(f"/items/{item_id}").text)
    assert link is not None
    answer = inside.get(link[0])
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment") and "filename*=UTF-8''Fattura%20%C2%ABnuova%C2%BB.pdf" in said
    assert answer.headers["content-type"] == "application/octet-stream" and answer.content.startswith(b"%PDF")
    assert answer.headers["content-security-policy"] == "sandbox"
    assert inside.get(f"/items/{item_id}/parts/99").status_code == 404


def test_what_is_not_what_its_name_says_is_not_offered_but_its_neighbour_is(
    inside: TestClient, gateway: Gateway
) -> None:
    item_id = named(gateway, "Cleo")
    page = inside.get(f"/items/{item_id}").text
    detail = gateway.views.item(item_id)
    assert detail is not None
    offered = {inside.get(link).content for link in re.findall(r'href="([^"]+)" download', page)}
    assert b"Buongiorno" in offered and not any(b"MZ" in data[:2] for data in offered)
    assert {data[:5] for data in offered} == {b"Buong", b"%PDF-"}
    codes = [inside.get(f"/items/{item_id}/parts/{n}").status_code for n in range(8)]
    assert 403 in codes


def test_a_recording_is_played_by_ranges(inside: TestClient, gateway: Gateway) -> None:
    item_id = named(gateway, "Bea")
    player = re.search(r'<audio controls preload="none" src="([^"]+)"', inside.get(f"/items/{item_id}").text)
    assert player is not None
    whole, piece = inside.get(player[1]), inside.get(player[1], headers={"range": "bytes=0-3"})
    assert (whole.content, whole.headers["content-type"]) == (WAV, "audio/wav")
    assert (piece.status_code, piece.content) == (206, b"RIFF")
    assert inside.get(player[1], headers={"range": "bytes=900-"}).status_code == 416


def test_what_a_machine_heard_stands_under_the_player_as_such(inside: TestClient, gateway: Gateway) -> None:
    page = inside.get(f"/items/{named(gateway, 'Bea')}").text
    assert "Trascrizione automatica" in page and "<pre>sono &lt;b&gt;Bea&lt;/b&gt;</pre>" in page


def test_the_senders_layout_is_shown_as_our_picture(inside: TestClient, gateway: Gateway) -> None:
    page = inside.get(f"/items/{named(gateway, 'Ada')}").text
    shown = re.search(r'src="(/items/\w+/parts/\d+/shown/0\.png)"', page)
    assert shown is not None and "<script>" not in page
    picture = inside.get(shown[1])
    assert picture.headers["content-type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert inside.get(shown[1].replace("/0.png", "/7.png")).status_code == 404


def test_a_page_is_enlarged_and_turned(inside: TestClient, gateway: Gateway) -> None:
    from io import BytesIO

    from PIL import Image

    source = f"/items/{named(gateway, 'Ada')}/pages/0/0.png"
    usual = Image.open(BytesIO(inside.get(source).content))
    turned = Image.open(BytesIO(inside.get(f"{source}?turn=90&width=1600").content))
    assert usual.width < usual.height and turned.width > turned.height and turned.height == 1600


def test_the_search_finds_by_code_and_by_words_and_marks_them(inside: TestClient, gateway: Gateway) -> None:
    found = inside.get("/search?text=IT001E12345678").text
    assert "Lettera di Ada" in found and "<mark>IT001E12345678</mark>" in found and "Lettera di Bea" not in found
    assert "Lettera di" not in inside.get("/search?text=Ada&channel=fax").text
    item_id = named(gateway, "Ada")
    inside.post(f"/items/{item_id}/correct", data={**fields(inside.get(f"/items/{item_id}").text), "outcome": "case"})
    climb(gateway, item_id)
    code = gateway.views.cases().rows[0].case.code
    assert inside.get(f"/search?text={code[:5].lower()}%20{code[5:]}").headers["location"] == f"/cases/{code}"


def test_english_speakers_read_english(inside: TestClient) -> None:
    english = inside.get("/", headers={"accept-language": "en-GB,en;q=0.9,it;q=0.5"})
    assert "received today" in english.text and 'lang="en"' in english.text
    assert "ricevuti oggi" in inside.get("/", headers={"accept-language": "de, it;q=0.5"}).text
    inside.get("/language/en")
    assert "received today" in inside.get("/", headers={"accept-language": "it"}).text
    assert inside.get("/language/xx").status_code == 404


def test_a_form_says_only_what_was_answered_or_changed() -> None:
    form = {"outcome": "case", "service": "report", "sector": "nonsense", "supply.pod": " it001e 12345678 ",
            "was.supply.pod": "IT001E12345678", "applicant.phone": "", "was.applicant.phone": "+39061", "answer": "x=y",
            "answer.outcome": "portal_only:delegate", "paper.0.x": "bill", "paper.0.0": "bill"}  # fmt: skip
    said = {finding.kind: finding.value for finding in corrections(form, by="person:anna")}
    assert said == {"disposition": "portal_only", "disposition_detail": "delegate", "mail": "submission",
                    "sender_kind": "delegate", "applicant.phone": "", "paper.0.0": "bill"}  # fmt: skip


def test_frequent_words_are_found_like_rare_ones(
    gateway: Gateway, inside: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = named(gateway, "Ada")
    inside.post(f"/items/{item_id}/correct", data={**fields(inside.get(f"/items/{item_id}").text), "outcome": "case"})
    climb(gateway, item_id)
    pages = ("/search?text=fattura", "/search?text=lettera", "/cases?text=fattura", "/cases?text=voce")
    rare = [re.findall(r'href="/(?:items|cases)/(\w+)"', inside.get(page).text) for page in pages]
    monkeypatch.setattr("store.search.FREQUENT", 1)
    frequent = [re.findall(r'href="/(?:items|cases)/(\w+)"', inside.get(page).text) for page in pages]
    assert rare == frequent and [bool(found) for found in rare] == [True, True, True, False]
