"""Ink and paper told apart, for measuring; what the engine reads stays grey."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.picture import Pixels


def ink_of(grey: Pixels, dpi: float) -> Pixels:
    """1 where there is ink. Threshold by neighbourhood where light is uneven, by Otsu's measure where it isn't."""
    paper = float(np.percentile(grey[::5, ::5], 90))
    threshold, _ = cv2.threshold(grey[::3, ::3], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contrast = paper - float(np.percentile(grey[::5, ::5], 0.5))
    if contrast < 40:
        return np.zeros_like(grey)
    cut = min(threshold, paper - 0.35 * contrast)
    return (grey < cut).astype(np.uint8)


def ink_under_uneven_light(grey: Pixels, dpi: float) -> Pixels:
    size = max(15, int(dpi * 0.18) | 1)
    local = cv2.boxFilter(grey, cv2.CV_32F, (size, size))
    ink: Pixels = (grey < local * 0.86).astype(np.uint8)
    return ink
