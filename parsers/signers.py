"""One signer of a CMS structure: name, tax code, moment, and whether the signature fits what it covers.

Used for CAdES files and for signatures within PDFs. Runs in a child process.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}  # fmt: skip
# ETSI EN 319 412-1, 5.1.3 (``TINIT-`` and the tax code) and the older Italian form ``IT:``.
_TAX_CODE = re.compile(
    r"(?:TINIT-|TINIT|IT:|^)([A-Z]{6}[0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z])$"
)
_UNPARSABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError)


def signer_of(signer: Any, certificates: Any, content: bytes | None) -> dict[str, Any]:
    """The fields of `mailroom.submission.Signer` for one asn1crypto ``SignerInfo``."""
    certificate = certificate_of(signer, certificates)
    valid = None if content is None else fits(signer, certificate, content)
    attributes = attributes_of(signer)
    signed_at = attributes.get("signing_time")
    told: dict[str, Any] = {"signed_at": signed_at if isinstance(signed_at, datetime) else None, "valid": valid}
    if certificate is not None:
        told |= _person(certificate, told["signed_at"])
    return told


def fits(signer: Any, certificate: Any, content: bytes) -> bool | None:
    """Does the signature cover this content, by the key in the certificate? None where we can't tell."""
    digest_name = str(signer["digest_algorithm"]["algorithm"].native)
    if digest_name not in _HASHES or certificate is None:
        return None
    covered = content
    signed_attributes = signer["signed_attrs"]
    if signed_attributes.contents:
        # As they came: once the library has looked into them it would write them anew.
        raw = signed_attributes.dump()
        said = attributes_of(signer).get("message_digest")
        found = hashlib.new(digest_name, content).digest()
        if not isinstance(said, bytes) or not hmac.compare_digest(said, found):
            return False
        # What is signed is the set of attributes under its own tag, not under the implicit [0] (RFC 5652, 5.4).
        covered = b"\x31" + raw[1:]
    return _key_agrees(signer, certificate, covered, _HASHES[digest_name]())


def _key_agrees(signer: Any, certificate: Any, covered: bytes, digest: hashes.HashAlgorithm) -> bool | None:
    signature = signer["signature"].native
    try:
        key = x509.load_der_x509_certificate(certificate.dump()).public_key()
        if isinstance(key, rsa.RSAPublicKey):
            if signer["signature_algorithm"]["algorithm"].native == "rsassa_pss":
                how: Any = padding.PSS(mgf=padding.MGF1(digest), salt_length=padding.PSS.AUTO)
            else:
                how = padding.PKCS1v15()
            key.verify(signature, covered, how, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, covered, ec.ECDSA(digest))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, covered)
        else:
            return None
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, *_UNPARSABLE):
        return None
    return True


def attributes_of(signer: Any) -> dict[str, Any]:
    """The moment and the digest that the signer put under the signature, where there are such."""
    attributes = signer["signed_attrs"]
    if not attributes.contents:
        return {}
    found: dict[str, Any] = {}
    for attribute in attributes:
        values = attribute["values"]
        if attribute["type"].native in ("signing_time", "message_digest") and len(values):
            found[attribute["type"].native] = values[0].native
    return found


def certificate_of(signer: Any, certificates: Any) -> Any:
    """The certificate that the signer names; the only one there, if it names none of them."""
    known = [choice.chosen for choice in certificates if choice.name == "certificate"] if certificates else []
    wanted = signer["sid"]
    for certificate in known:
        if wanted.name == "issuer_and_serial_number":
            named = wanted.chosen
            if certificate.serial_number == named["serial_number"].native and certificate.issuer == named["issuer"]:
                return certificate
        elif certificate.key_identifier == wanted.chosen.native:
            return certificate
    return known[0] if len(known) == 1 else None


def _person(certificate: Any, signed_at: datetime | None) -> dict[str, Any]:
    subject, issuer = certificate.subject.native, certificate.issuer.native
    name = _one(subject.get("common_name"))
    whole = " ".join(filter(None, (_one(subject.get("given_name")), _one(subject.get("surname")))))
    told: dict[str, Any] = {
        "name": whole or name or _one(subject.get("organization_name")),
        "tax_code": _tax_code(subject),
        "email": _email(certificate, subject),
        "issuer": _one(issuer.get("common_name")) or _one(issuer.get("organization_name")),
    }
    if signed_at is not None and signed_at.tzinfo is not None:
        told["certificate_in_force"] = certificate.not_valid_before <= signed_at <= certificate.not_valid_after
    return told


def _tax_code(subject: Any) -> str | None:
    for field in ("serial_number", "dn_qualifier", "common_name"):
        for value in str(_one(subject.get(field)) or "").upper().split("/"):
            match = _TAX_CODE.search(value.strip())
            if match:
                return match[1]
    return None


def _email(certificate: Any, subject: Any) -> str | None:
    names = certificate.subject_alt_name_value
    for name in names or ():
        if name.name == "rfc822_name":
            return str(name.native)
    return _one(subject.get("email_address"))


def _one(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, str) and value.strip() else None
