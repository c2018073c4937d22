"""A message that was sent in several mails (message/partial) becomes one item when the last of them is here."""

from __future__ import annotations

import itertools
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from bench.plain_pdf import text_pdf
from cli import app
from console.accounts import set_password
from console.app import make_app
from mailroom.case import CaseStatus
from mailroom.finding import Finding
from mailroom.item import Rung
from parsers.partial import piece_in, put_together
from road.desk import GatewayDesk
from road.gateway import Gateway
from tests.road.answering import arrive, letter

ASKS = (
    "Buongiorno, vorrei sapere chi è il mio attuale fornitore di energia elettrica e da quando: chiedo il servizio "
    "SMART Info.\n\nAda Neri\nVia dei Tigli 14, 37122 Verona\n"
)
BILL = text_pdf("Bolletta dell'energia elettrica, POD IT001E12345678")


def whole() -> bytes:
    return letter(ASKS, files={"bolletta.pdf": BILL}).replace(b"\n", b"\r\n")


def pieces(count: int = 3, *, sender: bytes = b"ada@posta.example", name: bytes = b"abc@posta.example") -> list[bytes]:
    """The letter cut into so many mails, as RFC 2046 has it; only the last says how many."""
    raw = whole()
    size = len(raw) // count + 1
    made = []
    for number, start in enumerate(range(0, len(raw), size), 1):
        total = b"; total=%d" % count if number == count else b""
        made.append(
            b"From: Ada Neri <" + sender + b">\r\nTo: info@sportello.example\r\nSubject: pezzo %d\r\n" % number
            + b"Date: Tue, 17 Mar 2026 21:22:00 +0100\r\nMessage-ID: <p%d@posta.example>\r\n" % number
            + b'Content-Type: message/partial; id="' + name + b'"; number=%d' % number + total + b"\r\n\r\n"
            + raw[start : start + size]
        )  # fmt: skip
    return made


def test_the_pieces_make_the_message_again() -> None:
    made = pieces()
    assert [(p.number, p.total) for p in map(piece_in, made) if p] == [(1, None), (2, None), (3, 3)]
    again = message_from_bytes(put_together(made), policy=default)
    assert again["Subject"] == "richiesta SMART Info", "the whole's own, not the first piece's"
    assert again["From"] == "Ada Neri <ada@posta.example>"
    assert [part.get_filename() for part in again.iter_attachments()] == ["bolletta.pdf"]
    (bill,) = again.iter_attachments()
    assert bill.get_content() == BILL


@pytest.mark.parametrize("said", ["number=0", "number=x", "number=3; total=2", "number=1; total=101", "total=2"])
def test_what_does_not_say_which_piece_it_is_is_none(said: str) -> None:
    assert piece_in(f"Content-Type: message/partial; id=a; {said}\n\nx".encode()) is None
    assert piece_in(b"Content-Type: message/partial; number=1; total=2\n\nx") is None
    assert piece_in(b"Subject: x\n\nx") is None


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_they_come_they_become_one_case(
    gateway: Gateway, tmp_path: Path, order: tuple[int, ...]
) -> None:
    made = pieces()
    items = [arrive(gateway, tmp_path, f"{number}.eml", made[number]) for number in order[:2]]
    for item in items:
        detail = gateway.views.item(item)
        assert detail is not None and detail.row.held_code == "review"
        assert "si attendono le altre" in (detail.row.held or "")
    assert gateway.views.cases().rows == () and gateway.delivery().deliver() == 0, "half a letter opens nothing"
    items.append(arrive(gateway, tmp_path, f"{order[2]}.eml", made[order[2]]))
    (due,) = gateway.ledger.due_items()
    gateway.climber(lambda ids, slow: None).climb([due[0]], slow=True)
    detail = gateway.views.item(due[0])
    assert detail is not None and detail.row.subject == "richiesta SMART Info" and detail.row.held_code is None
    (case,) = gateway.views.cases().rows
    assert case.case.status is CaseStatus.WAITING and case.case.items == (due[0],)
    assert detail.row.parent == items[order.index(0)]
    for item in items:
        piece = gateway.views.item(item)
        assert piece is not None and (piece.row.rung, piece.row.held_code) == (Rung.CLOSED, None)
        assert (piece.row.disposition, piece.row.detail) == ("service_message", "piece")
        assert "piece_joined" in {event.kind for event in piece.road}
    desk = GatewayDesk(gateway)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk)) as client:
        client.post("/login", data={"user": "anna", "password": "giusta"})
        for item in items:
            assert f'<a href="/items/{due[0]}">' in client.get(f"/items/{item}").text, "each piece leads to the whole"
    assert all(row.difference in (None, 0) for row in gateway.views.reconciliation())
    config = tmp_path / "gateway.toml"
    config.write_text(f'[gateway]\nstate = "{gateway.config.gateway.state}"\n')
    assert CliRunner().invoke(app, ["verify", "-c", str(config)]).exit_code == 0


def test_pieces_of_another_address_or_another_message_do_not_join(gateway: Gateway, tmp_path: Path) -> None:
    made = pieces(2)
    strange, other = pieces(2, sender=b"eva@altrove.example"), pieces(2, name=b"xyz@posta.example")
    for number, raw in enumerate([made[0], strange[1], other[1]]):
        arrive(gateway, tmp_path, f"{number}.eml", raw)
    assert gateway.ledger.due_items() == [] and len(gateway.views.held()) == 3
    arrive(gateway, tmp_path, "9.eml", made[1])
    assert len(gateway.ledger.due_items()) == 1 and len(gateway.views.held()) == 2


def test_a_piece_that_came_twice_is_closed_by_nobody_and_both_are_looked_at(gateway: Gateway, tmp_path: Path) -> None:
    """It may be of another message: some programs give all of them one id."""
    made = pieces(2)
    for number, raw in enumerate([made[0], made[0].replace(b"pezzo 1", b"pezzo 1 di nuovo"), made[1]]):
        arrive(gateway, tmp_path, f"{number}.eml", raw)
    (due,) = gateway.ledger.due_items()
    gateway.climber(lambda ids, slow: None).climb([due[0]], slow=True)
    assert len(gateway.views.held()) == 2, "the double, and the whole beside it"
    detail = gateway.views.item(due[0])
    assert detail is not None and "Molto simile" in (detail.row.held or "")


def test_a_piece_that_a_person_has_decided_is_left_alone(gateway: Gateway, tmp_path: Path) -> None:
    made = pieces(2)
    first = arrive(gateway, tmp_path, "1.eml", made[0])
    said = [Finding(kind="disposition", value="unreadable", confidence=1.0, by="person:anna")]
    assert gateway.ledger.correct(first, said, "person:anna")
    gateway.climber(lambda ids, slow: None).climb([first], slow=True)
    detail = gateway.views.item(first)
    assert detail is not None and detail.row.rung is Rung.CLOSED and detail.row.disposition == "unreadable"
    second = arrive(gateway, tmp_path, "2.eml", made[1])
    held = gateway.views.item(second)
    assert held is not None and held.row.held_code == "review" and gateway.ledger.due_items() == []


def test_a_piece_whose_climb_was_cut_off_is_noted_once_and_joins_all_the_same(gateway: Gateway, tmp_path: Path) -> None:
    made = pieces(2)
    first = arrive(gateway, tmp_path, "1.eml", made[0])
    assert gateway.ledger.release(first, "anna"), "a retry: it climbs again from the start"
    gateway.climber(lambda ids, slow: None).climb([first], slow=True)
    arrive(gateway, tmp_path, "2.eml", made[1])
    assert len(gateway.ledger.due_items()) == 1
