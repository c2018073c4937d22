"""PEC envelopes with their provider's S/MIME signature, made by openssl: intact, changed, of whom, and opaque ones."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from mailroom.envelope import AutomaticKind, CertifiedMail, Channel
from mailroom.item import Hints
from mailroom.submission import Role
from parsers.opening import Opened, OpeningSettings, open_arrival

HEAD = (
    b'From: "Per conto di: ada@pec.example" <posta-certificata@gestore.example>\r\n'
    b"To: sportello@pec.sportello.example\r\nSubject: POSTA CERTIFICATA: Reclamo\r\nX-Trasporto: posta-certificata\r\n"
)
DATICERT = (
    "<?xml version='1.0' encoding='UTF-8'?><postacert tipo='{kind}' errore='nessuno'><intestazione>"
    "<mittente>ada@pec.example</mittente></intestazione><dati><gestore-emittente>Gestore è S.p.A.</gestore-emittente>"
    "<data zona='+0200'><giorno>05/08/2026</giorno><ora>10:10:00</ora></data>"
    "<identificativo>opec1</identificativo><msgid>&lt;ours@sportello.example&gt;</msgid></dati></postacert>"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority (``ca.pem``) and a provider's key and certificate by it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("keys")
    authority, provider = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    for name, key, issuer in (("ca", authority, "ca"), ("provider", provider, "ca")):
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=name == "ca", path_length=None), critical=True)
            .sign(authority, hashes.SHA256())
        )
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{name}.key").write_bytes(raw)
    return folder


def content(*, kind: str = "posta-certificata", charset: str = "utf-8", carried: bytes | None = None) -> bytes:
    """What a provider signs: its words, daticert.xml, the citizen's mail."""
    inner = (
        b"From: ada@pec.example\r\nSubject: Reclamo\r\n\r\nLa bolletta non torna.\r\n" if carried is None else carried
    )
    parts = [
        b"Content-Type: text/plain\r\n\r\nMessaggio di posta certificata\r\n",
        b"Content-Type: application/xml; name=daticert.xml\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + DATICERT.format(kind=kind).encode(charset),
    ]
    if inner:
        parts.append(b"Content-Type: message/rfc822; name=postacert.eml\r\n\r\n" + inner)
    mark = b"m%d" % len(inner)  # no two levels share a boundary
    body = b"".join(b"--%s\r\n%s\r\n" % (mark, part) for part in parts)
    return b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n%s--%s--\r\n" % (mark, body, mark)


def sealed(keys: Path, data: bytes, *, opaque: bool = False, head: bytes = HEAD) -> bytes:
    command = ["openssl", "cms", "-sign", "-binary", "-signer", "provider.pem", "-inkey", "provider.key"]
    command += ["-outform", "SMIME", "-crlfeol", *(["-nodetach"] if opaque else [])]
    made = subprocess.run(command, input=data, capture_output=True, cwd=keys, check=True)
    return head + made.stdout


def opened(raw: bytes, trust: Path | None = None) -> Opened:
    return open_arrival(raw, Hints(channel=Channel.PEC), settings=OpeningSettings(pec_trust=trust))


def facts(found: Opened) -> CertifiedMail:
    assert found.envelope.certified is not None
    return found.envelope.certified


@pytest.mark.parametrize("opaque", [False, True])
def test_an_untouched_envelope_is_intact_and_gives_the_citizens_mail(keys: Path, opaque: bool) -> None:
    found = opened(sealed(keys, content(), opaque=opaque))
    assert (facts(found).signature, facts(found).trusted) == ("intact", None)
    assert (facts(found).provider, facts(found).certified_sender) == ("Gestore è S.p.A.", "ada@pec.example")
    assert (found.envelope.subject, found.submission.messages[0].new) == ("Reclamo", "La bolletta non torna.")


def test_a_store_that_changed_the_line_ends_does_no_harm(keys: Path) -> None:
    assert facts(opened(sealed(keys, content()).replace(b"\r\n", b"\n"))).signature == "intact"


def test_a_changed_envelope_is_told_and_still_opened(keys: Path) -> None:
    found = opened(sealed(keys, content()).replace(b"non torna", b"va bene "))
    assert facts(found).signature == "changed"
    assert found.submission.messages[0].new.startswith("La bolletta va bene")
    assert "pec-signature-changed" in found.envelope.authenticity.disagreements


def test_rubbish_for_a_signature_is_unreadable_and_none_is_absent(keys: Path) -> None:
    raw = sealed(keys, content())
    start = raw.index(b"\r\n\r\n", raw.index(b"smime.p7s")) + 4
    assert facts(opened(raw[:start] + b"cm90dG8=" + raw[raw.index(b"\r\n------", start) :])).signature == "unreadable"
    assert facts(opened(HEAD + content())).signature == "absent"


