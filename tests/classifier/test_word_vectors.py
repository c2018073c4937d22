from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.cues import fold
from classifier.model.features import Letter, all_features
from classifier.model.word_vectors import TABLE, load, words_of


def test_words_that_mean_much_the_same_point_much_the_same_way() -> None:
    def likeness(one: str, other: str) -> float:
        a, b = load().mean(one), load().mean(other)
        assert a is not None
        assert b is not None
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert likeness("caldaia", "boiler") > 0.5 > likeness("caldaia", "avvocato")


def test_few_words_say_less_and_a_long_letter_no_more_than_a_whole_one() -> None:
    sentence = fold("Non ho mai ricevuto la bolletta del gas di casa mia. ")
    lengths = []
    for times in (1, 2, 20, 300):
        mean = load().mean(sentence * times)
        assert mean is not None
        lengths.append(float(np.linalg.norm(mean)))
    assert lengths[0] < lengths[1] < 1
    assert lengths[2:] == pytest.approx([1, 1], abs=1e-5)


def test_a_letter_without_a_known_word_has_no_direction() -> None:
    assert load().mean("zzqqxkw 12345 !!") is None
    assert not [name for name in all_features(Letter(main="12345 !!")) if name.startswith("v:")]


def test_words_are_spelt_as_in_the_table() -> None:
    assert words_of("Perché l'ELETTRICITÀ?") == ["perche", "elettricita"]


def test_a_table_whose_arrays_do_not_fit_is_refused(tmp_path: Path) -> None:
    with np.load(TABLE) as stored:
        arrays = dict(stored)
    broken = tmp_path / "words.npz"
    np.savez(broken, **(arrays | {"weights": arrays["weights"][:-1]}))
    with pytest.raises(ValueError, match="do not fit"):
        load(broken)
