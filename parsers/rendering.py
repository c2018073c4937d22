"""The work behind `parsers.rendition`: pages set from words, HTML and pictures. Runs in a child process."""

from __future__ import annotations

import html
import io
from typing import Any, NoReturn

from parsers import extensions as ext
from parsers.extensions import TYPE_TO_EXTENSION
from parsers.limits import Limits
from parsers.tools import libreoffice

_STYLE = """
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font: 10.5pt/1.4 sans-serif; overflow-wrap: anywhere }
pre { font: inherit; white-space: pre-wrap; tab-size: 16; margin: 0 }
pre + pre { break-before: page }
table { border-collapse: collapse } td, th { border: .3pt solid #999; padding: 2pt 4pt; vertical-align: top }
"""
_PLAIN = frozenset({"text/plain", "text/csv", "application/xml", "application/json", "text/markdown"})
_MAX_WORDS = 400_000


def to_pdf(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``rendition.pdf``: an empty answer where only the words remain to be shown."""
    data, kind = payload["data"], payload["media_type"]
    if kind.startswith("image/") and kind != "image/svg+xml":
        pdf = _pictures(data, limits)
        return {"pdf": pdf, "how": "picture"} if pdf else {}
    if kind == "text/html":
        return {"pdf": _page(data), "how": "html"}
    extension = TYPE_TO_EXTENSION.get(kind)
    if kind in _PLAIN or extension is None or kind == "image/svg+xml":
        return {}
    if kind in (ext.DOCM, ext.XLSM, ext.PPTM):
        extension = extension[:-1] + "x"  # under this name LibreOffice looks for no macros
    pdf = libreoffice.to_pdf(data, extension, seconds=limits.document_seconds * 0.8)
    return {"pdf": pdf, "how": "libreoffice"} if pdf else {}


def from_text(pages: list[str], limits: Limits) -> bytes:
    """Duty ``rendition.text``: each page's words on sheets of their own."""
    left = _MAX_WORDS
    blocks = []
    for page in pages:
        blocks.append(f"<pre>{html.escape(_printable(page[:left]))}</pre>")
        left -= len(page)
        if left <= 0:
            blocks.append("<pre>[il seguito è omesso]</pre>")
            break
    return _set("".join(blocks))


def _page(data: bytes) -> bytes:
    """Sanitised: no script, no style of its own, no picture or sheet from anywhere."""
    import nh3

    from parsers.html_document import decoded

    kept = nh3.ALLOWED_TAGS - {"img", "map", "area"}
    return _set(nh3.clean(_printable(decoded(data))[:_MAX_WORDS], tags=kept, link_rel=None))


def _set(body: str) -> bytes:
    import weasyprint

    def fetch_nothing(url: str, *_: object, **__: object) -> NoReturn:
        raise ValueError("nothing is fetched for a rendition")

    page = f"<!doctype html><html lang=it><meta charset=utf-8><style>{_STYLE}</style><body>{body}</body></html>"
    return bytes(weasyprint.HTML(string=page, url_fetcher=fetch_nothing).write_pdf())


def _printable(words: str) -> str:
    return "".join(letter for letter in words if letter >= " " or letter in "\n\t")


def _pictures(data: bytes, limits: Limits) -> bytes | None:
    import pillow_heif
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = limits.pixels
    pages: list[Image.Image] = []
    area = 0
    try:
        with Image.open(io.BytesIO(data)) as picture:
            for number, frame in enumerate(ImageSequence.Iterator(picture)):
                if number >= limits.pages or area > 2 * limits.pixels:
                    break
                upright = ImageOps.exif_transpose(frame)
                upright.thumbnail((1654, 2339))
                area += upright.width * upright.height
                pages.append(upright.convert("1" if frame.mode == "1" else "RGB"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        if not pages:
            return None
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return out.getvalue()
