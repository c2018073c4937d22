"""Writes Outlook messages for the tests: ``.msg`` files ([MS-OXMSG]) and ``winmail.dat`` ([MS-OXTNEF])."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.parsers.ole_maker import Tree, compound

Properties = dict[int, "str | bytes | int | datetime"]
_IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def filetime(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def msg(
    properties: Properties,
    *,
    recipients: Sequence[Properties] = (),
    attachments: Sequence[tuple[Properties, bytes | Tree]] = (),
) -> bytes:
    """A whole .msg file; an attachment's content is bytes or `msg_tree` of another message."""
    return compound(msg_tree(properties, recipients=recipients, attachments=attachments, head=32))


def msg_tree(
    properties: Properties,
    *,
    recipients: Sequence[Properties] = (),
    attachments: Sequence[tuple[Properties, bytes | Tree]] = (),
    head: int = 24,
) -> Tree:
    tree = _streams(properties, head)
    for number, recipient in enumerate(recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = _streams(recipient, 8)
    for number, (about, content) in enumerate(attachments):
        if isinstance(content, bytes):
            storage = _streams({**about, 0x3701: content}, 8)
        else:
            storage = _streams(about, 8)
            storage["__substg1.0_3701000D"] = content
        tree[f"__attach_version1.0_#{number:08X}"] = storage
    return tree


def _streams(properties: Properties, head: int) -> Tree:
    tree: Tree = {}
    table = bytes(head)
    for number, value in properties.items():
        if isinstance(value, datetime):
            table += struct.pack("<HHIQ", 0x40, number, 6, filetime(value))
        elif isinstance(value, int):
            table += struct.pack("<HHIII", 0x03, number, 6, value, 0)
        else:
            raw = value.encode("utf-16-le") if isinstance(value, str) else value
            kind = 0x1F if isinstance(value, str) else 0x102
            table += struct.pack("<HHIII", kind, number, 6, len(raw) + 2 * (kind == 0x1F), 0)
            tree[f"__substg1.0_{number:04X}{kind:04X}"] = raw
    tree["__properties_version1.0"] = table
    return tree


def tnef(
    properties: Properties,
    attachments: Sequence[tuple[Properties, bytes]] = (),
    *,
    titles: Sequence[bytes] = (),
) -> bytes:
    """A winmail.dat; content that begins with the TNEF mark is put in as a message of its own."""
    out = b"\x78\x9f\x3e\x22" + b"\x01\x00"
    out += _attribute(1, 0x9006, 8, struct.pack("<I", 0x10000)) + _attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    out += _attribute(1, 0x9003, 6, _mapi(properties))
    for number, (about, content) in enumerate(attachments):
        out += _attribute(2, 0x9002, 6, bytes(14))
        if number < len(titles):
            out += _attribute(2, 0x8010, 1, titles[number] + b"\0")
        if content.startswith(b"\x78\x9f\x3e\x22"):
            about = {**about, 0x3701: _IMESSAGE + content}
        else:
            out += _attribute(2, 0x800F, 6, content)
        out += _attribute(2, 0x9005, 6, _mapi(about))
    return out


def _attribute(level: int, name: int, kind: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def _mapi(properties: Properties) -> bytes:
    out = struct.pack("<I", len(properties))
    for number, value in properties.items():
        if isinstance(value, datetime):
            out += struct.pack("<HHQ", 0x40, number, filetime(value))
        elif isinstance(value, int):
            out += struct.pack("<HHI", 0x03, number, value)
        else:
            raw = value.encode("utf-16-le") + b"\0\0" if isinstance(value, str) else value
            kind = 0x1F if isinstance(value, str) else 0x0D if number == 0x3701 else 0x102
            out += struct.pack("<HHII", kind, number, 1, len(raw)) + raw + bytes(-len(raw) % 4)
    return out
