"""Header fields that can't be broken out of, and identifiers that stay the same for the same debt."""

from __future__ import annotations

import hashlib
import re


def one_line(text: str) -> str:
    """No control characters, so that no value can begin a header of its own (RFC 5322)."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()[:300]


def message_id(key: str, domain: str) -> str:
    """The one Message-ID of a dispatch, derived from its key: a repetition is recognisable."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
