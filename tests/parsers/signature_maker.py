"""A certification authority of our own for the tests, and the signatures that Italian signers would make."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Person:
    key: PrivateKey
    certificate: x509.Certificate


@functools.cache
def person(*, elliptic: bool = False, expired: bool = False, serial: str = "TINIT-RSSMRA80A01H501U") -> Person:
    ours: PrivateKey = rsa.generate_private_key(65537, 2048)
    key: PrivateKey = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    issuer = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, "Prova CA Firma Qualificata"),
        x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
    ])  # fmt: skip
    subject = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, "ROSSI MARIO"),
        x509.NameAttribute(NameOID.GIVEN_NAME, "Mario"),
        x509.NameAttribute(NameOID.SURNAME, "Rossi"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, serial),
    ])  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2015, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2016 if expired else 2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name("mario.rossi@example.org")]), critical=False)
        .sign(ours, hashes.SHA256())
    )
    return Person(key, certificate)


def signed(
    content: bytes,
    *signers: Person,
    detached: bool = False,
    encoding: serialization.Encoding = serialization.Encoding.DER,
) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    for signer in signers or (person(),):
        builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary]
    if detached:
        options.append(pkcs7.PKCS7Options.DetachedSignature)
    return builder.sign(encoding, options)


def indefinite(content: bytes) -> bytes:
    """The same as BER with indefinite lengths and the content in pieces, as streaming signers write it."""
    info = cms.ContentInfo.load(signed(content))
    data = info["content"]
    pieces = b"".join(core.OctetString(content[at : at + 16]).dump() for at in range(0, len(content), 16))
    octets = b"\x24\x80" + pieces + b"\0\0"
    encapsulated = (
        b"\x30\x80" + core.ObjectIdentifier("1.2.840.113549.1.7.1").dump() + b"\xa0\x80" + octets + b"\0\0\0\0"
    )
    rest = data["certificates"].dump() + data["signer_infos"].dump()
    inner = b"\x30\x80" + data["version"].dump() + data["digest_algorithms"].dump() + encapsulated + rest + b"\0\0"
    outer = core.ObjectIdentifier("1.2.840.113549.1.7.2").dump() + b"\xa0\x80" + inner + b"\0\0"
    return b"\x30\x80" + outer + b"\0\0"


def timestamped(content: bytes) -> bytes:
    """A .tsd ([RFC 5544]) whose evidence is an empty chain: enough to be recognised and opened."""
    version = core.Integer(1).dump()
    evidence = b"\xa0\x02\x30\x00"
    body = version + core.OctetString(content).dump() + evidence
    data = b"\x30" + core_length(body) + body
    oid = core.ObjectIdentifier("1.2.840.113549.1.9.16.1.31").dump()
    wrapped = b"\xa0" + core_length(data) + data
    return b"\x30" + core_length(oid + wrapped) + oid + wrapped


def core_length(body: bytes) -> bytes:
    if len(body) < 128:
        return bytes([len(body)])
    raw = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw
