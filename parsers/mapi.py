"""Outlook's view of a message: numbered properties ([MS-OXPROPS]), the same in ``winmail.dat`` and in ``.msg`` files,
and the way back from them to the message that travelled over the Internet (RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError, MessageDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import format_datetime

from parsers import rtf

Value = str | bytes | int | bool | datetime

SUBJECT, BODY, HTML, RTF_COMPRESSED = 0x0037, 0x1000, 0x1013, 0x1009
HEADERS, SUBMITTED, DELIVERED, MESSAGE_ID, IN_REPLY_TO, REFERENCES = 0x007D, 0x0039, 0x0E06, 0x1035, 0x1042, 0x1039
FROM_NAME, FROM_EMAIL, FROM_SMTP = 0x0042, 0x0065, 0x5D02
SENDER_NAME, SENDER_EMAIL, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
DISPLAY_TO, DISPLAY_CC = 0x0E04, 0x0E03
NAME, EMAIL, SMTP, RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
ATTACH_DATA, ATTACH_LONG_NAME, ATTACH_NAME, ATTACH_TYPE, ATTACH_CID = 0x3701, 0x3707, 0x3704, 0x370E, 0x3712
ATTACH_EXTENSION, CODEPAGE, INTERNET_CODEPAGE, CLASS = 0x3703, 0x3FFD, 0x3FDE, 0x001A

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_BAD_HEADERS = (HeaderParseError, MessageDefect, ValueError, TypeError, IndexError, AttributeError, LookupError)
"""What the standard library's header classes raise over values that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    properties: Mapping[int, Value]
    data: bytes | None = None
    embedded: Message | None = None

    @property
    def name(self) -> str:
        for number in (ATTACH_LONG_NAME, ATTACH_NAME, NAME):
            name = text(self.properties, number)
            if name:
                return name
        return "allegato" + (text(self.properties, ATTACH_EXTENSION) or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    properties: Mapping[int, Value]
    recipients: tuple[Mapping[int, Value], ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())


def text(properties: Mapping[int, Value], number: int) -> str | None:
    """A text property without its closing NULs; None if absent or of another kind."""
    value = properties.get(number)
    if isinstance(value, bytes):
        value = value.decode(codec(properties), "replace")
    return value.strip("\0 \r\n\t") or None if isinstance(value, str) else None


def codec(properties: Mapping[int, Value]) -> str:
    """The character set that the message names for its 8-bit strings; Windows-1252 if none or unknown."""
    for number in (INTERNET_CODEPAGE, CODEPAGE):
        page = properties.get(number)
        if isinstance(page, int):
            name = {65001: "utf-8", 20127: "cp1252", 28591: "cp1252", 28605: "iso8859-15", 1200: "utf-16-le"}.get(page)
            return name or (f"cp{page}" if page in _PAGES else "cp1252")
    return "cp1252"


_PAGES = frozenset({437, 850, 852, 858, 866, 874, 932, 936, 949, 950, *range(1250, 1259)})


def moment(filetime: int) -> datetime | None:
    """A FILETIME (100 ns since 1601) as UTC; None if it is out of the calendar."""
    try:
        return _EPOCH + timedelta(microseconds=filetime // 10)
    except OverflowError:
        return None


def bodies(message: Message) -> tuple[str | None, str | None]:
    """The words of a message as (plain text, HTML); the HTML may lie wrapped in compressed RTF ([MS-OXRTFEX])."""
    properties = message.properties
    plain, html = text(properties, BODY), None
    raw = properties.get(HTML)
    if isinstance(raw, bytes) and raw.strip(b"\0 \r\n"):
        html = _html_text(raw, codec(properties))
    elif isinstance(raw, str):
        html = raw.strip("\0") or None
    packed = properties.get(RTF_COMPRESSED)
    if isinstance(packed, bytes) and not (html and plain):
        source = rtf.decompress(packed)
        if source is not None:
            html = html or rtf.encapsulated_html(source)
            plain = plain or (None if html else rtf.to_text(source).strip() or None)
    return plain, html


def to_rfc5322(message: Message, *, depth: int = 0) -> bytes:
    """The message as it would have come by Internet mail; embedded messages become message/rfc822 parts."""
    return _compose(message, depth).as_bytes()


def _compose(message: Message, depth: int) -> EmailMessage:
    mail = EmailMessage()
    _add_headers(mail, message)
    plain, html = bodies(message)
    if plain is not None or html is None:
        mail.set_content(_clean(plain or ""), charset="utf-8")
        if html is not None:
            mail.add_alternative(_clean(html), subtype="html", charset="utf-8")
    else:
        mail.set_content(_clean(html), subtype="html", charset="utf-8")
    for attachment in message.attachments:
        _attach(mail, attachment, depth)
    return mail


def _attach(mail: EmailMessage, attachment: Attachment, depth: int) -> None:
    name = _one_line(attachment.name)
    if attachment.embedded is not None:
        if depth >= 20:
            return
        stem = name if name.lower().endswith(".eml") else f"{name}.eml"
        mail.add_attachment(_compose(attachment.embedded, depth + 1), filename=stem)
        return
    declared = text(attachment.properties, ATTACH_TYPE) or ""
    match = re.fullmatch(r"([a-z]+)/([A-Za-z0-9.+-]+)", declared)
    main, sub = (
        match.groups() if match and match[1] not in ("multipart", "message") else ("application", "octet-stream")
    )
    cid = text(attachment.properties, ATTACH_CID)
    mail.add_attachment(attachment.data or b"", maintype=main, subtype=sub, filename=name)
    if cid:
        added = mail.get_payload(-1)
        if isinstance(added, EmailMessage):
            _set(added, "Content-ID", f"<{_one_line(cid)}>")


def _add_headers(mail: EmailMessage, message: Message) -> None:
    kept = text(message.properties, HEADERS)
    if kept:
        lines = re.sub(r"\A\s*Microsoft Mail.*?\n", "", kept)
        for header, content in HeaderParser().parsestr(lines).items():
            if not header.lower().startswith("content-") and header.lower() != "mime-version":
                _set(mail, header, content)
    for name, value in _own_headers(message).items():
        if value and name not in mail:
            _set(mail, name, value)


def _own_headers(message: Message) -> dict[str, str | None]:
    properties = message.properties
    sent = properties.get(SUBMITTED) or properties.get(DELIVERED)
    kinds: dict[object, list[str]] = {1: [], 2: []}
    for recipient in message.recipients:
        address = _address(text(recipient, NAME), text(recipient, SMTP) or text(recipient, EMAIL))
        if address:
            kinds.get(recipient.get(RECIPIENT_TYPE, 1), kinds[1]).append(address)
    sender = _address(
        text(properties, FROM_NAME) or text(properties, SENDER_NAME),
        text(properties, FROM_SMTP) or text(properties, SENDER_SMTP)
        or text(properties, FROM_EMAIL) or text(properties, SENDER_EMAIL),
    )  # fmt: skip
    return {
        "From": sender,
        "To": ", ".join(kinds[1]) or None,
        "Cc": ", ".join(kinds[2]) or None,
        "Subject": text(properties, SUBJECT),
        "Date": format_datetime(sent) if isinstance(sent, datetime) else None,
        "Message-ID": text(properties, MESSAGE_ID),
        "In-Reply-To": text(properties, IN_REPLY_TO),
        "References": text(properties, REFERENCES),
    }


def _address(name: str | None, email: str | None) -> str | None:
    """Exchange knows its own people by an X.500 path (``/O=…``): that is no address outside."""
    spec = email if email and "@" in email and not email.startswith("/") else ""
    if not spec and not name:
        return None
    try:
        return str(Address(display_name=_one_line(name or ""), addr_spec=_one_line(spec)))
    except _BAD_HEADERS:
        return _one_line(spec) or None


def _set(mail: EmailMessage, name: str, value: str) -> None:
    """Headers that the library refuses (twice the same, malformed) are left out: the .msg itself is kept."""
    try:
        mail[name] = _one_line(value)
    except _BAD_HEADERS:
        return


def _one_line(value: str) -> str:
    return re.sub(r"[\r\n\0]+[ \t]*", " ", value).encode("utf-8", "replace").decode().strip()


def _clean(words: str) -> str:
    return words.encode("utf-8", "replace").decode().replace("\0", "")


def _html_text(raw: bytes, fallback: str) -> str:
    match = re.search(rb"""(?i)<meta[^>]+charset\s*=\s*["']?([A-Za-z0-9_-]+)""", raw[:4096])
    for name in ([match[1].decode()] if match else []) + [fallback]:
        try:
            return raw.decode(name, "replace").strip("\0")
        except LookupError:
            continue
    return raw.decode("cp1252", "replace").strip("\0")
