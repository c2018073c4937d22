"""MIME as it really comes: whatever is wrong with the structure, every leaf is there and the words are found."""

from __future__ import annotations

import base64
import binascii
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.mails import letter, mutated
from mailroom.envelope import Channel
from mailroom.item import Hints
from mailroom.submission import Role
from parsers import defects
from parsers.limits import Limits
from parsers.mime_tree import tree
from parsers.opening import Opened, OpeningSettings, open_arrival

HEAD = b"From: ada@posta.example\nTo: info@sportello.example\nSubject: Bolletta\n"
WORDS = b"Buongiorno, la bolletta di luglio mi sembra sbagliata.\n"


def opened(raw: bytes, limits: Limits | None = None) -> Opened:
    chosen = OpeningSettings(limits=limits) if limits else OpeningSettings()
    return open_arrival(raw, Hints(channel=Channel.EMAIL), settings=chosen)


def new(found: Opened) -> str:
    return found.submission.messages[0].new


def names(found: Opened) -> list[str | None]:
    return [found.submission.parts[index].filename for index in found.submission.attachments]


def content(found: Opened, position: int = 0) -> bytes:
    return found.contents[found.submission.parts[found.submission.attachments[position]].digest]


def multipart(*parts: bytes, kind: bytes = b"mixed", boundary: bytes = b"b", declared: bytes | None = None) -> bytes:
    declared = b'; boundary="%s"' % boundary if declared is None else declared
    body = b"".join(b"--%s\n%s\n" % (boundary, part) for part in parts)
    return HEAD + b"MIME-Version: 1.0\nContent-Type: multipart/%s%s\n\n%s--%s--\n" % (kind, declared, body, boundary)


TEXT = b"Content-Type: text/plain\n\n" + WORDS
FILE = b"Content-Type: application/pdf; name=bolletta.pdf\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(
    b"%PDF-1.4\n%%EOF\n"
)


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
def test_any_line_end_will_do(end: bytes) -> None:
    found = opened(multipart(TEXT, FILE).replace(b"\n", end))
    assert found.envelope.subject == "Bolletta"
    assert "mi sembra sbagliata" in new(found)
    assert names(found) == ["bolletta.pdf"]
    assert content(found) == b"%PDF-1.4\n%%EOF\n"


def test_line_ends_may_be_mixed_between_headers_and_bodies() -> None:
    raw = multipart(TEXT, FILE)
    head, blank, body = raw.partition(b"\n\n")
    assert names(opened(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body)) == ["bolletta.pdf"]
    assert names(opened(head + blank + body.replace(b"\n", b"\r\n"))) == ["bolletta.pdf"]


@pytest.mark.parametrize("front", [b"\n\n", b"\xef\xbb\xbf", b"From ada@posta.example Tue Mar 17 2026\n", b">From x\n"])
def test_what_stands_before_the_headers_is_passed_over(front: bytes) -> None:
    assert opened(front + HEAD + b"\n" + WORDS).envelope.subject == "Bolletta"


def test_headers_without_a_blank_line_end_where_the_words_begin() -> None:
    found = opened(HEAD + WORDS)
    assert found.envelope.subject == "Bolletta"
    assert new(found).startswith("Buongiorno")


def test_a_broken_line_among_headers_costs_that_line_only() -> None:
    found = opened(b"From: ada@posta.example\nqualcosa di rotto\nSubject: Bolletta\n\n" + WORDS)
    assert found.envelope.subject == "Bolletta"
    assert new(found).startswith("Buongiorno")


def test_a_boundary_that_is_not_declared_is_guessed_from_the_body() -> None:
    assert names(opened(multipart(TEXT, FILE, declared=b""))) == ["bolletta.pdf"]
    assert names(opened(multipart(TEXT, FILE, declared=b'; boundary="altro"'))) == ["bolletta.pdf"]


def test_a_boundary_that_is_not_the_declared_one_is_guessed_from_the_very_first_line() -> None:
    found = opened(multipart(TEXT, FILE, declared=b'; boundary="another"'))
    assert (new(found), names(found)) == (WORDS.decode().strip(), ["bolletta.pdf"])


