"""A fax or a scan as a submission: one carrier, no words yet."""

from __future__ import annotations

import base64
import hashlib
import re

from mailroom.envelope import Envelope
from mailroom.item import Hints
from mailroom.submission import Part, Role, Submission
from parsers.media_type import sniff

_HEADER = re.compile(rb"(?:\xef\xbb\xbf|>?From [^\r\n]*\r?\n|\r?\n)?[A-Za-z][A-Za-z0-9-]{1,60}[ \t]*:[ \t]?\S")


def looks_like_mail(raw: bytes) -> bool:
    """Whether a "fax" is a mail that carries one: it begins with a header field, and is no picture or PDF."""
    return _HEADER.match(raw[:4096]) is not None and not is_paper(sniff(raw).media_type)


def is_paper(media_type: str) -> bool:
    """Whether it can be what a fax machine or a scanner saw."""
    return media_type.startswith("image/") or media_type == "application/pdf"


def packed(archive: bytes) -> bytes:
    """A mail of nobody's words that holds an archive: how several files that came as one scan are taken apart."""
    head = b"Content-Type: application/zip; name=arrivo.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(archive)


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
