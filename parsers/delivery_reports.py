"""What a delivery report speaks of: the message that came back, the addresses it did not reach, the status code.

Sources: RFC 3464 (fields), RFC 3463 (codes), RFC 3462 (returned headers). Reports that follow no standard are searched
for what looks the same in their words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parsers.headers import addresses, header, identifiers, raw_headers
from parsers.mail_part import MailPart
from parsers.message import body_of, parse
from parsers.parameters import parameters
from parsers.plain_text import read_text

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_ADDRESS = re.compile(r"(?<![\w.+'-])([\w.+'=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")
_BELOW = re.compile(
    r"^[^\w\n]*(?:\w+ ){0,6}?(?:original message|old message|returned (?:message|mail)|copy of (?:the|your) "
    r"message|undelivered message|header of the (?:source|original)|first \d+ lines|messaggio originale|"
    r"message text)\b",
    re.IGNORECASE | re.MULTILINE,
)
_HEADER_LINE = re.compile(
    r"^[> \t]*(?:Received|Return-Path|From|To|Subject|Message-ID|Date|MIME-Version|Content-Type): ?\S",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_FIELD = re.compile(r"^([A-Za-z-]{2,60})[ \t]*:[ \t]*((?:[^\n]|\n[ \t])*)", re.MULTILINE)
_REPORTED = re.compile(
    rb"^Final-Recipient[ \t]*:[^\n]*\n(?:[^\n]+\n){0,8}(?:Action|Status)[ \t]*:", re.IGNORECASE | re.MULTILINE
)
_REACHED = frozenset({"delivered", "relayed", "expanded"})
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
                       "message/global-headers", "message/partial"})  # fmt: skip
_STATUS_KINDS = frozenset({"message/delivery-status", "message/global-delivery-status"})
MOST = 100
LONGEST = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    message_id: str | None = None
    """Of the message that came back."""
    recipients: tuple[str, ...] = ()
    status: str | None = None
    """As in RFC 3463; ``5.0.0`` or ``4.0.0`` where only an SMTP reply is told."""


def report_type(part: MailPart) -> str:
    """What a multipart/report says it is (RFC 6522), in lower case; empty where it says nothing or is none."""
    if part.media_type != "multipart/report":
        return ""
    return parameters(part.get("content-type") or "").get("report-type", "").lower()


def parts_of(message: MailPart) -> Iterator[MailPart]:
    """The message and all its parts; not those of messages within."""
    todo = [message]
    while todo:
        part = todo.pop(0)
        yield part
        todo[:0] = part.children or ()


def is_status(part: MailPart) -> bool:
    return part.media_type in _STATUS_KINDS


def enclosed_status(message: MailPart) -> bool:
    """Whether the report's fields lie in a file beside the words, as gateways enclose them that lose their type."""
    texts = (part for part in message.children or () if part.media_type.startswith("text/"))
    return any(_REPORTED.search(body_of(part)[0][:LONGEST]) for part in texts)


def returned_part(message: MailPart) -> MailPart | None:
    """The part that is the message that came back, or its headers."""
    return next((part for part in parts_of(message) if part.media_type in _RETURNED), None)


def returned_below(text: str) -> int | None:
    """Where, in the words of a report, the message that came back begins; None if it isn't there."""
    text = text[:LONGEST]
    marked = _BELOW.search(text)
    start = marked.start() if marked else 0
    lines = [found.start() for found, _ in zip(_HEADER_LINE.finditer(text, start), range(4), strict=False)]
    if marked and len(lines) >= 1:
        return start
    return lines[0] if len(lines) >= 4 else None


def delivery_report(message: MailPart, text: str) -> DeliveryReport:
    """What is told by the standard's fields, else by the headers, else by the words."""
    carried = returned_part(message)
    inner = parse(body_of(carried)[0][:LONGEST]) if carried is not None else None
    blocks = [block for part in parts_of(message) if is_status(part) for block in _blocks(part)]
    if not blocks and inner is not None:
        # Some gateways wrap the report of the server beyond them into one of their own.
        blocks = [block for part in parts_of(inner) if is_status(part) for block in _blocks(part)]
        deeper = returned_part(inner) if blocks else None
        inner = parse(body_of(deeper)[0][:LONGEST]) if deeper is not None else inner
    below = returned_below(text)
    words = text[:LONGEST] if below is None else text[:below]
    recipients = _recipients(blocks) or _named(message) or _mentioned(message, words)
    ids = identifiers(inner, "Message-ID") if inner is not None else tuple(_ID_LINE.findall(text[below or 0 :]))
    about = ids or identifiers(message, "References")[-1:] or identifiers(message, "In-Reply-To")
    return DeliveryReport(
        message_id=about[0] if about else None, recipients=recipients[:MOST], status=_status(blocks, words)
    )


def _blocks(part: MailPart) -> list[Mapping[str, str]]:
    """The groups of fields about one recipient each; the first group is about the message and names none."""
    text = read_text(body_of(part)[0][:LONGEST])[0]
    groups = (
        {m[1].lower(): re.sub(r"\s+", " ", m[2]).strip() for m in _FIELD.finditer(group)}
        for group in re.split(r"\n[ \t]*\n", text)
    )
    return [group for group in groups if not group.keys().isdisjoint({"final-recipient", "original-recipient"})]


def _failed(blocks: list[Mapping[str, str]]) -> list[Mapping[str, str]]:
    missed = [block for block in blocks if block.get("action", "failed").lower() not in _REACHED]
    return missed or blocks


def _recipients(blocks: list[Mapping[str, str]]) -> tuple[str, ...]:
    found = []
    for block in _failed(blocks):
        said = block.get("final-recipient") or block.get("original-recipient") or ""
        address = said.partition(";")[2] or said
        match = _ADDRESS.search(address)
        if match is None and (said := block.get("original-recipient", "")):
            match = _ADDRESS.search(said)
        if match:
            found.append(match[1].lower())
    return tuple(dict.fromkeys(found))


def _named(message: MailPart) -> tuple[str, ...]:
    said = " ".join(raw_headers(message, "X-Failed-Recipients"))
    return tuple(dict.fromkeys(address.lower() for address in _ADDRESS.findall(said)))


def _mentioned(message: MailPart, words: str) -> tuple[str, ...]:
    """Addresses in the words, but for those of the report's own sender and addressee."""
    own = {found.email for name in ("From", "To", "Reply-To") for found in addresses(message, name)}
    mentioned = (address.lower().removeprefix("smtp=").strip(".'-") for address in _ADDRESS.findall(words[:4_000]))
    subject = (address.lower() for address in _ADDRESS.findall(header(message, "Subject") or ""))
    daemons = ("postmaster@", "mailer-daemon@")
    return tuple(dict.fromkeys(a for a in (*mentioned, *subject) if a not in own and not a.startswith(daemons)))[:20]


def _status(blocks: list[Mapping[str, str]], words: str) -> str | None:
    for block in _failed(blocks):
        if match := _STATUS.search(block.get("status", "")) or _STATUS.search(block.get("diagnostic-code", "")):
            return match[1]
        if match := _REPLY_CODE.search(block.get("diagnostic-code", "")):
            return f"{match[1]}.0.0"
    if match := _STATUS.search(words[:4_000]):
        return match[1]
    match = _REPLY_CODE.search(words[:4_000])
    return f"{match[1]}.0.0" if match else None
