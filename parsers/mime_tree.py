"""One mail cut into the tree of its MIME parts, in one pass over the bytes and without a limit on what they may be.

The standard library's parser reads line by line, which costs most of the time on a mail with a scan in it, and gives
up on what many programs accept. This one looks for delimiters by offset and copies each body once.

What it forgives: any mixture of line ends, leading blank lines, a mark of UTF-8, mbox From-lines, garbage among the
headers, boundaries that are missing, repeated, shared by parent and child, or never closed. Messages within messages
are leaves: whoever wants to open them parses their bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers import defects
from parsers.mail_part import MailPart
from parsers.parameters import parameters

_MBOX_LINE = re.compile(rb">?From [^\r\n]*(?:\r*\n|\r)")
_BLANK_LINES = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?=[!-9;-~]{2,60}[ \t]*:|>?From )")
_HEADERS_END = re.compile(rb"(?:\r*\n|\r(?!\r*\n))(?:\r*\n|\r)")
_FIELD = re.compile(r"([!-9;-~]{1,500})[ \t]*:[ \t]?(.*)", re.DOTALL)
_LINE_END = re.compile(r"\r+\n|\r")
_GUESSED = re.compile(rb"(?:\A|[\r\n])--([^\s\r\n][^\r\n]{0,200}?)(?:--)?[ \t]*(?:\r*\n|\r)(?=content-)", re.IGNORECASE)
_KNOWN = re.compile(
    r"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|sender|"
    r"references|in-reply-to|delivered-to|x-[\w-]+)[ \t]*:",
    re.IGNORECASE,
)
_ANY_END = re.compile(rb"\r*\n|\r")
_DELIMITER_TAIL = re.compile(rb"(--)?[ \t]*(?:\r*\n|\r|\Z)")
MOST_HEADER_BYTES = 4_000_000
MOST_FIELDS = 5_000
MOST_MISSES = 1_000
_MULTIPART = "multipart/"


@dataclass(slots=True)
class _Span:
    """A part still to be cut: where it lies, and whose it is."""

    start: int
    end: int
    parent: MailPart | None
    depth: int
    default: str = "text/plain"


def tree(raw: bytes, *, most: int, deepest: int) -> MailPart:
    """The root; ``defects`` of a part name what was wrong with it (`parsers.defects`). Total over all bytes.

    After `most` parts the rest of the mail is one last part, marked ``too_many_parts``; a multipart `deepest` levels
    down stays whole, marked ``too_deep``.
    """
    root: MailPart | None = None
    count = 0
    todo = [_Span(start=_beginning(raw), end=len(raw), parent=None, depth=0)]
    while todo:
        span = todo.pop()
        if span.parent is not None and count >= most:
            _children_of(span.parent).append(_rest(raw, span, todo))
            break
        part, body = _headed(raw, span)
        count += 1
        root = root or part
        if span.parent is not None:
            _children_of(span.parent).append(part)
        inner = _cut(raw, part, body, span, deepest, most)
        if not inner:
            part.body = raw[body : span.end]
            continue
        part.children = []
        default = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        for start, end in reversed(inner):
            todo.append(_Span(start=start, end=end, parent=part, depth=span.depth + 1, default=default))
    assert root is not None
    return root


def _children_of(parent: MailPart) -> list[MailPart]:
    return parent.children if parent.children is not None else []


def _rest(raw: bytes, span: _Span, todo: list[_Span]) -> MailPart:
    """Everything that is left, as one part that nobody opens."""
    end = max([span.end, *(other.end for other in todo)])
    return MailPart(
        default_type="application/octet-stream", body=raw[span.start : end], defects=[defects.TOO_MANY_PARTS]
    )


def _beginning(raw: bytes) -> int:
    """Behind blank lines, a mark of UTF-8 and an mbox line, if headers follow."""
    blank = _BLANK_LINES.match(raw)
    start = blank.end() if blank else 0
    line = _MBOX_LINE.match(raw, start)
    return line.end() if line else start


def _headed(raw: bytes, span: _Span) -> tuple[MailPart, int]:
    """The part with its headers, and where its body begins."""
    part = MailPart(default_type=span.default, start=span.start, end=span.end)
    start = span.start
    if raw[start : start + 1] in (b"\r", b"\n") or start >= span.end:
        blank = _ANY_END.match(raw, start, span.end)
        return part, blank.end() if blank else start
    found = _HEADERS_END.search(raw, start, min(span.end, start + MOST_HEADER_BYTES))
    most = min(span.end, start + MOST_HEADER_BYTES)
    stop, body = (found.start(), found.end()) if found else (most, most)
    text = raw[start:stop].decode("ascii", "surrogateescape")
    taken = _fields(text, part)
    if taken is None:
        return part, body
    # The headers end without a blank line: the body begins at the first line that is none.
    at = start
    for _ in range(taken):
        found = _ANY_END.search(raw, at, span.end)
        at = found.end() if found else span.end
    return part, at


def _fields(text: str, part: MailPart) -> int | None:
    """Sets the headers; the number of lines before the body, where that begins without a blank line."""
    lines = (_LINE_END.sub("\n", text) if "\r" in text else text).split("\n")
    name, value = "", [""]
    for number, line in enumerate(lines):
        if line[:1] in (" ", "\t") and number:
            if not line.strip() and lines[number + 1 : number + 2] and not _folded_or_more(lines, number):
                # Some programs put blanks on the empty line: what follows is text, even if it looks like a field.
                _set(part, name, value)
                return number + 1
            value.append(line)
            continue
        _set(part, name, value)
        name = ""
        if len(part.fields) > MOST_FIELDS:
            return None
        if match := _FIELD.match(line):
            name, value = match[1].lower(), [match[2]]
        elif line and not line.startswith(("From ", ">From ")) and not _more(lines, number):
            return number
    _set(part, name, value)
    return None


def _folded_or_more(lines: list[str], number: int) -> bool:
    return lines[number + 1][:1] in (" ", "\t") or _more(lines, number)


def _more(lines: list[str], number: int) -> bool:
    """Garbage among headers is passed over only where well-known headers follow, and no delimiter lies before them:
    those are the headers of a part."""
    for line in lines[number : number + 6]:
        if line.startswith("--"):
            return False
        if _KNOWN.match(line):
            return True
    return False


def _set(part: MailPart, name: str, value: list[str]) -> None:
    """`value` by its lines; without a name they are garbage, folded below garbage."""
    if name:
        values = part.fields.setdefault(name, [])
        if len(values) < MOST_FIELDS:
            values.append("\n".join(value))


def _cut(raw: bytes, part: MailPart, body: int, span: _Span, deepest: int, most: int) -> list[tuple[int, int]]:
    """The spans of a multipart's children; none for a leaf."""
    declared = part.get("content-type") or ""
    if not declared.strip().lower().startswith(_MULTIPART):
        return []
    if span.depth >= deepest:
        part.defects.append(defects.TOO_DEEP)
        return []
    said = parameters(declared).get("boundary", "").rstrip()
    boundary = said.encode("ascii", "surrogateescape") if said.isascii() else said.encode("utf-8", "surrogateescape")
    spans = list(_children(raw, boundary, body, span.end, most)) if boundary else []
    if not spans:
        # One byte back: the delimiter may be the very first line, behind the line end of the headers.
        guess = _GUESSED.search(raw, max(0, body - 1), min(span.end, body + 100_000))
        spans = list(_children(raw, guess[1], body, span.end, most)) if guess else []
        part.defects.append(defects.CORRUPT)
    return spans


