"""The *open* rung: raw bytes become an envelope and a submission. Total: there is no input for which it raises.

A mail is parsed once into a tree; PEC envelopes are unwrapped first, so that the citizen's own message is the
submission; containers are opened one after the other within limits. Every leaf ends in exactly one role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from mailparser.utils import receiveds_parsing

from mailroom.envelope import (
    ANOMALY,
    CONTENT,
    Address,
    Authenticity,
    AutomaticKind,
    CertifiedMail,
    Channel,
    Envelope,
)
from mailroom.item import Hints
from mailroom.submission import Submission
from parsers import dkim
from parsers.authenticity import authenticity
from parsers.automatic import automatic
from parsers.certified_mail import certified, kind_of
from parsers.daticert import Daticert, read_daticert
from parsers.defects import UNKNOWN_CHARSET
from parsers.envelope_signature import certificates_in, signature_of, signers_of, unsealed
from parsers.gathering import Gathering
from parsers.headers import addresses, filename_of, first_address, guessed, header, identifiers, raw_headers
from parsers.key_lookup import DnsSettings, lookup_for
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.mail_part import MailPart
from parsers.malware import ScannerSettings
from parsers.message import Node, body_of, parse, walk
from parsers.moments import moment
from parsers.outlook import as_message
from parsers.paper import is_paper, looks_like_mail, open_paper, packed
from parsers.partial import unpieced

KEPT_HEADERS = ("Auto-Submitted", "Precedence", "List-Id", "List-Unsubscribe", "X-Mailer", "User-Agent", "X-Spam-Flag",
                "X-Spam-Status", "Importance")  # fmt: skip
REPORTS = (AutomaticKind.BOUNCE, AutomaticKind.PEC_RECEIPT, AutomaticKind.READ_RECEIPT, AutomaticKind.FEEDBACK_REPORT)
SURE = 0.9
_XML = frozenset({"application/xml", "text/xml"})
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningSettings:
    limits: Limits = DEFAULT_LIMITS
    trusted_hosts: tuple[str, ...] = ()
    """Names of our own mail servers, whose Authentication-Results we believe (RFC 8601); none means the first."""
    pec_trust: Path | None = None
    """Folder with the certificates of PEC providers or of who issues them; none means that chains are not judged."""
    dkim_keys: Path | None = None
    """File of DNS records with keys (`parsers.dkim.keys_in`); without it and without `dns`, DKIM is not checked by
    ourselves."""
    dns: DnsSettings = DnsSettings()
    """Whom to ask for keys that the file does not have; nobody unless configured."""
    scanner: ScannerSettings = ScannerSettings()
    """Asked after opening (`parsers.quarantine`)."""

    def __post_init__(self) -> None:
        if self.pec_trust is not None and not self.pec_trust.is_dir():
            raise ValueError(f"pec_trust: there is no folder {self.pec_trust}")
        if self.dkim_keys is not None and not self.dkim_keys.is_file():
            raise ValueError(f"dkim_keys: there is no file {self.dkim_keys}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    envelope: Envelope
    submission: Submission
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Bytes of every part by digest."""


def open_arrival(
    raw: bytes, hints: Hints, *, settings: OpeningSettings = OpeningSettings(), keys: dkim.Keys | None = None
) -> Opened:
    """Envelope, submission and the bytes of all parts. Never raises for what is in `raw`.

    `keys` finds DKIM keys in place of what the settings name.
    """
    if hints.channel is Channel.FAX and looks_like_mail(raw):
        return _open_fax_mail(raw, hints, settings)
    if hints.channel in (Channel.FAX, Channel.POST):
        if raw.startswith(_ZIP) and (several := _with_carrier(packed(raw), hints, settings, ours=True)):
            return several
        envelope, submission = open_paper(raw, hints)
        return Opened(envelope=envelope, submission=submission, contents={submission.parts[0].digest: raw})
    if raw.startswith(_OLE):
        raw = as_message(raw, limits=settings.limits) or raw
    return _open_mail(raw, hints, settings, keys or _keys(settings))


