"""Draws letters, bills and cards as the pages that faxes and scanners deliver, from plain text."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/truetype")
FACES = {
    "serif": FONTS / "liberation/LiberationSerif-Regular.ttf",
    "sans": FONTS / "liberation/LiberationSans-Regular.ttf",
    "typewriter": FONTS / "liberation/LiberationMono-Regular.ttf",
    "dejavu": FONTS / "dejavu/DejaVuSans.ttf",
}
DPI = 200
A4 = (round(8.27 * DPI), round(11.69 * DPI))


def draw_page(text: str, *, face: str = "serif", points: float = 11, seed: int = 0) -> Image.Image:
    """One grey A4 page at 200 dpi; ``[FIRMA]`` is drawn as a scribble, ``[CARTA_IDENTITA: …]`` as a card."""
    rng = random.Random(seed)
    page = Image.new("L", A4, 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(FACES[face]), round(points * DPI / 72))
    heading = ImageFont.truetype(str(FACES[face]), round(points * 1.4 * DPI / 72))
    left, top, step = 150, 200, round(points * 1.35 * DPI / 72)
    for line in text.split("\n"):
        if line.startswith("[CARTA"):
            _card(page, line, left, top)
            top += 560
            continue
        used = heading if line.startswith("# ") else font
        for piece in _wrapped(line.removeprefix("# "), used, A4[0] - 2 * left):
            words, scribble = piece.replace("[FIRMA]", ""), "[FIRMA]" in piece
            pen.text((left, top), words, font=used, fill=25)
            if scribble:
                _scribble(pen, left + round(pen.textlength(words, font=used)) + 20, top + step // 2, rng)
                top += step
            top += step
    return page


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces, current = [], ""
    for word in line.split(" "):
        longer = f"{current} {word}" if current else word
        if current and font.getlength(longer) > width:
            pieces.append(current)
            current = word
        else:
            current = longer
    return [*pieces, current]


def _scribble(pen: ImageDraw.ImageDraw, x: int, y: int, rng: random.Random) -> None:
    points = [(x + 14 * n + rng.randint(-6, 6), y + rng.randint(-26, 26)) for n in range(18)]
    pen.line(points, fill=20, width=4, joint="curve")


def _card(page: Image.Image, line: str, left: int, top: int) -> None:
    pen = ImageDraw.Draw(page)
    small = ImageFont.truetype(str(FACES["sans"]), 20)
    bold = ImageFont.truetype(str(FACES["sans"]), 26)
    pen.rectangle((left, top, left + 880, top + 520), fill=228, outline=60, width=3)
    pen.rectangle((left + 40, top + 130, left + 260, top + 410), fill=150)
    pen.text((left + 40, top + 30), "REPUBBLICA ITALIANA   CARTA DI IDENTITA'", font=bold, fill=20)
    body = line.strip("[]").split(":", 1)[-1]
    for n, piece in enumerate(re.split(r",\s*", body)):
        pen.text(
            (left + 300, top + 130 + 56 * n), piece.strip().upper(), font=small if len(piece) > 40 else bold, fill=20
        )


def fax(pages: Sequence[Image.Image], *, fine: bool, header: str, seed: int) -> bytes:
    """A bilevel TIFF at 204×98 (Group 3) or 204×196 (fine, Group 4) with header line, skew and specks."""
    size = (1728, 2292 if fine else 1146)
    rng = np.random.default_rng(seed)
    sheets = []
    for number, page in enumerate(pages, 1):
        turned = page.rotate(float(rng.uniform(-1.2, 1.2)), resample=Image.Resampling.BICUBIC, fillcolor=255)
        pen = ImageDraw.Draw(turned)
        font = ImageFont.truetype(str(FACES["typewriter"]), 22)
        pen.text((60, 20), f"{header}    PAG. {number:02d}/{len(pages):02d}", font=font, fill=0)
        grey = np.asarray(turned.resize(size, Image.Resampling.LANCZOS), dtype=np.int16)
        noisy = grey + rng.normal(0, 18, grey.shape)
        noisy[rng.random(grey.shape) < 0.0015] = 0
        sheets.append(Image.fromarray((noisy > 140).astype(np.uint8) * 255).convert("1"))
    out = io.BytesIO()
    sheets[0].save(
        out,
        "TIFF",
        save_all=True,
        append_images=sheets[1:],
        compression="group4" if fine else "group3",
        dpi=(204, 196 if fine else 98),
    )
    return out.getvalue()


def scan(pages: Sequence[Image.Image], *, seed: int) -> bytes:
    """A PDF of grey 200 dpi JPEG pages, a little skewed and shaded, as an office scanner makes it."""
    sheets = [weathered(page, seed=seed + n) for n, page in enumerate(pages)]
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:], resolution=DPI, quality=72)
    return out.getvalue()


def weathered(page: Image.Image, *, seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    turned = page.rotate(float(rng.uniform(-1.0, 1.0)), resample=Image.Resampling.BICUBIC, fillcolor=250)
    shade = Image.fromarray(rng.uniform(232, 255, (6, 5)).astype(np.uint8)).resize(page.size, Image.Resampling.BICUBIC)
    grey = np.asarray(turned, dtype=np.float32) * np.asarray(shade, dtype=np.float32) / 255
    return Image.fromarray(np.clip(grey + rng.normal(0, 3, grey.shape), 0, 255).astype(np.uint8))


def photo(page: Image.Image, *, seed: int) -> Image.Image:
    """The page lying on a table, seen a little from the side, in uneven light."""
    rng = np.random.default_rng(seed)
    width, height = page.size
    table = Image.new("L", (round(width * 1.15), round(height * 1.12)), int(rng.integers(70, 120)))
    x, y = rng.uniform(-20, 5, 4), rng.uniform(-20, 5, 4)
    corners = (x[0], y[0], x[1], height - y[1], width - x[2], height - y[2], width - x[3], y[3])
    bent = page.transform(
        page.size,
        Image.Transform.QUAD,
        tuple(float(v) for v in corners),
        resample=Image.Resampling.BICUBIC,
        fillcolor=255,
    )
    table.paste(bent, (width // 14, height // 18))
    light = Image.fromarray(rng.uniform(190, 255, (3, 3)).astype(np.uint8)).resize(table.size, Image.Resampling.BICUBIC)
    lit = np.asarray(table, dtype=np.float32) * np.asarray(light, dtype=np.float32) / 255
    return Image.fromarray(lit.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
