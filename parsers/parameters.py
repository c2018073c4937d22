"""Parameters of Content-Type and Content-Disposition as mail programs really write them (RFC 2045, 2183, 2231).

Tolerant where the standard library is not: blanks in unquoted names, quotes that never close, continuations out of
order or mixed with plain forms, character sets nobody knows. Of several forms of one name the richest wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from parsers.plain_text import read_text

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)(?:"|\Z)|([^;]*))', re.DOTALL)
_EXTENDED = re.compile(r"^([^*]+)(?:\*(\d{1,3}))?(\*?)$")
LONGEST = 20_000
MOST = 200


def parameters(value: str) -> Mapping[str, str]:
    """Names in lower case to values; words in 8-bit charsets keep their surrogates. Total over all strings."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in list(_PARAMETER.finditer(value[:LONGEST]))[:MOST]:
        text = _unescaped(match[2]) if match[2] is not None else match[3].strip()
        form = _EXTENDED.match(match[1].lower())
        if form is None:
            continue
        name, number, encoded = form[1], form[2], bool(form[3])
        if number is None and not encoded:
            plain.setdefault(name, text)
        else:
            pieces.setdefault(name, {}).setdefault(int(number or 0), (text, encoded))
    return plain | {name: joined for name, found in pieces.items() if (joined := _joined(found))}


def main_value(value: str) -> str:
    """What stands before the first parameter, in lower case."""
    return value.partition(";")[0].strip().lower()


def _unescaped(text: str) -> str:
    # A backslash is an escape only before a quote or another one: Windows paths are written without doubling.
    return re.sub(r'\\(["\\])', r"\1", text) if "\\" in text else text


def _joined(found: Mapping[int, tuple[str, bool]]) -> str:
    """Continuations in the order of their numbers; the first piece names the character set of all encoded ones."""
    charset: str | None = None
    data = b""
    for position, number in enumerate(sorted(found)):
        text, encoded = found[number]
        if encoded and position == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    try:
        return data.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError, ValueError):
        return read_text(data)[0]
