from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.cues import fold
from classifier.model.features import Letter, features
from classifier.model.word_vectors import TABLE, load, words_of


def test_words_that_mean_much_the_same_point_much_the_same_way() -> None:
    def likeness(one: str, other: str) -> float:
        a, b = load().mean(one), load().mean(other)
        assert a is not None
        assert b is not None
        return float(a @ b)

    assert likeness("caldaia", "boiler") > 0.5 > likeness("caldaia", "avvocato")


def test_the_mean_is_as_long_as_one_however_long_the_letter() -> None:
    for text in ("bolletta", fold("Non ho mai ricevuto la bolletta del gas. ") * 300):
        mean = load().mean(text)
        assert mean is not None
        assert np.linalg.norm(mean) == pytest.approx(1, abs=1e-5)


def test_a_letter_without_a_known_word_has_no_direction() -> None:
    assert load().mean("zzqqxkw 12345 !!") is None
    assert not [name for name in features(Letter(main="12345 !!")) if name.startswith("v:")]


def test_words_are_spelt_as_in_the_table() -> None:
    assert words_of("Perché l'ELETTRICITÀ?") == ["perche", "elettricita"]


def test_a_table_whose_arrays_do_not_fit_is_refused(tmp_path: Path) -> None:
    with np.load(TABLE) as stored:
        arrays = dict(stored)
    broken = tmp_path / "words.npz"
    np.savez(broken, **(arrays | {"weights": arrays["weights"][:-1]}))
    with pytest.raises(ValueError, match="do not fit"):
        load(broken)
