"""The configuration as it is shown to strangers."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

from road.config import GatewayConfig, load
from road.tooling import tools_for

EXAMPLE = Path(__file__).parents[2] / "docs" / "gateway.example.toml"


def test_the_example_is_accepted_and_names_every_table() -> None:
    config = load(EXAMPLE)
    assert config.sources and config.pec_smtp and config.retention and config.portal
    assert set(tomllib.loads(EXAMPLE.read_text("utf-8"))) == {f.name for f in dataclasses.fields(GatewayConfig)}
    assert tools_for(config).policy == config.policy
