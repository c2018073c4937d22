"""Names that strangers gave to files, made harmless: a name is shown and recorded, never used as a path on disk."""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 240
"""Characters; longer names are cut in the middle of the stem."""
_PATH = re.compile(r"\\|^\s*(?:/|[A-Za-z]:)|(?:^|/)\s*\.{1,2}\s*(?:/|$)")
_SEPARATORS = re.compile(r"[/\\]+")


def safe_path(name: str) -> tuple[str, bool]:
    """The name as a relative path of plain segments, and whether that took more than tidying.

    ``..``, drives, leading slashes, control and direction-changing characters (``U+202E`` turns ``gpj.exe`` into
    ``exe.jpg`` on the screen) are taken out.
    """
    visible = _visible(name)
    tricked = visible != name
    segments: list[str] = []
    for segment in _SEPARATORS.split(visible):
        plain = segment.strip()
        if not segments and re.match(r"[A-Za-z]:", plain):
            plain, tricked = plain[2:].strip(), True  # a drive
        if plain in ("", "."):
            continue
        if plain == "..":
            tricked = True
            continue
        segments.append(_shorten(plain))
    tricked = tricked or name.startswith(("/", "\\"))
    return "/".join(segments[-20:]) or "senza nome", tricked


def safe_name(name: str) -> tuple[str, bool]:
    """One name, and whether it had tricks. Of a path the last segment is left; a slash that is part of a name
    ("Bolletta 12/2025.pdf") becomes an underscore."""
    visible = _visible(name)
    if not _PATH.search(visible):
        path, tricked = safe_path(visible.replace("/", "_"))
        return path, tricked or visible != name
    path, tricked = safe_path(name)
    return path.rpartition("/")[2], tricked


def _visible(name: str) -> str:
    if name.isascii() and name.isprintable():
        return name
    return "".join(letter for letter in name if not _is_trick(letter))


def _is_trick(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _shorten(segment: str) -> str:
    """Cut in the middle of the stem, so that the extension stays."""
    if len(segment) <= MAX_NAME:
        return segment
    stem, dot, extension = segment.rpartition(".")
    if not dot or len(extension) > 16:
        return segment[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(extension) - 2]}….{extension}"
