"""HTML pages as words: blocks on lines of their own, cells with tabs between, links with where they lead.

The page is parsed, never rendered: no script runs, nothing is fetched. Runs in a child process.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from parsers.html_hiding import hidden_elements
from parsers.limits import Limits
from parsers.plain_text import guess_charset

_HIDDEN = "script,style,noscript,template,iframe,object,embed,svg,head > :not(title)"
_MAY_CONCEAL = re.compile(
    r"hidden|display\s*:\s*none|opacity|collapse|mso-hide|font-size\s*:\s*[01](?![\d])|max-(?:height|width)|"
    r"(?:height|width)\s*:\s*0|#fff|#fef|#fdf|white|rgb\(\s*255",
    re.IGNORECASE,
)
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre", "blockquote", "title"})
# Marks for "here a new line begins" and "here a paragraph does"; they never come out.
_LINE, _GAP = "\x01", "\x02"
_SPACE = re.compile(f"[ \\t\\n\u00a0{_LINE}{_GAP}]+")
_NESTING = re.compile(
    r"(?i)<(/?)(?!(?:p|br|hr|li|td|th|tr|dd|dt|img|input|meta|link|col|wbr|area|base|option|thead|tbody|tfoot)\b)[a-z]"
)
_MAX_DEPTH = 2_000
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
    if _depth(page) > _MAX_DEPTH:
        # The parser takes time with the square of the depth: such a page is no page, its words will do.
        return without_tags(page)
    tree = LexborHTMLParser(re.sub(f"[\0{_LINE}{_GAP}]", "", page))
    # Elements are passed over, not taken out: whoever takes one out frees those within it, too.
    wordless = {node.mem_id for node in tree.css(_HIDDEN)}
    concealed = {node.mem_id for node in hidden_elements(tree)} if _MAY_CONCEAL.search(page) else set()
    words = _words(tree.root, wordless | concealed)
    # A page that would show nothing shows itself by means we don't follow.
    return words if words or not concealed else _words(tree.root, wordless)


def _words(root: Any, passed: Collection[int]) -> str:
    pieces: list[str] = []
    if root is not None:
        _gather(root, pieces, passed)
    return _SPACE.sub(_break, "".join(pieces)).strip("\n\t ")


def without_tags(page: str) -> str:
    """What stands between the tags, one line a piece: for markup that no parser wants. Linear in time."""
    lines = []
    at = 0
    while (start := page.find("<", at)) >= 0:
        lines.append(page[at:start])
        if page.startswith("<!--", start):
            end = page.find("-->", start)
            at = end + 3 if end >= 0 else len(page)
            continue
        following = page.find("<", start + 1)
        limit = following if following >= 0 else len(page)
        end = page.find(">", start, limit)
        at = end + 1 if end >= 0 else limit
    lines.append(page[at:])
    return "\n".join(line for raw in lines if (line := raw.strip()) and line != "]>")


def _depth(page: str) -> int:
    """How deep elements could be nested at most, by counting tags that no other tag closes."""
    depth = deepest = 0
    for closing in _NESTING.findall(page):
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _break(match: re.Match[str]) -> str:
    """A run of white space as it shows: paragraphs apart, lines, cells, or one blank. Empty first cells stay."""
    run = match[0]
    last = max(run.rfind(_LINE), run.rfind(_GAP), run.rfind("\n"))
    cells = "\t" * run.count("\t", last + 1)
    if _GAP in run:
        return "\n\n" + cells
    if last >= 0:
        return "\n" * min(2, max(1, run.count("\n"))) + cells
    return cells or " "


def _gather(root: Any, pieces: list[str], passed: Collection[int]) -> None:
    """A walk without recursion: mails nest tables a hundred deep, attackers a million."""
    todo: list[Any] = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag
        if passed and node.mem_id in passed:
            continue
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
