"""Words in an unknown character set: which one is it?

UTF-8 proves itself; UTF-16 shows by its marks or its zeros. Among the 8-bit sets that Italian offices have used the
one wins under which the accented letters are those that Italian has.
"""

from __future__ import annotations

from parsers import defects

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
          (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip
_CANDIDATES = ("cp1252", "cp850", "mac_roman")
_COMMON = frozenset("àèéìòùÀÈÉÌÒÙ’‘“”«»°€–…")
_ODD = frozenset(
    "ÓÒßÞð¨³²±¾§¶×÷ÃÂ¤¥¦©®¬µ¸¹º½¼ƒ‚„†‡ˆ‰‹›˜™šœžŸŽŠŒðÐþýÝøØåÅæÆëËïÏãõÕñÑ∂∑∏π∫ªΩ√≈∆◊ﬁﬂıˆ˜¯˘˙˚¸˝˛ˇ░▒▓│┤ÁÂ©╣║╗╝¢┐└┴┬├─┼"
)
_SAMPLE = 65_536


def read_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The words with ``\\n`` line ends, and ``unknown_charset`` if that took a guess. Total over all bytes."""
    name, sure = guess_charset(data)
    words = data.decode(name, "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return words.removeprefix("\ufeff"), () if sure else (defects.UNKNOWN_CHARSET,)


def guess_charset(data: bytes) -> tuple[str, bool]:
    """A codec name, and whether the bytes bear it out: UTF-8 that is valid, a mark, or Italian letters."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, True
    wide = unmarked_utf16(data)
    if wide:
        return wide, True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A letter cut in two by the end of the file is no proof against UTF-8.
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return "utf-8", True
    else:
        return "utf-8", True
    sample = data[:_SAMPLE]
    scores = {name: _likeness(sample.decode(name, "replace")) for name in _CANDIDATES}
    best = max(_CANDIDATES, key=lambda name: scores[name])
    return best, scores[best] > 0


def unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: Latin letters have a zero in every other byte."""
    head = data[:4096]
    if len(head) < 4 or b"\0" not in head:
        return None
    half = len(head) // 2
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    if zeros_odd > 0.6 * half and zeros_even < 0.1 * half:
        return "utf-16-le"
    if zeros_even > 0.6 * half and zeros_odd < 0.1 * half:
        return "utf-16-be"
    return None


def _likeness(words: str) -> int:
    foreign = [letter for letter in words if letter > "\x7f"]
    return sum(2 if letter in _COMMON else -3 if letter in _ODD or letter == "\ufffd" else 0 for letter in foreign)
