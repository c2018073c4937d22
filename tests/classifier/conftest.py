"""What the tests of the examination share: the models, loaded once."""

from __future__ import annotations

import pytest

from classifier.examining import Models, load_models


@pytest.fixture(scope="session")
def models() -> Models:
    return load_models()
