"""Whether the places where a code was read agree on it: what nothing checks must at least not be contested."""

from __future__ import annotations

from collections.abc import Sequence

from classifier.identifiers.found import Found

LEAST_AGREEMENT = 0.65
"""The eye's confidence in a code below which its looks at it differed (see `parsers.code_voting`)."""


def agreed_upon(places: Sequence[Found]) -> bool:
    """Whether a code that nothing checks is typed, stands twice, or was read alike by most looks at it."""
    return len(places) > 1 or any(
        not f.passage.read_by_eye or f.passage.sureness(f.start, f.end) >= LEAST_AGREEMENT for f in places
    )
