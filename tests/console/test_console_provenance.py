"""What an operator is told where a mail's headers contradict each other about who wrote it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from console.english import ENGLISH
from console.provenance import SENTENCES, contradictions
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.envelope import Authenticity, Channel, Envelope
from road.config import GatewayConfig, StateConfig
from road.gateway import Gateway, open_gateway

DISGUISED = (
    b"Return-Path: <b@spedizioni.example>\r\nReply-To: <script@altrove.example>\r\n"
    b'From: "ada@banca.example" <ada@posta.example>\r\nTo: info@sportello.example\r\nSubject: bolletta\r\n'
    b"Date: Tue, 17 Mar 2026 21:22:00 +0100\r\n\r\nVorrei informazioni sul bonus.\r\n"
)
PLAIN = (
    b"From: Ugo <ugo@posta.example>\r\nTo: info@sportello.example\r\nSubject: bolletta\r\n\r\nVorrei informazioni.\r\n"
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Gateway:
    folder = tmp_path_factory.mktemp("provenance")
    (folder / "a.eml").write_bytes(DISGUISED)
    (folder / "b.eml").write_bytes(PLAIN)
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=folder / "state")))
    taken = take(FilesSource(paths=[folder / "a.eml", folder / "b.eml"]), blobs=gateway.blobs, book=gateway.ledger)
    gateway.climber(lambda ids, slow: None).climb([r.item_id for r in taken.receipts], slow=True)
    return gateway


def item_of(gateway: Gateway, sender: str) -> str:
    return next(row.id for row in gateway.views.items().rows if row.sender == sender)


def test_the_item_page_says_what_does_not_agree_and_what_stands_there(inside: TestClient, gateway: Gateway) -> None:
    path = f"/items/{item_of(gateway, 'ada@posta.example')}"
    page = inside.get(path).text
    for name in ("reply-to-other-domain", "return-path-other-domain", "display-name-is-another-address"):
        assert SENTENCES[name] in page and name not in page
    for shown in ("script@altrove.example", "b@spedizioni.example", "ada@banca.example"):
        assert f"<b>{shown}</b>" in page
    english = inside.get(path, headers={"accept-language": "en"}).text
    assert "Answers would go to an address of another domain" in english and "Look at the sender" in english


def test_a_mail_that_agrees_with_itself_says_nothing_of_it(inside: TestClient, gateway: Gateway) -> None:
    assert "Mittente da guardare" not in inside.get(f"/items/{item_of(gateway, 'ugo@posta.example')}").text


def test_every_sentence_has_its_english_one_and_an_unknown_name_is_shown_as_it_is() -> None:
    assert set(SENTENCES.values()) <= set(ENGLISH)
    odd = Envelope(channel=Channel.EMAIL, authenticity=Authenticity(disagreements=("new-one", "several-from-headers")))
    assert [c.says for c in contradictions(odd)] == ["new-one", SENTENCES["several-from-headers"]]
    assert contradictions(None) == ()
