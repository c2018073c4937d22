"""What a clerk would say of service, sector and topic from the underlined words alone, before the model has its say.

With few letters to learn from, the cues of the table are the better half of the knowledge; with many they do no harm.
Each cue counts less the more often it is repeated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from classifier.cues import counts, cues
from classifier.model.features import Letter
from classifier.operators import Operators
from mailroom.decision import Sector, Service, Topic
from mailroom.finding import Finding

SIDE = {"sector": 0.35, "topic": 0.25}
"""How much the enclosures count beside the sender's own words."""
TELLING = {
    Topic.CMOR: 1.7,
    Topic.SWITCHING: 1.8,
    Topic.DOUBLE_BILLING: 1.6,
    Topic.INDEMNITY: 1.6,
    Topic.SOCIAL_BONUS: 1.3,
    Topic.BILLING: 0.85,
    Topic.LIMITATION_PERIOD: 0.8,
    Topic.CONTRACT_TERMS: 0.7,
    Topic.CONNECTION_WORKS: 0.6,
    Topic.METERING: 0.4,
}
"""How much a topic's words tell: every letter speaks of bills, meters and prices, few speak of an indemnity. Chosen on
authors held back."""
COMPLAINED = 0.1
"""How likely it is, against any other service, that who complained in writing only asks or reports. The model adds the
words of a letter up and can't say "and": held-back letters of service 95.1 → 95.8 % right, log loss 0.132 → 0.122."""
SHARPNESS = 1.9
CLEAR = 0.8
SURE = 0.8
_SECTOR = {"e": Sector.ELECTRICITY, "g": Sector.GAS, "w": Sector.WATER, "h": Sector.DISTRICT_HEATING, "r": Sector.WASTE}


def prior(letter: Letter) -> dict[str, dict[str, float]]:
    """Probabilities by ``sector`` and ``topic``; of ``service`` how likely each is beside the others."""
    own, enclosed = (counts(spans, most=3) for spans in cues(*letter.folded))
    return {"sector": _sector(own, enclosed, letter.supply), "topic": _topic(own, enclosed), "service": _service(own)}


def _scores(kind: str, labels: list[str], own: Mapping[str, int], enclosed: Mapping[str, int]) -> dict[str, float]:
    scores = dict.fromkeys(labels, 0.0)
    for found, weight in ((own, 1.0), (enclosed, SIDE[kind])):
        for name, count in found.items():
            if name.startswith(f"{kind}."):
                label = name[len(kind) + 1 : name.index("/")]
                scores[label] += weight * (1 - 0.5**count)
    return scores


def supply_facts(findings: Iterable[Finding], operators: Operators) -> tuple[str, ...]:
    """What codes and company say of the sector: ``pod``, ``pdr``, and ``of:`` the one sector the company works in."""
    found: list[str] = []
    for finding in findings:
        if finding.kind in ("supply.pod", "supply.pdr") and finding.confidence >= SURE:
            found.append(finding.kind.removeprefix("supply."))
        elif finding.kind == "supply.supplier" and finding.confidence >= SURE:
            sectors = operators.sectors_of(finding.value)
            found += [f"of:{_SECTOR[letter].value}" for letter in sectors] if len(sectors) == 1 else []
    return tuple(sorted(set(found)))


def _supplied(scores: dict[str, float], supply: tuple[str, ...]) -> None:
    """A POD or PDR is of an energy supply, both of two; a company in one sector only is asked about that one."""
    pod, pdr = "pod" in supply, "pdr" in supply
    if pod and pdr:
        scores[Sector.DUAL] += 1.0
    elif pod or pdr:
        scores[Sector.ELECTRICITY if pod else Sector.GAS] += 0.7
    for fact in supply:
        if fact.startswith("of:"):
            scores[fact.removeprefix("of:")] += 1.0


def _sector(own: Mapping[str, int], enclosed: Mapping[str, int], supply: tuple[str, ...] = ()) -> dict[str, float]:
    scores = _scores("sector", [s.value for s in Sector], own, enclosed)
    _supplied(scores, supply)
    both = min(scores[Sector.ELECTRICITY], scores[Sector.GAS])
    if both > CLEAR * 0.8:
        scores[Sector.DUAL] += both * 0.9
    if sum(scores.values()) < 0.3:
        scores[Sector.UNKNOWN] += 1.0
    return _normalised(scores)


def _service(own: Mapping[str, int]) -> dict[str, float]:
    told = {name.split("/")[0] for name in own if name.startswith("prior.")}
    complained = "prior.complaint" in told and "prior.none" not in told
    asks_nothing = (Service.INFORMATION, Service.REPORT) if complained else ()
    return {service.value: COMPLAINED if service in asks_nothing else 1.0 for service in Service}


def _topic(own: Mapping[str, int], enclosed: Mapping[str, int]) -> dict[str, float]:
    scores = _scores("topic", [t.value for t in Topic], own, enclosed)
    for topic, weight in TELLING.items():
        scores[topic] *= weight
    scores[Topic.OTHER] += 0.4
    return _normalised(scores)


def _normalised(scores: dict[str, float]) -> dict[str, float]:
    powers = {label: math.exp(SHARPNESS * score) for label, score in scores.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}
