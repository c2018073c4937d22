"""Whatever the bytes: `sniff`, `expand` and `read_office` answer, and stay within the limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers import defects
from parsers.content_kinds import binary_kind
from parsers.expanding import KINDS, expand
from parsers.html_document import to_text
from parsers.limits import DEFAULT_LIMITS
from parsers.media_type import sniff
from parsers.names import safe_path
from parsers.office import OFFICE_TYPES, read_office
from parsers.plain_text import read_text
from parsers.rtf import decompress, encapsulated_html
from parsers.rtf import to_text as rtf_to_text
from parsers.text_kinds import looks_like_text, text_kind
from parsers.tnef import parse
from tests.parsers.archive_maker import rar, seven, tarred, zipped
from tests.parsers.outlook_maker import msg, tnef
from tests.parsers.signature_maker import signed, timestamped
from tests.parsers.test_containers_pdf import pades, pdf
from tests.parsers.test_office_words import a_letter
from tests.parsers.word_maker import word97

SMALL = replace(DEFAULT_LIMITS, parts=20, unpacked_bytes=1 << 20, document_seconds=10)
SEEDS = (
    zipped({"a.txt": b"ciao", "b.pdf": b"%PDF-1.4"}), seven({"a.txt": b"ciao"}), tarred({"a.txt": b"ciao"}),
    rar({"a.txt": b"ciao"}), tnef({0x0037: "x", 0x1000: "ciao"}, [({0x3707: "a.txt"}, b"uno")]),
    msg({0x0037: "x", 0x1000: "ciao"}, attachments=[({0x3707: "a.txt"}, b"uno")]), signed(b"ciao"),
    timestamped(b"ciao"), pdf(attached={"a.txt": b"x"}), pades(b""), a_letter(), word97(["Reclamo\rciao"]),
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 A;}}Perch\'e9 \u8364? {\*\htmltag x}}",
    b'<?xml version="1.0"?><a b="c"><d>ciao</d></a>', b"<html><table><tr><td>a</table><a href=x>y",
)  # fmt: skip
NAMES = st.sampled_from(
    [None, "a", "a.pdf", "a.p7m", "a.zip", "a.docx", "winmail.dat", "a.exe", "\u202ea.txt", "a.txt"]
)
QUICK = settings(max_examples=150, deadline=None)
CHILDREN = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good file with a few bytes changed, cut, doubled or put in."""
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(raw) - 1)))
        how = draw(st.integers(0, 3))
        if how == 0:
            raw[at : at + 1] = draw(st.binary(min_size=1, max_size=4))
        elif how == 1:
            del raw[at : at + draw(st.integers(1, 200))]
        elif how == 2:
            raw[at:at] = raw[at : at + draw(st.integers(1, 100))]
        else:
            del raw[at:]
    return bytes(raw)


ANY = st.one_of(st.binary(max_size=600), mutated())


@QUICK
@given(data=ANY, name=NAMES, declared=st.sampled_from([None, "text/csv", "application/pdf", "rubbish"]))
def test_sniff_is_total(data: bytes, name: str | None, declared: str | None) -> None:
    kind = binary_kind(data) or (text_kind(data, None) if looks_like_text(data) else None)
    if data and kind is None:
        return  # that question goes to a child: see below
    found = sniff(data, name, declared)
    assert "/" in found.media_type
    assert found.media_type == found.media_type.lower()


@CHILDREN
@given(data=ANY, name=NAMES)
def test_expand_is_total_and_stays_within_the_limits(data: bytes, name: str | None) -> None:
    opened = expand(data, filename=name, limits=SMALL)
    assert len(opened.children) <= SMALL.parts
    assert sum(len(child.data) for child in opened.children) <= SMALL.ratio_free_bytes
    assert not {defects.TIMED_OUT, defects.NOT_STARTED, defects.CRASHED} & set(opened.defects)
    for child in opened.children:
        assert child.name
        assert ".." not in child.name.split("/")


@CHILDREN
@given(data=mutated(), kind=st.sampled_from(sorted(KINDS)))
def test_expand_believes_no_caller_about_the_kind(data: bytes, kind: str) -> None:
    opened = expand(data, media_type=kind, limits=SMALL)
    assert opened.kind == KINDS[kind]
    assert not {defects.TIMED_OUT, defects.NOT_STARTED, defects.CRASHED} & set(opened.defects)


@CHILDREN
@given(data=ANY, kind=st.sampled_from(sorted(OFFICE_TYPES)))
def test_read_office_is_total(data: bytes, kind: str) -> None:
    read = read_office(data, kind, SMALL)
    assert read.pages or read.defects
    assert not {defects.TIMED_OUT, defects.NOT_STARTED, defects.CRASHED} & set(read.defects)


@QUICK
@given(data=ANY)
def test_the_readers_in_plain_python_are_total(data: bytes) -> None:
    read_text(data)
    rtf_to_text(data)
    encapsulated_html(b"{\\rtf1\\fromhtml1 " + data)
    decompress(b"\xff\xff\0\0\0\0\0\0LZFu\0\0\0\0" + data)
    to_text(data.decode("latin-1"))
    parse(b"\x78\x9f\x3e\x22\0\0" + data)


@QUICK
@given(name=st.text(max_size=400))
def test_a_safe_path_is_safe_and_stays_the_same(name: str) -> None:
    path, _ = safe_path(name)
    assert path
    assert not path.startswith("/")
    assert not {"..", ".", ""} & set(path.split("/"))
    assert path.isprintable() or all(letter.isspace() or letter.isprintable() or ord(letter) > 127 for letter in path)
    assert safe_path(path)[0] == path


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
def test_every_beginning_of_every_seed_is_answered(seed: bytes) -> None:
    for length in range(0, len(seed), max(1, len(seed) // 12)):
        opened = expand(seed[:length], filename="a", limits=SMALL)
        assert not {defects.TIMED_OUT, defects.NOT_STARTED, defects.CRASHED} & set(opened.defects)
