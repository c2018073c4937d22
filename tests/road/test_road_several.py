"""Several processes at one work. (A module of its own: each process imports it.)"""

from __future__ import annotations

import os

from road.several import side_by_side


def _shouted(word: str, mark: str) -> str:
    if word == "deadly":
        os._exit(9)
    return word + mark


def test_one_that_kills_its_process_costs_nobody_else_anything() -> None:
    words = ["a", "b", "deadly", "c", "d", "e"]
    assert list(side_by_side(_shouted, words, 2, "!")) == [
        (word, None if word == "deadly" else f"{word}!") for word in words
    ]
    assert list(side_by_side(_shouted, ["alone"], 2, "!")) == [("alone", "alone!")]
