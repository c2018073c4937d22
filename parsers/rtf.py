"""Rich Text Format: its words, and the HTML that Outlook wraps in it ([MS-OXRTFEX]). Own tokens, no recursion.

Text stands in one of many 8-bit pages or as ``\\uN``; groups that hold no visible words (fonts, styles, pictures,
anything behind ``\\*``) are skipped, tables become lines with tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from parsers.limits import Limits

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE
)
_SILENT = frozenset(
    b"fonttbl colortbl stylesheet info pict themedata colorschememapping listtable listoverridetable rsidtbl generator "
    b"datastore latentstyles xmlnstbl filetbl revtbl objdata bkmkstart bkmkend fldinst mmathPr wgrffmtfilter "
    b"pgdsctbl ftnsep ftnsepc aftnsep aftnsepc nonesttables".split()
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\f", b"row": "\n", b"nestrow": "\n", b"tab": "\t",
    b"cell": "\t", b"nestcell": "\t", b"emdash": "—", b"endash": "–", b"emspace": " ", b"enspace": " ", b"bullet": "•",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n", b"{": "{", b"}": "}", b"\\": "\\"}
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb2312", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
_RING_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_MAX_DEPTH = 2_000


@dataclass(frozen=True, slots=True)
class _State:
    codec: str
    silent: bool = False
    markup: bool = False
    """Within a ``\\*\\htmltag`` group: what stands here is HTML."""
    hidden_in_html: bool = False
    """Between ``\\htmlrtf`` and ``\\htmlrtf0``: only for readers of RTF."""
    skip: int = 1
    fonts: bool = False


def decompress(packed: bytes, *, limit: int = 64 * 2**20) -> bytes | None:
    """PR_RTF_COMPRESSED unpacked ([MS-OXRTFCP], a Lempel-Ziv over a ring of 4,096 bytes); None if it is none."""
    if packed[8:12] == b"MELA":
        return packed[16:]
    if packed[8:12] != b"LZFu":
        return None
    ring = bytearray(_RING_START.ljust(4096, b"\0"))
    write, at, end = len(_RING_START), 16, min(len(packed), int.from_bytes(packed[:4], "little") + 4)
    out = bytearray()
    while at < end and len(out) < limit:
        control = packed[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                pair = int.from_bytes(packed[at : at + 2], "big")
                at += 2
                offset, length = pair >> 4, (pair & 15) + 2
                if offset == write or at > end:
                    return bytes(out)
                copied: Iterator[int] = (ring[(offset + step) % 4096] for step in range(length))
            else:
                copied = iter(packed[at : at + 1])
                at += 1
            for byte in copied:
                out.append(byte)
                ring[write] = byte
                write = (write + 1) % 4096
            if at >= end:
                break
    return bytes(out)


def to_text(source: bytes) -> str:
    """The visible words; form feeds between pages. Never raises."""
    return _tidy("".join(words for words, _ in _walk(source, html=False)))


def read_rtf(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """Duty ``office.rtf``: pages and defects."""
    return to_text(data[: limits.file_bytes]).split("\f"), []


def encapsulated_html(source: bytes) -> str | None:
    """The HTML that this RTF was made from, None if it wasn't."""
    if not re.search(rb"\\fromhtml1", source[:4096]):
        return None
    return "".join(words for words, _ in _walk(source, html=True))


def _walk(source: bytes, *, html: bool) -> Iterator[tuple[str, bool]]:
    """Words in order. Bytes gather until something else comes, since one letter may take two of them."""
    page = re.search(rb"\\ansicpg(\d{1,5})", source[:4096])
    state = _State(codec=_known(f"cp{int(page[1])}") if page else "cp1252")
    stack: list[_State] = []
    fonts: dict[int, str] = {}
    font = 0
    raw = bytearray()
    skip_next = 0
    starred = False
    for token in _TOKEN.finditer(source):
        word, number, coded, symbol, brace, plain = token.groups()
        if coded is not None:
            if skip_next:
                skip_next -= 1
            elif _shown(state, html):
                raw.append(int(coded, 16))
            continue
        if plain is not None:
            cut, skip_next = min(skip_next, len(plain)), max(0, skip_next - len(plain))
            if _shown(state, html):
                raw += plain[cut:]
            continue
        if raw:
            yield _decode(raw, state.codec), state.markup
            raw.clear()
        if brace == b"{":
            if len(stack) < _MAX_DEPTH:
                stack.append(state)
            starred, skip_next = False, 0
        elif brace == b"}":
            state = stack.pop() if stack else state
            starred, skip_next = False, 0
        elif symbol is not None:
            if symbol == b"*":
                starred = True
            elif _shown(state, html):
                yield _SYMBOLS.get(symbol, ""), state.markup
        elif word is not None:
            value = int(number) if number is not None else None
            if word == b"u" and value is not None:
                skip_next = state.skip
                if _shown(state, html):
                    yield _letter(value), state.markup
            elif word == b"f" and value is not None:
                font = value
                if not state.fonts and value in fonts:
                    state = replace(state, codec=fonts[value])
            elif word == b"fcharset" and value is not None:
                fonts[font] = _CHARSETS.get(value, "cp1252") if value > 1 else _page_codec(page)
            elif word in _SIGNS:
                if _shown(state, html):
                    yield ("\r\n" if html and word == b"par" else _SIGNS[word]), state.markup
            else:
                state = _changed(state, word, value, starred=starred)
            starred = False
    if raw:
        yield _decode(raw, state.codec), state.markup


def _changed(state: _State, word: bytes, value: int | None, *, starred: bool) -> _State:
    if word == b"uc":
        return replace(state, skip=max(0, min(value or 0, 10)))
    if word == b"htmltag":
        return replace(state, markup=True, silent=False)
    if word == b"htmlrtf":
        return replace(state, hidden_in_html=value != 0)
    if word == b"fonttbl":
        return replace(state, silent=True, fonts=True)
    if word in _SILENT or (starred and word not in (b"shpinst", b"shptxt", b"nesttableprops")):
        return replace(state, silent=True)
    return state


def _shown(state: _State, html: bool) -> bool:
    if state.silent:
        return False
    return not state.hidden_in_html if html else not state.markup


def _letter(value: int) -> str:
    number = value + 0x10000 if value < 0 else value
    return chr(number) if 0 < number < 0x110000 else ""


def _decode(raw: bytearray, codec: str) -> str:
    return bytes(raw).decode(codec, "replace")


def _known(codec: str) -> str:
    try:
        "".encode(codec)
    except LookupError:
        return "cp1252"
    return codec


def _page_codec(page: re.Match[bytes] | None) -> str:
    return _known(f"cp{int(page[1])}") if page else "cp1252"


def _tidy(words: str) -> str:
    joined = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "\n".join(line.rstrip(" \t") for line in joined.replace("\0", "").split("\n"))
