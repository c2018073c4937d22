"""How well and how fast paper is read, next to bare tesseract on the same ready-made images and to OCRmyPDF.

    python -m bench.read [--seeds 4] [--kinds std-clean,fine-clean …] [--ocrmypdf PATH] [--rounds 3] [--steps]

Prints, for each kind of page, character error rate, codes found, and codes read that are not there (and how many of
those are sure enough to be believed); then pages a second and CPU seconds a page of the three (`bench.read_costs`) on
two letters of each flat kind. OCRmyPDF is installed into an environment of its own where it isn't there, and left out
where it can't be. ``--steps`` also shows what each preparation is worth: the error without it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from PIL import Image
from rapidfuzz.distance import Levenshtein

from bench.degrading import KINDS, drawn
from bench.letters import Letter, letter
from bench.ocrmypdf_rival import installed, words_of
from bench.read_costs import BareEngine, compared, middle, ratio
from classifier.agreement import LEAST_AGREEMENT
from mailroom.document import Page, Word
from mailroom.submission import Part, Role, Submission
from parsers.ocr import read
from parsers.picture import Picture
from parsers.reading import ReadingSettings, read_documents

_FONTS = Path("/usr/share/fonts/truetype")
FACES = (
    ("liberation/LiberationSerif-Regular.ttf", 12),
    ("liberation/LiberationSans-Regular.ttf", 11),
    ("dejavu/DejaVuSans.ttf", 10),
    ("liberation/LiberationMono-Regular.ttf", 10),
    ("dejavu/DejaVuSerif.ttf", 10),
)
_TIMED = 36
"""Pages that are timed: two letters, each as all flat kinds."""
_CODE = re.compile(r"(?<![A-Z0-9])(?:IT\d{3}E\d{8}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]|\d{14}|SPCEN\d{8})(?![A-Z0-9])")
"""POD, codice fiscale, PDR, case code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    kind: str
    letter: Letter
    picture: Picture


@dataclass(slots=True)
class Score:
    wrong: int = 0
    letters: int = 0
    found: int = 0
    codes: int = 0
    invented: int = 0
    """Codes read that the letter doesn't hold."""
    believed: int = 0
    """Those of them that would be reported as values."""

    def add(self, truth: Letter, text: str, words: Sequence[Word] = ()) -> None:
        given, wanted = plain(text), plain(truth.text)
        self.wrong += Levenshtein.distance(wanted, given)
        self.letters += len(wanted)
        flat = re.sub(r"\s+", "", text)
        self.found += sum(code in flat for code in truth.codes)
        self.codes += len(truth.codes)
        sure = {word.text.strip(".,;:()"): word.confidence for word in words}
        wrong = set(_CODE.findall(text)) - set(_CODE.findall(truth.text))
        self.invented += len(wrong)
        self.believed += sum(sure.get(code, 1.0) >= LEAST_AGREEMENT for code in wrong)

    def __str__(self) -> str:
        told = f"CER {100 * self.wrong / max(1, self.letters):6.2f} %   codes {self.found:3d}/{self.codes}"
        return f"{told}   wrong {self.invented}, believed {self.believed}" if self.invented else told


def plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').split())


def cases(kinds: list[str], seeds: int) -> Iterator[Case]:
    header_font = str(_FONTS / "liberation/LiberationMono-Regular.ttf")
    for seed in range(seeds):
        file, points = FACES[seed % len(FACES)]
        truth = letter(seed)
        page = drawn(truth.text, str(_FONTS / file), points)
        for kind in kinds:
            rng = np.random.default_rng(zlib.crc32(f"{kind}{seed}".encode()))
            yield Case(kind=kind, letter=truth, picture=KINDS[kind](page, rng, header_font))


