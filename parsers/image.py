"""Picture files: every frame of a TIFF, a photograph, a HEIC, as pixels. Runs in reading children only.

Sizes are looked at before a pixel is unfolded; what is cut short is read as far as it goes and marked.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageFile, ImageOps, TiffImagePlugin, UnidentifiedImageError

from parsers import defects
from parsers.limits import Limits
from parsers.picture import Picture

_EXIF_MAKE, _EXIF_MODEL, _EXIF_EXPOSURE = 0x010F, 0x0110, 0x829A
_EXIF_IFD = 0x8769
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError)
"""What Pillow's readers are seen to raise on damaged files."""
_LONGEST_SIDE = 4_200
"""Pixels: A4 at 350 dpi. Photographs beyond it only cost time."""
_LONGEST_EDGE = 60_000


class NoPicture(Exception):
    """`code` is one of `parsers.defects`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def count_frames(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty: how many pages a picture file has. `payload`: ``data``. Answers ``total`` and ``defects``."""
    try:
        with _open(payload["data"]) as image:
            total, whole = _frames(image, limits)
            return {"total": total, "defects": [] if whole else [defects.CORRUPT]}
    except NoPicture as error:
        return {"total": 0, "defects": [error.code]}


def load_frames(data: bytes, numbers: Sequence[int], limits: Limits) -> Iterator[tuple[Picture | None, str | None]]:
    """Each wanted frame as (picture, defect): a damaged one may have both. Raises NoPicture."""
    with _open(data) as image:
        for number in numbers:
            yield _load(data, image, number, limits)


def _open(data: bytes) -> Image.Image:
    pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Image.open(io.BytesIO(data))
        except (UnidentifiedImageError, *_BROKEN):
            raise NoPicture(defects.CORRUPT) from None
        except Image.DecompressionBombError:
            raise NoPicture(defects.UNPACKED_TOO_LARGE) from None


def _frames(image: Image.Image, limits: Limits) -> tuple[int, bool]:
    """How many there are and whether the file ends where it says, not in the middle of the next one.

    Counted one by one and no further than needed: a loop of directories must not hold us.
    """
    if image.format == "GIF":
        return 1, True  # an animation is one picture to a clerk
    total = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while total <= limits.pages:
            try:
                image.seek(total)
            except EOFError:
                break
            except (*_BROKEN, Image.DecompressionBombError):
                return total, False
            total += 1
    return total, True


def _load(data: bytes, image: Image.Image, number: int, limits: Limits) -> tuple[Picture | None, str | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image.seek(number)
        except (*_BROKEN, Image.DecompressionBombError):
            return None, defects.CORRUPT
        width, height = image.size
        if width * height > limits.pixels or max(width, height) > _LONGEST_EDGE:
            return None, defects.UNPACKED_TOO_LARGE
        if min(width, height) < 8:
            return None, defects.CORRUPT
        try:
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            image.load()
            return _picture(image), None
        except (*_BROKEN, Image.DecompressionBombError):
            return _load_damaged(data, number), defects.CORRUPT


def _load_damaged(data: bytes, number: int) -> Picture | None:
    """What there is of a frame that ends too early; the rest stays black or white."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with _open(data) as image:
            image.seek(number)
            image.load()
            return _picture(image)
    except (NoPicture, Image.DecompressionBombError, *_BROKEN):
        return None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _picture(image: Image.Image) -> Picture:
    dpi = _resolution(image)
    camera = _from_camera(image)
    turned = ImageOps.exif_transpose(image)
    bilevel = turned.mode == "1"
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        paper = Image.new("RGBA", turned.size, "white")
        paper.alpha_composite(turned.convert("RGBA"))
        turned = paper.convert("RGB")
    elif turned.mode.startswith("I") or turned.mode == "F":
        turned = _eight_bits(turned)
    elif turned.mode not in ("L", "RGB"):
        turned = turned.convert("L" if bilevel or turned.mode in ("LA",) else "RGB")
    pixels = _without_idle_colour(np.array(turned))
    if dpi and turned.size != image.size:
        dpi = (dpi[1], dpi[0])
    return Picture(pixels=pixels, dpi=dpi, bilevel=bilevel or _two_values(pixels), camera=camera)


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image, dtype=np.float64)
    low, high = float(np.min(values)), float(np.max(values))
    return Image.fromarray(((values - low) * (255.0 / max(1.0, high - low))).astype(np.uint8))


def _without_idle_colour(pixels: Any) -> Any:
    """One channel where the three are alike: a fax that a mail program has made a coloured picture of is still one."""
    if pixels.ndim != 3:
        return pixels
    sample = pixels[::7, ::7]
    if np.any(sample != sample[:, :, :1]) or np.any(pixels != pixels[:, :, :1]):
        return pixels
    return np.ascontiguousarray(pixels[:, :, 0])


def _two_values(pixels: Any) -> bool:
    """Black and white stored as grey. A sample decides: every seventh row."""
    if pixels.ndim != 2:
        return False
    sample = pixels[::7]
    return bool(np.all((sample == 0) | (sample == 255)))


def _resolution(image: Image.Image) -> tuple[float, float] | None:
    """Pixels per inch across and down, if the file says something that a page can have."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tags = image.tag_v2
        scale = 2.54 if tags.get(TiffImagePlugin.RESOLUTION_UNIT, 2) == 3 else 1.0
        said: Any = (tags.get(TiffImagePlugin.X_RESOLUTION), tags.get(TiffImagePlugin.Y_RESOLUTION))
    else:
        scale, said = 1.0, image.info.get("dpi") or (None, None)
    try:
        across, down = (float(value) * scale for value in said)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (40 <= across <= 2400 and 40 <= down <= 2400):
        return None
    return across, down


def _from_camera(image: Image.Image) -> bool:
    try:
        exif = image.getexif()
        return bool(exif.get(_EXIF_MAKE) or exif.get(_EXIF_MODEL) or exif.get_ifd(_EXIF_IFD).get(_EXIF_EXPOSURE))
    except _BROKEN:
        return False
