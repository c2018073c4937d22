"""What a configured value may be, said where the field is declared; whoever binds a configuration asks `fault`.

A slip of the pen must stop the start: a threshold of 90 instead of 0.90 would hold everything, one of -1 nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Protocol
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class Bound(Protocol):
    def fault(self, value: object) -> str | None:
        """What is wanted instead, in words; None if the value may stand."""


@dataclass(frozen=True, slots=True)
class Between:
    """A number from `least` to `most`, both included."""

    least: float
    most: float

    def fault(self, value: object) -> str | None:
        if isinstance(value, (int, float)) and self.least <= value <= self.most:
            return None
        return f"a number from {self.least:.15g} to {self.most:.15g} is wanted, not {value}"


@dataclass(frozen=True, slots=True)
class Matching:
    """Text that the pattern matches as a whole."""

    pattern: re.Pattern[str]
    wanted: str

    def fault(self, value: object) -> str | None:
        fits = isinstance(value, str) and self.pattern.fullmatch(value)
        return None if fits else f"{self.wanted} is wanted, not {value!r}"


@dataclass(frozen=True, slots=True)
class WebAddress:
    def fault(self, value: object) -> str | None:
        try:
            parts = urlsplit(str(value))
            whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            whole = False
        fits = whole and not re.search(r"[\s\x00-\x1f\x7f]", str(value))
        return None if fits else f"http://… or https://… with a host is wanted, not {value!r}"


_YEAR = 366 * 86_400

Share = Annotated[float, Between(0, 1)]
Threshold = Annotated[float, Between(0, 2)]
"""A probability from which nobody is asked; above 1, somebody always is."""
Port = Annotated[int, Between(1, 65_535)]
Pause = Annotated[float, Between(0, _YEAR)]
"""Seconds; none is no pause."""
Patience = Annotated[float, Between(0.01, _YEAR)]
"""Seconds after which something is given up or looked at again: none would give up at once, or never rest."""
Days = Annotated[int, Between(0, 36_525)]
Bytes = Annotated[int, Between(1, 2**50)]
Name = Annotated[str, Matching(re.compile(r"\S(?:[^\x00-\x1f\x7f]*\S)?"), "one line of text")]
Host = Annotated[str, Matching(re.compile(r"[^\s/@]+"), "a host's name or address")]
EmailAddress = Annotated[str, Matching(_ADDRESS, "an e-mail address")]
Url = Annotated[str, WebAddress()]
