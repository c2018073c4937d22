"""A gateway with a real ledger, whose answers go out to a real SMTP server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from smtp import Mailbox, smtp_server

from outbound.acknowledging import AnswersConfig
from outbound.smtp import SmtpConfig
from road.config import GatewayConfig, StateConfig
from road.gateway import Gateway, open_gateway


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with smtp_server() as box:
        yield box


@pytest.fixture
def gateway(tmp_path: Path, server: Mailbox) -> Iterator[Gateway]:
    config = GatewayConfig(
        gateway=StateConfig(state=tmp_path / "state"),
        smtp=SmtpConfig(host="127.0.0.1", port=server.port, tls="none"),
        answers=AnswersConfig(claim_base="https://sportello.example/ritira"),
    )
    found = open_gateway(config)
    yield found
    found.engine.dispose()
