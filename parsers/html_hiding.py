"""Which elements of a page its sender hides from the reader: preheaders, trackers, words for filters, and traps.

Only what the element itself says is looked at (``hidden``, its ``style``, its colours), and the simplest rules of the
page's own style sheet; nothing is rendered. In doubt an element is shown: losing a citizen's words would be worse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_DECLARATION = re.compile(r"\s*([a-z-]{2,40})\s*:\s*([^;]{1,200})", re.IGNORECASE)
_ZERO = re.compile(r"0(?:\.0+)?(?:px|pt|em|rem|%|ex|cm|mm)?\Z")
_TINY = re.compile(r"(?:0(?:\.\d+)?|1)(?:px|pt)\Z")
_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]{0,10})?[.#][\w-]{1,60}\Z", re.IGNORECASE)
_WHITE = frozenset({"#fff", "#ffffff", "white", "rgb(255,255,255)", "#fefefe", "#fdfdfd"})
LONGEST_SHEET = 100_000
MOST_RULES = 200


def hidden_elements(tree: Any) -> list[Any]:
    """The elements that nobody sees, outermost or within one another; the tree stays as it is."""
    found = list(tree.css("[hidden]"))
    for node in tree.css("[style],font[color]"):
        attributes = node.attributes
        style = declarations(attributes.get("style") or "")
        if hides(style) or _too_small(node, style) or _white_on_white(node, style):
            found.append(node)
    for selector in _hidden_by_sheet(tree):
        found += tree.css(selector)
    return found


def declarations(style: str) -> Mapping[str, str]:
    """Properties in lower case to values in lower case without blanks around and ``!important``."""
    pairs = _DECLARATION.findall(style[:5_000])
    return {name.lower(): value.lower().replace("!important", "").strip() for name, value in pairs}


def hides(style: Mapping[str, str]) -> bool:
    """By these declarations alone."""
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if style.get("mso-hide") == "all" or _ZERO.match(style.get("opacity", "")):
        return True
    clipped = style.get("overflow") == "hidden"
    return clipped and any(_ZERO.match(style.get(side, "")) for side in ("max-height", "height", "max-width", "width"))


def _too_small(node: Any, style: Mapping[str, str]) -> bool:
    """Words in no size, unless something within has a size of its own: builders of pages set 0 around every column."""
    size = style.get("font-size", "")
    return bool(_ZERO.match(size) or _TINY.match(size)) and not _within(node, '[style*="font"],[class],font[size]')


def _within(node: Any, selector: str) -> bool:
    """Something below the element fits; a selector finds the element itself as well."""
    return any(other.mem_id != node.mem_id for other in node.css(selector))


def _white_on_white(node: Any, style: Mapping[str, str]) -> bool:
    """White words where neither the element nor anything around it has another background."""
    colour = (style.get("color") or (node.attributes.get("color") or "")).lower().replace(" ", "")
    if colour not in _WHITE or _within(node, '[style*="color"],[class],font[color]'):
        return False
    place, steps = node, 0
    while place is not None and steps < 100:
        attributes = place.attributes or {}
        own = declarations(attributes.get("style") or "")
        said = own.get("background-color") or own.get("background") or attributes.get("bgcolor")
        if said is not None or "background-image" in own or attributes.get("background"):
            return str(said).lower().replace(" ", "") in _WHITE
        if attributes.get("class") or attributes.get("id"):
            return False  # a style sheet may colour what is behind
        place, steps = place.parent, steps + 1
    return True


def _hidden_by_sheet(tree: Any) -> list[str]:
    """Simple selectors (``.name``, ``#name``, ``tag.name``) that the page's own sheet hides everywhere.

    Rules for some widths only (``@media``) are not looked at, nor names that are hidden first and shown elsewhere.
    """
    sheets = "\n".join(node.text(deep=True) or "" for node in tree.css("style"))[:LONGEST_SHEET]
    plain = re.sub(r"(?s)/\*.*?\*/|<!--|-->", "", sheets)
    plain = plain.split("@media")[0]
    selectors: list[str] = []
    shown: set[str] = set()
    for heads, body in _RULE.findall(plain)[:MOST_RULES]:
        style = declarations(body)
        for head in heads.split(","):
            if not _SIMPLE.match(head := head.strip()):
                continue
            if hides(style):
                selectors.append(head)
            elif "display" in style or "visibility" in style:
                shown.add(head)
    return [selector for selector in dict.fromkeys(selectors) if selector not in shown]
