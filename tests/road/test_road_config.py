"""The configuration as it is shown to strangers."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from pathlib import Path

import pytest

from road.config import CLIMBERS, GatewayConfig, StateConfig, load
from road.tooling import tools_for

EXAMPLE = Path(__file__).parents[2] / "docs" / "gateway.example.toml"


def test_the_example_is_accepted_and_names_every_table() -> None:
    config = load(EXAMPLE)
    assert config.sources and config.pec_smtp and config.retention and config.portal
    tables = {f.name for f in dataclasses.fields(GatewayConfig)} - {"file"}
    assert set(tomllib.loads(EXAMPLE.read_text("utf-8"))) == tables
    assert tools_for(config).policy == config.policy


@pytest.mark.parametrize(
    ("cores", "said", "climb"), [(1, None, 1), (2, None, 2), (64, None, CLIMBERS), (2, 1, 1), (2, 12, 12)]
)
def test_one_process_a_core_climbs_unless_a_number_is_said(
    monkeypatch: pytest.MonkeyPatch, cores: int, said: int | None, climb: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    assert StateConfig(processes=said).climbers == climb