def _keys(settings: OpeningSettings) -> dkim.Keys | None:
    """The file first, then the DNS, as far as they are configured."""
    asked = lookup_for(settings.dns)
    if settings.dkim_keys is None:
        return asked
    filed = dkim.keys_in(settings.dkim_keys)
    return filed if asked is None else lambda name: filed(name) or asked(name)


def _open_fax_mail(raw: bytes, hints: Hints, settings: OpeningSettings) -> Opened:
    """A fax that a fax server sent on by mail: its picture is the carrier, the server's words are nobody's. A mail
    without a picture (a notice of the server) is a mail like others."""
    fax = _with_carrier(raw, hints, settings)
    return fax if fax is not None else _open_mail(raw, replace(hints, channel=Channel.EMAIL), settings, None)


def _with_carrier(raw: bytes, hints: Hints, settings: OpeningSettings, *, ours: bool = False) -> Opened | None:
    """What a mail of nobody's words holds: the first picture or PDF is the carrier, the rest its enclosures. None if
    there is no picture. `ours`: it was packed by us."""
    gathering = Gathering(settings.limits)
    gathering.take(parse(raw, settings.limits))
    submission = gathering.submission()
    carrier = next((n for n in submission.attachments if is_paper(submission.parts[n].media_type)), None)
    if carrier is None:
        return None
    # The archive around several files is our own packing: no paper of anybody's.
    packing = submission.parts[carrier].parent if ours else None
    others = tuple(n for n in submission.attachments if n not in (carrier, packing))
    submission = replace(submission, messages=(), attachments=others, carrier=carrier)
    envelope = Envelope(channel=hints.channel, received_at=hints.received_at, transport=hints.transport)
    return Opened(envelope=envelope, submission=submission, contents=gathering.contents)


def _open_mail(raw: bytes, hints: Hints, settings: OpeningSettings, keys: dkim.Keys | None) -> Opened:
    gathering = Gathering(settings.limits)
    outer, covered, opaque = unsealed(parse(raw, settings.limits), raw, settings.limits)
    mail, lies_in, facts = _unwrapped(outer, covered, gathering, settings)
    if facts is not None:
        trusted = certificates_in(settings.pec_trust) if settings.pec_trust else ()
        seal = signature_of(outer, covered, opaque, trusted=trusted, limits=settings.limits)
        facts = replace(facts, signature=seal.state, trusted=seal.trusted)
    signed = signers_of(mail, lies_in, opaque if mail is outer else None, settings.limits)
    mail, said = unpieced(mail, settings.limits)
    gathering.take(mail)
    if opaque is not None:
        gathering.seal(opaque)
    gathering.signed(signed)
    submission = gathering.submission()
    if said := (*said, *((UNKNOWN_CHARSET,) if guessed(mail) else ())):
        submission = replace(submission, defects=tuple(dict.fromkeys((*submission.defects, *said))))
    envelope = _envelope(outer, mail, facts, hints)
    own = submission.own
    shown = "\n".join((own.new, own.quoted, own.signature)) if own else ""
    envelope = replace(
        envelope,
        automatic=automatic(mail, facts, shown),
        authenticity=_authenticity(raw, outer, mail, envelope, settings, keys),
    )
    if any(sign.kind in REPORTS and sign.confidence > SURE for sign in envelope.automatic):
        # A report carries our own mail back to us: that is no document of anybody's.
        submission = replace(submission, attachments=())
    return Opened(envelope=envelope, submission=submission, contents=gathering.contents)


def _unwrapped(
    outer: MailPart, raw: bytes, gathering: Gathering, settings: OpeningSettings, depth: int = 0
) -> tuple[MailPart, bytes, CertifiedMail | None]:
    """The citizen's message, the bytes its places count in, and the provider's facts; the outer message itself where
    it is no PEC or a receipt."""
    nodes = list(walk(outer))
    daticert = _daticert_in(nodes)
    kind = kind_of(outer, daticert)
    if kind is None:
        return outer, raw, None
    facts = certified(outer, kind, daticert)
    if kind not in CONTENT or depth >= settings.limits.nesting:
        return outer, raw, facts
    carried = _carried_in(nodes)
    if carried is None:
        return outer, raw, facts
    raw = body_of(carried)[0]
    mail = parse(raw, settings.limits)
    within = kind_of(mail, _daticert_in(list(walk(mail))))
    gathering.transport(outer, carried)
    if within in CONTENT:
        mail, raw, _ = _unwrapped(mail, raw, gathering, settings, depth + 1)
    elif within is not None and kind == ANOMALY and not header(mail, "Resent-From"):
        # A provider's receipt that ours could not check; one that a person passed on says who did.
        return _unwrapped(mail, raw, gathering, settings, depth + 1)
    return mail, raw, facts


