"""Where a mail contradicts itself about who wrote it, in words for the operator. None of it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailroom.envelope import Envelope

SENTENCES: Mapping[str, str] = {
    "reply-to-other-domain": "Le risposte andrebbero a un indirizzo di un altro dominio (Reply-To)",
    "return-path-other-domain": "È stato spedito da una casella di un altro dominio (Return-Path)",
    "display-name-is-another-address": "Il nome del mittente è scritto come un altro indirizzo (From)",
    "several-from-headers": "Il messaggio indica più di un mittente (From)",
    "pec-signature-changed": "La firma del gestore PEC non corrisponde: il messaggio può essere stato modificato",
    "pec-sender-other-address": "Il mittente scritto nel messaggio non è la casella PEC da cui è partito (From)",
    "dkim-of-other-domain": "La firma digitale valida (DKIM) è di un altro dominio, non del mittente",
}
"""By the names in `Authenticity.disagreements`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    says: str
    """A sentence of `SENTENCES`; the disagreement's own name where we have no words for it."""
    shown: str | None = None
    """What stands there instead: an address, a name."""


def contradictions(envelope: Envelope | None) -> tuple[Contradiction, ...]:
    """In the order in which they were found; none for paper, or for a mail that agrees with itself."""
    if envelope is None:
        return ()
    return tuple(
        Contradiction(says=SENTENCES.get(name, name), shown=_SHOWN.get(name, _nothing)(envelope))
        for name in envelope.authenticity.disagreements
    )


def _nothing(_: Envelope) -> None:
    return None


_SHOWN: Mapping[str, Callable[[Envelope], str | None]] = {
    "reply-to-other-domain": lambda envelope: envelope.reply_to.email if envelope.reply_to else None,
    "return-path-other-domain": lambda envelope: envelope.return_path or None,
    "display-name-is-another-address": lambda envelope: envelope.sender.name if envelope.sender else None,
}
