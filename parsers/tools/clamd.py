"""clamd's own protocol: PING, VERSION and INSTREAM over a local socket or TCP (clamd(8)).

One connection a question. Bytes go in chunks with their length before them, an empty chunk ends; clamd may cut the
stream off at its StreamMaxLength and say so.
"""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass

_CHUNK = 1 << 17
_MAX_REPLY = 4096


class ScannerUnavailable(Exception):
    """No answer, or none that makes sense; the message says what happened (never the content's words)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClamdAddress:
    """Where clamd listens: a local socket's path, or a host and port."""

    path: str | None = None
    host: str | None = None
    port: int = 3310

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def parse_address(text: str) -> ClamdAddress:
    """``/run/clamav/clamd.ctl``, ``unix:/…``, ``host``, ``host:3310`` or ``tcp:host:3310``. Raises ValueError."""
    if text.startswith(("unix:", "/")):
        return ClamdAddress(path=text.removeprefix("unix:"))
    host, colon, port = text.removeprefix("tcp:").removeprefix("//").rpartition(":")
    if not colon:
        return ClamdAddress(host=port)
    if not host or not port.isdigit():
        raise ValueError(f"not an address of clamd: {text!r}")
    return ClamdAddress(host=host.strip("[]"), port=int(port))


def version(address: ClamdAddress, *, seconds: float) -> str:
    """The engine's and the database's version in clamd's words. Raises ScannerUnavailable."""
    return _ask(address, b"VERSION", None, seconds)


def instream(data: bytes, address: ClamdAddress, *, seconds: float) -> str:
    """What clamd says of these bytes (``stream: OK``, ``stream: Name FOUND``, ``… ERROR``).

    Raises ScannerUnavailable.
    """
    return _ask(address, b"INSTREAM", data, seconds)


def _ask(address: ClamdAddress, command: bytes, data: bytes | None, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    try:
        with _connected(address, seconds) as sock:
            sock.sendall(b"z" + command + b"\0")
            if data is not None:
                _stream(sock, data, deadline)
            reply = _reply(sock, deadline)
    except (OSError, ValueError) as error:
        raise ScannerUnavailable(f"{address}: {type(error).__name__}") from error
    if not reply:
        raise ScannerUnavailable(f"{address}: no answer")
    return reply


def _connected(address: ClamdAddress, seconds: float) -> socket.socket:
    if address.path is None:
        return socket.create_connection((address.host or "localhost", address.port), timeout=seconds)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(seconds)
        sock.connect(address.path)
    except OSError:
        sock.close()
        raise
    return sock


def _stream(sock: socket.socket, data: bytes, deadline: float) -> None:
    try:
        for at in range(0, len(data), _CHUNK):
            chunk = data[at : at + _CHUNK]
            sock.settimeout(_left(deadline))
            sock.sendall(struct.pack("!I", len(chunk)) + chunk)
        sock.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It has heard enough (its limit, or a finding): the answer is there to be read.
        return


def _reply(sock: socket.socket, deadline: float) -> str:
    gathered = bytearray()
    while len(gathered) < _MAX_REPLY and not gathered.endswith(b"\0"):
        sock.settimeout(_left(deadline))
        try:
            more = sock.recv(_MAX_REPLY)
        except ConnectionResetError:
            break
        if not more:
            break
        gathered += more
    return gathered.decode("utf-8", "replace").strip("\0\r\n ")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
