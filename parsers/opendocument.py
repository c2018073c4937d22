"""OpenDocument files (ISO 26300), zipped or flat: text, sheets, slides, drawings. In a child process."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from parsers import defects
from parsers.limits import Limits
from parsers.lines import one_line, tidy_pages
from parsers.office_zip import BROKEN, DefusedXmlException, TooLarge, local, opened, parse_xml

_PAGE = "\f"
_SKIPPED = frozenset({"tracked-changes", "scripts", "styles", "automatic-styles", "font-face-decls", "binary-data",
                      "settings", "meta", "forms", "notes", "sequence-decls", "event-listeners", "title",
                      "desc", "calculation-settings", "dde-links", "database-ranges", "named-expressions"})  # fmt: skip
_MAX_REPEAT = 64


def read_zipped(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """odt, ods, odp, odg: the words of content.xml, after the page headers of styles.xml."""
    try:
        with opened(data, limits) as members:
            if b"encryption-data" in (
                members.read(name) if (name := "META-INF/manifest.xml") in members.names else b""
            ):
                return [], [defects.ENCRYPTED]
            found = [defects.MACROS] if any(name.startswith("Basic/Standard/") for name in members.names) else []
            margins = _margins(members.xml("styles.xml")) if "styles.xml" in members.names else ""
            return _pages(members.xml("content.xml"), margins), found
    except TooLarge:
        return [], [defects.UNPACKED_TOO_LARGE]
    except DefusedXmlException:
        return [], [defects.EXTERNAL_CONTENT]
    except BROKEN:
        return [], [defects.CORRUPT]


def read_flat(data: bytes, limits: Limits) -> tuple[list[str], list[str]]:
    """fodt, fods, fodp, fodg."""
    try:
        root = parse_xml(data)
        return _pages(root, _margins(root)), []
    except DefusedXmlException:
        return [], [defects.EXTERNAL_CONTENT]
    except BROKEN:
        return [], [defects.CORRUPT]


def _pages(root: Element, margins: str) -> list[str]:
    body = next((element for element in root.iter() if local(element) == "body"), root)
    breaks = _breaking_styles(root)
    words = margins + "".join(_flow(body, breaks))
    return tidy_pages(words.split(_PAGE))


def _breaking_styles(root: Element) -> frozenset[str]:
    """Names of the paragraph styles that begin a new page."""
    return frozenset(
        _attribute(style, "name")
        for style in root.iter()
        if local(style) == "style" and any(_attribute(part, "break-before") == "page" for part in style)
    )


def _margins(root: Element) -> str:
    """Headers and footers of the master pages, each said once."""
    said: dict[str, None] = {}
    for master in root.iter():
        if local(master) == "master-page":
            for part in master:
                if local(part) in ("header", "footer"):
                    said["".join(_children(part)).strip()] = None
    return "".join(f"{words}\n" for words in said if words)


def _flow(element: Element, breaks: frozenset[str] = frozenset()) -> Iterator[str]:
    name = local(element)
    if name in _SKIPPED:
        return
    if name in ("p", "h"):
        if _attribute(element, "style-name") in breaks:
            yield _PAGE
        yield "".join(_inline(element)) + "\n"
    elif name == "table-row":
        cells = "\t".join(_cells(element)).rstrip("\t ")
        if cells.strip():
            yield cells + "\n"
    elif name == "page":
        yield _PAGE
        yield from _children(element, breaks)
    elif name == "spreadsheet":
        for sheet in element:
            yield _PAGE
            yield from _flow(sheet, breaks)
    elif name == "soft-page-break":
        yield _PAGE
    else:
        yield from _children(element, breaks)


def _children(element: Element, breaks: frozenset[str] = frozenset()) -> Iterator[str]:
    for child in element:
        yield from _flow(child, breaks)


def _cells(row: Element) -> Iterator[str]:
    for cell in row:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        words = one_line("".join(_children(cell))) or _attribute(cell, "string-value")
        repeated = _attribute(cell, "number-columns-repeated")
        times = int(repeated) if repeated.isdigit() else 1
        yield from [words] * min(times, _MAX_REPEAT)


def _inline(element: Element) -> Iterator[str]:
    """The words of a paragraph, with what stands between its children."""
    yield element.text or ""
    for child in element:
        name = local(child)
        if name == "s":
            count = _attribute(child, "c")
            yield " " * min(int(count) if count.isdigit() else 1, 100)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name == "soft-page-break":
            yield _PAGE
        elif name in ("frame", "text-box", "custom-shape", "note", "annotation"):
            yield "\n" + "".join(_children(child))
        elif name not in _SKIPPED:
            yield from _inline(child)
        yield child.tail or ""


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")
