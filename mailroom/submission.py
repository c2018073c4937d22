"""What was sent, opened: a flat list of parts, each accounted for, and the messages people wrote in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailroom.envelope import Address


class Role(StrEnum):
    """What became of a part. Every leaf ends in exactly one role; nothing is skipped."""

    TEXT = "text"
    """Read as the words of a message."""
    ALTERNATIVE = "alternative"
    """The same words in a poorer or richer form than the one that was read."""
    ATTACHMENT = "attachment"
    """A document that a clerk would open."""
    DECORATION = "decoration"
    """Logos and tracking pixels of signatures: kept, no document."""
    CONTAINER = "container"
    """Opened: its children are parts of their own. A container that the sender attached as a file
    (zip, p7m, tnef, eml) can still be judged by the attachment rules through `Part.filename`."""
    TRANSPORT = "transport"
    """PEC envelope pieces, delivery reports, signatures of the carrier."""
    REFUSED = "refused"
    """Beyond a limit or not openable: kept as bytes, `reason` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    index: int
    parent: int | None
    path: str
    """Position and name, e.g. ``2/1/bolletta.pdf``; never used as a path on disk."""
    filename: str | None
    declared_type: str | None
    media_type: str
    """By content, lower case."""
    size: int
    """Bytes after transfer decoding."""
    digest: str
    """SHA-256 in hexadecimal of the decoded bytes; they lie in the blob store under it."""
    role: Role
    reason: str | None = None
    inline: bool = False
    content_id: str | None = None
    defects: tuple[str, ...] = ()
    """Closed vocabulary in docs/formats.md: ``empty``, ``encrypted``, ``corrupt``, ``malware``, ``type_mismatch``,
    ``too_deep``, ``too_many_parts``, ``unpacked_too_large``, ``unknown_charset``, ``truncated_base64`` …"""
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One CAdES, PAdES or S/MIME signature over a part."""

    name: str | None = None
    tax_code: str | None = None
    email: str | None = None
    signed_at: datetime | None = None
    valid: bool | None = None
    """The signature fits the content; None when it could not be checked."""
    certificate_in_force: bool | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The words of one message: the submission's own, or one carried inside it.

    `new` is what this writer wrote, `quoted` the history below it, `signature` the block after the
    greeting (``-- ``, "Inviato da iPhone", company disclaimers). Plain text, ``\\n`` line ends, nothing lost:
    new + signature + quoted hold every displayed character of the part.
    """

    part: int
    depth: int
    sender: Address | None
    subject: str | None
    sent_at: datetime | None
    new: str
    quoted: str = ""
    signature: str = ""
    forwarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    parts: tuple[Part, ...]
    messages: tuple[Message, ...]
    """The submission's own message first; for PEC that is the one in postacert.eml. Empty for paper."""
    attachments: tuple[int, ...]
    """Indexes of the parts that become documents, in the sender's order."""
    carrier: int | None = None
    """Index of the fax or scan file that is the paper itself; the attachment rules don't judge it."""
    defects: tuple[str, ...] = ()
    isolated: str | None = None
    """Why a person must look before anything follows: malware, or nobody could scan it. Italian."""

    @property
    def own(self) -> Message | None:
        return self.messages[0] if self.messages else None