def _children(raw: bytes, boundary: bytes, start: int, end: int, most: int) -> Iterator[tuple[int, int]]:
    """Between the delimiters. What follows a closing one is nobody's, unless further delimiters follow."""
    begun: int | None = None
    found = 0
    for at, after, closing in _delimiters(raw, boundary, start, end):
        if begun is not None:
            yield begun, max(begun, at)
            found += 1
            if found > most:
                yield after, end
                return
        begun = None if closing else after
    if begun is not None:
        yield begun, end


def _delimiters(raw: bytes, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """(end of the body before it, begin of what follows, closing) of each delimiter line."""
    mark = b"--" + boundary
    misses = 0
    at = raw.find(mark, start, end)
    while at >= 0:
        if misses > MOST_MISSES:
            # A boundary such as "-": looked for at the beginnings of lines only, which is slower for other mails.
            line = re.compile(rb"(?<=[\r\n])" + re.escape(mark)).search(raw, at, end)
            if line is None:
                return
            at = line.start()
        following = at + len(mark)
        tail = _DELIMITER_TAIL.match(raw, following, end)
        if tail and (at == start or raw[at - 1] in b"\r\n"):
            yield _before(raw, at, start), tail.end(), tail[1] is not None
            following = (
                max(tail.end() - 1, at + 1) if raw[tail.end() - 1 : tail.end()] in (b"\r", b"\n") else tail.end()
            )
        else:
            misses += 1
        at = raw.find(mark, following, end)


def _before(raw: bytes, at: int, start: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    if at > start and raw[at - 1 : at] == b"\n":
        at -= 1
        return at - 1 if at > start and raw[at - 1 : at] == b"\r" else at
    return at - 1 if at > start else at
