"""A real SMTP server on the loopback interface that can be told to misbehave."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """Keeps what came; `script` holds answers for the following DATA commands (``None``: taken).

    Without slots: aiosmtpd asks its handler for all its members, which a class with slots does not survive in Python
    3.11.2, Debian 12's.
    """

    mails: list[Envelope] = field(default_factory=list)
    recipients_answer: str | None = None
    script: list[str | None] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipients_answer:
            return self.recipients_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.script.pop(0) if self.script else None
        if answer == "cut":
            self.mails.append(envelope)
            assert server.transport is not None
            server.transport.abort()
            return "250 never heard"
        if answer:
            return answer
        self.mails.append(envelope)
        return "250 taken"


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
