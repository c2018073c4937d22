from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from mailroom.envelope import Channel
from mailroom.errors import ConfigError
from parsers.malware import Unscanned
from parsers.tools.clamd import ClamdAddress
from road.binding import bind
from road.config import GatewayConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    name: str
    port: int = 993
    wait: float = 1.0
    tls: Literal["verify", "none"] = "verify"
    folders: tuple[str, ...] = ("INBOX",)
    password_file: Path | None = None
    channel: Channel = Channel.EMAIL

    def __post_init__(self) -> None:
        if self.port <= 0:
            raise ValueError("port must be positive")


def bound(**table: object) -> Box:
    return bind(Box, table, where="gateway.toml: mailbox[0]", base=Path("/etc/sportello"))


def test_a_full_table_becomes_the_frozen_value() -> None:
    box = bound(name="info", port=143, wait=2, tls="none", folders=["A", "B"], password_file="secret", channel="pec")
    assert box == Box(
        name="info",
        port=143,
        wait=2.0,
        tls="none",
        folders=("A", "B"),
        password_file=Path("/etc/sportello/secret"),
        channel=Channel.PEC,
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"name": "x", "prot": 1}, r"mailbox\[0\]\.prot: unknown key"),
        ({}, r"mailbox\[0\]\.name: missing"),
        ({"name": 3}, r"\.name: str is wanted"),
        ({"name": "x", "port": True}, r"\.port: int is wanted"),
        ({"name": "x", "port": "993"}, r"\.port: int is wanted"),
        ({"name": "x", "tls": "maybe"}, r"\.tls: 'maybe' is not one of"),
        ({"name": "x", "folders": "INBOX"}, r"\.folders: a list is wanted"),
        ({"name": "x", "folders": [1]}, r"\.folders\[0\]: str is wanted"),
        ({"name": "x", "channel": "pigeon"}, r"\.channel: 'pigeon' is not one of email, pec, fax, post"),
        ({"name": "x", "port": -1}, r"mailbox\[0\]: port must be positive"),
    ],
)
def test_a_wrong_key_is_named_with_its_place(table: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        bound(**table)


def test_the_scanner_and_the_limits_of_opening_are_configured_in_their_tables() -> None:
    table = {
        "opening": {
            "trusted_hosts": ["mx.sportello.example"],
            "limits": {"parts": 200},
            "scanner": {"address": {"path": "/run/clamav/clamd.ctl"}, "unscanned": "proceed"},
        }
    }
    opening = bind(GatewayConfig, table, where="gateway.toml", base=Path("/etc/sportello")).opening
    assert opening.limits.parts == 200
    assert opening.scanner.address == ClamdAddress(path="/run/clamav/clamd.ctl")
    assert opening.scanner.unscanned is Unscanned.PROCEED
