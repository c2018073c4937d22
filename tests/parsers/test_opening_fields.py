"""Header fields as people and programs write them: dates, mailboxes, parameters, encoded words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.charsets import decoded_as
from parsers.headers import decode_words
from parsers.mailboxes import mailboxes
from parsers.moments import moment
from parsers.names import safe_name
from parsers.parameters import parameters

NINE_TWENTY = datetime(2026, 3, 17, 20, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "Tue, 17 Mar 2026 21:22:00 +0100",
        "Tue, 17 Mar 2026 21:22:00 +0100 (CET)",
        "17 Mar 26 21:22 CET",
        "Tue,17 Mar 2026 20:22:00 GMT",
        "mar, 17 mar 2026 21:22:00 +0100",
        "Martedì 17 Marzo 2026 21.22 +0100",
        "Tue Mar 17 20:22:00 2026",
        "Tue Mar 17 20:22:00 UTC 2026",
        "2026-03-17T21:22:00+01:00",
        "2026-03-17 20:22:00",
        "17/03/2026 21:22:00 +0100",
        "March 17, 2026 20:22",
        "Tue, 17 Mar 126 21:22:00 +0100",
    ],
)
def test_every_usual_way_of_writing_a_date_is_read(written: str) -> None:
    assert moment(written) == NINE_TWENTY


@pytest.mark.parametrize("written", ["", None, "ieri", "99 Xxx 9999 99:99:99 +9999", "Thu, 1 Jan 1601 00:00:00 +0000"])
def test_what_is_no_date_is_none(written: str | None) -> None:
    assert moment(written) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ada@posta.example", [("", "ada@posta.example")]),
        ("Ada Neri <ada@posta.example>", [("Ada Neri", "ada@posta.example")]),
        ('"Neri, Ada" <ada@posta.example>', [("Neri, Ada", "ada@posta.example")]),
        ("Neri, Ada <ada@posta.example>", [("Neri, Ada", "ada@posta.example")]),
        ("ada@posta.example (Ada Neri)", [("Ada Neri", "ada@posta.example")]),
        ("Amici: ada@posta.example, <carlo@posta.example>;", [("", "ada@posta.example"), ("", "carlo@posta.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ada@posta.example>", [("", "ada@posta.example")]),
        ("ada@posta.example <ada@posta.example>", [("ada@posta.example", "ada@posta.example")]),
        ("Ada <ada@x.example> Carlo <carlo@y.example>", [("Ada", "ada@x.example"), ("Carlo", "carlo@y.example")]),
        ('<"Ada Neri"@posta.example>', [("", '"Ada Neri"@posta.example')]),
        ("<ada@posta.example> <ada@posta.example>", [("", "ada@posta.example")]),
        ("Ada Neri", [("Ada Neri", "")]),
        ("a@x.example, b@y.example", [("", "a@x.example"), ("", "b@y.example")]),
    ],
)
def test_mailboxes_are_read_as_they_were_meant(written: str, read: list[tuple[str, str]]) -> None:
    assert mailboxes(written) == read


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("attachment; filename=bolletta.pdf", "bolletta.pdf"),
        ("attachment; filename=la mia bolletta.pdf", "la mia bolletta.pdf"),
        ('attachment; filename="bolletta.pdf', "bolletta.pdf"),
        ("attachment; filename*=UTF-8''perch%C3%A9.pdf", "perché.pdf"),
        ("attachment; filename*=iso-8859-1'it'perch%E9.pdf", "perché.pdf"),
        ('attachment; filename*1="letta.pdf"; filename*0=bol', "bolletta.pdf"),
        ("attachment; filename*0*=utf-8''per%C3; filename*1*=%A8; filename*2=.pdf", "perè.pdf"),
        ("attachment; filename=x.pdf; filename*=utf-8''perch%C3%A9.pdf", "perché.pdf"),
        ("attachment; filename*=ignoto''perch%C3%A9.pdf", "perché.pdf"),
        (r'attachment; filename="C:\Documenti\a.pdf"', r"C:\Documenti\a.pdf"),
    ],
)
def test_file_names_are_read_in_every_form(written: str, name: str) -> None:
    assert parameters(written)["filename"] == name


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?Q?perch=C3=A9?=", "perché"),
        ("=?utf-8?B?cGVyY2jDqQ==?= oggi", "perché oggi"),
        ("=?utf-8?Q?perch=C3?= =?utf-8?Q?=A9?=", "perché"),
        ("=?utf-8?B?cGVyY2jD?=\n =?utf-8?B?qQ==?=", "perché"),
        ("=?iso-8859-1*it?Q?perch=E9?=", "perché"),
        ('"=?utf-8?Q?perch=C3=A9?="', '"perché"'),
        ("=?ignoto?Q?perch=C3=A9?=", "perché"),
        ("=?utf-8?Q?due parole?=", "due parole"),
        ("=?utf-8?X?rotto?=", "=?utf-8?X?rotto?="),
    ],
)
def test_encoded_words_are_read_in_every_form(written: str, read: str) -> None:
    assert decode_words(written) == read


def test_codecs_that_are_no_character_sets_are_not_used() -> None:
    assert decoded_as(b"abc-", "punycode") is None
    assert decoded_as(b"abc", "rot13") is None
    assert decoded_as(b"abc", "base64") is None


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_readers_of_fields_are_total(text: str) -> None:
    moment(text)
    mailboxes(text)
    parameters(text)
    decode_words(text).encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("written", "read", "tricked"),
    [
        ("bolletta.pdf", "bolletta.pdf", False),
        ("Bolletta 12/2025.pdf", "Bolletta 12_2025.pdf", False),
        ("C:\\Documenti\\bolletta.pdf", "bolletta.pdf", True),
        ("C:bolletta.pdf", "bolletta.pdf", True),
        ("../../etc/passwd", "passwd", True),
        ("/etc/passwd", "passwd", True),
        ("bol\0letta\n.pdf", "bolletta.pdf", True),
        ("\u202efdp.exe", "fdp.exe", True),
        ("..", "senza nome", True),
    ],
)
def test_names_of_files_are_made_harmless(written: str, read: str, tricked: bool) -> None:
    assert safe_name(written) == (read, tricked)
