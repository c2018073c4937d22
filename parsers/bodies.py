"""Which leaves of a mail are its words, which say the same once more, and what a person would see displayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailroom.submission import Role
from parsers.content_kinds import binary_kind
from parsers.html_document import to_text
from parsers.inline_files import InlineFile, enclosed
from parsers.message import Node, decoded_words, is_attached

Leaves = Mapping[int, tuple[bytes, tuple[str, ...]]]
"""Decoded bytes and defects by number of the node."""
_Read = tuple[str, tuple[str, ...], tuple[InlineFile, ...]]
"""Words, defects, files within the words."""
_HTML = "text/html"
_WORDY = frozenset({"text/plain", _HTML, "text/enriched", "text/richtext", "text"})
_POOR = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One leaf that is words."""

    role: Role
    """TEXT or ALTERNATIVE."""
    shown: str
    defects: tuple[str, ...]
    files: tuple[InlineFile, ...]
    """Files written into the words (uuencode, yEnc); `shown` is without them."""


def bodies(nodes: Sequence[Node], leaves: Leaves) -> dict[int, Body]:
    """The words of the mail by number of the node."""
    worded = [number for number in leaves if _is_words(nodes, number, leaves)]
    read: dict[int, _Read] = {n: _plain(nodes[n], leaves[n][0]) for n in worded if nodes[n].kind != _HTML}
    for number in worded:
        if number in read:
            continue
        rivals = [other for other in read if nodes[other].kind != _HTML and _alternative_to(nodes, number, other)]
        # Most mails say everything twice: the page is looked at only where the plain words will not do.
        told = any(len(read[rival][0].strip()) >= _POOR for rival in rivals)
        read[number] = ("", (), ()) if told else _page(nodes[number], leaves[number][0])
    found: dict[int, Body] = {}
    for number in worded:
        shown, defects, files = read[number]
        rivals = [other for other in worded if other != number and _alternative_to(nodes, number, other)]
        role = Role.ALTERNATIVE if _outdone(nodes, read, number, rivals) else Role.TEXT
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


def _plain(node: Node, data: bytes) -> _Read:
    rest, files = enclosed(data)
    text, defects = decoded_words(node.message, rest)
    return text, defects, files


def _page(node: Node, data: bytes) -> _Read:
    text, defects = decoded_words(node.message, data)
    return to_text(text), defects, ()


def _alternative_to(nodes: Sequence[Node], one: int, other: int) -> bool:
    """The nearest multipart/alternative around `one` is also around `other`, on another of its branches."""
    ancestors = _ancestors(nodes, one)
    top = next((a for a in ancestors if nodes[a].kind == "multipart/alternative"), None)
    if top is None or top not in _ancestors(nodes, other):
        return False
    depth = len(nodes[top].trail)
    return nodes[one].trail[depth] != nodes[other].trail[depth]


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
