"""What reading costs: the gateway next to the bare engine on its own ready-made images, and to OCRmyPDF.

All read the same pages with the same language, one engine thread a process and as many processes as cores, turn by
turn for several rounds; the middle of each one's figures is told. CPU time is what the operating system counts for
this process and for all children that have ended; starting them counts, for each of the three.
"""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parsers.ocr import write
from parsers.page_workshop import sight_workshop, survey_workshop
from parsers.picture import Picture
from parsers.preparing import prepare
from parsers.tools.tesseract import read_pictures


@dataclass(slots=True)
class Cost:
    wall: float = 0.0
    cpu: float = 0.0
    """Seconds a page, both."""

    def __str__(self) -> str:
        return f"{1 / max(1e-9, self.wall):6.2f} pages/s   {self.cpu:5.2f} CPU-s/page"


def compared(work: Sequence[Callable[[], object]], pages: int, rounds: int) -> list[list[Cost]]:
    """What each costs in each round, in the order given; they take turns, so that a busy machine is so for all."""
    costs: list[list[Cost]] = [[] for _ in work]
    for _ in range(rounds):
        for one, known in zip(work, costs, strict=True):
            with costing(pages) as cost:
                one()
            known.append(cost)
    return costs


def middle(costs: Sequence[Cost]) -> Cost:
    return Cost(wall=statistics.median(cost.wall for cost in costs), cpu=statistics.median(cost.cpu for cost in costs))


def ratio(these: Sequence[Cost], those: Sequence[Cost]) -> float:
    """The middle of the rounds' ratios of CPU time."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(these, those, strict=True))


@contextmanager
def costing(pages: int) -> Iterator[Cost]:
    """Wall and CPU time a page; children are counted once they have ended."""
    cost = Cost()
    # Children are counted when they end: those of earlier work must not end in here.
    sight_workshop().close()
    survey_workshop().close()
    began, before = time.monotonic(), _cpu()
    yield cost
    wall = time.monotonic() - began
    sight_workshop().close()
    survey_workshop().close()
    cost.wall, cost.cpu = wall / pages, (_cpu() - before) / pages


def _cpu() -> float:
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


class BareEngine:
    """The engine alone on the pictures that we made ready, each of its processes started once for its share."""

    def __init__(self, pictures: Sequence[Picture], folder: Path, *, language: str) -> None:
        self.folder, self.language = folder, language
        cores = os.cpu_count() or 1
        paths = []
        for number, picture in enumerate(pictures):
            paths.append(folder / f"{number}.tif")
            write(paths[-1], prepare(picture).grey, 204)
        self.shares = [paths[start::cores] for start in range(min(cores, len(paths)))]

    def read(self) -> None:
        with ThreadPoolExecutor(len(self.shares)) as pool:
            list(pool.map(self._read, self.shares))

    def _read(self, share: Sequence[Path]) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as listing:
            read_pictures(
                share, Path(listing), languages=self.language, mode=3, seconds=120.0 * len(share)
            )  # fmt: skip
