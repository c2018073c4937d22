"""Whom a mail comes from: what trusted hosts say, contradictions among headers, DKIM checked with keys at hand."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from mailroom.envelope import Authenticity, Channel
from mailroom.item import Hints
from parsers.dkim import Keys, checked
from parsers.opening import OpeningSettings, open_arrival

HINTS = Hints(channel=Channel.EMAIL)


def said(head: str, *trusted: str, keys: Keys | None = None) -> Authenticity:
    raw = f"{head}\nSubject: x\n\nBuongiorno.\n".encode()
    return open_arrival(raw, HINTS, settings=OpeningSettings(trusted_hosts=trusted), keys=keys).envelope.authenticity


OURS = "Authentication-Results: mx.sportello.example 1; spf=pass smtp.mailfrom=a; dkim=pass (2048-bit; x) header.d=a"
FORGED = "Authentication-Results: mx.altrove.example; spf=fail; dkim=fail; dmarc=pass"


def results(found: Authenticity) -> tuple[str | None, ...]:
    return found.spf, found.dkim, found.dmarc


def test_only_trusted_hosts_are_believed_wherever_their_results_stand() -> None:
    assert results(said(f"{FORGED}\n{OURS}", "MX.sportello.example")) == ("pass", "pass", None)
    assert results(said(FORGED, "mx.sportello.example")) == (None, None, None)


def test_without_a_name_whoever_wrote_the_topmost_results_is_believed_and_nobody_else() -> None:
    assert results(said(f"{OURS}\n{FORGED}")) == ("pass", "pass", None)


def test_results_of_one_host_in_several_headers_are_put_together() -> None:
    one = "Authentication-Results: mx.a.example; dkim=fail header.d=list.example"
    other = "Authentication-Results: mx.a.example;\n dkim=pass header.d=b.example;\n dmarc=pass (p=none) header.from=b"
    assert results(said(f"{one}\n{other}")) == (None, "pass", "pass")


def test_words_in_comments_and_quotes_are_nobodys_results() -> None:
    line = 'Authentication-Results: mx.a.example; spf=none (x (dmarc=pass; dkim=pass) ;dkim=pass) reason="; dmarc=pass"'
    assert results(said(line)) == ("none", None, None)


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("From: ada@posta.example\nReply-To: ada@posta.example\nReturn-Path: <ada@posta.example>", ()),
        ("From: ada@posta.example\nReply-To: x@altrove.example", ("reply-to-other-domain",)),
        ("From: ada@posta.example\nReturn-Path: <bounce@altrove.example>", ("return-path-other-domain",)),
        ("From: ada@posta.example\nReturn-Path: <b@mail.posta.example>", ()),
        ("From: ada@posta.example\nReturn-Path: <>", ()),
        ('From: "banca@banca.example" <x@altrove.example>', ("display-name-is-another-address",)),
        ('From: "ada@posta.example" <ada@posta.example>', ()),
        ("From: ada@posta.example\nFrom: altra@posta.example", ("several-from-headers",)),
    ],
)
def test_contradictions_among_the_headers_are_named(head: str, found: tuple[str, ...]) -> None:
    assert said(head).disagreements == found


# --- DKIM --------------------------------------------------------------------------------------------------------

MAIL = b"From:  Ada <ada@posta.example>\r\nSubject: Una\r\n  riga\r\n\r\nBuongiorno , \t a voi \r\n\r\n\r\n"
CANONICAL_HEADERS = b"from:Ada <ada@posta.example>\r\nsubject:Una riga\r\n"
CANONICAL_BODY = b"Buongiorno , a voi\r\n"
RSA = rsa.generate_private_key(65537, 2048)
EDWARDS = ed25519.Ed25519PrivateKey.generate()


def by_rsa(covered: bytes) -> bytes:
    return RSA.sign(covered, padding.PKCS1v15(), hashes.SHA256())


def by_edwards(covered: bytes) -> bytes:
    return EDWARDS.sign(hashlib.sha256(covered).digest())


def signed(sign: Callable[[bytes], bytes] = by_rsa, *, algorithm: str = "rsa-sha256", tags: str = "") -> bytes:
    """`MAIL` signed in the relaxed forms, which are written out above by hand."""
    body = base64.b64encode(hashlib.sha256(CANONICAL_BODY).digest()).decode()
    value = f"v=1; a={algorithm}; c=relaxed/relaxed; d=posta.example; s=k1; h=From:Subject; bh={body};{tags} b="
    signature = base64.b64encode(sign(CANONICAL_HEADERS + b"dkim-signature:" + value.encode())).decode()
    return f"DKIM-Signature: {value}{signature[:40]}\r\n {signature[40:]}\r\n".encode() + MAIL


def records(name: str) -> str | None:
    der = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {"k1._domainkey.posta.example": f"v=DKIM1; p={base64.b64encode(der).decode()}"}.get(name)


def edwards_records(name: str) -> str | None:
    raw = EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"


def dkim(raw: bytes, keys: Keys | None = records) -> tuple[str | None, tuple[str, ...]]:
    found = open_arrival(raw, HINTS, keys=keys).envelope.authenticity
    return found.checked_dkim, found.disagreements


def test_a_good_signature_passes_and_nothing_is_checked_without_keys() -> None:
    assert dkim(signed()) == ("pass", ())
    assert dkim(signed().replace(b"\r\n", b"\n")) == ("pass", ())
    assert dkim(signed(by_edwards, algorithm="ed25519-sha256"), edwards_records) == ("pass", ())
    assert dkim(signed(), None) == (None, ())
    assert dkim(MAIL) == ("none", ())


@pytest.mark.parametrize(("old", "new"), [(b"Buongiorno", b"Buonasera"), (b"Una", b"Altra"), (b"Ada <", b"Eva <")])
def test_what_was_changed_fails(old: bytes, new: bytes) -> None:
    assert dkim(signed().replace(old, new))[0] == "fail"


def test_what_cannot_be_judged_is_neutral() -> None:
    assert dkim(signed(), lambda name: None)[0] == "neutral"
    assert dkim(signed(), lambda name: "v=DKIM1; p=cm90dG8=")[0] == "neutral"
    assert dkim(signed().replace(b"rsa-sha256", b"rsa-sha1"))[0] == "neutral"


def test_words_below_what_is_signed_are_nobodys() -> None:
    length = len(CANONICAL_BODY)
    assert dkim(signed(tags=f" l={length};") + b"Altro testo\r\n")[0] == "neutral"
    assert dkim(signed(tags=f" l={length};"))[0] == "pass"


def test_a_signature_of_somebody_else_is_told() -> None:
    raw = signed().replace(b"Ada <ada@posta.example>", b"Ada <ada@altrove.example>")
    assert dkim(raw) == ("fail", ())
    list_mail = b"Sender: list@posta.example\r\n" + signed()
    assert dkim(list_mail) == ("pass", ())
    assert checked(signed(), "ada@altrove.example", records) == ("pass", False)


def test_keys_may_lie_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(f'# chiavi\n\nK1._domainkey.posta.example. "{records("k1._domainkey.posta.example")}"\n')
    found = open_arrival(signed(), HINTS, settings=OpeningSettings(dkim_keys=path))
    assert found.envelope.authenticity.checked_dkim == "pass"
    with pytest.raises(ValueError, match="dkim_keys"):
        OpeningSettings(dkim_keys=tmp_path / "none")


@given(st.binary(max_size=400), st.integers(0, 800))
@settings(max_examples=100, deadline=None)
def test_any_rubbish_is_answered(noise: bytes, place: int) -> None:
    raw = signed()
    assert checked(raw[:place] + noise + raw[place:], "ada@posta.example", records)[0] in (
        "none",
        "neutral",
        "fail",
        "pass",
    )
    checked(b"DKIM-Signature: " + noise, None, records)