def _daticert_in(nodes: list[Node]) -> Daticert | None:
    """By its name, else by what it is."""
    leaves = [node for node in nodes if node.leaf]
    named = next((node.message for node in leaves if _named(node.message, "daticert.xml")), None)
    if named is not None:
        return read_daticert(body_of(named)[0])
    unnamed = (body_of(node.message)[0] for node in leaves if node.kind in _XML and not filename_of(node.message))
    return read_daticert(next((data for data in unnamed if b"<postacert" in data[:1_000]), None))


def _carried_in(nodes: list[Node]) -> MailPart | None:
    """The message in its envelope, by its name, else the first one there."""
    parts = [node.message for node in nodes if node.leaf]
    named = next((part for part in parts if _named(part, "postacert.eml")), None)
    return named if named is not None else next((p for p in parts if p.media_type == "message/rfc822"), None)


def _authenticity(
    raw: bytes, outer: MailPart, mail: MailPart, envelope: Envelope, settings: OpeningSettings, keys: dkim.Keys | None
) -> Authenticity:
    if keys is None:
        return authenticity(outer, mail, envelope, settings.trusted_hosts, None)
    sender = first_address(outer, "From")
    checked, own = dkim.checked(raw, sender.email if sender else None, keys)
    found = authenticity(outer, mail, envelope, settings.trusted_hosts, checked)
    if checked != "pass" or own:
        return found
    return replace(found, disagreements=(*found.disagreements, "dkim-of-other-domain"))


def _named(part: MailPart, name: str) -> bool:
    return (filename_of(part) or "").lower() == name


def _envelope(outer: MailPart, mail: MailPart, facts: CertifiedMail | None, hints: Hints) -> Envelope:
    pec = facts is not None and facts.kind != ANOMALY
    sender = first_address(mail, "From") or first_address(mail, "Sender")
    lost = mail is outer and facts is not None and facts.kind in CONTENT
    if (sender is None or lost) and facts is not None and facts.certified_sender:
        # An envelope that lost its letter comes from the provider; who wrote is the one it was sent for.
        sender = Address(email=facts.certified_sender)
    sent = moment(header(mail, "Date"))
    received = hints.received_at or (facts.certified_at if facts else None) or _received(outer) or sent
    path = header(outer, "Return-Path")
    ids = identifiers(mail, "Message-ID")
    return Envelope(
        channel=Channel.PEC if pec else hints.channel,
        sender=sender,
        reply_to=first_address(mail, "Reply-To"),
        return_path=path.strip("<> ").lower() if path is not None else None,
        recipients=addresses(mail, "To"),
        copied=addresses(mail, "Cc"),
        sent_at=sent,
        received_at=received.astimezone(UTC) if received else None,
        subject=header(mail, "Subject"),
        message_id=ids[0] if ids else None,
        in_reply_to=identifiers(mail, "In-Reply-To"),
        references=identifiers(mail, "References"),
        certified=facts,
        transport=hints.transport,
        headers=tuple((name, value) for name in KEPT_HEADERS if (value := header(outer, name))),
    )


def _received(outer: MailPart) -> datetime | None:
    """When our own server took it: the newest hop of the Received chain that has a date."""
    lines = [raw[:2000] for raw in raw_headers(outer, "Received")[:30]]
    if lines and (newest := moment(lines[0].rpartition(";")[2])):
        return newest
    try:
        hops = receiveds_parsing(lines)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
        return None  # mail-parser trips over some real chains
    dates = [moment(hop.get("date")) for hop in hops]
    return next((when for when in reversed(dates) if when is not None), None)