@pytest.mark.parametrize("gap", [b"\n", b" \n", b"\t\n", b"", b"This is a multi-part message in MIME format.\n"])
def test_whatever_stands_between_headers_and_first_delimiter_the_first_part_is_found(gap: bytes) -> None:
    raw = multipart(TEXT, FILE)
    head, body = raw.split(b"\n\n", 1)
    found = opened(head + b"\n" + gap + body)
    assert (new(found), names(found)) == (WORDS.decode().strip(), ["bolletta.pdf"])


def test_a_blank_line_with_blanks_on_it_ends_the_headers() -> None:
    found = opened(HEAD + b" \nOggetto: reclamo\n\n" + WORDS)
    assert new(found).startswith("Oggetto: reclamo\n")


def test_a_header_folded_over_a_line_of_blanks_goes_on() -> None:
    raw = b"To: info@sportello.example\nReferences: <a@b.example>\n\t\n\t<c@d.example>\nSubject: Bolletta\n\n" + WORDS
    found = opened(raw)
    assert found.envelope.references == ("<a@b.example>", "<c@d.example>")
    assert (found.envelope.subject, new(found)) == ("Bolletta", WORDS.decode().strip())


def test_a_multipart_without_any_parts_is_shown_as_text() -> None:
    found = opened(HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + WORDS)
    assert new(found).startswith("Buongiorno")


def test_a_multipart_that_never_closes_keeps_its_last_part() -> None:
    assert names(opened(multipart(TEXT, FILE).rpartition(b"--b--")[0])) == ["bolletta.pdf"]


def test_parts_after_a_premature_close_are_found() -> None:
    raw = multipart(TEXT) + b"--b\n" + FILE + b"\n--b--\n"
    assert names(opened(raw)) == ["bolletta.pdf"]


def test_parent_and_child_may_share_a_boundary() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=b\n\n--b\n" + TEXT + b"\n--b--"
    found = opened(multipart(inner, FILE))
    assert "bolletta.pdf" in names(found)
    assert "mi sembra sbagliata" in new(found)


def test_a_boundary_that_begins_like_another_is_another() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n" + TEXT + b"\n--bb\n" + FILE + b"\n--bb--"
    found = opened(multipart(inner, FILE))
    assert names(found) == ["bolletta.pdf", "bolletta.pdf"]


def test_an_eight_bit_subject_without_a_charset_is_read() -> None:
    for codec in ("utf-8", "cp1252"):
        assert opened("Subject: Perché è così\n\n…".encode(codec, "ignore")).envelope.subject == "Perché è così"


def test_an_eight_bit_subject_is_read_in_the_charset_of_the_words_and_said_to_be_guessed() -> None:
    head = "From: n@posta.example\nSubject: жалоба\nContent-Type: text/plain; charset=koi8-r\n\nжалоба\n"
    found = opened(head.encode("koi8-r"))
    assert found.envelope.subject == "жалоба"
    assert found.submission.defects == (defects.UNKNOWN_CHARSET,)
    assert opened(head.encode()).submission.defects == ()


def test_a_lying_charset_is_seen_through() -> None:
    body = "La bolletta è più alta di così".encode()
    found = opened(HEAD + b"Content-Type: text/plain; charset=us-ascii\n\n" + body)
    assert new(found) == "La bolletta è più alta di così"
    found = opened(HEAD + b"Content-Type: text/plain; charset=iso-8859-1\n\n" + body)
    assert new(found) == "La bolletta è più alta di così"


def test_base64_with_rubbish_below_its_padding_is_whole() -> None:
    part = FILE + b"\n\nQuesta mail e' stata controllata da un antivirus\n"
    assert content(opened(multipart(TEXT, part))) == b"%PDF-1.4\n%%EOF\n"


def test_words_that_only_claim_to_be_base64_are_read_as_they_came() -> None:
    found = opened(HEAD + b"Content-Transfer-Encoding: base64\n\n" + WORDS)
    assert new(found) == WORDS.decode().strip()
    assert found.submission.parts[0].defects == (defects.TRUNCATED_BASE64,)


def test_base64_cut_short_keeps_what_is_there_and_says_so() -> None:
    whole = base64.b64encode(b"%PDF-1.4\n" + b"riga\n" * 40)
    part = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n" + whole[:101]
    found = opened(multipart(TEXT, part))
    assert content(found).startswith(b"%PDF-1.4\nriga")
    assert any("base64" in defect for defect in found.submission.parts[found.submission.attachments[0]].defects)


