"""How much of the outside world one item may cost us.

Everything that opens foreign bytes takes a `Limits` and stays within it; what lies beyond becomes a defect of
that part, never an exception. The defaults are explained in docs/formats.md and can be changed in gateway.toml.
"""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    nesting: int = 20
    """Containers within containers (mail in zip in mail …)."""
    parts: int = 1_000
    """Parts of one item, and children of one container."""
    unpacked_bytes: int = 512 * MEGABYTE
    """Bytes that all containers of one item may unfold to, counted as they are written."""
    unpacked_ratio: int = 200
    """Unfolded bytes for one packed byte; looked at only above `ratio_free_bytes`."""
    ratio_free_bytes: int = 8 * MEGABYTE
    """So much may always be unfolded: an empty form compresses a thousandfold and harms nobody."""
    pages: int = 300
    """Pages of one document that are read."""
    pixels: int = 180_000_000
    """Pixels of one page or picture."""
    document_seconds: float = 60.0
    """Wall-clock time for one document; its processes are then killed."""
    memory_bytes: int = 2_048 * MEGABYTE
    """Address space of one child process."""
    output_bytes: int = 640 * MEGABYTE
    """What a child may hand back; above `unpacked_bytes`, so that a full container still fits."""
    file_bytes: int = 640 * MEGABYTE
    """The largest file that a child may write into its temporary folder."""
    open_files: int = 256
    text_chars: int = 4_000_000
    """Characters of text taken from one document."""
    scan_bytes: int = 100 * MEGABYTE
    """Bytes of one file that the malware scanner is sent; clamd has a limit of its own (StreamMaxLength)."""


DEFAULT_LIMITS = Limits()
