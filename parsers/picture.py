"""A picture of one page as it came: pixels, and how far apart its file says they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

Pixels = npt.NDArray[Any]
"""uint8: grey (height, width) or RGB (height, width, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    pixels: Pixels
    dpi: tuple[float, float] | None
    """Across and down, None where the file doesn't say (or says nonsense)."""
    bilevel: bool = False
    """Only black and white, as faxes and some scanners write."""
    camera: bool = False
    """The file carries a camera's marks (EXIF make or exposure)."""