def uuencoded(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 lettura.txt\n" + b"".join(lines) + b"`\nend\n"


def test_a_file_uuencoded_in_the_words_becomes_an_attachment() -> None:
    found = opened(HEAD + b"\n" + WORDS + uuencoded(b"Lettura del contatore: 01234\n" * 9) + b"Saluti, Ada Neri\n")
    assert names(found) == ["lettura.txt"]
    assert content(found).startswith(b"Lettura del contatore")
    assert "begin 644" not in found.submission.messages[0].new + found.submission.messages[0].signature


def test_a_uuencoded_file_whose_blanks_were_eaten_on_the_way_is_whole() -> None:
    data = b"01234" + bytes(200) + b"fine"
    body = uuencoded(data).replace(b"`", b" ").replace(b"\n \n", b"\n`\n")
    eaten = b"\n".join(line.rstrip() for line in body.split(b"\n"))
    assert content(opened(HEAD + b"\n" + WORDS + eaten)) == data
    part = b"Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: x-uuencode\n\n" + eaten
    assert content(opened(multipart(TEXT, part))) == data


@pytest.mark.parametrize("length", [40, 41, 42])
def test_a_uuencoded_file_padded_with_rubbish_is_whole(length: int) -> None:
    data = bytes(range(100, 100 + length))
    line = binascii.b2a_uu(data).rstrip(b"\n")
    padded = line[: 1 + (length * 4 + 2) // 3] + b"_" * (-(length * 4 + 2) // 3 % 4)
    found = opened(HEAD + b"\nEcco il file.\n\nbegin 644 a.bin\n" + padded.ljust(len(line), b"_") + b"\n`\nend\n")
    assert (names(found), content(found)) == (["a.bin"], data)


def test_a_file_in_yenc_becomes_an_attachment() -> None:
    data = bytes(range(256))
    coded = b"".join(
        b"=" + bytes([(byte + 106) % 256]) if (byte + 42) % 256 in (0, 9, 10, 13, 61) else bytes([(byte + 42) % 256])
        for byte in data
    )
    body = WORDS + b"=ybegin line=999 size=256 name=dati.bin\n" + coded + b"\n=yend size=256\n"
    found = opened(HEAD + b"\n" + body)
    assert names(found) == ["dati.bin"]
    assert content(found) == data


def test_words_that_begin_like_a_uuencoded_file_stay_words() -> None:
    found = opened(HEAD + b"\nbegin 644 volte\ne poi basta, la bolletta resta sbagliata\n")
    assert names(found) == []
    assert "resta sbagliata" in new(found)


def test_two_hundred_levels_are_bounded_and_marked() -> None:
    raw = TEXT
    for level in range(200):
        raw = b"Content-Type: multipart/mixed; boundary=n%d\n\n--n%d\n%s\n--n%d--\n" % (level, level, raw, level)
    found = opened(HEAD + raw)
    assert defects.TOO_DEEP in found.submission.defects
    refused = [part for part in found.submission.parts if part.role is Role.REFUSED]
    assert refused and all(part.reason for part in refused)


def test_mails_within_mails_are_bounded_and_marked() -> None:
    raw = HEAD + b"\n" + WORDS
    for _ in range(200):
        raw = HEAD + b"Content-Type: message/rfc822\n\n" + raw
    found = opened(raw)
    assert defects.TOO_DEEP in found.submission.defects


def test_a_hundred_thousand_parts_are_bounded_and_nothing_is_lost() -> None:
    raw = multipart(TEXT, *[b"\nx"] * 100_000)
    found = opened(raw)
    parts = found.submission.parts
    assert len(parts) <= Limits().parts + 2
    assert defects.TOO_MANY_PARTS in found.submission.defects
    (rest,) = [part for part in parts if part.role is Role.REFUSED]
    assert rest.reason
    assert found.contents[rest.digest].count(b"x") > 98_000


def test_a_boundary_that_is_everywhere_in_the_text_still_parts_it() -> None:
    found = opened(multipart(TEXT + b"-- " * 5_000 + b"\n", FILE, boundary=b"-"))
    assert names(found) == ["bolletta.pdf"]


def test_words_beyond_the_limit_are_kept_as_bytes_and_said() -> None:
    found = opened(HEAD + b"\n" + b"a" * 300, Limits(text_chars=100))
    assert (new(found), found.submission.parts[0].size) == ("a" * 100, 300)
    assert found.submission.parts[0].defects == (defects.TOO_MUCH_TEXT,)


def test_a_huge_page_is_read_within_limits() -> None:
    page = HEAD + b"Content-Type: text/html\n\n" + b"<p>La bolletta &egrave; sbagliata.</p>\n" * 15_000
    assert new(opened(page)).startswith("La bolletta è sbagliata.\n")
    found = opened(page, Limits(text_chars=400_000))
    assert found.submission.parts[0].defects == (defects.TOO_MUCH_TEXT,)


def test_headers_without_an_end_leave_no_bytes_behind() -> None:
    raw = HEAD + b"Subject: x\n" * 400_000
    found = opened(raw)
    assert found.envelope.subject == "Bolletta"
    assert sum(part.size for part in found.submission.parts) >= len(raw) - 4_000_100


def test_a_thousand_files_that_never_begin_are_words() -> None:
    words = b"begin 644 a\n" * 1_500 + WORDS
    assert new(opened(HEAD + b"\n" + words)) == words.decode().strip()


def test_a_mail_in_base64_is_opened() -> None:
    inner = base64.encodebytes(b"Subject: dentro\nFrom: carlo@posta.example\n\nIl testo interno\n")
    part = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner
    found = opened(multipart(TEXT, part))
    assert [message.subject for message in found.submission.messages] == ["Bolletta", "dentro"]


def test_content_that_lies_elsewhere_is_said_and_not_fetched() -> None:
    part = b"Content-Type: message/external-body; access-type=URL; URL=http://x.example/a\n\nContent-Type: image/png\n"
    found = opened(multipart(TEXT, part))
    assert any(part.reason and "altrove" in part.reason for part in found.submission.parts)


PIECE = b"From: ada@posta.example\nContent-Type: message/partial; id=a; number=%d; total=%d\n\n"


@pytest.mark.parametrize("total", [1, 3])
def test_the_first_piece_of_a_message_in_several_is_read_as_far_as_it_goes(total: int) -> None:
    found = opened(PIECE % (1, total) + multipart(TEXT, FILE).replace(b"From: ada", b"From: nobody"))
    assert (new(found), names(found)) == (WORDS.decode().strip(), ["bolletta.pdf"])
    assert found.envelope.subject == "Bolletta"
    assert found.envelope.sender is not None and found.envelope.sender.email == "ada@posta.example"
    assert found.submission.defects == ((defects.PARTIAL_MESSAGE,) if total > 1 else ())


@pytest.mark.parametrize("number", [b"2", b"0", b"uno", b""])
def test_any_other_piece_is_kept_and_said(number: bytes) -> None:
    found = opened(PIECE.replace(b"%d; total=%d", number) + WORDS)
    assert found.submission.defects == (defects.PARTIAL_MESSAGE,)
    assert [part.reason for part in found.submission.parts] == ["pezzo di un messaggio"]


@pytest.mark.parametrize("head", [b"", b"Content-Type: multipart/encrypted; boundary=b\n\n--b\n"
                                  b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\n"
                                  b"Content-Type: application/octet-stream; name=msg.asc\n"])  # fmt: skip
def test_what_was_encrypted_with_pgp_is_said_to_be(head: bytes) -> None:
    found = opened(HEAD + head + b"\n-----BEGIN PGP MESSAGE-----\n\nhIwDGJlthTT7oq0B\n-----END PGP MESSAGE-----\n")
    (index,) = found.submission.attachments
    assert found.submission.parts[index].defects == (defects.ENCRYPTED,)


@given(st.binary(max_size=3_000))
@settings(max_examples=150, deadline=None)
def test_the_tree_is_total_and_holds_every_level(raw: bytes) -> None:
    root = tree(raw, most=50, deepest=5)
    assert root.children is None or root.children


@pytest.mark.parametrize("seed", range(60))
def test_a_mutilated_mail_opens_and_every_leaf_is_answered_for(seed: int) -> None:
    dice = random.Random(seed)
    found = opened(mutated(letter(dice), dice))
    parts = found.submission.parts
    assert [part.index for part in parts] == list(range(len(parts)))
    assert all(part.digest in found.contents for part in parts)
    assert all(part.reason for part in parts if part.role is Role.REFUSED)
    assert found.submission.messages