def as_pdf(chosen: list[Case]) -> bytes:
    """The same pages for everybody, without loss, with their resolution."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for case in chosen:
            image = Image.fromarray(case.picture.pixels)
            across, down = case.picture.dpi or (200.0, 200.0)
            mode = "1" if case.picture.bilevel else "L" if image.mode == "L" else "RGB"
            stream = pikepdf.Stream(pdf, zlib.compress(image.convert(mode).tobytes(), 6))
            stream.update(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=image.width, Height=image.height,
                    ColorSpace=pikepdf.Name.DeviceRGB if mode == "RGB" else pikepdf.Name.DeviceGray,
                    BitsPerComponent=1 if mode == "1" else 8, Filter=pikepdf.Name.FlateDecode,
                )
            )  # fmt: skip
            width, height = 72 * image.width / across, 72 * image.height / down
            page = pikepdf.Dictionary(
                Type=pikepdf.Name.Page, MediaBox=[0, 0, width, height],
                Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=stream)),
                Contents=pikepdf.Stream(pdf, f"{width} 0 0 {height} 0 0 cm /Im Do".encode()),
            )  # fmt: skip
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.save(out)
    return out.getvalue()


def as_tiff(chosen: list[Case]) -> bytes:
    images = [Image.fromarray(case.picture.pixels).convert("1") for case in chosen]
    out = io.BytesIO()
    dpi = chosen[0].picture.dpi or (200.0, 200.0)
    images[0].save(out, "TIFF", save_all=True, append_images=images[1:], compression="group4", dpi=dpi)
    return out.getvalue()


def submitted(chosen: list[Case]) -> tuple[Submission, bytes]:
    """The pages as they would arrive: a fax where all are alike black and white, else a PDF."""
    bilevel = all(case.picture.bilevel for case in chosen) and len({case.picture.dpi for case in chosen}) == 1
    data, media_type = (as_tiff(chosen), "image/tiff") if bilevel else (as_pdf(chosen), "application/pdf")
    part = Part(
        index=0, parent=None, path="1/pages", filename="pages", declared_type=None, media_type=media_type,
        size=len(data), digest=hashlib.sha256(data).hexdigest(), role=Role.ATTACHMENT,
    )  # fmt: skip
    return Submission(parts=(part,), messages=(), attachments=(), carrier=0), data


def ours(chosen: list[Case], settings: ReadingSettings) -> tuple[Page, ...]:
    submission, data = submitted(chosen)
    (document,) = read_documents(submission, lambda _: data, settings=settings)
    return document.pages


def accuracy(chosen: list[Case], kinds: list[str], settings: ReadingSettings) -> None:
    for kind in kinds:
        alike = [case for case in chosen if case.kind == kind]
        score = Score()
        for case, page in zip(alike, ours(alike, settings), strict=True):
            score.add(case.letter, page.text, page.words)
        print(f"{kind:16s} {score}", flush=True)


def speed(chosen: list[Case], program: Path | str, rounds: int) -> None:
    """`program` is OCRmyPDF, or why there is none."""
    flat, cores = [case for case in chosen if case.picture.dpi], os.cpu_count() or 1
    data, theirs = as_pdf(flat), list[str]()
    submission, bytes_of_it = submitted(flat)
    read_it = partial(read_documents, submission, lambda _: bytes_of_it, settings=ReadingSettings())
    with tempfile.TemporaryDirectory() as folder:
        engine = BareEngine([case.picture for case in flat], Path(folder), language="ita")
        work: list[Callable[[], object]] = [read_it, engine.read]
        if isinstance(program, Path):
            rival_read = partial(words_of, program, data, jobs=cores, language="ita")
            work.append(lambda: theirs.extend(rival_read()[: len(flat)]))
        print(f"\n{len(flat)} pages, {cores} cores, {rounds} rounds, the middle of each", flush=True)
        try:
            gateway, bare, *rival = compared(work, len(flat), rounds)
        except RuntimeError as error:
            program = f"failed on these pages: {error}"
            gateway, bare, *rival = compared(work[:2], len(flat), rounds)
    print(f"gateway          {middle(gateway)}")
    print(f"bare tesseract   {middle(bare)}   (ours / bare CPU: {ratio(gateway, bare):.2f})")
    if not rival:
        print(f"ocrmypdf         skipped: {program}")
        return
    score = Score()
    for case, page in zip(flat, theirs, strict=False):
        score.add(case.letter, page)
    faster = middle(rival[0]).wall / middle(gateway).wall
    print(f"ocrmypdf         {middle(rival[0])}   (ours / theirs pages/s: {faster:.2f})   its {score}")
    score = Score()
    for case, read_page in zip(flat, ours(flat, ReadingSettings()), strict=True):
        score.add(case.letter, read_page.text, read_page.words)
    print(f"the same pages                                   ours {score}")


def steps(chosen: list[Case], kinds: list[str]) -> None:
    """What the pages give when they are only scaled to square pixels, and without the second look at codes."""
    print("\nwithout           (squared only)                         (no second look)")
    for kind in kinds:
        alike = [case for case in chosen if case.kind == kind]
        raw, once = Score(), Score()
        with tempfile.TemporaryDirectory() as folder:
            squared = []
            for case in alike:
                across, down = case.picture.dpi or (200.0, 200.0)
                grey = case.picture.pixels if case.picture.pixels.ndim == 2 else case.picture.pixels[:, :, 1]
                size = (grey.shape[1], round(grey.shape[0] * across / down))
                squared.append(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC))
            found = read(squared, Path(folder), languages="ita", dpi=200, seconds=60.0 * len(squared))
            for case, reading in zip(alike, found, strict=True):
                raw.add(case.letter, reading.text)
        for case, page in zip(alike, ours(alike, ReadingSettings(second_reading=False)), strict=True):
            once.add(case.letter, page.text)
        print(f"{kind:16s} {raw}   {once}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--ocrmypdf", type=Path, default=shutil.which("ocrmypdf"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", action="store_true")
    given = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    kinds = given.kinds.split(",")
    chosen = list(cases(kinds, given.seeds))
    accuracy(chosen, kinds, ReadingSettings())
    if given.steps:
        steps(chosen, kinds)
    flat = [case for case in chosen if case.kind.startswith(("std", "fine", "scan200"))]
    with tempfile.TemporaryDirectory() as folder:
        program = given.ocrmypdf or installed(Path(folder) / "environment")
        speed(flat[:_TIMED], program, given.rounds)


if __name__ == "__main__":
    main()
