"""One authenticated IMAP connection: TLS, log-in, and the table from foreign exceptions to ours.

After any foreign exception the connection is gone for good: imaplib objects can't be used again after a timeout or a
cut (they answer with leftovers of the earlier command).
"""

from __future__ import annotations

import imaplib
import ipaddress
import json
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from mailroom.bounds import Between, Bytes, Host, Name, Port
from mailroom.envelope import Channel
from mailroom.errors import GatewayError, Refused, Transient

Client = Any
"""An IMAPClient; the library has no types of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxConfig:
    """One mailbox of the gateway, e-mail or PEC."""

    name: Name
    """Under this name the receipts are booked: never change it for a mailbox in use."""
    host: Host
    user: Name
    port: Port = 993
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    """``none`` is allowed to a loopback address only."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's."""
    password_file: Path | None = None
    token_file: Path | None = None
    """OAuth2 access token, bare or as JSON with ``access_token``; read again at every log-in (XOAUTH2)."""
    folders: tuple[str, ...] = ("INBOX",)
    """The first is watched by IDLE, the others are looked at every minute at least."""
    settle: Literal["move", "flag"] = "move"
    settle_folder: Name = "Lavorati"
    keyword: str = "$Sportello"
    """Set on taken messages when ``settle = "flag"``, or while one is moved on a server without MOVE."""
    channel: Channel = Channel.EMAIL
    fax_from: tuple[str, ...] = ()
    """Addresses of a fax-to-mail server: what they send is a fax."""
    idle: bool = True
    poll_seconds: float = 300.0
    timeout_seconds: float = 60.0
    largest_bytes: Bytes = 250 * 2**20
    """A larger message is left where it is, with an alarm."""
    vanished_share: float = 0.5
    """If more than this share of what we know is gone at one blow, a person is asked."""
    vanished_least: Annotated[int, Between(0, 1_000_000)] = 10
    """Below this number of known messages, their vanishing says nothing."""

    def __post_init__(self) -> None:
        if (self.password_file is None) == (self.token_file is None):
            raise ValueError("password_file or token_file is wanted, one of them")
        if self.tls == "none" and not _loopback(self.host):
            raise ValueError('tls = "none" is allowed for a loopback host only')
        if not self.folders:
            raise ValueError("folders must not be empty")
        if self.settle == "move" and self.settle_folder in self.folders:
            raise ValueError("settle_folder is one of the folders that are read")
        if not 0 < self.vanished_share <= 1:
            raise ValueError("vanished_share must lie between 0 and 1")
        if self.poll_seconds <= 0 or self.timeout_seconds <= 0:
            raise ValueError("poll_seconds and timeout_seconds must be positive")


def connect(config: MailboxConfig) -> Client:
    """A logged-in client. Raises Refused (certificate, log-in) or Transient (network, server busy)."""
    with speaking():
        client = IMAPClient(
            config.host,
            port=config.port,
            ssl=config.tls == "implicit",
            ssl_context=_context(config) if config.tls == "implicit" else None,
            timeout=SocketTimeout(connect=min(15.0, config.timeout_seconds), read=config.timeout_seconds),
        )
        # Naive local times would lose the zone of INTERNALDATE.
        client.normalise_times = False
        _keep_alive(client.socket())
        try:
            if config.tls == "starttls":
                client.starttls(_context(config))
            _log_in(client, config)
        except BaseException:
            hang_up(client)
            raise
    return client


def hang_up(client: Client) -> None:
    """Closes the socket without a word: LOGOUT on a dead connection would wait for the timeout."""
    try:
        client.shutdown()
    except (OSError, imaplib.IMAP4.error):
        pass


@contextmanager
def speaking() -> Iterator[None]:
    """Translates what imapclient, imaplib, ssl and the socket raise."""
    try:
        yield
    except GatewayError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"certificato non valido: {error.verify_message}", code="mailbox_tls") from error
    except LoginError as error:
        raise _login_failed(error) from error
    except imaplib.IMAP4.error as error:
        raise Transient(f"il server di posta: {_short(error)}", code="mailbox_connection") from error
    except OSError as error:
        raise Transient(f"connessione alla posta: {_short(error)}", code="mailbox_connection") from error
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        # imapclient's parser on half an answer, and imaplib on a socket that was closed under it
        raise Transient(f"risposta incomprensibile: {_short(error)}", code="mailbox_connection") from error


def _log_in(client: Client, config: MailboxConfig) -> None:
    if config.token_file is not None:
        client.oauth2_login(config.user, _token(config.token_file))
    elif config.password_file is not None:
        client.login(config.user, _secret(config.password_file))


def _login_failed(error: LoginError) -> GatewayError:
    # imapclient wraps whatever happens during the log-in, a cut connection too.
    cause = error.__context__
    if isinstance(cause, imaplib.IMAP4.abort | OSError) or "[UNAVAILABLE]" in str(error).upper():
        return Transient(f"accesso interrotto: {_short(error)}", code="mailbox_connection")
    return Refused(f"accesso rifiutato: {_short(error)}", code="mailbox_login")


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"password illeggibile: {path.name}", code="mailbox_login") from error


def _token(path: Path) -> str:
    text = _secret(path).strip()
    if not text.startswith("{"):
        return text
    try:
        token = json.loads(text)["access_token"]
    except (ValueError, KeyError) as error:
        raise Refused(f"nessun access_token in {path.name}", code="mailbox_login") from error
    return str(token)


def _context(config: MailboxConfig) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=config.ca_file)
    except OSError as error:
        name = config.ca_file.name if config.ca_file else "?"
        raise Refused(f"certificati illeggibili: {name}", code="mailbox_tls") from error


def _keep_alive(sock: socket.socket) -> None:
    """Lets the kernel find a peer that vanished during IDLE within two minutes or so."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _short(error: BaseException) -> str:
    """One line, bounded: servers put the user's address and whole lines of mail into their complaints."""
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno)
    return " ".join(str(error).split())[:160] or type(error).__name__
