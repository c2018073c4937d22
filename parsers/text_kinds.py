"""What text is: a mail, a page, a bill in XML, a flat office document, a script, or just words."""

from __future__ import annotations

import base64
import binascii
import re

from parsers import extensions as ext
from parsers.content_kinds import cms_kind
from parsers.plain_text import unmarked_utf16

_LOOK = 8_192
_HEADER = re.compile(
    rb"(?i)^(?:from|to|subject|date|received|message-id|mime-version|return-path|delivered-to|sender|reply-to|"
    rb"content-type|x-[a-z0-9-]{2,40}|dkim-signature|authentication-results|cc|bcc)[ \t]*:"
)
_FIELD = re.compile(rb"^[!-9;-~]{1,76}[ \t]*:|^[ \t]+\S")
_MBOX_LINE = re.compile(rb"^>?From \S+ .{0,60}\d\d:\d\d")
_HTML = re.compile(rb"(?i)<(?:!doctype\s+html|html|head|body|table|div|meta|title|p|br|font|center)[\s>/]")
_FLAT_ODF = re.compile(rb"""office:mimetype\s*=\s*["'](application/vnd\.oasis\.opendocument\.[a-z]+)""")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+\Z")
_SIGNED = frozenset({"p7m", "p7s"})
_SCRIPTS = {
    "js": "text/javascript", "jse": "text/javascript", "vbs": "text/vbscript", "vbe": "text/vbscript",
    "bat": "application/x-bat", "cmd": "application/x-bat", "ps1": "text/x-powershell", "wsf": "text/x-wsf",
    "hta": "application/hta",
}  # fmt: skip


def looks_like_text(data: bytes) -> bool:
    """No NUL and (almost) no control characters near the beginning, or a Unicode mark of UTF-16."""
    head = data[:_LOOK]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return len(head) > 2 and (head[2] == 0 or head[3:4] == b"\0" or b"\0" in head[:64])
    if b"\0" in head:
        return unmarked_utf16(head) is not None
    controls = len(head.translate(None, _NOT_CONTROL))
    return controls * 100 <= len(head)


_NOT_CONTROL = bytes(sorted({9, 10, 11, 12, 13, 26, 27} | set(range(32, 127)) | set(range(128, 256))))


def text_kind(data: bytes, extension: str | None) -> str:
    """The media type of what `looks_like_text`; the extension only chooses among kinds of mere words."""
    head = _plain_head(data)
    if head.startswith(b"-----BEGIN "):
        return _pem(head)
    markup = _markup(head)
    if markup:
        return markup
    if head.startswith(b"#!") and b"/" in head[:40]:
        return "application/x-shellscript"
    if head.startswith(b"BEGIN:VCALENDAR"):
        return "text/calendar"
    if head.startswith(b"BEGIN:VCARD"):
        return "text/vcard"
    if is_mail(head, certain=extension not in ("eml", "m7m")):
        return ext.EMAIL
    if extension in _SCRIPTS:
        return _SCRIPTS[extension]
    if _BASE64.match(data[:4096]) and (head.startswith(b"MI") or extension in _SIGNED):
        # Some clients encode twice: then only the name tells.
        return _base64_cms(data) or (ext.SIGNED if extension in _SIGNED else "text/plain")
    if extension in ("htm", "html") and _HTML.search(head):
        return "text/html"
    if extension == "json" and head[:1] in (b"{", b"["):
        return "application/json"
    return "text/csv" if extension == "csv" else "text/plain"


def is_mail(head: bytes, *, certain: bool = True) -> bool:
    """Header fields at the very top, three of them known from mail (one is enough when the name says `.eml`)."""
    if not certain and not head.strip():
        return False
    known = 0
    for number, line in enumerate(head.splitlines()[:60]):
        if number == 0 and _MBOX_LINE.match(line):
            continue
        if not line.strip():
            break
        if not _FIELD.match(line):
            return False
        known += bool(_HEADER.match(line))
    return known >= (3 if certain else 1)


def _plain_head(data: bytes) -> bytes:
    head = data[:_LOOK]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace").lstrip("\ufeff").encode("utf-8", "replace").lstrip()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _markup(head: bytes) -> str | None:
    if not head.startswith(b"<"):
        return None
    flat = _FLAT_ODF.search(head)
    if flat:
        return flat[1].decode() + "-flat-xml"
    without_prologue = re.sub(rb"(?s)\A(?:<\?.*?\?>\s*|<!--.*?-->\s*)+", b"", head)
    if re.match(rb"(?i)<(?:!doctype\s+svg|svg[\s>])", without_prologue):
        return "image/svg+xml"
    if _HTML.match(without_prologue) or (_HTML.search(head) and not head.startswith(b"<?xml")):
        return "text/html"
    if head.startswith(b"<?xml") or re.match(rb"<[A-Za-z_][\w.-]*(?::[\w.-]+)?[\s/>]", without_prologue):
        return "application/xml"
    return None


def _pem(head: bytes) -> str:
    if re.match(rb"-----BEGIN (?:PKCS ?#?7|CMS)", head):
        body = head.split(b"-----", 4)[2] if head.count(b"-----") >= 2 else b""
        return _base64_cms(body) or ext.SIGNED
    return "application/x-pem-file"


def _base64_cms(text: bytes) -> str | None:
    letters = re.sub(rb"\s+", b"", text[:4096])
    try:
        return cms_kind(base64.b64decode(letters[: len(letters) // 4 * 4]))
    except (binascii.Error, ValueError):
        return None
