"""Address lists as people and programs write them (RFC 5322, 3.4 and its obsolete forms).

Besides the grammar: display names with commas and no quotes, groups, comments as names, addresses in quotes, several
angle brackets. Every mailbox comes out once, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"|\(((?:[^()\\]|\\.|\([^()]*\))*)\)|<([^<>]*)>|([,;:])|([^"(<,;:]+|["(<])', re.DOTALL
)
_BARE = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")
MOST = 200


def mailboxes(text: str) -> list[tuple[str, str]]:
    """(display name, address) in order, undecoded; the address is empty where there is none. Total over all strings."""
    found: list[tuple[str, str]] = []
    waiting = ""
    for name, address, ended in _entries(text):
        if not address and name and ended == ",":
            # "Rossi, Ada <ada@…>" without quotes: a name alone is the beginning of the next one.
            waiting = f"{waiting}, {name}" if waiting else name
            continue
        if waiting and (name or not address):
            name = f"{waiting}, {name}"
        elif waiting:
            found.append((waiting, ""))
        waiting = ""
        if name or address:
            found.append((name, address))
        if len(found) >= MOST:
            return found
    return [*found, (waiting, "")] if waiting else found


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    words: list[str] = []
    comments: list[str] = []
    address, before = "", 0
    for match in _TOKEN.finditer(text):
        quoted, comment, angle, mark, bare = match.groups()
        if mark == ":" and not address and not _BARE.search(" ".join(words)):
            words, comments = [], []  # the name of a group says nothing about its members
        elif mark in (",", ";"):
            yield _entry(words, comments, address, mark)
            words, comments, address = [], [], ""
        elif angle is not None:
            if address and any(words[before:]):
                # "Ada <ada@…> Carlo <carlo@…>" without a comma: the words in between belong to the next one.
                yield _entry(words[:before], comments, address, ",")
                words, comments, address = words[before:], [], ""
            address, before = address or angle.strip(), len(words)
        elif comment is not None:
            comments.append(comment.strip())
        else:
            words.append(_unescaped(quoted) if quoted is not None else (bare or mark).strip())
    yield _entry(words, comments, address, "")


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted) if "\\" in quoted else quoted


def _entry(words: list[str], comments: list[str], address: str, mark: str) -> tuple[str, str, str]:
    name = " ".join(word for word in words if word)
    if address:
        route = address.rpartition(":")[2] if address.startswith("@") else address
        return name or " ".join(comments), route.strip() if '"' in route else "".join(route.split()), mark
    bare = _BARE.search(name)
    if bare and (len(bare[0]) == len(name) or " " in name):
        rest = (name[: bare.start()] + name[bare.end() :]).strip()
        return rest or " ".join(comments), bare[0], mark
    return name or " ".join(comments), "", mark
