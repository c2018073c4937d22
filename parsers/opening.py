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

from mailroom.envelope import Address, Authenticity, AutomaticKind, CertifiedMail, Channel, Envelope
from mailroom.item import Hints
from mailroom.submission import Submission
from parsers.automatic import automatic
from parsers.certified_mail import ANOMALY, CONTENT, TRANSPORT, certified, kind_of
from parsers.defects import UNKNOWN_CHARSET
from parsers.envelope_signature import certificates_in, signature_of, unsealed
from parsers.gathering import Gathering
from parsers.headers import addresses, filename_of, first_address, guessed, header, identifiers, raw_headers
from parsers.limits import DEFAULT_LIMITS, Limits
from parsers.mail_part import MailPart
from parsers.malware import ScannerSettings
from parsers.message import body_of, parse, walk
from parsers.moments import moment
from parsers.outlook import as_message
from parsers.paper import is_paper, looks_like_mail, open_paper

KEPT_HEADERS = ("Auto-Submitted", "Precedence", "List-Id", "List-Unsubscribe", "X-Mailer", "User-Agent", "X-Spam-Flag",
                "X-Spam-Status", "Importance")  # fmt: skip
REPORTS = (AutomaticKind.BOUNCE, AutomaticKind.PEC_RECEIPT, AutomaticKind.READ_RECEIPT)
SURE = 0.9
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningSettings:
    limits: Limits = DEFAULT_LIMITS
    trusted_hosts: tuple[str, ...] = ()
    """Names of our own mail servers, whose Authentication-Results we believe (RFC 8601); none means the first."""
    pec_trust: Path | None = None
    """Folder with the certificates of PEC providers or of who issues them; none means that chains are not judged."""
    scanner: ScannerSettings = ScannerSettings()
    """Asked after opening (`parsers.quarantine`)."""

    def __post_init__(self) -> None:
        if self.pec_trust is not None and not self.pec_trust.is_dir():
            raise ValueError(f"pec_trust: there is no folder {self.pec_trust}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    envelope: Envelope
    submission: Submission
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Bytes of every part by digest."""


def open_arrival(raw: bytes, hints: Hints, *, settings: OpeningSettings = OpeningSettings()) -> Opened:
    """Envelope, submission and the bytes of all parts. Never raises for what is in `raw`."""
    if hints.channel is Channel.FAX and looks_like_mail(raw):
        return _open_fax_mail(raw, hints, settings)
    if hints.channel in (Channel.FAX, Channel.POST):
        envelope, submission = open_paper(raw, hints)
        return Opened(envelope=envelope, submission=submission, contents={submission.parts[0].digest: raw})
    if raw.startswith(_OLE):
        raw = as_message(raw, limits=settings.limits) or raw
    return _open_mail(raw, hints, settings)


def _open_fax_mail(raw: bytes, hints: Hints, settings: OpeningSettings) -> Opened:
    """A fax that a fax server sent on by mail: its picture is the carrier, the server's words are nobody's. A mail
    without a picture (a notice of the server) is a mail like others."""
    gathering = Gathering(settings.limits)
    gathering.take(parse(raw, settings.limits))
    submission = gathering.submission()
    carrier = next((n for n in submission.attachments if is_paper(submission.parts[n].media_type)), None)
    if carrier is None:
        return _open_mail(raw, replace(hints, channel=Channel.EMAIL), settings)
    others = tuple(n for n in submission.attachments if n != carrier)
    submission = replace(submission, messages=(), attachments=others, carrier=carrier)
    envelope = Envelope(channel=hints.channel, received_at=hints.received_at, transport=hints.transport)
    return Opened(envelope=envelope, submission=submission, contents=gathering.contents)


def _open_mail(raw: bytes, hints: Hints, settings: OpeningSettings) -> Opened:
    gathering = Gathering(settings.limits)
    outer, covered, opaque = unsealed(parse(raw, settings.limits), raw, settings.limits)
    mail, facts = _unwrapped(outer, gathering, settings)
    if facts is not None:
        trusted = certificates_in(settings.pec_trust) if settings.pec_trust else ()
        seal = signature_of(outer, covered, opaque, trusted=trusted, limits=settings.limits)
        facts = replace(facts, signature=seal.state, trusted=seal.trusted)
    gathering.take(mail)
    submission = gathering.submission()
    if guessed(mail):
        submission = replace(submission, defects=(*submission.defects, UNKNOWN_CHARSET))
    envelope = _envelope(outer, mail, facts, hints, settings)
    own = submission.own
    shown = "\n".join((own.new, own.quoted, own.signature)) if own else ""
    envelope = replace(envelope, automatic=automatic(outer, facts, shown))
    if any(sign.kind in REPORTS and sign.confidence > SURE for sign in envelope.automatic):
        # A report carries our own mail back to us: that is no document of anybody's.
        submission = replace(submission, attachments=())
    return Opened(envelope=envelope, submission=submission, contents=gathering.contents)


def _unwrapped(
    outer: MailPart, gathering: Gathering, settings: OpeningSettings, depth: int = 0
) -> tuple[MailPart, CertifiedMail | None]:
    """The citizen's message and the provider's facts; the outer message itself where it is no PEC or a receipt."""
    nodes = list(walk(outer))
    daticert = next((n.message for n in nodes if _named(n.message, "daticert.xml")), None)
    data = body_of(daticert)[0] if daticert is not None else None
    kind = kind_of(outer, data)
    if kind is None:
        return outer, None
    facts = certified(outer, kind, data)
    if kind not in CONTENT or depth >= settings.limits.nesting:
        return outer, facts
    carried = next((n.message for n in nodes if _carries(n.message)), None)
    if carried is None:
        return outer, facts
    gathering.transport(outer, carried)
    mail = parse(body_of(carried)[0], settings.limits)
    if kind_of(mail) == TRANSPORT:
        mail, _ = _unwrapped(mail, gathering, settings, depth + 1)
    return mail, facts


def _named(part: MailPart, name: str) -> bool:
    return (filename_of(part) or "").lower() == name


def _carries(part: MailPart) -> bool:
    return _named(part, "postacert.eml") or part.media_type == "message/rfc822"


def _envelope(
    outer: MailPart, mail: MailPart, facts: CertifiedMail | None, hints: Hints, settings: OpeningSettings
) -> Envelope:
    pec = facts is not None and facts.kind != ANOMALY
    sender = first_address(mail, "From") or first_address(mail, "Sender")
    if sender is None and facts is not None and facts.certified_sender:
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
        authenticity=_authenticity(outer, mail, settings, changed=facts is not None and facts.signature == "changed"),
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


def _authenticity(outer: MailPart, mail: MailPart, settings: OpeningSettings, *, changed: bool) -> Authenticity:
    said = header(outer, "Authentication-Results") or ""
    host = said.partition(";")[0].strip().split(" ")[0]
    if settings.trusted_hosts and host not in settings.trusted_hosts:
        said = ""
    results = {}
    for method in ("spf", "dkim", "dmarc"):
        _, found, rest = said.partition(f"{method}=")
        results[method] = rest.split(";")[0].split()[0].strip().lower() if found and rest.split() else None
    return Authenticity(
        spf=results["spf"],
        dkim=results["dkim"],
        dmarc=results["dmarc"],
        disagreements=(*_disagreements(mail), *(("pec-signature-changed",) if changed else ())),
    )


def _disagreements(mail: MailPart) -> tuple[str, ...]:
    sender, answer = first_address(mail, "From"), first_address(mail, "Reply-To")
    found = []
    if sender and answer and sender.email and answer.email and _domain(sender.email) != _domain(answer.email):
        found.append("reply-to-other-domain")
    if sender and sender.name and "@" in sender.name and (sender.email or "") not in sender.name.lower():
        found.append("display-name-is-another-address")
    return tuple(found)


def _domain(email: str) -> str:
    return email.rpartition("@")[2]
