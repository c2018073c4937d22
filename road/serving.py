"""The console's web server in a thread of its own, on the address of the configuration."""

from __future__ import annotations

import threading

import uvicorn

from console.accounts import FIRST_ACCOUNT, first_password
from console.app import make_app
from road.desk import GatewayDesk
from road.gateway import Gateway


class ConsoleServer:
    def __init__(self, gateway: Gateway) -> None:
        where = gateway.config.console
        desk = GatewayDesk(gateway)
        password = first_password(desk)
        if password is not None:
            # Shown once, on the terminal of whoever starts the gateway for the first time; never in the log.
            print(f"Console: utente {FIRST_ACCOUNT!r}, password {password}", flush=True)
        app = make_app(desk)
        self._server = uvicorn.Server(uvicorn.Config(app, host=where.host, port=where.port, log_level="warning"))
        self._server.install_signal_handlers = lambda: None
        self._thread = threading.Thread(target=self._server.run, name="console", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
