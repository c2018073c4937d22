"""The zip beneath modern office files: members by name, bounded by the bytes they unfold to. In a child process."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from parsers.limits import MEGABYTE, Limits

BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, NotImplementedError,
          RuntimeError, KeyError, IndexError, TypeError, ParseError, OverflowError, UnicodeError,
          struct.error)  # fmt: skip
"""What zip and XML readers raise over damaged bytes (RecursionError is a RuntimeError)."""
_MAX_MEMBER = 128 * MEGABYTE
_CHUNK = 1 << 18


class TooLarge(Exception):
    """The members unfold to more than the limits allow."""


class Members:
    """An open office file."""

    def __init__(self, archive: zipfile.ZipFile, left: int) -> None:
        self._archive = archive
        self._left = left
        self.names = archive.namelist()

    def read(self, name: str) -> bytes:
        """Raises KeyError, TooLarge, and what BROKEN lists."""
        gathered = bytearray()
        with self._archive.open(name) as file:
            while chunk := file.read(_CHUNK):
                self._left -= len(chunk)
                gathered += chunk
                if self._left < 0 or len(gathered) > _MAX_MEMBER:
                    raise TooLarge
        return bytes(gathered)

    def xml(self, name: str) -> Element:
        """The root of an XML member."""
        return parse_xml(self.read(name))


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[Members]:
    """Raises what BROKEN lists."""
    ceiling = max(len(data) * limits.unpacked_ratio, limits.ratio_free_bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield Members(archive, min(limits.unpacked_bytes, ceiling))


def parse_xml(data: bytes) -> Element:
    """Without entities of its own or from outside: a file that brings them raises DefusedXmlException."""
    root: Any = defusedxml.ElementTree.fromstring(data)
    if not isinstance(root, Element):
        raise ValueError("no XML element")
    return root


def local(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


__all__ = ["BROKEN", "DefusedXmlException", "Members", "TooLarge", "local", "opened", "parse_xml"]
