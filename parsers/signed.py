"""CAdES, PKCS #7 and S/MIME signatures (RFC 5652), and timestamped data (RFC 5544). Runs in a child process.

The signed content is taken out, and each signature is checked against it: does it fit, who made it, when, and was
the certificate in force at that moment. Whether the issuer deserves trust is not decided here. A signature that
does not fit is a fact about the signer, never a reason to lose the content.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from asn1crypto import cms, tsp

from parsers import defects
from parsers.limits import Limits
from parsers.signers import signer_of

_PEM = re.compile(rb"-----BEGIN [^-]{3,40}-----(.*?)(?:-----END|\Z)", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+\Z")
_MIME_HEADER = re.compile(rb"(?i)\A(?:[a-z-]{2,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){0,20}content-type:")
_EXTENSIONS = (".p7m", ".tsd", ".p7s", ".p7b", ".m7m")
_UNPARSABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError, RecursionError)
"""What asn1crypto raises over structures that aren't what their tags say."""


def unwrap(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``signed.unwrap``: the signed content as the one child, the signers, the defects.

    With ``payload["content"]`` the signature is a detached one over that content.
    """
    try:
        info = cms.ContentInfo.load(binary(payload["data"]), strict=False)
        kind = info["content_type"].native
        if kind == "timestamped_data":
            return _timestamped(info["content"], payload.get("filename"))
        if kind != "signed_data":
            code = defects.ENCRYPTED if "enveloped" in str(kind) or "encrypted" in str(kind) else defects.UNSUPPORTED
            return {"defects": [code]}
        return _signed(info["content"], payload)
    except _UNPARSABLE as error:
        return {"defects": [defects.CORRUPT], "details": [f"firma illeggibile: {type(error).__name__}"]}


def _signed(signed: Any, payload: dict[str, Any]) -> dict[str, Any]:
    content = _content(signed["encap_content_info"])
    covered = payload.get("content") if content is None else content
    signers = [signer_of(signer, signed["certificates"], covered) for signer in signed["signer_infos"]]
    answer: dict[str, Any] = {"signers": signers, "children": [], "defects": []}
    if content is not None:
        answer["children"].append(_child(content, payload.get("filename")))
    elif not signers:
        answer["defects"].append(defects.EMPTY)
    return answer


def _timestamped(data: Any, filename: str | None) -> dict[str, Any]:
    content = data["content"].native
    details = ["documento con marca temporale"]
    evidence = data["temporal_evidence"]
    if evidence.name == "tst_evidence":
        moments = [moment for stamp in evidence.chosen if (moment := _stamped_at(stamp))]
        details += [f"marca temporale del {moment}" for moment in moments[:5]]
    if content is None:
        return {"defects": [defects.EMPTY], "details": details}
    return {"children": [_child(content, filename)], "details": details}


def _stamped_at(stamp: Any) -> str | None:
    try:
        token = stamp["timestamp"]["content"]["encap_content_info"]["content"]
        info = tsp.TSTInfo.load(token.parsed.dump() if hasattr(token, "parsed") else token.native)
        return str(info["gen_time"].native.isoformat(timespec="seconds"))
    except _UNPARSABLE:
        return None


def _content(encapsulated: Any) -> bytes | None:
    content = encapsulated["content"]
    if content is None or isinstance(content.native, type(None)):
        return None
    if isinstance(content.native, bytes):
        return content.native
    return bytes(content.contents)


def _child(content: bytes, filename: str | None) -> dict[str, Any]:
    name = filename or ""
    for extension in _EXTENSIONS:
        if name.lower().endswith(extension):
            name = name[: -len(extension)]
            break
    if _MIME_HEADER.match(content[:4096]):
        stem = name if "." in name else "messaggio"
        return {"name": f"{stem}.eml" if not stem.endswith(".eml") else stem, "data": content,
                "media_type": "message/rfc822"}  # fmt: skip
    return {"name": name or "contenuto firmato", "data": content}


def binary(data: bytes) -> bytes:
    """DER or BER within PEM or base64, which some clients apply twice."""
    for _ in range(3):
        if data[:1] == b"\x30":
            return data
        for text in _armoured(data):
            letters = re.sub(rb"[^A-Za-z0-9+/]", b"", text)
            try:
                data = base64.b64decode(letters[: len(letters) // 4 * 4] + _tail(letters))
            except binascii.Error:
                continue
            break
    return data


def _armoured(data: bytes) -> Iterator[bytes]:
    match = _PEM.search(data)
    if match:
        yield match[1]
    elif _BASE64.match(data):
        yield data


def _tail(letters: bytes) -> bytes:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""
