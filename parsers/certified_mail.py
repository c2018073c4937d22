"""PEC: what a certified-mail provider's envelope or receipt says (RFC 6109; DM 2 November 2005).

The kind is decided by the headers of the outermost message and by daticert.xml, found by its name, never by the
subject. A malformed daticert costs its facts and nothing else.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError
from zoneinfo import ZoneInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailroom.envelope import CertifiedMail
from parsers.headers import header, identifiers
from parsers.mail_part import MailPart
from parsers.plain_text import read_text

ROME = ZoneInfo("Europe/Rome")
TRANSPORT = "posta-certificata"
ANOMALY = "anomalia"
CONTENT = frozenset({TRANSPORT, ANOMALY})
"""Kinds that carry a person's message; every other kind is a receipt or a notice."""
LARGEST_DATICERT = 2**20
_PROVIDER = re.compile(r"\bposta-certificata@", re.IGNORECASE)


def kind_of(message: MailPart, daticert: bytes | None = None) -> str | None:
    """``posta-certificata``, ``anomalia``, the receipt's kind, or None for mail that claims to be no PEC.

    Where the headers got lost on the way, a provider's signed mail is still known by its daticert. An envelope that
    also names a receipt is an envelope: providers write either, and a letter is more than a receipt.
    """
    receipt = header(message, "X-Ricevuta")
    transport = (header(message, "X-Trasporto") or "").lower()
    if receipt and not transport.startswith(("posta-certificata", "errore")):
        return receipt.lower().split()[0]
    if transport.startswith("posta-certificata"):
        return TRANSPORT
    if transport.startswith("errore"):
        return ANOMALY
    if daticert and message.media_type == "multipart/signed" and _PROVIDER.search(header(message, "From") or ""):
        root = _parsed(daticert)
        return (root.get("tipo") or "").lower() or None if root is not None else None
    return None


def certified(message: MailPart, kind: str, daticert: bytes | None) -> CertifiedMail:
    """The facts of envelope and daticert; what neither says is None."""
    root = _parsed(daticert)
    refers = identifiers(message, "X-Riferimento-Message-ID")
    if root is None:
        return CertifiedMail(
            kind=kind,
            refers_to=refers[0] if refers else None,
            receipt_type=header(message, "X-TipoRicevuta"),
            certified_sender=(header(message, "X-Mittente") or "").lower() or None,
        )
    sender = _text(root, "intestazione/mittente")
    return CertifiedMail(
        kind=kind,
        error=root.get("errore") if root.get("errore") != "nessuno" else None,
        identifier=_text(root, "dati/identificativo"),
        provider=_text(root, "dati/gestore-emittente"),
        certified_sender=sender.lower() if sender else None,
        certified_at=_moment(root),
        refers_to=refers[0] if refers else _text(root, "dati/msgid"),
        receipt_type=header(message, "X-TipoRicevuta") or _attribute(root, "dati/ricevuta", "tipo"),
    )


def _parsed(daticert: bytes | None) -> Element | None:
    if not daticert or len(daticert) > LARGEST_DATICERT:
        return None
    for attempt in (daticert, _relabelled(daticert)):
        try:
            root: Element = fromstring(attempt)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            continue
        return root if root.tag == "postacert" else None
    return None


def _relabelled(daticert: bytes) -> bytes:
    """In the charset that its bytes show, whatever its declaration claims."""
    text, _ = read_text(daticert)
    start = text.find("<postacert")
    return text[max(0, start) :].encode()


def _text(root: Element, path: str) -> str | None:
    found = root.findtext(path)
    return found.strip() or None if found else None


def _attribute(root: Element, path: str, name: str) -> str | None:
    found = root.find(path)
    return found.get(name) if found is not None else None


def _moment(root: Element) -> datetime | None:
    data = root.find("dati/data")
    if data is None:
        return None
    day, hour = data.findtext("giorno") or "", data.findtext("ora") or ""
    try:
        local = datetime.strptime(f"{day.strip()} {hour.strip()}", "%d/%m/%Y %H:%M:%S")
    except ValueError:
        return None
    zone = (data.get("zona") or "").strip()
    try:
        return datetime.strptime(f"{local:%Y-%m-%d %H:%M:%S} {zone}", "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return local.replace(tzinfo=ROME).astimezone(UTC)
