from __future__ import annotations

from pathlib import Path

import yaml
from openapi_spec_validator import validate


def test_the_portals_api_is_valid_openapi() -> None:
    validate(yaml.safe_load((Path(__file__).parents[2] / "docs" / "portal-api.yaml").read_text("utf-8")))