def test_the_chain_is_judged_against_the_configured_folder(keys: Path, tmp_path: Path) -> None:
    raw = sealed(keys, content())
    good, other = tmp_path / "good", tmp_path / "other"
    for folder in (good, other):
        folder.mkdir()
    (good / "ca.pem").write_bytes((keys / "ca.pem").read_bytes())
    (good / "leggimi.txt").write_text("nessun certificato")
    assert facts(opened(raw, good)).trusted is True
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca")])
    false = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    false = false.serial_number(1).not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2090, 1, 1))
    false = false.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (other / "ca.pem").write_bytes(false.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    assert facts(opened(raw, other)).trusted is False


def test_a_trust_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pec_trust"):
        OpeningSettings(pec_trust=tmp_path / "no")


@pytest.mark.parametrize(
    "kind",
    ["accettazione", "non-accettazione", "presa-in-carico", "avvenuta-consegna", "errore-consegna",
     "preavviso-errore-consegna", "rilevazione-virus"],
)  # fmt: skip
def test_every_receipt_is_linked_to_what_it_speaks_of(keys: Path, kind: str) -> None:
    head = (
        f"From: posta-certificata@gestore.example\r\nSubject: x\r\nX-Ricevuta: {kind}\r\nX-TipoRicevuta: sintetica\r\n"
        "X-Riferimento-Message-ID: <ours@sportello.example>\r\n"
    ).encode()
    found = opened(sealed(keys, content(kind=kind, carried=b""), head=head))
    assert (facts(found).kind, facts(found).signature, facts(found).receipt_type) == (kind, "intact", "sintetica")
    (sign,) = found.envelope.automatic
    assert (sign.kind, sign.refers_to) == (AutomaticKind.PEC_RECEIPT, "<ours@sportello.example>")


def test_a_receipt_whose_headers_got_lost_is_known_by_its_daticert(keys: Path) -> None:
    head = b"From: posta-certificata@gestore.example\r\nSubject: x\r\n"
    found = opened(sealed(keys, content(kind="avvenuta-consegna", carried=b""), head=head))
    assert facts(found).kind == "avvenuta-consegna"
    assert found.envelope.automatic[0].refers_to == "<ours@sportello.example>"


def test_a_daticert_that_a_citizen_encloses_makes_no_pec() -> None:
    head = b"From: ada@posta.example\r\nSubject: la mia PEC\r\n"
    assert opened(head + content()).envelope.certified is None


def test_a_daticert_in_another_charset_than_it_says_keeps_its_facts(keys: Path) -> None:
    assert facts(opened(sealed(keys, content(charset="cp1252")))).provider == "Gestore è S.p.A."


def test_without_postacert_the_envelope_itself_is_what_there_is(keys: Path) -> None:
    found = opened(sealed(keys, content(carried=b"")))
    assert facts(found).kind == "posta-certificata"
    assert "posta certificata" in found.submission.messages[0].new


def test_a_pec_in_a_pec_gives_the_innermost_mail_however_deep(keys: Path) -> None:
    raw = HEAD + content()
    raw = sealed(keys, content(carried=raw))
    assert opened(raw).envelope.subject == "Reclamo"
    for _ in range(60):
        raw = HEAD + content(carried=raw)
    assert facts(opened(raw)).kind == "posta-certificata"


def test_an_opaquely_signed_mail_of_a_person_is_read(keys: Path) -> None:
    body = b"Content-Type: text/plain; charset=utf-8\r\n\r\nBuongiorno, chiedo la voltura.\r\n"
    found = opened(sealed(keys, body, opaque=True, head=b"From: ada@posta.example\r\nSubject: Voltura\r\n"))
    assert (found.envelope.subject, found.submission.messages[0].new) == ("Voltura", "Buongiorno, chiedo la voltura.")


def test_an_envelope_is_an_envelope_whatever_receipt_it_names(keys: Path) -> None:
    found = opened(sealed(keys, content(), head=HEAD + b"X-Ricevuta: accettazione\r\n"))
    assert (facts(found).kind, found.envelope.automatic) == ("posta-certificata", ())
    assert found.submission.messages[0].new == "La bolletta non torna."


def test_what_a_mailing_list_wraps_is_still_checked(keys: Path) -> None:
    inner = sealed(keys, content(), head=b"")
    around = b'Content-Type: multipart/mixed; boundary="list"\r\n\r\n--list\r\n%s\r\n--list--\r\n' % inner
    found = opened(HEAD + around)
    assert (facts(found).signature, found.envelope.subject) == ("intact", "Reclamo")


ABSENCE = b"From: ada@pec.example\r\nSubject: Risposta automatica\r\nAuto-Submitted: auto-replied\r\n\r\nFerie.\r\n"
RETURNED = (
    b"From: mailer-daemon@posta.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n--r\r\n\r\nNo such user.\r\n'
    b"--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    b"Final-Recipient: rfc822; ada@posta.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--r--\r\n"
)


@pytest.mark.parametrize("transport", [b"posta-certificata", b"errore"])
@pytest.mark.parametrize(("mail", "kind"), [(ABSENCE, AutomaticKind.AUTO_REPLY), (RETURNED, AutomaticKind.BOUNCE)])
def test_machines_that_write_to_a_certified_mailbox_are_known_within_their_envelope(
    keys: Path, transport: bytes, mail: bytes, kind: AutomaticKind
) -> None:
    head = HEAD.replace(b"X-Trasporto: posta-certificata", b"X-Trasporto: " + transport)
    found = opened(sealed(keys, content(carried=mail), head=head))
    assert [sign.kind for sign in found.envelope.automatic] == [kind]


@pytest.mark.parametrize("opaque", [False, True])
def test_who_signed_a_mail_is_a_fact_of_the_signature_that_is_kept(keys: Path, opaque: bool) -> None:
    words = b"Content-Type: text/plain\r\n\r\nLa bolletta non torna.\r\n"
    found = opened(sealed(keys, words, opaque=opaque, head=b"From: ada@posta.example\r\nSubject: Reclamo\r\n"))
    (signature,) = [part for part in found.submission.parts if part.role is Role.TRANSPORT]
    assert signature.digest in found.contents and found.submission.attachments == ()
    assert [(signer.name, signer.valid) for signer in signature.signers] == [("provider", True)]
    assert found.submission.messages[0].new == "La bolletta non torna."


def test_a_signed_mail_that_was_changed_says_so(keys: Path) -> None:
    raw = sealed(keys, b"Content-Type: text/plain\r\n\r\nNon torna.\r\n", head=b"From: ada@posta.example\r\n")
    found = opened(raw.replace(b"Non torna", b"Va bene"))
    assert [signer.valid for part in found.submission.parts for signer in part.signers] == [False]
