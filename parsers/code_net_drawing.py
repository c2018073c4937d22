"""Draws what the code net learns from: pages of codes in many faces, spoilt as paper and fax lines spoil them, made
ready by `prepare` as every page is, and cut as `parsers.code_net` cuts them.

    python -m parsers.code_net_drawing crops --minutes 20 --seed 1

Faces are those found under ``--fonts``; the more there are, the less a strange one costs. Damage is drawn from ranges
wider than those of `bench.degrading`, so that the net isn't fitted to what measures it.
"""

from __future__ import annotations

import argparse
import pickle
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from stdnum.it import codicefiscale

from mailroom.document import Box
from parsers.code_net import MARKS, cut
from parsers.picture import Picture, Pixels
from parsers.preparing import prepare

_DPI = 400
_PAGE = (round(8.27 * _DPI), round(11.69 * _DPI))
_EDGE = 250
_LABELS = ("POD", "POD:", "codice POD", "PDR", "PDR:", "C.F.", "C.F.:", "CF", "Codice fiscale:", "pratica", "Rif.",
           "cliente n.", "contratto", "IBAN", "numero", "il codice", "e", "(", "-", "n.", "fornitura", "gas", "luce",
           "intestata a", "del", "presso", "utenza")  # fmt: skip
_SPOILERS = ("Thin", "Hairline", "ExtraLight", "Math", "Symbol", "Dingbat", "D0500", "Chorus", "chorus", "Z003",
             "Greek", "LinBiolinum_K", "ExtraBlack")  # fmt: skip
_COMMON = ("Liberation", "DejaVu", "Carlito", "Caladea", "Nimbus", "Free", "OpenSans", "Roboto", "Lato", "Courier",
           "C059", "P052", "NotoSans-", "NotoSerif-", "Gentium", "Tymes", "Aerial", "Veranda",
           "cmunrm", "cmuntt")  # fmt: skip
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_NAMES = "BCDFGLMNPRSTVZBCDFGLMNPRSTVZHJKQWXYAEIOU"


@dataclass(frozen=True, slots=True)
class Crop:
    pixels: Pixels
    """As `cut` gives it, ink bright, 0 to 255."""
    text: str
    """Without blanks, capitals."""
    face: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Placed:
    text: str
    box: Box
    face: str


def page_of_crops(rng: random.Random, faces: Sequence[str]) -> list[Crop]:
    """All codes of one page, each cut once or twice with its box a little off."""
    noise = np.random.default_rng(rng.getrandbits(32))
    page, placed = _drawn(rng, faces)
    kind = rng.choices(("std", "fine", "scan", "bw"), (68, 14, 10, 8))[0]
    picture, there = _spoilt(page, kind, rng, noise)
    prepared = prepare(picture, turn=0)
    back = np.linalg.inv(prepared.to_page) @ np.diag([1 / picture.pixels.shape[1], 1 / picture.pixels.shape[0], 1.0])
    found = []
    for code in placed:
        box = _mapped(back @ there, code.box)
        for _ in range(rng.choice((1, 1, 2))):
            crop = cut(prepared.grey, _jittered(box, rng))
            if crop is not None:
                text = code.text.replace(" ", "").upper()
                found.append(Crop(np.round(crop * 255).astype(np.uint8), text, code.face, kind))
    return found


def codes(rng: random.Random) -> str:
    """Something that is, or looks like, a code; numbers in them are evenly spread."""
    kind = rng.choices(
        ("cf", "pod", "pdr", "spcen", "iban", "customer", "mixed", "capitals", "broken"),
        (32, 18, 16, 11, 4, 6, 6, 2, 5),
    )[0]
    if kind == "cf":
        return _tax_code(rng)
    if kind == "pod":
        return f"IT{_digits(rng, 3)}E{_digits(rng, 8)}" + (
            rng.choice(_LETTERS + "0123456789") if rng.random() < 0.1 else ""
        )
    if kind == "pdr":
        return rng.choice("01" if rng.random() < 0.5 else "0123456789") + _digits(rng, 13)
    if kind == "spcen":
        return "SPCEN" + _digits(rng, rng.choice((8, 8, 6)))
    if kind == "iban":
        return f"IT{_digits(rng, 2)}{rng.choice(_LETTERS)}{_digits(rng, 22)}"
    if kind == "customer":
        return rng.choice((_digits(rng, rng.randint(6, 12)), f"{_digits(rng, 3)} {_digits(rng, 3)} {_digits(rng, 3)}"))
    if kind == "mixed":
        return "".join(rng.choice("0123456789" * 2 + _LETTERS) for _ in range(rng.randint(4, 18)))
    if kind == "capitals":
        return "".join(rng.choice(_LETTERS) for _ in range(rng.randint(3, 12)))
    number = _digits(rng, 8)
    return rng.choice((
        f"IT {_digits(rng, 3)} E {number}", f"IT-{_digits(rng, 3)}-E-{number}", f"IT{_digits(rng, 3)}E {number}",
        f"SPCEN/{_digits(rng, 6)}/{rng.randint(20, 27)}", f"{_digits(rng, 6)}/{rng.randint(2019, 2027)}",
        f"POD:IT{_digits(rng, 3)}E{number}", f"PDR:{_digits(rng, 14)}",
        f"{_digits(rng, 4)} {_digits(rng, 4)} {_digits(rng, 6)}",
        _in_groups(_tax_code(rng)),
        f"{rng.randint(1, 28)}/{rng.randint(1, 12):02d}/20{_digits(rng, 2)}",
    ))  # fmt: skip


