"""The last word on unknown binary content: libmagic, in a child process since it parses what is hostile."""

from __future__ import annotations

import magic
import puremagic

from parsers.isolation_wire import Plain
from parsers.limits import Limits

# The last ones stand on marks of a byte or two, which random bytes have every so often.
_VAGUE = frozenset({"application/octet-stream", "text/plain", "application/x-empty", "inode/x-empty",
                    "application/x-dosexec", "image/x-tga", "application/x-tex-tfm", "application/zlib",
                    "audio/x-mp4a-latm", "application/vnd.hp-hpgl", "application/x-compress"})  # fmt: skip


def ask(data: bytes, limits: Limits) -> Plain:
    """A media type, or None where libmagic (and, for doubt, puremagic) has no opinion."""
    head = data[: 1 << 20]
    try:
        found = magic.from_buffer(head, mime=True).lower()
    except magic.MagicException:
        found = ""
    if found not in _VAGUE and "/" in found:
        return found
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    # puremagic guesses from very short marks: only long ones are evidence.
    sure = [guess for guess in guesses if guess.mime_type and len(guess.byte_match or b"") >= 6]
    return sure[0].mime_type.lower() if sure else None
