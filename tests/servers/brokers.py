"""Throw-away brokers, RabbitMQ and Redis, that can be stopped and started again on the same port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol

RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PATIENCE = 60.0


class Server(Protocol):
    url: str

    def start(self) -> None: ...

    def stop(self) -> None:
        """At once, as a crash would."""
        ...


class _Program:
    """A server of which only the port says that it is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self._running: subprocess.Popen[bytes] | None = None

    def _command(self) -> tuple[list[str], dict[str, str]]:
        raise NotImplementedError

    def start(self) -> None:
        command, environment = self._command()
        with (self.folder / "out").open("ab") as out:
            self._running = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdout=out,
                stderr=out,
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = monotonic() + PATIENCE
        while not _answers(self.port):
            if monotonic() > deadline or self._running.poll() is not None:
                raise RuntimeError((self.folder / "out").read_text("utf-8", "replace")[-2000:])

    def stop(self) -> None:
        if self._running is not None:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
            self._running = None


class Redis(_Program):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self) -> tuple[list[str], dict[str, str]]:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": "", "appendonly": "no"}
        return ["redis-server", *(word for name, value in options.items() for word in (f"--{name}", str(value)))], {}


class RabbitMQ(_Program):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._epmd, self._distribution = _free_port(), _free_port()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}"

    def _command(self) -> tuple[list[str], dict[str, str]]:
        said = {
            "HOME": self.folder,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": self._epmd,
            "RABBITMQ_NODENAME": f"n{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": self.port,
            "RABBITMQ_DIST_PORT": self._distribution,
            "RABBITMQ_MNESIA_BASE": self.folder / "data",
            "RABBITMQ_LOG_BASE": self.folder / "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "plugins",
            "RABBITMQ_CONF_ENV_FILE": self.folder / "none",
            "RABBITMQ_CONFIG_FILE": self.folder / "none",
        }
        return [str(RABBIT)], {name: str(value) for name, value in said.items()}

    def stop(self) -> None:
        super().stop()
        environment = {**os.environ, "ERL_EPMD_PORT": str(self._epmd)}
        subprocess.run(["epmd", "-kill"], env=environment, capture_output=True, check=False)


@contextmanager
def broker(kind: str) -> Iterator[Server]:
    """``redis`` or ``rabbitmq``, started. Raises FileNotFoundError where it is not installed."""
    there = RABBIT.is_file() if kind == "rabbitmq" else shutil.which("redis-server") is not None
    if not there:
        raise FileNotFoundError(kind)
    folder = Path(tempfile.mkdtemp(prefix=f"{kind}-"))
    server = RabbitMQ(folder) if kind == "rabbitmq" else Redis(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
    except OSError:
        return False
    return True
