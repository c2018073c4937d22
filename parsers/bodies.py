"""Which leaves of a mail are its words, which say the same once more, and what a person would see displayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailroom.submission import Role
from parsers.content_kinds import binary_kind
from parsers.defects import TOO_MUCH_TEXT
from parsers.html_document import to_text, without_tags
from parsers.inline_files import InlineFile, enclosed
from parsers.limits import Limits
from parsers.message import Node, decoded_words, is_attached
from parsers.office import read_office

Leaves = Mapping[int, tuple[bytes, tuple[str, ...]]]
"""Decoded bytes and defects by number of the node."""
_Read = tuple[str, tuple[str, ...], tuple[InlineFile, ...]]
"""Words, defects, files within the words."""
_HTML = "text/html"
_ALTERNATIVE = "multipart/alternative"
_WORDY = frozenset({"text/plain", _HTML, "text/enriched", "text/richtext", "text"})
_POOR = 20
LARGE_PAGE = 300_000
"""Characters of an HTML page above which a child process reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One leaf that is words."""

    role: Role
    """TEXT or ALTERNATIVE."""
    shown: str
    defects: tuple[str, ...]
    files: tuple[InlineFile, ...]
    """Files written into the words (uuencode, yEnc); `shown` is without them."""


def bodies(nodes: Sequence[Node], leaves: Leaves, limits: Limits) -> dict[int, Body]:
    """The words of the mail by number of the node."""
    worded = [number for number in leaves if _is_words(nodes, number, leaves)]
    rivals = _rivals(nodes, worded)
    read: dict[int, _Read] = {n: _plain(nodes[n], leaves[n][0], limits) for n in worded if nodes[n].kind != _HTML}
    for number in worded:
        if number in read:
            continue
        # Most mails say everything twice: the page is looked at only where the plain words will not do.
        told = any(len(read[rival][0].strip()) >= _POOR for rival in rivals[number] if nodes[rival].kind != _HTML)
        read[number] = ("", (), ()) if told else _page(nodes[number], leaves[number][0], limits)
    found: dict[int, Body] = {}
    for number in worded:
        shown, defects, files = read[number]
        role = Role.ALTERNATIVE if _outdone(nodes, read, number, rivals[number]) else Role.TEXT
        found[number] = Body(role=role, shown=shown, defects=(*leaves[number][1], *defects), files=files)
    return found


def displayed(found: Mapping[int, Body]) -> str:
    """What the mail shows, its pieces one after the other."""
    return "\n".join(body.shown for body in found.values() if body.role is Role.TEXT).strip("\n")


def _is_words(nodes: Sequence[Node], number: int, leaves: Leaves) -> bool:
    node = nodes[number]
    if node.kind not in _WORDY or is_attached(node.message):
        return False
    return binary_kind(leaves[number][0]) is None


def _plain(node: Node, data: bytes, limits: Limits) -> _Read:
    rest, files = enclosed(data)
    text, found = decoded_words(node.message, rest)
    if len(text) > limits.text_chars:
        return text[: limits.text_chars], (*found, TOO_MUCH_TEXT), files
    return text, found, files


def _page(node: Node, data: bytes, limits: Limits) -> _Read:
    text, found = decoded_words(node.message, data)
    if len(text) <= LARGE_PAGE:
        return to_text(text), found, ()
    # Pages of this size are no letters: they are read where time and memory have limits.
    text = text[: limits.text_chars]
    pages = read_office(b"\xef\xbb\xbf" + text.encode("utf-8", "replace"), _HTML, limits)
    shown = "\n".join(pages.pages) if pages.pages else without_tags(text)
    cut = (TOO_MUCH_TEXT,) if len(text) == limits.text_chars else ()
    return shown, tuple(dict.fromkeys((*found, *cut, *pages.defects))), ()


def _rivals(nodes: Sequence[Node], worded: Sequence[int]) -> dict[int, list[int]]:
    """For each leaf those that the nearest multipart/alternative around it offers in its place: on other branches."""
    above = {number: _ancestors(nodes, number) for number in worded}
    found: dict[int, list[int]] = {}
    for one in worded:
        top = next((a for a in above[one] if nodes[a].kind == _ALTERNATIVE), None)
        depth = len(nodes[top].trail) if top is not None else 0
        found[one] = [] if top is None else [
            other for other in worded
            if top in above[other] and nodes[one].trail[depth] != nodes[other].trail[depth]
        ]  # fmt: skip
    return found


def _ancestors(nodes: Sequence[Node], number: int) -> list[int]:
    found = []
    place = nodes[number].parent
    while place is not None:
        found.append(place)
        place = nodes[place].parent
    return found


def _outdone(nodes: Sequence[Node], read: Mapping[int, _Read], number: int, rivals: Sequence[int]) -> bool:
    """Another alternative is read instead: the plain one, unless it says hardly anything of what the rich one says."""
    if not rivals:
        return False
    if nodes[number].kind == "text/plain":
        own = len(read[number][0].strip())
        return own < _POOR and any(nodes[r].kind != "text/plain" and len(read[r][0]) > 2 * own for r in rivals)
    plains = [r for r in rivals if nodes[r].kind == "text/plain"]
    return any(len(read[r][0].strip()) >= _POOR or len(read[number][0]) <= 2 * len(read[r][0].strip()) for r in plains)
