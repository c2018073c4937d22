"""Header fields that can't be broken out of, and identifiers that stay the same for the same debt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")
"""What may stand in a line of at most 998 octets (RFC 5322, 2.1.1 and 3.6.4)."""
LATEST = 8
"""How many earlier identifiers of a conversation are repeated."""


def one_line(text: str) -> str:
    """No control characters, so that no value can begin a header of its own (RFC 5322)."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()[:300]


def message_id(key: str, domain: str) -> str:
    """The one Message-ID of a dispatch, derived from its key: a repetition is recognisable."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def thread_fields(answered: str, earlier: Sequence[str]) -> bytes:
    """In-Reply-To and References as they go over the wire, nothing if the identifier answered is none.

    Written by hand, one identifier a line: the library folds at 78 columns and turns the longer identifiers that
    big mail houses give into encoded words, which no program threads by.
    """
    if not _ID.fullmatch(answered.strip()):
        return b""
    known = [e.strip() for e in earlier if _ID.fullmatch(e.strip())]
    chain = [*known[-LATEST:], answered.strip()]
    folded = "\r\n ".join(chain)
    return f"In-Reply-To: {chain[-1]}\r\nReferences: {folded}\r\n".encode("ascii")
