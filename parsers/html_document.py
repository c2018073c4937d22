"""HTML pages as words: blocks on lines of their own, cells with tabs between, links with where they lead.

The page is parsed, never rendered: no script runs, nothing is fetched. Runs in a child process.
"""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from parsers.limits import Limits
from parsers.plain_text import guess_charset

_HIDDEN = "script,style,noscript,template,iframe,object,embed,svg,head > :not(title)"
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "blockquote", "title"})
# Marks for "here a new line begins" and "here a paragraph does"; they never come out.
_LINE, _GAP = "\x01", "\x02"
_META = re.compile(rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""")


def read_html(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """One page; never a defect: a browser would show something of anything."""
    return [to_text(decoded(data))], []


def decoded(data: bytes) -> str:
    """By a Unicode mark, what the page says of itself, or what its bytes look like."""
    name, sure = guess_charset(data)
    said = _META.search(data[:4096])
    if said and not sure:
        try:
            return data.decode(said[1].decode("ascii"), "replace")
        except LookupError:
            pass
    return data.decode(name, "replace")


def to_text(page: str) -> str:
    """The words of a page."""
    tree = LexborHTMLParser(re.sub(f"[\0{_LINE}{_GAP}]", "", page))
    for hidden in tree.css(_HIDDEN):
        hidden.decompose()
    pieces: list[str] = []
    if tree.root is not None:
        _gather(tree.root, pieces)
    words = re.sub(r"[ \u00a0]*\t[ \u00a0]*", "\t", "".join(pieces))
    words = re.sub(rf"[ \t\n\u00a0]*[{_LINE}{_GAP}][ \u00a0{_LINE}{_GAP}]*", _break, words)
    words = re.sub(r"[ \t\u00a0]*\n[ \u00a0]*", "\n", words)
    return re.sub(r"\n{3,}", "\n\n", words).strip("\n\t ")


def _break(match: re.Match[str]) -> str:
    return "\n\n" if _GAP in match[0] else "\n"


def _gather(root: Any, pieces: list[str]) -> None:
    """A walk without recursion: mails nest tables a hundred deep, attackers a million."""
    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag
        if tag == "-text":
            pieces.append(re.sub(r"[ \t\r\n]+", " ", node.text_content or ""))
            continue
        before, after = _around(node, tag)
        pieces.append(before)
        todo.append(after)
        child = node.last_child
        while child is not None:
            todo.append(child)
            child = child.prev


def _around(node: Any, tag: str) -> tuple[str, str]:
    if tag == "br":
        return "\n", ""
    if tag in ("td", "th"):
        return "", "\t"
    if tag == "li":
        return f"{_LINE}- ", _LINE
    if tag == "a":
        return "", _link(node)
    if tag == "img":
        alt = (node.attributes.get("alt") or "").strip()
        return (f"[{alt}]" if alt else ""), ""
    if tag == "input":
        return _field(node), ""
    if tag in _BLOCKS:
        line = _GAP if tag in _PARAGRAPHS else _LINE
        return line, line
    return "", ""


def _link(node: Any) -> str:
    target = (node.attributes.get("href") or "").strip()
    if not target.lower().startswith(("http://", "https://", "mailto:", "ftp://")):
        return ""
    shown = node.text(deep=True).strip()
    bare = re.sub(r"(?i)^(?:mailto:|https?://(?:www\.)?)", "", target).rstrip("/")
    return "" if bare and bare in shown else f" <{target[:500]}>"


def _field(node: Any) -> str:
    kind = (node.attributes.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☒" if "checked" in node.attributes else "☐"
    return (node.attributes.get("value") or "") if kind in ("text", "email", "tel", "date", "number") else ""
