"""A Word 97 document as small as its format lets it be ([MS-DOC]): one stream of text behind a piece table."""

from __future__ import annotations

import struct

from tests.parsers.ole_maker import compound


def word97(pieces: list[str], *, locked: bool = False, wide: bool = True) -> bytes:
    """Each piece lies elsewhere in the file; `wide` ones as UTF-16, others in Windows-1252."""
    main = bytearray(1024)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", main, 10, 0x0200 | (0x0100 if locked else 0))
    ends, descriptors = [0], b""
    for number, words in enumerate(pieces):
        in_utf16 = wide or number % 2 == 1
        offset = len(main) if in_utf16 else len(main) * 2 | 0x40000000
        main += words.encode("utf-16-le" if in_utf16 else "cp1252")
        ends.append(ends[-1] + len(words))
        descriptors += struct.pack("<HIH", 0, offset, 0)
    plc = struct.pack(f"<{len(ends)}I", *ends) + descriptors
    clx = b"\x01\x02\x00xx" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    return compound({"WordDocument": bytes(main), "1Table": clx})
