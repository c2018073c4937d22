"""What lies at a source at one moment, taken or not: the left side of the balance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    ref: str
    arrived: datetime | None
    """When it came to the source, if the source knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    source: str
    lying: tuple[Lying, ...]
    strays: int | None = None
    """Messages in the folder of settled ones that do not bear our mark; None where that can't be told."""
