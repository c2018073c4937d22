"""One suite, one outcome: property tests draw the same examples everywhere; the fuzzing that looks for new ones is
run by hand (`HYPOTHESIS_PROFILE=search`). Two collections of the suite, at two moments, name the same tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Raw bytes go by their argument's name: made files hold the moment they were made (gzip, zip, PDF), and workers
    that collect a second apart would not agree on the tests there are."""
    return argname if isinstance(val, bytes) else None
