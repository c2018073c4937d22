"""What the letter is about: kind of mail, sender, service, sector and topic, from the model and the domain together.

The linear heads read service, sector and topic one by one; the domain knows which of them go together (a water
complaint is about water and about the bonus; Smart Help knows five matters). Both are multiplied and normalised, so
that a probability takes account of all three questions at once. Nothing is judged here: thresholds belong to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from classifier.cues import cues
from classifier.model.features import Letter, features, meaning
from classifier.model.weights import Weights
from classifier.prior import prior
from mailroom.decision import Sector, Service, Topic
from mailroom.finding import Evidence, Finding, Where

HELPED = {Topic.SOCIAL_BONUS, Topic.UNREQUESTED_CONTRACT, Topic.CMOR, Topic.DOUBLE_BILLING, Topic.INDEMNITY}
ENERGY = {Sector.ELECTRICITY, Sector.GAS, Sector.DUAL, Sector.UNKNOWN}
FACTS = {Topic.SUPPLIER_IDENTITY, Topic.CMOR, Topic.CONTRACT_TRANSFER}

PRIOR_WEIGHT = {"sector": 1.0, "topic": 0.5, "service": 1.0}
"""How loud the clerk's underlinings are beside the model, chosen on authors held back."""

_QUESTIONS = {"mail": "mail", "sender_kind": "sender", "service": "service", "sector": "sector", "topic": "topic"}
"""Findings, and the model's question behind each."""
_UNDERLINED = ("service", "sector", "topic")

Fits = npt.NDArray[np.float64]
Thoughts = Mapping[str, Mapping[str, float]]


def examine_meaning(letter: Letter, weights: Weights) -> tuple[Finding, ...]:
    """Findings ``mail``, ``sender_kind``, ``service``, ``sector``, ``topic`` with alternatives, likeliest first."""
    thought = think(letter, weights)
    by = f"model/{weights.version}"
    return tuple(_finding(kind, thought[question], by, letter) for kind, question in _QUESTIONS.items())


def think(letter: Letter, weights: Weights) -> dict[str, dict[str, float]]:
    """Probabilities by question, after model, cues and domain have had their say, calibrated on held-back authors."""
    together = combined(letter, weights.probabilities(features(letter), meaning(letter)))
    return {kind: _warmed(thought, weights.temperatures.get(kind, 1.0)) for kind, thought in together.items()}


def combined(letter: Letter, thought: Thoughts) -> dict[str, dict[str, float]]:
    """The model's answers, the clerk's underlinings and the domain's combinations, multiplied; not yet calibrated."""
    before = prior(letter)
    mixed = {kind: dict(answers) for kind, answers in thought.items()}
    for kind, weight in PRIOR_WEIGHT.items():
        mixed[kind] = _normalised({k: p * before[kind].get(k, 1e-3) ** weight for k, p in mixed[kind].items()})
    return {**mixed, **joined(mixed)}


def _normalised(powers: Mapping[str, float]) -> dict[str, float]:
    total = sum(powers.values()) or 1.0
    return {k: p / total for k, p in powers.items()}


def _warmed(thought: Mapping[str, float], temperature: float) -> dict[str, float]:
    return _normalised({k: max(p, 1e-9) ** (1 / temperature) for k, p in thought.items()})


def joined(thought: Thoughts) -> dict[str, dict[str, float]]:
    """Service, sector and topic probabilities after the domain has had its say on their combinations."""
    kinds = ("service", "sector", "topic")
    services, sectors, topics = (list(thought[kind]) for kind in kinds)
    of_service, of_sector, of_topic = (np.array(list(thought[kind].values())) for kind in kinds)
    fit = _together(tuple(services), tuple(sectors), tuple(topics))
    # The sums over all combinations, each question's in turn left out; the table of products itself is never made.
    by_two = (fit @ of_topic).reshape(len(services), len(sectors))
    shares = (
        of_service * (by_two @ of_sector),
        of_sector * (of_service @ by_two),
        of_topic * (np.outer(of_service, of_sector).ravel() @ fit),
    )
    return {
        kind: _normalised(dict(zip(thought[kind], share.tolist(), strict=True)))
        for kind, share in zip(kinds, shares, strict=True)
    }


@cache
def _together(services: tuple[str, ...], sectors: tuple[str, ...], topics: tuple[str, ...]) -> Fits:
    """How well a service and a sector (rows) go with a topic (columns)."""
    return np.array(
        [[goes_together(Service(a), Sector(b), Topic(c)) for c in topics] for a in services for b in sectors]
    )


def goes_together(service: Service, sector: Sector, topic: Topic) -> float:
    """How well the three fit, 0..1, by the definitions of the services (domain, part A). Never 0: the world is odd."""
    if service is Service.SMART_HELP:
        return 1.0 if topic in HELPED and sector in ENERGY else 0.03
    if service is Service.WATER_COMPLAINT:
        return 1.0 if sector is Sector.WATER and topic is Topic.SOCIAL_BONUS else 0.01
    if service is Service.SMART_INFO:
        return 1.0 if topic in FACTS and sector in ENERGY else 0.03
    if service is Service.CONCILIATION:
        helped = topic in HELPED and sector in ENERGY
        bonus = topic is Topic.SOCIAL_BONUS and sector is Sector.WATER
        return 0.05 if helped or bonus or topic is Topic.SUPPLIER_IDENTITY else 1.0
    return 1.0


def _finding(kind: str, thought: Mapping[str, float], by: str, letter: Letter) -> Finding:
    ranked = sorted(thought.items(), key=lambda entry: -entry[1])
    value, confidence = ranked[0]
    evidence = tuple(_underlined(letter, f"{kind}.{value}")) if kind in _UNDERLINED else ()
    return Finding(
        kind=kind, value=value, confidence=confidence, evidence=evidence, by=by, alternatives=tuple(ranked[1:4])
    )


def _underlined(letter: Letter, said: str) -> Iterator[Evidence]:
    """The words that spoke for it, as an operator would underline them."""
    own, _ = cues(*letter.folded)
    for name, places in own.items():
        for start, end in places[:2] if name.startswith(said) else ():
            words = letter.main[max(0, start - 20) : end + 20].replace("\n", " ").strip()
            yield Evidence(where=Where.BODY, text=words[:200], span=(start, end), note=name)
