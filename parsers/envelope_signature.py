"""The signature that a PEC provider, or any S/MIME sender, put around a mail: taken off where it hides the mail,
checked where it lies beside it (RFC 8551, RFC 1847)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mailroom.submission import Signer
from parsers.expanding import check_signature, expand
from parsers.extensions import SIGNED
from parsers.isolation import Defect, run_isolated
from parsers.limits import Limits
from parsers.mail_part import MailPart
from parsers.message import body_of, parse, walk

_OPAQUE = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_DETACHED = ("application/pkcs7-signature", "application/x-pkcs7-signature")
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeSignature:
    state: str = "absent"
    """``intact``, ``changed``, ``unreadable`` or ``absent``."""
    trusted: bool | None = None
    """The certificate's chain leads to a trusted one; None: not judged."""


@lru_cache(maxsize=4)
def certificates_in(folder: Path) -> tuple[bytes, ...]:
    """DER of every certificate (PEM or DER) in the files of a folder, read once. A file that is none is passed over."""
    found: list[x509.Certificate] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            data = path.read_bytes()
            pem = b"-----BEGIN" in data
            found += x509.load_pem_x509_certificates(data) if pem else [x509.load_der_x509_certificate(data)]
        except (ValueError, OSError):
            continue
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def unsealed(mail: MailPart, raw: bytes, limits: Limits) -> tuple[MailPart, bytes, bytes | None]:
    """The mail without an opaque signature around it, the bytes its places count in, and that signature.

    The headers of the outer mail stay, but for those about its content.
    """
    if mail.media_type not in _OPAQUE:
        return mail, raw, None
    signature = body_of(mail)[0]
    inside = expand(signature, filename="smime.p7m", media_type=SIGNED, limits=limits)
    if len(inside.children) != 1:
        return mail, raw, None
    content = inside.children[0].data
    inner = parse(content, limits)
    kept = {name: values for name, values in mail.fields.items() if not name.startswith("content-")}
    inner.set_fields(kept | {name: values for name, values in inner.fields.items() if name.startswith("content-")})
    return inner, content, signature


def signers_of(mail: MailPart, raw: bytes, opaque: bytes | None, limits: Limits) -> tuple[str, tuple[Signer, ...]]:
    """Who signed the mail itself (S/MIME), and the digest of the bytes of that signature; `raw` are the bytes that the
    places of `mail` count in. Never raises."""
    if opaque is not None:
        inside = expand(opaque, filename="smime.p7m", media_type=SIGNED, limits=limits)
        return sha256(opaque).hexdigest(), inside.signers
    children = mail.children or []
    if mail.media_type != "multipart/signed" or len(children) < 2 or children[1].media_type not in _DETACHED:
        return "", ()
    signature = body_of(children[1])[0]
    found: tuple[Signer, ...] = ()
    for content in _forms(raw[children[0].start : children[0].end]):
        found = check_signature(signature, content, limits=limits)
        if any(signer.valid for signer in found):
            break
    return sha256(signature).hexdigest(), found


def _forms(covered: bytes) -> Iterable[bytes]:
    """What is signed has the line ends of the wire; mail stores and poor signers keep others."""
    wire = _LINE_END.sub(b"\r\n", covered)
    return dict.fromkeys((wire, covered, wire + b"\r\n"))


def signature_of(
    mail: MailPart, raw: bytes, opaque: bytes | None, *, trusted: tuple[bytes, ...], limits: Limits
) -> EnvelopeSignature:
    """Whether it fits; `raw` are the bytes that the places of `mail` count in. Never raises."""
    if opaque is not None:
        return _checked(opaque, None, trusted, limits)
    # Mailing lists and scanners put a multipart of their own around what the provider signed.
    around = (node.message for node in walk(mail) if node.message.media_type == "multipart/signed")
    mail = next(around, mail)
    children = mail.children or []
    signature = next((part for part in children if part.media_type in _DETACHED), None)
    if signature is None:
        return EnvelopeSignature()
    if mail.media_type != "multipart/signed" or children[0] is signature:
        return EnvelopeSignature(state="unreadable")
    found = EnvelopeSignature()
    for content in _forms(raw[children[0].start : children[0].end]):
        found = _checked(body_of(signature)[0], content, trusted, limits)
        if found.state != "changed":
            break
    return found


def _checked(signature: bytes, content: bytes | None, trusted: tuple[bytes, ...], limits: Limits) -> EnvelopeSignature:
    payload = {"data": signature, "content": content, "trusted": list(trusted)}
    answer = run_isolated("signed.check", payload, limits=limits)
    if isinstance(answer, Defect) or not isinstance(answer, dict):
        return EnvelopeSignature(state="unreadable")
    valid, chain = answer.get("valid"), answer.get("trusted")
    state = "intact" if valid is True else "changed" if valid is False else "unreadable"
    return EnvelopeSignature(state=state, trusted=chain if isinstance(chain, bool) else None)
