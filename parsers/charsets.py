"""Bytes as words in the character set that a mail claims for them, under the names that mail programs give it."""

from __future__ import annotations

import codecs
import functools
import re

_ALIASES = {
    "iso-8859-8-i": "iso-8859-8", "unicode-1-1-utf-7": "utf-7", "x-mac-roman": "mac_roman", "macintosh": "mac_roman",
    "ansi": "cp1252", "cp-850": "cp850", "utf8mb4": "utf-8", "x-sjis": "cp932", "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "x-windows-1252": "cp1252",
    "iso-8859-9": "cp1254", "tis-620": "cp874", "us-ascii": "ascii", "ansi_x3.4-1968": "ascii",
}  # fmt: skip
_UNKNOWN = frozenset({"", "x-unknown", "unknown-8bit", "unknown", "8bit", "default", "none", "binary", "_autodetect"})
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs of the language that are no character set of anybody's mail; some take time with the square of the length."""
_SURROGATES = re.compile("[\ud800-\udfff]")


@functools.lru_cache(maxsize=256)
def codec_of(claimed: str) -> str | None:
    """The codec for a claimed character set; None where the claim says nothing or nobody knows it."""
    name = claimed.strip().lower().strip("'\"")[:60]
    if name in _UNKNOWN:
        return None
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return None
    return None if found.name in _NO_CHARSETS or not getattr(found, "_is_text_encoding", True) else found.name


def decoded_as(data: bytes, claimed: str) -> str | None:
    """The words; None where the claim is unknown or cannot be true. Never a lone surrogate."""
    codec = codec_of(claimed)
    if codec is None:
        return None
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError):
        if codec != "cp1252" or is_utf8(data):
            return None
        # Five bytes have no meaning in Windows-1252; browsers show them as what they are in Latin-1.
        text = data.decode("latin-1")
    if codec == "cp1252" and not data.isascii() and is_utf8(data):
        return data.decode("utf-8")
    return _SURROGATES.sub("\ufffd", text) if codec.startswith(("utf-7", "utf-16", "utf-32")) else text


def is_utf8(data: bytes) -> bool:
    """Accented letters that happen to be valid UTF-8 are UTF-8, whatever was claimed."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
