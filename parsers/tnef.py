"""``winmail.dat``: Outlook's own envelope ([MS-OXTNEF]), with the attachments and the words in it. In a child process.

Broken files give what could be read up to the break.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from parsers import defects, mapi
from parsers.limits import Limits
from parsers.mapi import Attachment, Message, Value

_SIGNATURE = b"\x78\x9f\x3e\x22"
_EMBEDDED_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")
_OEM_CODEPAGE, _PROPERTIES, _RECIPIENTS, _BODY, _SUBJECT = 0x9007, 0x9003, 0x9004, 0x800C, 0x8004
_RENDERING, _TITLE, _DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_FIXED = {0x0001: 0, 0x0002: 4, 0x0003: 4, 0x0004: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x000A: 4, 0x000B: 4,
          0x0014: 8, 0x0040: 8, 0x0048: 16}  # fmt: skip
_MAX_PROPERTIES = 20_000


class Cut(Exception):
    """The bytes end before what they promise."""


def unfold(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``tnef.unfold``: the attachments; the words come as ``messaggio.html`` or ``.txt``, marked embedded."""
    message, whole = parse(payload["data"])
    children = []
    for attachment in message.attachments[: limits.parts]:
        name, data = attachment.name, attachment.data or b""
        if attachment.embedded is not None:
            name, data = f"{name}.eml", mapi.to_rfc5322(attachment.embedded)
        children.append({
            "name": name, "data": data, "media_type": mapi.text(attachment.properties, mapi.ATTACH_TYPE),
            "content_id": mapi.text(attachment.properties, mapi.ATTACH_CID),
        })  # fmt: skip
    plain, html = mapi.bodies(message)
    if html:
        children.append(_words("messaggio.html", html, "text/html"))
    elif plain:
        children.append(_words("messaggio.txt", plain, "text/plain"))
    found = [] if whole else [defects.CORRUPT]
    if len(message.attachments) > limits.parts:
        found.append(defects.TOO_MANY_PARTS)
    return {"children": children, "defects": found}


def _words(name: str, words: str, media_type: str) -> dict[str, Any]:
    return {"name": name, "data": words.encode("utf-8", "replace"), "media_type": media_type, "embedded": True}


@dataclass(slots=True)
class _Draft:
    properties: dict[int, Value] = field(default_factory=dict)
    title: bytes = b""
    data: bytes | None = None
    embedded: Message | None = None


def parse(data: bytes, *, depth: int = 0) -> tuple[Message, bool]:
    """The message, and whether the bytes were whole. Never raises."""
    properties: dict[int, Value] = {}
    recipients: tuple[dict[int, Value], ...] = ()
    drafts: list[_Draft] = []
    whole = data.startswith(_SIGNATURE)
    for name, value in _attributes(data):
        if value is None:
            whole = False
            break
        try:
            if name == _OEM_CODEPAGE and len(value) >= 4:
                properties[mapi.CODEPAGE] = int.from_bytes(value[:4], "little")
            elif name in (_BODY, _SUBJECT):
                properties.setdefault(mapi.BODY if name == _BODY else mapi.SUBJECT, value)
            elif name == _PROPERTIES:
                properties |= _properties(value)[0]
            elif name == _RECIPIENTS:
                recipients = _table(value)
            elif name == _RENDERING or (name in (_TITLE, _DATA, _ATTACHMENT) and not drafts):
                drafts.append(_Draft())
            if drafts:
                _fill(drafts[-1], name, value, depth)
        except Cut:
            whole = False
    return Message(
        properties=properties,
        recipients=recipients,
        attachments=tuple(_finished(draft, properties) for draft in drafts),
    ), whole


def _fill(draft: _Draft, name: int, value: bytes, depth: int) -> None:
    if name == _TITLE:
        draft.title = value
    elif name == _DATA:
        draft.data = value
    elif name == _ATTACHMENT:
        draft.properties, raw = _properties(value)
        content = raw.get(mapi.ATTACH_DATA)
        if content is None:
            return
        if content.startswith(_EMBEDDED_MESSAGE):
            inner = content[16:]
            if depth < 20:
                draft.embedded = parse(inner, depth=depth + 1)[0]
            draft.data = inner
        else:
            draft.data = content[16:] if draft.data is None else draft.data


def _finished(draft: _Draft, message: dict[int, Value]) -> Attachment:
    properties = dict(draft.properties)
    if draft.title and mapi.ATTACH_LONG_NAME not in properties:
        properties[mapi.ATTACH_LONG_NAME] = draft.title.decode(mapi.codec(message), "replace")
    return Attachment(properties=properties, data=draft.data, embedded=draft.embedded)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes | None]]:
    """(number, value) of each attribute; the last value is None if the bytes end within it."""
    at = 6
    while at + 9 <= len(data):
        name, _, length = struct.unpack_from("<HHI", data, at + 1)
        if data[at] not in (1, 2) or at + 9 + length > len(data):
            yield name, None
            return
        yield name, data[at + 9 : at + 9 + length]
        at += 11 + length


def _table(data: bytes) -> tuple[dict[int, Value], ...]:
    reader = _Reader(data)
    return tuple(reader.properties()[0] for _ in range(min(reader.number(), 500)))


def _properties(data: bytes) -> tuple[dict[int, Value], dict[int, bytes]]:
    return _Reader(data).properties()


class _Reader:
    """A cursor over a property stream; raises Cut at the end of the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def properties(self) -> tuple[dict[int, Value], dict[int, bytes]]:
        """Values by number, and the raw bytes of objects (attachment data)."""
        values: dict[int, Value] = {}
        objects: dict[int, bytes] = {}
        for _ in range(min(self.number(), _MAX_PROPERTIES)):
            kind, number = struct.unpack("<HH", self._take(4))
            if number >= 0x8000:
                self._skip_name()
            for raw in self._values(kind):
                if kind & 0xFFF == 0x000D:
                    objects[number] = raw
                else:
                    value = _value(kind & 0xFFF, raw)
                    if value is not None:
                        values.setdefault(number, value)
        return values, objects

    def number(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _values(self, kind: int) -> Iterator[bytes]:
        plain = kind & 0xFFF
        if plain in _FIXED:
            for _ in range(min(self.number(), _MAX_PROPERTIES) if kind & 0x1000 else 1):
                yield self._take(_FIXED[plain])
        elif plain in (0x001E, 0x001F, 0x0102, 0x000D):
            for _ in range(min(self.number(), _MAX_PROPERTIES)):
                length = self.number()
                yield self._take(length)
                self._take(-length % 4)
        else:
            raise Cut

    def _skip_name(self) -> None:
        self._take(16)
        if self.number() == 0:
            self._take(4)
        else:
            length = self.number()
            self._take(length + -length % 4)

    def _take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        if len(taken) < length:
            raise Cut
        self._at += length
        return taken


def _value(kind: int, raw: bytes) -> Value | None:
    if kind == 0x001F:
        return raw.decode("utf-16-le", "replace").strip("\0")
    if kind in (0x001E, 0x0102):
        return raw
    if kind in (0x0002, 0x0003):
        return int.from_bytes(raw, "little")
    if kind == 0x000B:
        return raw[0] != 0
    if kind == 0x0040:
        return mapi.moment(int.from_bytes(raw, "little"))
    return None
