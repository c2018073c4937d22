"""How the gateway and its reading children speak: one frame a request, one frame an answer.

A frame is JSON with the byte strings beside it, so that a scan of fifty megabytes is not base64. No pickles:
the child has touched hostile bytes, and whatever it says is read as plain data with a bounded size.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, TypeAlias

Plain: TypeAlias = Any
"""None, bool, int, float, str, bytes, datetime; lists, tuples and str-keyed dicts of them; dataclasses one way
(they arrive as dicts, tuples as lists)."""

_HEAD = struct.Struct("!IQ")
_MAX_BLOBS = 100_000
_CHUNK = 1 << 20
_AT_ONCE = 1 << 16
"""Bytes of a frame that goes, and is read, in one piece."""


class BadFrame(Exception):
    """The other side sent what is no frame."""


class FrameTooLarge(Exception):
    """The other side announced more bytes than we take."""


class Ended(Exception):
    """The other side is gone; `began` tells whether it had begun to send a frame."""


def pack(value: Plain) -> list[bytes]:
    """The buffers of one frame. Raises TypeError for what is not plain."""
    blobs: list[bytes] = []

    def plain(other: object) -> object:
        if isinstance(other, bytes | bytearray | memoryview):
            blobs.append(bytes(other))
            return {"$b": len(blobs) - 1}
        if isinstance(other, datetime):
            return {"$t": other.isoformat()}
        if is_dataclass(other) and not isinstance(other, type):
            return {field.name: getattr(other, field.name) for field in fields(other)}
        raise TypeError(f"{type(other).__name__} cannot cross the border of a child process")

    text = json.dumps(value, default=plain, ensure_ascii=False).encode("utf-8", "surrogatepass")
    lengths = struct.pack(f"!{len(blobs)}Q", *map(len, blobs))
    return [_HEAD.pack(len(blobs), len(text)) + lengths + text, *blobs]


def unpack(text: bytes, blobs: list[bytes]) -> Plain:
    """Raises BadFrame."""

    def rich(pairs: dict[str, Any]) -> object:
        if len(pairs) == 1:
            if "$b" in pairs:
                return blobs[pairs["$b"]]
            if "$t" in pairs:
                return datetime.fromisoformat(pairs["$t"])
        return pairs

    try:
        return json.loads(text.decode("utf-8", "surrogatepass"), object_hook=rich)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise BadFrame(type(error).__name__) from None


def send(sock: socket.socket, value: Plain, *, deadline: float | None = None) -> int:
    """Sends one frame; returns its size. Raises OSError (TimeoutError past the monotonic `deadline`)."""
    buffers = pack(value)
    total = sum(map(len, buffers))
    if total <= _AT_ONCE:
        # In one piece: the other side is woken once, and finds everything there.
        buffers = [b"".join(buffers)]
    for buffer in buffers:
        rest = memoryview(buffer)
        while rest:
            sock.settimeout(_left(deadline))
            rest = rest[sock.send(rest[:_CHUNK]) :]
    return total


def receive(sock: socket.socket, *, limit: int | None = None, deadline: float | None = None) -> Plain:
    """One frame. Raises Ended, BadFrame, FrameTooLarge, TimeoutError."""
    frame = _Incoming(sock, deadline)
    count, text_length = _HEAD.unpack(frame.take(_HEAD.size))
    if count > _MAX_BLOBS:
        raise BadFrame("too many blobs")
    lengths = struct.unpack(f"!{count}Q", frame.take(8 * count))
    if limit is not None and text_length + sum(lengths) > limit:
        raise FrameTooLarge
    text = frame.take(text_length)
    blobs = [frame.take(length) for length in lengths]
    if frame.has_more():
        # Who is asked one thing at a time has nothing more to say.
        raise BadFrame("more than a frame")
    return unpack(text, blobs)


class _Incoming:
    """A frame as it comes in: the first reading takes what is there, which most often is all of it."""

    def __init__(self, sock: socket.socket, deadline: float | None) -> None:
        self._sock = sock
        self._deadline = deadline
        self._first: bytes | None = None
        self._at = 0

    def take(self, length: int) -> bytes:
        if self._first is None:
            self._sock.settimeout(_left(self._deadline))
            try:
                self._first = self._sock.recv(_AT_ONCE)
            except ConnectionResetError:
                self._first = b""
            if not self._first:
                raise Ended("before")
        ready = self._first[self._at : self._at + length]
        self._at += len(ready)
        return ready if len(ready) == length else self._rest_of(ready, length)

    def has_more(self) -> bool:
        """Whether more has come already than was taken."""
        return self._first is not None and self._at < len(self._first)

    def _rest_of(self, begun: bytes, length: int) -> bytes:
        buffer = bytearray(length)
        buffer[: len(begun)] = begun
        view = memoryview(buffer)
        got = len(begun)
        while got < length:
            self._sock.settimeout(_left(self._deadline))
            try:
                size = self._sock.recv_into(view[got : got + _CHUNK])
            except ConnectionResetError:
                size = 0
            if not size:
                raise Ended("within")
            got += size
        return bytes(buffer)


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