def _in_groups(code: str) -> str:
    return f"{code[:6]} {code[6:11]} {code[11:15]} {code[15:]}"


def _tax_code(rng: random.Random) -> str:
    letters = _IN_NAMES if rng.random() < 0.6 else _LETTERS
    stem = "".join(rng.choices(letters, k=6)) + _digits(rng, 2) + rng.choice("ABCDEHLMPRST")
    stem += f"{rng.choice((0, 40)) + rng.randint(1, 31):02d}{rng.choice('ABCDEFGHILMZ')}{_digits(rng, 3)}"
    return f"{stem}{codicefiscale.calc_check_digit(stem)}"


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def faces_under(folders: Sequence[Path]) -> list[str]:
    """Files of faces that can draw every mark, the common ones four times."""
    paths = sorted(str(path) for folder in folders for path in folder.rglob("*.[ot]tf"))
    latin = [path for path in paths if "Noto" not in path or any(name in path for name in
             ("NotoSans-", "NotoSerif-", "NotoSansDisplay-", "NotoSerifDisplay-", "NotoSansMono-"))]  # fmt: skip
    good = [path for path in latin if not any(name in path for name in _SPOILERS) and _draws_all(path)]
    common = [path for path in good if any(name in Path(path).name for name in _COMMON)]
    plain = [
        path
        for path in common
        if not any(name in path for name in ("Italic", "Oblique", "Condensed", "Light", "Black"))
    ]
    return good + common * 2 + plain * 4


def _draws_all(path: str) -> bool:
    try:
        face = ImageFont.truetype(path, 40)
    except OSError:
        return False
    missing = bytes(face.getmask("\ue5a3"))
    drawn = [bytes(face.getmask(mark)) for mark in _LETTERS + "0123456789"]
    return all(any(mask) and mask != missing for mask in drawn) and len(set(drawn)) >= 36


@lru_cache(maxsize=4000)
def _face(path: str, size: int) -> Any:
    return ImageFont.truetype(path, size)


def _drawn(rng: random.Random, faces: Sequence[str]) -> tuple[Any, list[_Placed]]:
    page = Image.new("L", _PAGE, 255)
    pen = ImageDraw.Draw(page)
    placed = []
    top = _EDGE
    while top < _PAGE[1] - _EDGE:
        path = rng.choice(faces)
        face = _face(path, round(rng.triangular(7.5, 14, 10.5) * _DPI / 72))
        ink = rng.choice((0, 20, 20, 40, 70))
        at, lowest = _EDGE + rng.randint(0, 120), top
        while True:
            label, code = rng.choice(_LABELS) + " ", codes(rng)
            if rng.random() < 0.04:
                code = code.lower()
            if rng.random() < 0.8:
                pen.text((at, top), label, font=face, fill=ink)
                at += round(face.getlength(label))
            box = face.getbbox(code)
            if at + box[2] > _PAGE[0] - _EDGE // 2:
                break
            pen.text((at, top), code, font=face, fill=ink)
            placed.append(_Placed(code, (at + box[0], top + box[1], at + box[2], top + box[3]), Path(path).name))
            at += round(face.getlength(code)) + round(face.getlength(rng.choice((",", ".", "  ", " e ", "   "))))
            lowest = max(lowest, top + box[3])
        top = max(lowest, top + 40) + rng.randint(14, 60)
    return np.asarray(page), placed


