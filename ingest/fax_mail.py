"""Mails of a fax-to-mail server: who they are from, and what their headers say of the fax."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from ingest.sidecar import facts_of
from mailroom.envelope import Transport

_HEADER_LIMIT = 64 * 1024
_NUMBER = re.compile(r"\+?\d[\d ./()-]{4,20}\d")


def is_fax_mail(raw: bytes, senders: Iterable[str]) -> bool:
    """Whether the From address is one of `senders` (compared without regard to case)."""
    wanted = {sender.lower() for sender in senders}
    return bool(wanted) and _address(_headers(raw).get("From", "")) in wanted


def fax_facts(raw: bytes) -> Transport:
    """The fax's number, station, pages and id, from ``X-…`` fields, else a number from the subject."""
    headers = _headers(raw)
    said = [(re.sub(r"(?i)^x-(?:fax-)?", "", key), value) for key, value in headers.items()]
    facts = facts_of([(k, v) for k, v in said if k.lower() not in ("from", "sender", "date", "received")], UTC)
    if facts.transport.fax_sender or facts.transport.fax_tsi:
        return facts.transport
    number = _NUMBER.search(_decoded(headers.get("Subject", "")))
    return facts_of([("sender", number.group())] if number else [], UTC).transport


def _headers(raw: bytes) -> dict[str, str]:
    head = raw[:_HEADER_LIMIT]
    end = min((at for at in (head.find(b"\r\n\r\n"), head.find(b"\n\n")) if at >= 0), default=len(head))
    found: dict[str, str] = {}
    for key, value in BytesHeaderParser().parsebytes(head[: end + 2]).items():
        found.setdefault(key.title() if key.lower() in ("from", "subject") else key, str(value))
    return found


def _address(value: str) -> str:
    return parseaddr(value)[1].lower()


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError):
        return value
