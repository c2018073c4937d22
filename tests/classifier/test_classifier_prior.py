"""What a clerk says of the sector from codes and company."""

from __future__ import annotations

import pytest

from classifier import operators
from classifier.model.features import Letter
from classifier.prior import prior, supply_facts
from mailroom.finding import Evidence, Finding, Where

OPERATORS = operators.load()


def said(kind: str, value: str, confidence: float = 0.95) -> Finding:
    place = Evidence(where=Where.BODY, text=value)
    return Finding(kind=kind, value=value, confidence=confidence, evidence=(place,), by="test")


@pytest.mark.parametrize(
    ("findings", "facts"),
    [
        ([said("supply.pod", "IT001E12345678")], ("pod",)),
        ([said("supply.pod", "IT001E12345678"), said("supply.pdr", "01234567890123")], ("pdr", "pod")),
        ([said("supply.pod", "IT001E12345678", 0.4)], ()),
        ([said("supply.supplier", "Abbanoa")], ("of:water",)),
        ([said("supply.supplier", "Enel Energia")], ()),
        ([said("supply.supplier", "Ditta Ignota")], ()),
    ],
)
def test_codes_and_single_sector_companies_speak_for_a_sector(findings: list[Finding], facts: tuple[str, ...]) -> None:
    assert supply_facts(findings, OPERATORS) == facts


@pytest.mark.parametrize(
    ("supply", "likeliest"),
    [(("pod",), "electricity"), (("pdr",), "gas"), (("pdr", "pod"), "dual"), (("of:waste",), "waste")],
)
def test_a_letter_that_names_no_sector_has_that_of_its_codes(supply: tuple[str, ...], likeliest: str) -> None:
    sector = prior(Letter(main="Contesto la fattura che mi avete mandato.", supply=supply))["sector"]
    assert max(sector, key=lambda name: sector[name]) == likeliest


def test_words_that_are_plain_outweigh_a_company() -> None:
    letter = Letter(main="La bolletta dell'acqua: l'acquedotto e la fognatura sono da controllare.", supply=("of:gas",))
    sector = prior(letter)["sector"]
    assert max(sector, key=lambda name: sector[name]) == "water"


@pytest.mark.parametrize(
    ("main", "only_asks"),
    [
        ("Ho già fatto reclamo scritto e hanno risposto che devo pagare. Mi aiutate?", 0.1),
        ("Come si fa un reclamo? Non ho ancora reclamato con nessuno.", 1.0),
        ("Come si legge la bolletta?", 1.0),
    ],
)
def test_who_complained_in_writing_seldom_only_asks(main: str, only_asks: float) -> None:
    service = prior(Letter(main=main))["service"]
    assert (service["information"], service["report"], service["conciliation"]) == (only_asks, only_asks, 1.0)
