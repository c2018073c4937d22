"""Outlook's ``.msg`` files ([MS-OXMSG]): properties as streams of an OLE file. Runs in a child process."""

from __future__ import annotations

import io
import struct
from typing import Any

import olefile

from parsers import defects, mapi
from parsers.limits import Limits
from parsers.mapi import Attachment, Message, Value

_MAX_RECIPIENTS = 500
_BROKEN = (OSError, ValueError, IndexError, KeyError, struct.error, TypeError, AttributeError)
"""What olefile raises over broken files (its own error is an OSError)."""


def unfold(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``outlook.unfold``: the equivalent Internet message as the one child."""
    mail = as_message(payload["data"], limits)
    if mail is None:
        return {"defects": [defects.CORRUPT]}
    name = str(payload.get("filename") or "messaggio.msg")
    stem = name[:-4] if name.lower().endswith(".msg") else name
    return {"children": [{"name": f"{stem}.eml", "data": mail, "media_type": "message/rfc822"}]}


def as_message(data: bytes, limits: Limits) -> bytes | None:
    """Duty ``outlook.as_message``: the message in RFC 5322 form, None if the file cannot be read as one."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if not ole.exists("__properties_version1.0"):
                return None
            return mapi.to_rfc5322(_message(ole, [], limits, depth=0))
    except _BROKEN:
        return None


def _message(ole: Any, path: list[str], limits: Limits, *, depth: int) -> Message:
    # A message within another has a shorter head, without the space for the next recipient's number.
    properties = _properties(ole, path, head=24 if depth else 32)
    recipients: list[dict[int, Value]] = []
    attachments: list[Attachment] = []
    for name in _children(ole, path):
        if name.startswith("__recip_version1.0_") and len(recipients) < _MAX_RECIPIENTS:
            recipients.append(_properties(ole, [*path, name], head=8))
        elif name.startswith("__attach_version1.0_") and len(attachments) < limits.parts:
            attachments.append(_attachment(ole, [*path, name], limits, depth=depth))
    return Message(properties=properties, recipients=tuple(recipients), attachments=tuple(attachments))


def _attachment(ole: Any, path: list[str], limits: Limits, *, depth: int) -> Attachment:
    properties = _properties(ole, path, head=8)
    inner = [*path, "__substg1.0_3701000D"]
    if depth < limits.nesting and ole.exists([*inner, "__properties_version1.0"]):
        return Attachment(properties=properties, embedded=_message(ole, inner, limits, depth=depth + 1))
    data = properties.pop(mapi.ATTACH_DATA, None)
    return Attachment(properties=properties, data=data if isinstance(data, bytes) else None)


def _children(ole: Any, path: list[str]) -> list[str]:
    """Names of the storages right below."""
    depth = len(path)
    wanted = [part.lower() for part in path]
    found = {
        entry[depth]: None
        for entry in ole.listdir(streams=True, storages=False)
        if len(entry) > depth + 1 and [part.lower() for part in entry[:depth]] == wanted
    }
    return sorted(found)


def _properties(ole: Any, path: list[str], *, head: int) -> dict[int, Value]:
    values: dict[int, Value] = {}
    table = [*path, "__properties_version1.0"]
    entries = _stream(ole, table)[head:] if ole.exists(table) else b""
    for at in range(0, len(entries) - 15, 16):
        kind, number = struct.unpack_from("<HH", entries, at)
        raw = entries[at + 8 : at + 16]
        if kind in (0x0002, 0x0003):
            values[number] = int.from_bytes(raw[: 2 if kind == 2 else 4], "little")
        elif kind == 0x000B:
            values[number] = raw[0] != 0
        elif kind == 0x0040:
            moment = mapi.moment(int.from_bytes(raw, "little"))
            if moment is not None:
                values[number] = moment
        elif kind in (0x001E, 0x001F, 0x0102):
            stream = [*path, f"__substg1.0_{number:04X}{kind:04X}"]
            if ole.exists(stream):
                raw = _stream(ole, stream)
                values[number] = raw.decode("utf-16-le", "replace").strip("\0") if kind == 0x001F else raw
    return values


def _stream(ole: Any, path: list[str]) -> bytes:
    with ole.openstream(path) as stream:
        return bytes(stream.read())
