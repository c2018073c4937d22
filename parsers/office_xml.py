"""Word and PowerPoint files (ECMA-376): words in reading order, and the pictures among them. In a child process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

from parsers import defects
from parsers.limits import Limits
from parsers.lines import one_line, tidy_pages
from parsers.office_zip import BROKEN, DefusedXmlException, Members, TooLarge, local, opened

_PAGE = "\f"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SKIPPED = frozenset({"Fallback", "delText", "instrText", "pPr", "rPr", "tblPr", "tcPr", "sectPr", "del", "moveFrom"})
_MEDIA = re.compile(r"^(?:word|xl|ppt)/(?:media|embeddings)/[^/]+$|^(?:Pictures|ObjectReplacements)/[^/]+$")


def read_docx(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """Headers, then the body with tables, text boxes and page breaks, then notes and footers."""

    def words(members: Members) -> list[str]:
        heads = _unique(members, r"word/header\d*\.xml")
        tails = _unique(members, r"word/(?:footnotes|endnotes|comments|footer\d*)\.xml")
        body = "".join(_flow(members.xml(_main_part(members)))).strip("\n")
        return tidy_pages("\n".join(part for part in (*heads, body, *tails) if part).split(_PAGE))

    return _reading(data, limits, words)


def read_pptx(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """One page a slide."""

    def words(members: Members) -> list[str]:
        slides = [name for name in members.names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
        slides.sort(key=lambda name: int(re.sub(r"\D", "", name)))
        return tidy_pages(["".join(_flow(members.xml(name))) for name in slides[: limits.pages + 1]])

    return _reading(data, limits, words)


def embedded(payload: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Duty ``office.embedded``: the pictures and files that an office file carries within."""
    children: list[dict[str, Any]] = []
    found: list[str] = []
    try:
        with opened(payload["data"], limits) as members:
            if _is_locked(members):
                return {"children": [], "defects": [defects.ENCRYPTED]}
            for name in filter(_MEDIA.match, members.names):
                if len(children) >= limits.parts:
                    found.append(defects.TOO_MANY_PARTS)
                    break
                children.append({"name": name.rpartition("/")[2], "data": members.read(name), "embedded": True})
    except TooLarge:
        found.append(defects.UNPACKED_TOO_LARGE)
    except BROKEN:
        found.append(defects.CORRUPT)
    return {"children": children, "defects": found}


def _is_locked(members: Members) -> bool:
    """OpenDocument files are locked member by member (ODF 1.2 part 3, 4.8)."""
    manifest = "META-INF/manifest.xml"
    return manifest in members.names and b"encryption-data" in members.read(manifest)


def _reading(data: bytes, limits: Limits, words: Callable[[Members], list[str]]) -> tuple[list[str], list[str]]:
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        return [], [defects.ENCRYPTED]
    try:
        with opened(data, limits) as members:
            return words(members), []
    except TooLarge:
        return [], [defects.UNPACKED_TOO_LARGE]
    except DefusedXmlException:
        return [], [defects.EXTERNAL_CONTENT]
    except BROKEN:
        return [], [defects.CORRUPT]


def _main_part(members: Members) -> str:
    """`word/document.xml`, or whatever the package calls its main document (some writers choose another name)."""
    if "word/document.xml" in members.names:
        return "word/document.xml"
    for relation in members.xml("_rels/.rels"):
        if relation.get("Type", "").endswith("/officeDocument"):
            return relation.get("Target", "").lstrip("/")
    raise KeyError("no main document")


def _unique(members: Members, pattern: str) -> list[str]:
    """The words of the parts of such a name, each said once (a header stands on every page)."""
    names = sorted(name for name in members.names if re.fullmatch(pattern, name))
    texts = ("".join(_flow(members.xml(name))).strip().replace(_PAGE, "\n") for name in names[:50])
    return [text for text in dict.fromkeys(texts) if text]


def _flow(element: Element) -> Iterator[str]:
    """The visible words below an element. Text boxes come twice (Choice and Fallback): the first is taken."""
    name = local(element)
    if name in _SKIPPED:
        return
    if name == "t":
        yield element.text or ""
    elif name in ("tab", "ptab"):
        yield "\t"
    elif name in ("br", "cr"):
        yield _PAGE if _attribute(element, "type") == "page" else "\n"
    elif name == "noBreakHyphen":
        yield "-"
    elif name == "sym":
        yield _symbol(_attribute(element, "char"))
    elif name in ("tc", "tcell"):
        yield one_line("".join(_children(element))) + "\t"
    elif name in ("p", "tr"):
        words = "".join(_children(element))
        yield words.rstrip("\t ") + "\n" if name == "tr" else words + "\n"
    else:
        yield from _children(element)


def _children(element: Element) -> Iterator[str]:
    for child in element:
        yield from _flow(child)


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _symbol(code: str) -> str:
    """Symbol fonts put their signs at U+F0xx; the ticked and empty boxes of forms are the ones that matter."""
    known = {"F0FE": "☒", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0FC": "✓", "F0B7": "•"}
    return known.get(code.upper(), " ")
