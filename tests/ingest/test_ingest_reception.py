"""The order in which things become ours, seen from its two ends: what the book has and what the source was told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence, Set

import pytest

from ingest.reception import CONFIRMED, FIRST, STOPPED, STRANGE_CONTENT, Survey, confirm, take
from mailroom.envelope import Channel
from mailroom.errors import Transient
from mailroom.item import Arrival, Hints, Receipt
from tests.ingest.paper_book import PaperBlobs, PaperBook


class Pile:
    """A source of numbered things; writes down what it is asked."""

    name = "pile"

    def __init__(self, count: int, *, size: int = 10) -> None:
        self.things = {f"n/{n}": bytes([n % 256]) * size for n in range(count)}
        self.told: list[str] = []
        self.refuses: set[str] = set()

    def offers(self, known: Set[str]) -> Iterator[Arrival]:
        for ref, raw in self.things.items():
            if ref not in known:
                self.told.append(f"offer {ref}")
                yield Arrival(source=self.name, ref=ref, raw=raw, hints=Hints(channel=Channel.POST))

    def settle(self, refs: Sequence[str]) -> list[str]:
        aside = [ref for ref in refs if ref not in self.refuses]
        self.told.append(f"settle {' '.join(aside)}")
        return aside


class Surveyed(Pile):
    """A pile that has an opinion about itself."""

    opinion = Survey()

    def survey(self, known: Set[str], memory: Mapping[str, str]) -> Survey:
        return Survey(memory={"looks": "1"}) if memory.get(CONFIRMED) else self.opinion


def test_each_batch_is_booked_before_it_is_settled_and_before_the_next_is_fetched() -> None:
    pile, book, booked = Pile(5), PaperBook(), list[int]()
    take(pile, blobs=PaperBlobs(), book=book, batch=2, on_booked=lambda receipts: booked.append(len(receipts)))
    assert booked == [2, 2, 1]
    assert pile.told.index("settle n/0 n/1") < pile.told.index("offer n/2")
    assert not book.unsettled("pile")


def test_the_first_batch_is_short_so_that_work_begins_early() -> None:
    pile, booked = Pile(7 * FIRST + 7), list[int]()
    take(pile, blobs=PaperBlobs(), book=PaperBook(), on_booked=lambda receipts: booked.append(len(receipts)))
    assert booked == [FIRST, 2 * FIRST, 4 * FIRST, 7]


def test_a_batch_is_closed_by_weight_too() -> None:
    pile, booked = Pile(6, size=100), list[int]()
    take(pile, blobs=PaperBlobs(), book=PaperBook(), batch_bytes=250, on_booked=lambda r: booked.append(len(r)))
    assert booked == [3, 3]


def test_what_could_not_be_settled_is_settled_by_the_next_run_and_not_booked_again() -> None:
    pile, book = Pile(3), PaperBook()
    pile.refuses = {"n/1"}
    assert take(pile, blobs=PaperBlobs(), book=book).settled == 2
    assert [receipt.ref for receipt in book.unsettled("pile")] == ["n/1"]
    pile.refuses = set()
    taken = take(pile, blobs=PaperBlobs(), book=book)
    assert (taken.settled, taken.receipts) == (1, ())


def test_the_stop_event_ends_the_run_after_the_batch_in_hand() -> None:
    pile, book, stop = Pile(6), PaperBook(), threading.Event()

    def told(receipts: Sequence[Receipt]) -> None:
        stop.set()

    taken = take(pile, blobs=PaperBlobs(), book=book, batch=2, on_booked=told, stop=stop)
    assert len(taken.receipts) == taken.settled == 2
    assert len(take(pile, blobs=PaperBlobs(), book=book).receipts) == 4


def test_a_stale_set_of_known_refs_costs_a_fetch_and_no_second_item() -> None:
    pile, book = Pile(3), PaperBook()
    take(pile, blobs=PaperBlobs(), book=book)
    take(pile, blobs=PaperBlobs(), book=book, known=set())
    assert len(book.items()) == 3


def test_a_stopped_source_is_neither_read_nor_settled_until_a_person_confirms() -> None:
    pile, book = Surveyed(3), PaperBook()
    pile.opinion = Survey(stop="strano")
    for _ in range(2):
        taken = take(pile, blobs=PaperBlobs(), book=book)
        assert (taken.stopped, taken.receipts) == ("strano", ())
    assert pile.told == []
    assert book.alarms["pile", STRANGE_CONTENT] == "strano"
    confirm("pile", book=book)
    assert len(take(pile, blobs=PaperBlobs(), book=book).receipts) == 3
    assert not book.alarms
    assert not any(book.source_state("pile").get(key) for key in (STOPPED, CONFIRMED))


def test_what_was_surveyed_is_remembered_only_after_everything_was_booked() -> None:
    class Breaking(Surveyed):
        def offers(self, known: Set[str]) -> Iterator[Arrival]:
            yield from super().offers(known)
            raise Transient("cut")

    pile, book = Breaking(3), PaperBook()
    pile.opinion = Survey(memory={"looks": "2"})
    with pytest.raises(Transient):
        take(pile, blobs=PaperBlobs(), book=book, batch=1)
    assert len(book.items()) == 3
    assert book.source_state("pile") == {}


def test_renumbered_things_are_matched_by_their_bytes_and_strangers_among_them_are_new() -> None:
    pile, book = Surveyed(4), PaperBook()
    take(pile, blobs=PaperBlobs(), book=book)
    pile.things = {ref.replace("n/", "m/"): raw for ref, raw in pile.things.items()} | {"m/x": b"new"}
    pile.opinion = Survey(renumbered=("m/",), anchored=True)
    taken = take(pile, blobs=PaperBlobs(), book=book)
    assert (len(taken.aliases), len(taken.receipts)) == (4, 1)
    assert len(book.items()) == 5


def test_renumbered_things_of_which_hardly_any_is_known_are_not_booked() -> None:
    pile, book = Surveyed(4), PaperBook()
    take(pile, blobs=PaperBlobs(), book=book)
    pile.things = {f"m/{n}": b"other" * n for n in range(1, 9)}
    pile.opinion = Survey(renumbered=("m/",), anchored=True)
    taken = take(pile, blobs=PaperBlobs(), book=book)
    assert taken.stopped is not None
    assert "0" in taken.stopped
    assert len(book.items()) == 4
