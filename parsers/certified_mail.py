"""PEC: what a certified-mail provider's envelope or receipt says (RFC 6109; DM 2 November 2005).

The kind is decided by the headers of the outermost message and by daticert.xml, found by its name, never by the
subject. A malformed daticert costs what cannot be read of it and nothing else.
"""

from __future__ import annotations

import re

from mailroom.envelope import ANOMALY, CONTENT, TRANSPORT, CertifiedMail
from parsers.daticert import Daticert
from parsers.headers import header, identifiers
from parsers.mail_part import MailPart

_KINDS = frozenset({TRANSPORT, "accettazione", "non-accettazione", "presa-in-carico", "avvenuta-consegna",
                    "errore-consegna", "preavviso-errore-consegna", "rilevazione-virus"})  # fmt: skip
_PROVIDER = re.compile(r"\bposta-certificata@", re.IGNORECASE)
_ON_BEHALF = re.compile(r"per conto di:?\s*[\"'<]?([^\s\"'<>@]{1,64}@[^\s\"'<>@]{1,250})", re.IGNORECASE)


def kind_of(message: MailPart, daticert: Daticert | None = None) -> str | None:
    """``posta-certificata``, ``anomalia``, the receipt's kind, or None for mail that claims to be no PEC.

    Where the headers got lost on the way, a provider's mail is still known by its sender and its daticert. Where they
    name both an envelope and a receipt, the daticert decides; without it, it is an envelope: a letter is more than a
    receipt.
    """
    receipt = (header(message, "X-Ricevuta") or "").lower().split()[:1]
    transport = (header(message, "X-Trasporto") or "").lower()
    if transport.startswith("errore"):
        return ANOMALY
    if transport.startswith(TRANSPORT):
        return receipt[0] if receipt and daticert is not None and daticert.kind not in CONTENT else TRANSPORT
    if receipt:
        return receipt[0]
    if daticert is not None and daticert.kind in _KINDS and _PROVIDER.search(header(message, "From") or ""):
        return daticert.kind
    return None


def certified(message: MailPart, kind: str, daticert: Daticert | None) -> CertifiedMail:
    """The facts of envelope and daticert; what neither says is None."""
    refers = identifiers(message, "X-Riferimento-Message-ID")
    said = daticert or Daticert(kind=kind)
    return CertifiedMail(
        kind=kind,
        error=said.error,
        identifier=said.identifier,
        provider=said.provider,
        certified_sender=said.sender or (header(message, "X-Mittente") or "").lower() or _on_behalf(message),
        certified_at=said.at,
        refers_to=refers[0] if refers else said.message_id,
        receipt_type=header(message, "X-TipoRicevuta") or said.receipt_type,
        delivered_to=said.delivered_to,
        detail=said.detail,
    )


def _on_behalf(message: MailPart) -> str | None:
    """Whom an envelope names as its writer beside the provider's own address."""
    said = _ON_BEHALF.search(header(message, "From") or "")
    return said[1].lower() if said else None
