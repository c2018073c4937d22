"""Answers as they go over the wire, read back by the standard library."""

from __future__ import annotations

import email
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.wire import BOUNDARY, LONGEST_LINE, field, two_forms

WORDS = st.text(alphabet="abc è€\U0001f600=.-_\t\n\0From >", max_size=400)


@given(text=WORDS, html=WORDS, subject=st.text(alphabet="abc è€=?_-", max_size=120))
def test_what_is_written_is_read_back_whole(text: str, html: str, subject: str) -> None:
    raw = two_forms([("From", "us@sportello.example"), ("Subject", subject.strip())], text=text, html=html)
    assert b"\n" not in raw.replace(b"\r\n", b"") and raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= LONGEST_LINE
    mail = email.message_from_bytes(raw)
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]
    for part, words in zip(mail.get_payload(), (text, html), strict=True):
        body = part.get_payload(decode=True)
        assert body == b"".join(line + b"\r\n" for line in words.encode().splitlines()) and not part.defects
    said = str(make_header(decode_header(mail["Subject"])))
    assert said.split() == subject.split()


def test_words_that_look_like_the_boundary_end_nothing() -> None:
    raw = two_forms([], text=f"--{BOUNDARY}--\n", html=f"--{BOUNDARY}\n")
    assert len(email.message_from_bytes(raw).get_payload()) == 2


@pytest.mark.parametrize("value", ["short", "x " * 200, "è" * 100, ""])
def test_a_field_is_lines_of_its_own(value: str) -> None:
    raw = field("Subject", value.strip())
    assert raw.endswith(b"\r\n") and all(
        number == 0 or line[:1] in (b" ", b"\t") for number, line in enumerate(raw[:-2].split(b"\r\n"))
    )
