"""What machines do to pages on their way to us: fax lines, scanners, telephones. Seeded, so that figures repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from parsers.picture import Picture

Grey = Any
BASE_DPI = 400
_PAGE = (round(8.27 * BASE_DPI), round(11.69 * BASE_DPI))


def drawn(text: str, font: str, points: float) -> Grey:
    """One A4 page at 400 dpi, grey."""
    page = Image.new("L", _PAGE, 255)
    pen = ImageDraw.Draw(page)
    face = ImageFont.truetype(font, round(points * BASE_DPI / 72))
    step = round(points * 1.4 * BASE_DPI / 72)
    top = round(0.9 * BASE_DPI)
    for line in text.split("\n"):
        for piece in _wrapped(line, face):
            pen.text((round(0.9 * BASE_DPI), top), piece, font=face, fill=20)
            top += step
    return np.asarray(page)


def _wrapped(line: str, face: Any) -> list[str]:
    pieces = [""]
    for word in line.split(" "):
        longer = f"{pieces[-1]} {word}" if pieces[-1] else word
        if pieces[-1] and face.getlength(longer) > _PAGE[0] - 1.7 * BASE_DPI:
            pieces.append(word)
        else:
            pieces[-1] = longer
    return pieces


def _turned(page: Grey, degrees: float) -> Grey:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)


def fax(
    page: Grey,
    rng: Any,
    *,
    fine: bool,
    skew: float = 0.0,
    noise: float = 0.06,
    speckle: float = 0.0,
    faded: float = 0.0,
    upside_down: bool = False,
    dropped: int = 0,
    header: str = "",
    font: str = "",
) -> Picture:
    size = (1728, 2292 if fine else 1146)
    bent = _turned(page, skew) if skew else page
    if upside_down:
        bent = bent[::-1, ::-1]
    small = cv2.resize(bent, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    small = small + rng.normal(0, noise, small.shape) + faded * 0.5
    black = small < 0.55
    if speckle:
        black ^= rng.random(black.shape) < speckle
    for _ in range(dropped):
        row = int(rng.integers(60, size[1] - 4))
        black[row : row + int(rng.integers(1, 3))] = False
    if header:
        strip = Image.new("L", (1728, 50), 255)
        ImageDraw.Draw(strip).text((60, 12), header, font=ImageFont.truetype(font, 24), fill=0)
        rows = 50 if fine else 25
        black[:rows] |= cv2.resize(np.asarray(strip), (1728, rows), interpolation=cv2.INTER_AREA) < 140
    pixels = np.where(black, 0, 255).astype(np.uint8)
    return Picture(pixels=pixels, dpi=(204.0, 196.0 if fine else 98.0), bilevel=True)


def scan(page: Grey, rng: Any, *, dpi: int = 200, skew: float = 0.0, noise: float = 3.0, turn: int = 0,
         faded: float = 0.0, shade: float = 0.0, quality: int = 75, bilevel: bool = False) -> Picture:  # fmt: skip
    bent = _turned(page, skew) if skew else page
    scale = dpi / BASE_DPI
    small = cv2.resize(bent, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    if faded:
        small = 255 - (255 - small) * (1 - faded)
    if shade:
        cloud = rng.uniform(1 - shade, 1, (6, 5)).astype(np.float32)
        small = small * cv2.resize(cloud, small.shape[::-1], interpolation=cv2.INTER_CUBIC)
    small = np.clip(small + rng.normal(0, noise, small.shape), 0, 255).astype(np.uint8)
    if bilevel:
        small = np.where(small < 128, 0, 255).astype(np.uint8)
    else:
        _, code = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
        small = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    if turn:
        small = np.ascontiguousarray(np.rot90(small, turn // 90))
    return Picture(pixels=small, dpi=(float(dpi), float(dpi)), bilevel=bilevel)


def photo(page: Grey, rng: Any, *, strength: float = 0.06, turn: int = 0) -> Picture:
    """The sheet on a table, seen askew, lit from one side, a little out of focus."""
    small = cv2.resize(page, None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)
    height, width = small.shape
    canvas = (round(width * 1.2), round(height * 1.15))
    off = rng.uniform(0.3, 1.0, (4, 2)) * strength
    corners = np.array([[0.07, 0.05], [0.93, 0.05], [0.93, 0.95], [0.07, 0.95]]) + off * [
        [1, 1],
        [-1, 1],
        [-1, -1],
        [1, -1],
    ]
    there = (corners * canvas).astype(np.float32)
    here = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(here, there)
    table = rng.normal(int(rng.integers(60, 130)), 6, canvas[::-1]).astype(np.float32)
    mask = cv2.warpPerspective(np.full_like(small, 255), matrix, canvas)
    seen = cv2.warpPerspective(small, matrix, canvas, flags=cv2.INTER_LINEAR).astype(np.float32)
    shot = np.where(mask > 128, seen, table)
    light = cv2.resize(rng.uniform(0.55, 1.0, (3, 3)).astype(np.float32), canvas, interpolation=cv2.INTER_CUBIC)
    shot = cv2.GaussianBlur(shot * light, (0, 0), 0.9) + rng.normal(0, 4, canvas[::-1])
    shot = np.clip(shot, 0, 255).astype(np.uint8)
    _, code = cv2.imencode(".jpg", shot, [cv2.IMWRITE_JPEG_QUALITY, 70])
    shot = cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)
    if turn:
        shot = np.ascontiguousarray(np.rot90(shot, turn // 90))
    return Picture(pixels=cv2.cvtColor(shot, cv2.COLOR_GRAY2RGB), dpi=None, camera=True)


HEADER = "05-02-2026 10:21   +39 011 5550123     SPORTELLO ENERGIA     PAG. 01/02"
KINDS: Mapping[str, Callable[[Grey, Any, str], Picture]] = {
    "std-clean": lambda p, r, f: fax(p, r, fine=False),
    "std-header": lambda p, r, f: fax(p, r, fine=False, header=HEADER, font=f),
    "std-skew": lambda p, r, f: fax(p, r, fine=False, skew=float(r.uniform(-3, 3))),
    "std-upside": lambda p, r, f: fax(p, r, fine=False, upside_down=True),
    "std-noisy": lambda p, r, f: fax(p, r, fine=False, noise=0.16, speckle=0.004),
    "std-speckled": lambda p, r, f: fax(p, r, fine=False, speckle=0.015),
    "std-faded": lambda p, r, f: fax(p, r, fine=False, faded=0.45),
    "std-dropped": lambda p, r, f: fax(p, r, fine=False, dropped=14),
    "fine-clean": lambda p, r, f: fax(p, r, fine=True),
    "fine-skew": lambda p, r, f: fax(p, r, fine=True, skew=float(r.uniform(-3, 3)), header=HEADER, font=f),
    "fine-upside": lambda p, r, f: fax(p, r, fine=True, upside_down=True),
    "fine-noisy": lambda p, r, f: fax(p, r, fine=True, noise=0.16, speckle=0.008),
    "fine-faded": lambda p, r, f: fax(p, r, fine=True, faded=0.45),
    "scan200": lambda p, r, f: scan(p, r),
    "scan200-skew": lambda p, r, f: scan(p, r, skew=float(r.uniform(-2, 2)), shade=0.1),
    "scan200-askew": lambda p, r, f: scan(p, r, skew=float(r.choice([-9, -6, 7, 10]))),
    "scan200-turned": lambda p, r, f: scan(p, r, turn=int(r.choice([90, 180, 270]))),
    "scan200-faded": lambda p, r, f: scan(p, r, faded=0.6),
    "scan300-bw": lambda p, r, f: scan(p, r, dpi=300, bilevel=True),
    "photo": lambda p, r, f: photo(p, r),
    "photo-turned": lambda p, r, f: photo(p, r, turn=90, strength=0.09),
}  # fmt: skip
