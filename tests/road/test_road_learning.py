"""What people correct becomes examples; a new model takes over only where it is not worse, and the old one stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from classifier.examining import WEIGHTS
from mailroom.envelope import Channel
from mailroom.errors import ConfigError
from mailroom.finding import Finding
from mailroom.item import Arrival, Hints
from road.config import GatewayConfig, StateConfig
from road.gateway import Gateway, open_gateway
from road.learning import Comparison, corrected_letters
from road.models import SHIPPED, ModelShelf

MAIL = b"""From: Ada Neri <ada@posta.example>
To: info@sportello.example
Subject: una cosa
Message-ID: <1@posta.example>
Date: Tue, 17 Mar 2026 21:22:00 +0100
Content-Type: text/plain; charset=utf-8

Buongiorno, vi segnalo che il lampione della via resta acceso di giorno. Non chiedo nulla per me.
Ada Neri, via Roma 1, 00184 Roma
"""


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return open_gateway(GatewayConfig(gateway=StateConfig(state=tmp_path / "state")))


def taken(gateway: Gateway, raw: bytes = MAIL) -> str:
    digest = gateway.blobs.put(raw)
    arrival = Arrival(source="prova", ref="1", raw=raw, hints=Hints(channel=Channel.EMAIL))
    receipt = gateway.ledger.receive([(arrival, digest)])[0]
    gateway.climber(lambda ids, slow: None).climb([receipt.item_id], slow=False)
    return receipt.item_id


def said(kind: str, value: str) -> Finding:
    return Finding(kind=kind, value=value, confidence=1.0, by="person:anna")


def test_a_correction_is_an_example_with_the_newest_word_on_each_question(gateway: Gateway) -> None:
    item = taken(gateway)
    ledger = gateway.ledger
    ledger.correct(item, [said("service", "information"), said("topic", "other")], "anna")
    gateway.climber(lambda ids, slow: None).climb([item], slow=False)
    ledger.correct(item, [said("service", "report")], "anna")
    gateway.climber(lambda ids, slow: None).climb([item], slow=False)
    (example,) = corrected_letters(gateway.views)
    assert example.labels == {"mail": "submission", "sender": "private", "service": "report", "topic": "other"}
    assert "lampione" in example.letter.main


def test_nothing_is_learnt_from_an_item_that_nobody_corrected(gateway: Gateway) -> None:
    taken(gateway)
    assert corrected_letters(gateway.views) == []


def test_one_letter_in_five_hundred_is_noise_and_more_is_worse() -> None:
    row = Comparison(head="service", letters=1000, before=900, after=898)
    assert not row.worse
    assert replace(row, after=897).worse
    assert not replace(row, after=950).worse


def test_the_old_model_stays_on_the_shelf_and_can_be_taken_up_again(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path / "models")
    assert shelf.active() == WEIGHTS
    shelf.add("2-mine", WEIGHTS.read_bytes())
    assert shelf.active_name() == SHIPPED
    shelf.activate("2-mine")
    assert shelf.active().name == "2-mine.npz"
    shelf.activate(SHIPPED)
    assert shelf.active() == WEIGHTS
    assert shelf.names() == [SHIPPED, "2-mine"]


def test_a_model_that_is_not_there_cannot_be_activated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        ModelShelf(tmp_path / "models").activate("../altro")
