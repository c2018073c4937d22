"""The same work on many things in several processes, in their order, whatever one of the things does to its process."""

from __future__ import annotations

import itertools
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from road.attempting import log_to_stderr

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
"""Things in hand for each process: what waits lies in memory."""


def side_by_side(work: Callable[..., R], things: Iterable[T], count: int, *more: Any) -> Iterator[tuple[T, R | None]]:
    """(thing, `work(thing, *more)`) for each thing, in order; None for one that killed the process it was in.

    One thing alone, or `count` 1, is worked on here. `work` and all it is given must be able to travel to another
    process. Raises what `work` raises.
    """
    several = iter(things)
    first = list(itertools.islice(several, 2))
    if count <= 1 or len(first) < 2:
        yield from ((thing, work(thing, *more)) for thing in itertools.chain(first, several))
        return
    rest = itertools.chain(first, several)
    hands = _hands(count)
    inside: deque[tuple[T, Future[R]]] = deque()
    try:
        while True:
            for thing in itertools.islice(rest, AHEAD * count - len(inside)):
                inside.append((thing, _begun(hands, work, thing, *more)))
            if not inside:
                return
            thing, future = inside.popleft()
            try:
                yield thing, future.result()
            except BrokenProcessPool:
                # One of those in hand did it, nobody knows which: this one gets a process to itself, the others new
                # ones. If it wasn't this one, it will be the first in its turn.
                hands.shutdown(wait=False, cancel_futures=True)
                yield thing, _alone(work, thing, *more)
                hands = _hands(count)
                inside = deque(
                    (other, done if _is_well(done) else _begun(hands, work, other, *more)) for other, done in inside
                )
    finally:
        hands.shutdown(wait=False, cancel_futures=True)


def _begun(hands: ProcessPoolExecutor, work: Callable[..., R], thing: object, *more: Any) -> Future[R]:
    """Also where the processes have died since: then that is its outcome."""
    # A process that is only just starting would answer Ctrl-C with a traceback: it hears of it when it is ready.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return hands.submit(work, thing, *more)
    except BrokenProcessPool as error:
        lost: Future[R] = Future()
        lost.set_exception(error)
        return lost
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_well(future: Future[R]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _alone(work: Callable[..., R], thing: object, *more: Any) -> R | None:
    with _hands(1) as hand:
        try:
            return _begun(hand, work, thing, *more).result()
        except BrokenProcessPool:
            return None


def _hands(count: int) -> ProcessPoolExecutor:
    # Spawned, not forked: the libraries that draw and count keep threads, which don't survive a fork.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    # Ctrl-C at the terminal reaches everybody: it ends these at once and without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    log_to_stderr()
