"""Which way up a page lies, told before it is read: a page read the wrong way up costs a second reading."""

from __future__ import annotations

import numpy as np
import pytest

from bench.degrading import drawn, fax, scan
from bench.letters import letter
from bench.paper import FACES
from parsers.preparing import prepare

FACE = str(FACES["sans"])


@pytest.mark.parametrize("seed", [101, 102, 105, 109])
def test_a_letter_full_of_codes_is_turned_upright_and_surely(seed: int) -> None:
    page = drawn(letter(seed).text, FACE, 10)
    rng = np.random.default_rng(seed)
    for upside_down in (False, True):
        ready = prepare(fax(page, rng, fine=False, upside_down=upside_down, skew=1.7))
        assert ready.rotation == (180 if upside_down else 0)
        assert ready.sure_of_rotation


def test_a_sheet_laid_on_glass_far_askew_is_told_from_one_on_its_head() -> None:
    page = drawn(letter(3).text, FACE, 11)
    for turn in (0, 90, 180, 270):
        ready = prepare(scan(page, np.random.default_rng(turn), skew=-8.0, turn=turn))
        assert ready.rotation == turn
        assert ready.sure_of_rotation


def test_capitals_alone_tell_nothing_and_are_tried_as_they_came() -> None:
    ready = prepare(fax(drawn(letter(2).text.upper(), FACE, 11), np.random.default_rng(2), fine=True))
    assert ready.rotation == 0
    assert not ready.sure_of_rotation
