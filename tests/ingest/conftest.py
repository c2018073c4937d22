"""One Dovecot for all tests of this folder; every test has a user, and so a mailbox, of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ingest.mailbox_session import MailboxConfig
from tests.servers.dovecot import PASSWORD, PROGRAM, Dovecot, dovecot

Configure = Callable[..., MailboxConfig]


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    if not Path(PROGRAM).exists():
        pytest.skip("dovecot is not installed")
    with dovecot(tls=True) as running:
        yield running


@pytest.fixture
def user() -> str:
    return f"u{uuid4().hex[:10]}"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


@pytest.fixture
def configure(server: Dovecot, user: str, password_file: Path) -> Configure:
    """A configuration for the test's own mailbox; keywords override."""

    def build(**changes: Any) -> MailboxConfig:
        usual: dict[str, Any] = {"name": "posta", "host": "127.0.0.1", "port": server.port, "tls": "none",
                                 "user": user, "password_file": password_file, "timeout_seconds": 5.0}  # fmt: skip
        return MailboxConfig(**{**usual, **changes})

    return build
