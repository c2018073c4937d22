"""A TCP proxy on the loopback interface that fails on purpose: slow, cut after N bytes, reset, silent.

Faults are set on the running proxy and hold for all its connections. One thread owns both sockets of a connection, so
that a reset really goes out as a reset.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_TICK = 0.02


class FaultProxy:
    """Forwards to `upstream`; `port` is where it listens."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.upstream = upstream
        self.latency = 0.0
        """Seconds added to every piece, each way."""
        self.rate: float | None = None
        """Bytes a second."""
        self.cut_after: int | None = None
        """The next connection to deliver this many bytes of the server's answers is cut there (once)."""
        self.cut_at: bytes | None = None
        """The next connection whose answers hold these bytes is cut in the midst of the piece after them (once)."""
        self.blackhole = False
        """Nothing is forwarded any more, and nobody is told."""
        self.accepted = 0
        self._stops: list[threading.Event] = []
        self._resets: list[threading.Event] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def drop(self, *, reset: bool = False) -> None:
        """Ends all connections of now, by FIN or by RST."""
        for event in self._resets if reset else self._stops:
            event.set()
        time.sleep(5 * _TICK)

    def close(self) -> None:
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                server = socket.create_connection(self.upstream)
            except OSError:
                _reset(client)
                continue
            stop, reset = threading.Event(), threading.Event()
            self._stops.append(stop)
            self._resets.append(reset)
            threading.Thread(target=self._pump, args=(client, server, stop, reset), daemon=True).start()

    def _pump(
        self, client: socket.socket, server: socket.socket, stop: threading.Event, reset: threading.Event
    ) -> None:
        delivered = 0
        try:
            while not (stop.is_set() or reset.is_set()):
                ready, _, _ = select.select([client, server], [], [], _TICK)
                if self.blackhole:
                    time.sleep(_TICK)
                    continue
                for side in ready:
                    data = side.recv(65536)
                    if not data:
                        return
                    self._delay(len(data))
                    if side is server and (kept := self._cut(data, delivered)) is not None:
                        client.sendall(data[:kept])
                        return
                    delivered += len(data) if side is server else 0
                    (client if side is server else server).sendall(data)
            if reset.is_set():
                _reset(client)
        except OSError:
            _reset(client)
        finally:
            client.close()
            server.close()

    def _delay(self, size: int) -> None:
        if self.latency:
            time.sleep(self.latency)
        if self.rate:
            time.sleep(size / self.rate)

    def _cut(self, data: bytes, delivered: int) -> int | None:
        """How much of this piece still goes out before the cut, or None to go on."""
        if self.cut_at is not None and self.cut_at in data:
            kept = data.index(self.cut_at) + len(self.cut_at)
            self.cut_at = None
            return kept
        if self.cut_after is not None and delivered + len(data) >= self.cut_after:
            kept, self.cut_after = max(self.cut_after - delivered, 0), None
            return kept
        return None


@contextmanager
def fault_proxy(port: int) -> Iterator[FaultProxy]:
    """A proxy before a server on this loopback port, for the length of a with block."""
    proxy = FaultProxy(("127.0.0.1", port))
    try:
        yield proxy
    finally:
        proxy.close()


def _reset(sock: socket.socket) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    except OSError:
        pass
