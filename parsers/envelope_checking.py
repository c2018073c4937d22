"""Is the S/MIME signature of a PEC provider intact, and does its certificate come from who we trust? Runs in a child.

Sources: RFC 5652 (signatures), RFC 5280 (chains; names, signatures, validity at the moment of signing and the right to
issue are looked at, revocation is not).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from parsers.limits import Limits
from parsers.signed import binary
from parsers.signers import attributes_of, certificate_of, fits

_UNPARSABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError, RecursionError)
_LONGEST_CHAIN = 8


def check(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``signed.check``: ``valid`` (None: can't be told) and ``trusted`` (None: nobody is configured).

    ``data`` is the signature, ``content`` what it covers; None means what it has within.
    """
    try:
        signed = cms.ContentInfo.load(binary(payload["data"]), strict=False)["content"]
        signers, known = list(signed["signer_infos"]), signed["certificates"]
        content = payload["content"]
        content = signed["encap_content_info"]["content"].native if content is None else content
        return {"valid": _one(signers, known, content), "trusted": _trusted(signers, known, payload["trusted"])}
    except _UNPARSABLE:
        return {"valid": None, "trusted": None}


def _one(signers: list[Any], known: Any, content: bytes) -> bool | None:
    found = [fits(signer, certificate_of(signer, known), content) for signer in signers]
    if False in found:
        return False
    return True if found and None not in found else None


def _trusted(signers: list[Any], known: Any, trusted: Sequence[bytes]) -> bool | None:
    if not trusted:
        return None
    anchors = [x509.load_der_x509_certificate(der) for der in trusted]
    brought = [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in known if choice.name == "certificate"]
    for signer in signers:
        own = certificate_of(signer, known)
        said = attributes_of(signer).get("signing_time")
        moment = said if isinstance(said, datetime) else datetime.now(UTC)
        if own is None or not _leads(x509.load_der_x509_certificate(own.dump()), anchors, brought, moment):
            return False
    return bool(signers)


def _leads(
    certificate: x509.Certificate, anchors: list[x509.Certificate], brought: list[x509.Certificate], moment: datetime
) -> bool:
    """From the certificate, issuer by issuer, to one of the anchors."""
    for _ in range(_LONGEST_CHAIN):
        if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
            return False
        if certificate in anchors:
            return True
        issuer = next((c for c in (*anchors, *brought) if _issued(certificate, c)), None)
        if issuer is None or issuer == certificate:
            return False
        certificate = issuer
    return False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints)
        certificate.verify_directly_issued_by(issuer)
    except (x509.ExtensionNotFound, InvalidSignature, UnsupportedAlgorithm, *_UNPARSABLE):
        return False
    return constraints.value.ca
