"""Outgoing mail by SMTP. What the server says is translated at the border: not now, no, or unknown."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path
from typing import Literal

from mailroom.bounds import EmailAddress, Host, Patience, Port
from mailroom.dispatch import Dispatch
from mailroom.errors import GatewayError, InDoubt, Refused, Transient
from mailroom.homecoming import RETURNED

NO_SUCH_MAILBOX = re.compile(r"(?:^|\s)5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")
"""Enhanced status codes by which a server says that nobody lives there (RFC 3463, 3.2 and 3.3; RFC 7505). A 550 without
one may as well mean that we are not welcome: that is for a person."""

CANNOT_TRAVEL = "indirizzo che non può andare in rete (caratteri non ammessi)"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConfig:
    """The ``[smtp]`` table."""

    host: Host
    port: Port = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    timeout: Patience = 30.0
    bounce_address: EmailAddress | Literal[""] = ""
    """Envelope sender; empty is the null return path of RFC 3834, so that nobody's robot answers our answer."""


class SmtpSender:
    """A `mailroom.ports.Sender`. One connection a dispatch: answers are few, and a fresh line has no stale state."""

    def __init__(self, config: SmtpConfig) -> None:
        self._config = config

    def check(self) -> str:
        """One line of good news for `doctor`. Raises Transient or Refused."""
        with self._line() as line:
            code, _ = line.noop()
        return f"{self._config.host}:{self._config.port} risponde ({code})"

    def send(self, dispatch: Dispatch, payload: bytes) -> str:
        to = [dispatch.to] if dispatch.to else _recipients(payload)
        if not to:
            raise Refused("il messaggio non ha destinatario")
        with self._line() as line:
            _say(line.mail, self._config.bounce_address)
            for address in to:
                _say(line.rcpt, address, no_such=True)
            return _data(line, payload)

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        config = self._config
        try:
            line = self._connected()
            if config.user:
                line.login(config.user, _secret(config.password_file))
        except smtplib.SMTPAuthenticationError as error:
            raise Refused(f"{config.host}: accesso rifiutato ({error.smtp_code})", code="smtp_login") from error
        except (OSError, smtplib.SMTPException) as error:
            raise Transient(f"{config.host}: {type(error).__name__}", code="smtp_connection") from error
        try:
            yield line
        finally:
            line.close()

    def _connected(self) -> smtplib.SMTP:
        config = self._config
        if config.tls == "implicit":
            return smtplib.SMTP_SSL(config.host, config.port, timeout=config.timeout, context=self._trusted())
        line = smtplib.SMTP(config.host, config.port, timeout=config.timeout)
        if config.tls == "starttls":
            line.starttls(context=self._trusted())
        line.ehlo_or_helo_if_needed()
        return line

    def _trusted(self) -> ssl.SSLContext:
        """Read anew for each line: an authority may have been exchanged meanwhile."""
        return ssl.create_default_context(cafile=str(self._config.ca_file) if self._config.ca_file else None)


def _say(step: object, address: str, *, no_such: bool = False) -> None:
    """MAIL and RCPT: nothing has gone out yet, whatever happens here. `no_such`: the answer may be that there is no
    such mailbox."""
    if _CONTROL.search(address):
        # Pythons differ in what they make of it: some send what stands before the line's end, some raise.
        raise Refused(CANNOT_TRAVEL, code="smtp_address")
    try:
        code, answer = step(address)  # type: ignore[operator]
    except (OSError, smtplib.SMTPException) as error:
        raise Transient(f"linea caduta: {type(error).__name__}") from error
    except ValueError as error:
        raise Refused(CANNOT_TRAVEL, code="smtp_address") from error
    if no_such and code >= 500 and NO_SUCH_MAILBOX.search(_words(answer)):
        raise Refused(f"{code} {_words(answer)}"[:300], code=RETURNED)
    _judge(code, answer)


def _data(line: smtplib.SMTP, payload: bytes) -> str:
    """DATA: from the closing dot on the message may have been taken even if no answer comes."""
    try:
        code, answer = line.data(payload)
    except smtplib.SMTPDataError as error:
        _judge(error.smtp_code, error.smtp_error)
        raise AssertionError("a refusal always raises") from error
    except (OSError, smtplib.SMTPException) as error:
        raise InDoubt(f"linea caduta dopo DATA: {type(error).__name__}") from error
    _judge(code, answer)
    return f"{code} {_words(answer)}"[:200]


def _judge(code: int, answer: bytes | str) -> None:
    if 200 <= code < 400:
        return
    # Below 200 there is no answer of SMTP at all: a line that talks nonsense has refused nothing.
    failure: type[GatewayError] = Refused if code >= 500 else Transient
    raise failure(f"{code} {_words(answer)}"[:300])


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _recipients(payload: bytes) -> list[str]:
    mail = message_from_bytes(payload)
    return [address for _, address in getaddresses(mail.get_all("To", [])) if "@" in address]


def _secret(path: Path | None) -> str:
    return path.read_text("utf-8").strip() if path else ""
