"""DKIM signatures checked by ourselves (RFC 6376, RFC 8463): canonical forms, body hash, signature. Total.

Keys are published in the DNS. They come from whoever is handed in as `Keys`: a file that the mail server's
administrators keep (`keys_in`), or a resolver (`parsers.key_lookup`). Without keys nothing is checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

Keys = Callable[[str], str | None]
"""The TXT record of a name (``selector._domainkey.domain``), or None."""
MOST_SIGNATURES = 5
LONGEST_HEADERS = 1_000_000
SMALLEST_KEY_BITS = 1024
_TAG = re.compile(rb"\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*?)\s*\Z", re.DOTALL)
_FIELD = re.compile(rb"(?m)^([!-9;-~]+[ \t]*:(?:[^\r\n]|\r?\n[ \t])*)\r?\n")
_SIGNED_VALUE = re.compile(rb"((?:\A[^:]*:|;)\s*b\s*=)[^;]*")
_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,250}\Z")


@lru_cache(maxsize=4)
def keys_in(path: Path) -> Keys:
    """Keys out of a file: one record a line, the name, blanks, and the record as the DNS has it; ``#`` begins a remark.

    Raises OSError if the file cannot be read.
    """
    records: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, record = line.strip().partition(" ")
        if record and not name.startswith("#"):
            records[name.lower().rstrip(".")] = record.strip().strip('"')
    return records.get


def checked(raw: bytes, sender: str | None, keys: Keys) -> tuple[str, bool]:
    """``none``, ``pass``, ``fail`` or ``neutral`` (no key, or nothing that we can judge): the best of all signatures;
    and whether a passing one is of the sender's own domain or of one above it."""
    head, body = _halves(raw)
    fields = [match[1] for match in _FIELD.finditer(head + b"\r\n")]
    signatures = [field for field in fields if _name(field) == b"dkim-signature"]
    found = "none"
    domain = (sender or "").rpartition("@")[2].lower()
    for signature in signatures[:MOST_SIGNATURES]:
        verdict, signed_by = _verdict(signature, fields, body, keys)
        if verdict == "pass" and domain and (domain == signed_by or domain.endswith("." + signed_by)):
            return "pass", True
        found = max(found, verdict, key=("none", "neutral", "fail", "pass").index)
    return found, False


def _name(field: bytes) -> bytes:
    return field.partition(b":")[0].strip().lower()


def _halves(raw: bytes) -> tuple[bytes, bytes]:
    """Headers (to the last field's line end) and body, with the line ends of the wire."""
    wire = re.sub(rb"\r\n|\n", b"\r\n", raw)
    head, gap, body = wire.partition(b"\r\n\r\n")
    return (head + b"\r\n" if gap else head)[:LONGEST_HEADERS], body


def _verdict(signature: bytes, fields: Sequence[bytes], body: bytes, keys: Keys) -> tuple[str, str]:
    tags = _tags(signature.partition(b":")[2])
    domain = tags.get("d", b"").decode("ascii", "replace").lower()
    selector = tags.get("s", b"").decode("ascii", "replace").lower()
    algorithm = tags.get("a", b"").decode("ascii", "replace").lower()
    if (
        tags.get("v") != b"1"
        or not {"b", "bh", "h", "d", "s"} <= tags.keys()
        or algorithm not in ("rsa-sha256", "ed25519-sha256")
    ):
        return "neutral", domain  # rsa-sha1 proves nothing any more (RFC 8301)
    if not _NAME.match(domain) or not _NAME.match(selector):
        return "neutral", domain
    signed = [name.strip().lower() for name in tags["h"].split(b":")]
    if b"from" not in signed:
        return "fail", domain
    record = keys(f"{selector}._domainkey.{domain}")
    key = _key(record) if record else None
    if key is None:
        return "neutral", domain
    header_form, _, body_form = tags.get("c", b"simple/simple").lower().partition(b"/")
    canonical = _relaxed_body(body) if body_form == b"relaxed" else _simple_body(body)
    if (length := tags.get("l", b"")).isdigit() and int(length[:12]) < len(canonical):
        return "neutral", domain  # anybody may have put words below what is signed
    if not hmac.compare_digest(hashlib.sha256(canonical).digest(), _decoded(tags["bh"])):
        return "fail", domain
    relaxed = header_form == b"relaxed"
    covered = b"".join(_covered(signed, fields, relaxed))
    own = _SIGNED_VALUE.sub(rb"\1", signature, count=1)
    covered += (_relaxed_field(own) if relaxed else own + b"\r\n").removesuffix(b"\r\n")
    return ("pass" if _fits(key, _decoded(tags["b"]), covered) else "fail"), domain


def _tags(value: bytes) -> dict[str, bytes]:
    pairs = (_TAG.match(piece) for piece in value.split(b";")[:40])
    return {match[1].decode("ascii"): match[2] for match in pairs if match}


def _decoded(value: bytes) -> bytes:
    try:
        return base64.b64decode(re.sub(rb"\s+", b"", value), validate=True)
    except binascii.Error:
        return b""


def _key(record: str) -> rsa.RSAPublicKey | ed25519.Ed25519PublicKey | None:
    tags = _tags(record.replace('" "', "").encode("ascii", "replace"))
    data = _decoded(tags.get("p", b""))
    try:
        if tags.get("k", b"rsa").lower() == b"ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(data)
        key = load_der_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_KEY_BITS else None


def _covered(signed: Sequence[bytes], fields: Sequence[bytes], relaxed: bool) -> list[bytes]:
    """The signed fields, each time a name is given the next one from below (RFC 6376, 5.4.2)."""
    below: dict[bytes, list[bytes]] = {}
    for field in fields:
        below.setdefault(_name(field), []).append(field)
    taken = (below[name].pop() for name in signed if below.get(name))
    return [_relaxed_field(field) if relaxed else field + b"\r\n" for field in taken]


def _relaxed_field(field: bytes) -> bytes:
    value = field.partition(b":")[2].replace(b"\r\n", b"")
    return _name(field) + b":" + re.sub(rb"[ \t]+", b" ", value).strip(b" \t") + b"\r\n"


def _without_empty_lines(body: bytes) -> bytes:
    """At its end."""
    end = len(body)
    while body[max(0, end - 2) : end] == b"\r\n":
        end -= 2
    return body[:end]


def _simple_body(body: bytes) -> bytes:
    return _without_empty_lines(body) + b"\r\n"


def _relaxed_body(body: bytes) -> bytes:
    flat = re.sub(rb"[ \t]+", b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    kept = _without_empty_lines(flat)
    return kept + b"\r\n" if kept else b""


def _fits(key: rsa.RSAPublicKey | ed25519.Ed25519PublicKey, signature: bytes, covered: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, covered, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, hashlib.sha256(covered).digest())
    except (InvalidSignature, ValueError):
        return False
    return True
