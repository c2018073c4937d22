"""The console's web server in a thread of its own, on the address of the configuration."""

from __future__ import annotations

import socket
import threading

import uvicorn

from console.accounts import FIRST_ACCOUNT, first_password
from console.app import make_app
from mailroom.errors import ConfigError
from road.desk import GatewayDesk
from road.gateway import Gateway


class ConsoleServer:
    def __init__(self, gateway: Gateway) -> None:
        """Raises ConfigError if the address is taken, or not this machine's."""
        where = gateway.config.console
        self._socket = _listening(where.host, where.port)
        desk = GatewayDesk(gateway)
        password = first_password(desk)
        if password is not None:
            # Shown once, on the terminal of whoever starts the gateway for the first time; never in the log.
            print(f"Console: utente {FIRST_ACCOUNT!r}, password {password}", flush=True)
        app = make_app(desk)
        self._server = uvicorn.Server(uvicorn.Config(app, host=where.host, port=where.port, log_level="warning"))
        self._server.install_signal_handlers = lambda: None
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="console", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=512
        )
    except OSError as error:
        raise ConfigError(f"console: {host}:{port}: {error.strerror}") from error
