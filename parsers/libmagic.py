"""The last word on unknown binary content: libmagic, in a child process since it parses what is hostile."""

from __future__ import annotations

import magic
import puremagic

from parsers.isolation_wire import Plain
from parsers.limits import Limits

_VAGUE = ("application/octet-stream", "text/plain", "application/x-empty", "inode/x-empty")


def ask(data: bytes, limits: Limits) -> Plain:
    """A media type, or None where libmagic (and, for doubt, puremagic) has no opinion."""
    head = data[: 1 << 20]
    try:
        found = magic.from_buffer(head, mime=True)
    except magic.MagicException:
        found = _VAGUE[0]
    if found not in _VAGUE and "/" in found:
        return found.lower()
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    # puremagic guesses from very short marks: only long ones are evidence.
    sure = [guess for guess in guesses if guess.mime_type and len(guess.byte_match or b"") >= 6]
    return sure[0].mime_type.lower() if sure else None
