"""Faded faxes are told from clean and noisy ones, and read better thickened."""

from __future__ import annotations

import numpy as np
import pytest

from bench.read import cases
from parsers.faded import is_faded
from parsers.preparing import prepare


@pytest.mark.parametrize(
    ("kind", "faded"),
    [("std-faded", True), ("std-clean", False), ("std-noisy", False), ("std-skew", False), ("std-dropped", False)],
)
def test_thin_strokes_are_told_from_noise(kind: str, faded: bool) -> None:
    for case in cases([kind], 3):
        assert is_faded(case.picture.pixels) is faded
        assert ("thickened" in prepare(case.picture).steps) is faded


def test_an_almost_empty_page_is_not_faded() -> None:
    page = np.full((1146, 1728), 255, np.uint8)
    page[500:504, 300:302] = 0
    assert not is_faded(page)