def _spoilt(page: Any, kind: str, rng: random.Random, noise: Any) -> tuple[Picture, Any]:
    """The page as it comes in, and the way from its points to those of the picture."""
    skew = rng.uniform(-2, 2) if rng.random() < 0.5 else 0.0
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0)
    turn[:, 2] += (rng.uniform(-4, 4), rng.uniform(-4, 4))
    bent = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    if rng.random() < 0.35:
        bent = cv2.GaussianBlur(bent, (0, 0), rng.uniform(0.5, 3.0))
    across, down = {"std": (204, 98), "fine": (204, 196), "scan": (200, 200), "bw": (rng.choice((200, 300)),) * 2}[kind]
    if kind == "scan":
        across = down = rng.choice((150, 200, 200, 200, 240))
    size = (1728, round(11.69 * down)) if kind in ("std", "fine") else (round(8.27 * across), round(11.69 * down))
    there = np.diag([size[0] / width, size[1] / height, 1.0]) @ np.vstack([turn, [0, 0, 1]])
    small = cv2.resize(bent, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if rng.random() < 0.3:
        cloud = noise.uniform(-0.15, 0.15, (7, 5)).astype(np.float32)
        small += cv2.resize(cloud, size, interpolation=cv2.INTER_CUBIC)
    small += noise.normal(0, rng.choice((0.02, 0.05, 0.08, rng.uniform(0.08, 0.22))), small.shape).astype(np.float32)
    if kind == "scan":
        faded = rng.choice((0.0, 0.0, rng.uniform(0, 0.7)))
        grey = np.clip(255 * (faded + (1 - faded) * small), 0, 255).astype(np.uint8)
        _, code = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(30, 90)])
        shown: Any = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
        return Picture(pixels=shown, dpi=(float(across), float(down))), there
    # Below 0.3 only the hearts of strokes are left, above 0.7 they run together.
    threshold = rng.choices((rng.uniform(0.24, 0.4), rng.uniform(0.4, 0.62), rng.uniform(0.62, 0.8)), (40, 45, 15))[0]
    black = small < threshold
    _strew(black, rng, noise)
    if kind != "bw" and rng.random() < 0.45:
        _lose_lines(black, rng, noise)
    return Picture(
        pixels=np.where(black, 0, 255).astype(np.uint8), dpi=(float(across), float(down)), bilevel=True
    ), there


def _strew(black: Any, rng: random.Random, noise: Any) -> None:
    if rng.random() < 0.4:
        specks = noise.random(black.shape) < rng.uniform(0.001, 0.022)
        how = rng.choice(("both", "both", "black", "white"))
        if how == "both":
            black ^= specks
        elif how == "black":
            black |= specks
        else:
            black &= ~specks


def _lose_lines(black: Any, rng: random.Random, noise: Any) -> None:
    rows, columns = black.shape
    for _ in range(rng.randint(2, 45) * rows // 1146):
        row = int(noise.integers(4, rows - 6))
        length = rng.choice((1, 1, 2, 2, 3))
        fate = rng.random()
        if fate < 0.65:
            black[row : row + length] = False
        elif fate < 0.85:
            black[row : row + length] = black[row - 1]
        else:
            start = int(noise.integers(0, columns - 200))
            black[row : row + length, start : start + int(noise.integers(60, 900))] = fate > 0.93


def _mapped(there: Any, box: Box) -> Box:
    left, top, right, bottom = box
    corners = there @ np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], dtype=float).T
    x, y = corners[0] / corners[2], corners[1] / corners[2]
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def _jittered(box: Box, rng: random.Random) -> Box:
    """As the engine's boxes are off: by a little, and now and then by half a letter's height."""
    tall = box[3] - box[1]
    off = [rng.gauss(0, 0.06) * tall, rng.gauss(0, 0.05) * tall, rng.gauss(0, 0.06) * tall, rng.gauss(0, 0.05) * tall]
    if rng.random() < 0.12:
        off[rng.choice((1, 3))] += rng.uniform(-0.12, 0.35) * tall
    return (box[0] + off[0], box[1] - off[1], box[2] + off[2], box[3] + off[3])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fonts", type=Path, nargs="+", default=[Path("/usr/share/fonts")])
    given = parser.parse_args()
    cv2.setNumThreads(1)
    rng, faces = random.Random(given.seed), faces_under(given.fonts)
    given.folder.mkdir(parents=True, exist_ok=True)
    until, batch, number, total = time.monotonic() + 60 * given.minutes, list[Crop](), 0, 0
    while time.monotonic() < until:
        batch += [crop for crop in page_of_crops(rng, faces) if set(crop.text) <= set(MARKS)]
        if len(batch) > 2000:
            rows = [(crop.pixels, crop.text, crop.face, crop.kind) for crop in batch]
            path = given.folder / f"{given.seed}-{number:04d}.tmp"
            path.write_bytes(pickle.dumps(rows))
            path.rename(path.with_suffix(".pkl"))
            number, total, batch = number + 1, total + len(batch), []
            print(f"{total} crops of {len(set(faces))} faces", flush=True)


if __name__ == "__main__":
    main()
