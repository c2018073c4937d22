"""Writes OLE compound files ([MS-CFB] version 3) for the tests: as small as the format lets them be."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

Tree = dict[str, "bytes | Tree"]
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    children: list[int] = field(default_factory=list)
    start: int = _END


def compound(tree: Tree, *, clsid: bytes = bytes(16)) -> bytes:
    """Storages are dicts, streams are bytes."""
    entries = [_Entry("Root Entry", 5)]
    _collect(tree, 0, entries)
    fat: list[int] = []
    sectors: list[bytes] = []
    mini, minifat = bytearray(), []

    def chain(data: bytes) -> int:
        count = -(-len(data) // 512)
        first = len(sectors)
        for number in range(count):
            sectors.append(data[512 * number : 512 * number + 512].ljust(512, b"\0"))
            fat.append(first + number + 1 if number + 1 < count else _END)
        return first if count else _END

    for entry in entries:
        if entry.kind == 2 and 0 < len(entry.data) < 4096:
            count = -(-len(entry.data) // 64)
            entry.start = len(minifat)
            minifat += [entry.start + n + 1 if n + 1 < count else _END for n in range(count)]
            mini += entry.data.ljust(64 * count, b"\0")
        elif entry.kind == 2:
            entry.start = chain(entry.data)
    entries[0].data, entries[0].start = bytes(mini), chain(bytes(mini))
    minifat_start = chain(struct.pack(f"<{len(minifat)}I", *minifat).ljust(-(-len(minifat) // 128) * 512, b"\xff"))
    directory = b"".join(_entry(entries, number, clsid) for number in range(len(entries)))
    directory_start = chain(directory.ljust(-(-len(directory) // 512) * 512, b"\0"))
    fat_sectors = 1
    while fat_sectors * 128 < len(fat) + fat_sectors:
        fat_sectors += 1
    first_fat = len(sectors)
    fat += [_FAT] * fat_sectors
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(fat_sectors * 512, b"\xff")
    difat = [first_fat + n for n in range(fat_sectors)] + [_FREE] * (109 - fat_sectors)
    header = struct.pack(
        "<8s16sHHHHH6s9I109I", bytes.fromhex("d0cf11e0a1b11ae1"), bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6),
        0, fat_sectors, directory_start, 0, 4096, minifat_start, -(-len(minifat) // 128), _END, 0, *difat,
    )[:512]  # fmt: skip
    return header + b"".join(sectors) + table


def _collect(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    for name, value in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        number = len(entries)
        entries[parent].children.append(number)
        if isinstance(value, bytes):
            entries.append(_Entry(name, 2, value))
        else:
            entries.append(_Entry(name, 1))
            _collect(value, number, entries)


def _entry(entries: list[_Entry], number: int, clsid: bytes) -> bytes:
    entry = entries[number]
    siblings = next((other.children for other in entries if number in other.children), [number])
    after = siblings[siblings.index(number) + 1 :]
    name = entry.name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", name, len(name), entry.kind, 1, _NONE, after[0] if after else _NONE,
        entry.children[0] if entry.children else _NONE, clsid if number == 0 else bytes(16), 0, 0, 0,
        0 if entry.start == _END and entry.kind == 1 else entry.start, len(entry.data),
    )  # fmt: skip
