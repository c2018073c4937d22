"""A scan of several letters without separator sheets: a person says where each begins, and each goes its own way."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
from fastapi.testclient import TestClient

from bench.plain_pdf import text_pdf
from console.accounts import set_password
from console.app import make_app
from ingest.files import FilesSource
from ingest.reception import take
from mailroom.amending import cut_by_person, cut_finding
from mailroom.envelope import Channel
from mailroom.finding import Finding
from mailroom.item import Rung
from road.config import GatewayConfig, StateConfig
from road.desk import GatewayDesk
from road.gateway import open_gateway

HEAD = "Spett.le Sportello per il consumatore,\n"
ONE = HEAD + "vorrei sapere come si legge la bolletta del gas.\nDistinti saluti\nAda Neri"
SEVERAL = "Sembra contenere più lettere: tagliare la scansione dove comincia ciascuna."
ANSWERS = (
    ("mail", "submission"),
    ("sender_kind", "private"),
    ("service", "information"),
    ("sector", "gas"),
    ("topic", "billing"),
)
TWO = HEAD + "segnalo che la luce manca ogni sera in via Po.\nDistinti saluti\nUgo Bo"


def scan(*texts: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for text in texts:
            with pikepdf.open(io.BytesIO(text_pdf(text))) as one:
                whole.pages.extend(one.pages)
        whole.save(out)
    return out.getvalue()


def test_a_scan_is_cut_where_the_operator_says(tmp_path: Path) -> None:
    (tmp_path / "lotto.pdf").write_bytes(scan(ONE, "Allegato alla prima lettera, bolletta.", TWO))
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state")))
    source = FilesSource(paths=[tmp_path / "lotto.pdf"], channel=Channel.POST)
    (receipt,) = take(source, blobs=gateway.blobs, book=gateway.ledger).receipts
    climber = gateway.climber(lambda ids, slow: None)
    climber.climb([receipt.item_id], slow=True)
    (held,) = gateway.views.held()
    assert SEVERAL in (held.held or "")
    desk = GatewayDesk(gateway)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk), follow_redirects=False) as client:
        client.post("/login", data={"user": "anna", "password": "giusta"})
        assert f'href="/items/{receipt.item_id}/cut"' in client.get(f"/items/{receipt.item_id}").text
        page = client.get(f"/items/{receipt.item_id}/cut").text
        assert page.count('name="start"') == 3
        own = re.search(r'name="token" value="(\w+)"', page)
        assert own is not None
        again = client.post(f"/items/{receipt.item_id}/cut", data={"token": own[1], "start": ["0"]})
        assert again.headers["location"].endswith("/cut") and gateway.views.held()
        client.post(f"/items/{receipt.item_id}/cut", data={"token": own[1], "start": ["0", "2", "9", "x"]})
        climber.climb([receipt.item_id], slow=True)
        assert client.get(f"/items/{receipt.item_id}/cut").status_code == 404
        late = client.post(f"/items/{receipt.item_id}/cut", data={"token": own[1], "start": ["0", "1"]})
        assert late.headers["location"] == f"/items/{receipt.item_id}"
    batch = gateway.views.item(receipt.item_id)
    assert batch is not None and batch.row.rung is Rung.CLOSED and batch.row.disposition is None
    letters = [gateway.views.item(child) for child in batch.children]
    assert [letter.hints.pages for letter in letters if letter] == [(0, 2), (2, 1)]
    # The first has most of the scan's words, and is no double of it.
    climber.climb(batch.children, slow=True)
    assert not [row.held for row in gateway.views.held() if "simile" in (row.held or "")]


def test_a_scan_that_has_a_case_by_now_stays_whole_and_nobody_is_held_up(tmp_path: Path) -> None:
    """Somebody said where to cut it, and it was decided at that moment."""
    (tmp_path / "lettera.pdf").write_bytes(scan(f"{ONE}\nVia Po 3, 10124 Torino\nada.neri@posta.example", "Bolletta."))
    gateway = open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state")))
    source = FilesSource(paths=[tmp_path / "lettera.pdf"], channel=Channel.POST)
    (receipt,) = take(source, blobs=gateway.blobs, book=gateway.ledger).receipts
    climber = gateway.climber(lambda ids, slow: None)
    said = [Finding(kind=k, value=v, confidence=1.0, by="person:anna") for k, v in ANSWERS]
    climber.climb([receipt.item_id], slow=True)
    gateway.ledger.correct(receipt.item_id, said, "person:anna")
    climber.climb([receipt.item_id], slow=True)
    decided = gateway.views.item(receipt.item_id)
    assert decided is not None and decided.row.case_code
    gateway.ledger.correct(receipt.item_id, [cut_finding({1}, by="person:anna")], "person:anna")
    climber.climb([receipt.item_id], slow=True)
    whole = gateway.views.item(receipt.item_id)
    assert whole is not None and whole.children == () and whole.row.case_code == decided.row.case_code
    assert whole.row.rung is Rung.CLOSED and gateway.views.held() == ()


def test_letters_begin_only_where_there_is_a_page() -> None:
    said = [cut_finding({1, 2}, by="person:anna"), cut_finding({3, 99}, by="person:anna")]
    assert [(r.first, r.count) for r in cut_by_person(said, [0, 1, 2, 3, 4])] == [(0, 3), (3, 2)]
    assert cut_by_person([cut_finding({0}, by="person:anna")], [0, 1]) == ()
    assert cut_by_person([], [0, 1]) == () and cut_by_person(said, []) == ()
