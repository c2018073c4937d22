"""An answer as it goes over the wire (RFC 5322, RFC 2045, RFC 2046): fields, the words as plain text and as HTML.

By hand, because answers are worded inside the deciding transaction: the library's generator goes through every line of
a message three times and takes most of the time that an answer takes.
"""

from __future__ import annotations

from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator, Sequence
from email.header import Header

LONGEST_LINE = 78
OCTETS_A_WORD = 39
BOUNDARY = "=_sportello-alternative"
"""Quoted-printable never has ``=_`` in it, so that no words of anybody's end a part."""


def field(name: str, value: str) -> bytes:
    """One header field, folded and encoded where it must be. `value` is a single line."""
    if not value.isascii():
        value = "\r\n ".join(_encoded_words(value))
    elif len(name) + 2 + len(value) > LONGEST_LINE:
        value = Header(value, header_name=name).encode(linesep="\r\n")
    return f"{name}: {value}\r\n".encode("ascii")


def _encoded_words(text: str) -> Iterator[str]:
    """Words of at most 64 characters after RFC 2047, no character cut in two."""
    chunk = b""
    for char in text:
        octets = char.encode("utf-8", "replace")
        if len(chunk) + len(octets) > OCTETS_A_WORD:
            yield _encoded(chunk)
            chunk = b""
        chunk += octets
    yield _encoded(chunk)


def _encoded(octets: bytes) -> str:
    return f"=?utf-8?b?{b2a_base64(octets, newline=False).decode()}?="


def two_forms(fields: Sequence[tuple[str, str]], *, text: str, html: str) -> bytes:
    """A whole message, without the blank of a line before it: other fields may be put in front."""
    head = b"".join(field(name, value) for name, value in fields)
    kind = f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n'
    parts = b"".join(_part(words, subtype) for words, subtype in ((text, "plain"), (html, "html")))
    return head + kind.encode() + parts + f"--{BOUNDARY}--\r\n".encode()


def _part(words: str, subtype: str) -> bytes:
    lines = words.encode("utf-8", "replace").splitlines()
    body = b2a_qp(b"\r\n".join([*lines, b""]), quotetabs=False, istext=True)
    head = (
        f'--{BOUNDARY}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    # The break before a boundary belongs to the boundary (RFC 2046, 5.1.1).
    return head.encode() + body + b"\r\n"
