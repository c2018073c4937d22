"""What tests of the console share; each file makes the `gateway` that it looks at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from console.accounts import set_password
from console.app import make_app
from road.desk import GatewayDesk
from road.gateway import Gateway


@pytest.fixture
def inside(gateway: Gateway) -> Iterator[TestClient]:
    """A browser in which Anna has logged in."""
    desk = GatewayDesk(gateway)
    set_password(desk, "anna", "giusta")
    with TestClient(make_app(desk), follow_redirects=False) as client:
        assert client.post("/login", data={"user": "anna", "password": "giusta"}).status_code == 303
        yield client
