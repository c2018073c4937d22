"""Sendings in parts: what belongs to a case that was opened a moment ago joins it, and nobody else's does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.plain_pdf import text_pdf
from mailroom.decision import Service
from mailroom.dispatch import DispatchChannel
from mailroom.finding import Finding
from road.gateway import Gateway
from store.item_views import ItemDetail
from tests.road.answering import arrive, letter

POD, OTHER_POD = "IT001E12345678", "IT001E87654321"
FIRST = f"""Buongiorno, vorrei sapere chi è il mio fornitore di energia elettrica: chiedo il servizio SMART Info.
Il codice fiscale è NREDAA80A41L781G, il POD {POD}.

Ada Neri
"""
PAPERS = {"bolletta.pdf": text_pdf("Fattura per la fornitura di energia elettrica\nPeriodo gennaio - febbraio 2026")}


def item(gateway: Gateway, folder: Path, name: str, raw: bytes, *, answered: bool = True) -> ItemDetail:
    found = gateway.views.item(arrive(gateway, folder, name, raw, answered=answered))
    assert found is not None
    return found


@pytest.fixture
def code(gateway: Gateway, tmp_path: Path) -> str:
    """A case whose code has gone out."""
    opened = item(gateway, tmp_path, "a.eml", letter(FIRST))
    assert opened.row.case_code is not None
    return opened.row.case_code


@pytest.fixture
def early(gateway: Gateway, tmp_path: Path) -> str:
    """A case whose code has not gone out."""
    opened = item(gateway, tmp_path, "a.eml", letter(FIRST), answered=False)
    assert opened.row.case_code is not None
    return opened.row.case_code


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("richiesta SMART Info (2/3)", "Segue."),
        ("SMART Info", "Vi mando la parte 2 di 3 degli allegati."),
        ("SMART Info", "Questa è la seconda mail di tre."),
        ("SMART Info", "Scusate, ho dimenticato di allegare la bolletta."),
        ("documenti", "A seguito della mia precedente mail, ecco gli altri documenti.\nSaluti\nAda Neri"),
    ],
)
def test_a_part_that_says_so_joins_the_case_of_its_sender(
    gateway: Gateway, tmp_path: Path, code: str, subject: str, said: str
) -> None:
    part = item(gateway, tmp_path, "b.eml", letter(said, subject=subject, files=PAPERS))
    assert (part.row.case_code, part.row.held_code, part.row.disposition) == (code, None, "follow_up")


def test_before_the_code_went_out_the_same_supply_is_proof_enough(gateway: Gateway, tmp_path: Path, early: str) -> None:
    raw = letter(f"Invio la bolletta, POD {POD}.", subject="bolletta", files=PAPERS)
    part = item(gateway, tmp_path, "b.eml", raw, answered=False)
    assert (part.row.case_code, part.row.held_code) == (early, None)


def test_the_sender_alone_is_only_suggested(gateway: Gateway, tmp_path: Path, early: str) -> None:
    raw = letter("Invio la bolletta.", subject="bolletta", files=PAPERS)
    part = item(gateway, tmp_path, "b.eml", raw, answered=False)
    assert part.row.held_code == "review" and "seguito di un invio recente" in (part.row.held or "")


@pytest.mark.parametrize(
    ("said", "sender"),
    [
        (f"Vi mando la parte 2 di 3, POD {OTHER_POD}.", "ada@posta.example"),
        ("Vi mando la parte 2 di 3, codice fiscale RSSMRA80A01H501U.", "ada@posta.example"),
        ("Vi mando la parte 2 di 3.", "ugo@posta.example"),
    ],
    ids=["another-supply", "another-person", "another-sender"],
)
def test_a_part_of_somebody_else_never_joins(
    gateway: Gateway, tmp_path: Path, code: str, said: str, sender: str
) -> None:
    part = item(gateway, tmp_path, "b.eml", letter(said, sender=sender, subject="allegati", files=PAPERS))
    detail = gateway.views.case(code)
    assert detail is not None and [row.id for _, row in detail.items] != [part.row.id]
    assert len(detail.items) == 1


def test_an_item_decided_anew_is_not_answered_in_the_same_words(gateway: Gateway, tmp_path: Path, code: str) -> None:
    detail = gateway.views.case(code)
    assert detail is not None
    ((_, row),) = detail.items
    assert len(detail.dispatches) == 1
    assert gateway.ledger.release(row.id, "anna")
    gateway.climber(lambda ids, slow: None).climb([row.id], slow=True)
    same = gateway.views.case(code)
    assert same is not None and len(same.dispatches) == 1

    finding = Finding(kind="service", value="information", confidence=1.0, by="person:anna")
    assert gateway.ledger.correct(row.id, [finding], "anna")
    gateway.climber(lambda ids, slow: None).climb([row.id], slow=True)
    other = gateway.views.case(code)
    assert other is not None and other.row.case.service is Service.INFORMATION
    assert len([d for d in other.dispatches if d.channel is DispatchChannel.EMAIL]) == 2
