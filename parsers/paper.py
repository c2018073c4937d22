"""A fax or a scan as a submission: one carrier, no words yet."""

from __future__ import annotations

import hashlib

from mailroom.envelope import Envelope
from mailroom.item import Hints
from mailroom.submission import Part, Role, Submission
from parsers.media_type import sniff


def open_paper(raw: bytes, hints: Hints) -> tuple[Envelope, Submission]:
    """Envelope from what the fax server or scanner said, submission with the file as its carrier."""
    kind = sniff(raw, hints.filename, None)
    envelope = Envelope(channel=hints.channel, received_at=hints.received_at, transport=hints.transport)
    part = Part(
        index=0,
        parent=None,
        path=hints.filename or "1",
        filename=hints.filename,
        declared_type=None,
        media_type=kind.media_type,
        size=len(raw),
        digest=hashlib.sha256(raw).hexdigest(),
        role=Role.ATTACHMENT,
        defects=kind.defects,
    )
    return envelope, Submission(parts=(part,), messages=(), attachments=(), carrier=0, defects=kind.defects)
