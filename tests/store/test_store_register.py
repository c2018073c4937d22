"""The register as others get it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from defusedxml import ElementTree

from mailroom.decision import Disposition
from store.outside import fields, plain_message_id
from store.views import Office
from tests.store.conftest import Cellar
from tests.store.ledger_stand import NOON, Wish, acknowledgement, files


def test_the_daily_register_lists_what_came_and_went_that_day(cellar: Cellar) -> None:
    cellar.settle("1", Wish(compose=acknowledgement()))
    cellar.clock.wind(days=1)
    cellar.settle("2", Wish(judge=files(Disposition.NOT_FOR_US, "newsletter")))
    data, digest = cellar.views.daily_register(NOON.date())
    assert digest == hashlib.sha256(data).hexdigest()
    rows = ElementTree.fromstring(data).findall("Registrazione")
    assert [(row.get("Numero"), row.get("Verso")) for row in rows] == [("0000001", "entrata"), ("0000002", "uscita")]
    assert rows[0].findtext("Oggetto") == "Bolletta n° 1"
    assert rows[0].findtext("Corrispondente") == "Ada <ada@example.org>"
    assert rows[1].findtext("Oggetto", "").startswith("Pratica SPCEN")
    later, _ = cellar.views.daily_register(NOON.date() + timedelta(days=1))
    assert [row.get("Verso") for row in ElementTree.fromstring(later)] == ["entrata", "annullamento"]


def test_each_registration_is_exported_as_a_segnatura(cellar: Cellar) -> None:
    cellar.settle("1", Wish(compose=acknowledgement()))
    cellar.settle("2", Wish(judge=files(Disposition.NOT_FOR_US, "spam")))
    office = Office(administration="au_spa", area="SPORT")
    roots = [ElementTree.fromstring(data) for data in cellar.views.segnature(since=NOON, office=office)]
    assert [root.tag for root in roots] == ["Segnatura", "Segnatura", "Segnatura", "AnnullamentoProtocollazione"]
    assert roots[0].findtext("Intestazione/Identificatore/NumeroRegistrazione") == "0000001"
    assert roots[0].findtext("Descrizione/Destinatario") == "au_spa"
    assert roots[0].find("Descrizione/Allegato").get("nomeFile") == "bolletta.pdf"
    assert roots[1].findtext("Descrizione/Mittente") == "au_spa"


def test_the_outside_of_a_message_is_read_without_trust() -> None:
    raw = b"Received: x\r\nFROM: =?utf-8?q?Ren=C3=A9?=\r\n =?x-unknown?q?=41?= <r@x>\r\nSubject: a\x00b\x1b[0m\r\n"
    assert fields(raw + b"Message-ID:<1@x>\r\n\r\nFrom: body@x") == {
        "from": "RenéA <r@x>",
        "subject": "a b [0m",
        "message-id": "<1@x>",
    }
    assert fields(b"") == fields(b"\xff" * 100_000) == {}
    assert len(fields(b"Subject: " + b"x" * 100_000)["subject"]) == 500
    assert plain_message_id(" <a@b> ") == plain_message_id("a@b") == "a@b"
