"""daticert.xml: what a PEC provider certifies of a message (RFC 6109, annex; DM 2 November 2005, technical rules, 9).

As XML, with or without a namespace and whatever charset its declaration claims. Where it is none (an ``&`` or an
identifier that nobody escaped, an entity of HTML, a cut end), field by field, without the subject, which is the only
field that a stranger words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailroom.calendar import ROME
from parsers.plain_text import read_text

LARGEST = 2**20
LONGEST = 100_000
"""Characters of a broken one that are searched."""
_ROOT = "postacert"
_NAMES = ("mittente", "gestore-emittente", "identificativo", "msgid", "giorno", "ora", "consegna", "errore-esteso")
_SUBJECT = re.compile(r"<(?:\w+:)?oggetto\b.*</(?:\w+:)?oggetto\s*>", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"<(?:\w+:)?postacert\b([^>]{0,2000})>", re.IGNORECASE)
_FIELD = re.compile(
    rf"<(?:\w+:)?({'|'.join(_NAMES)})\b[^>]{{0,200}}>(.{{0,2000}}?)</(?:\w+:)?\1\s*>", re.DOTALL | re.IGNORECASE
)
_EMPTY = re.compile(r"<(?:\w+:)?(data|ricevuta)\b([^>]{0,200})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*[\"']([^\"'<>]{0,200})[\"']")
_CDATA = re.compile(r"^\s*<!\[CDATA\[(.*)\]\]>\s*$", re.DOTALL)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_HOUR = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ZONE = re.compile(r"([+-]?)(\d{2}):?(\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Daticert:
    """What is not said is None."""

    kind: str
    error: str | None = None
    sender: str | None = None
    provider: str | None = None
    identifier: str | None = None
    message_id: str | None = None
    """As its sender numbered it; with angle brackets."""
    at: datetime | None = None
    receipt_type: str | None = None
    delivered_to: str | None = None
    detail: str | None = None


def read_daticert(data: bytes | None) -> Daticert | None:
    """None where nothing tells of which kind the message is."""
    if not data or len(data) > LARGEST:
        return None
    root = _parsed(data)
    fields = _strictly(root) if root is not None else _loosely(read_text(data)[0][:LONGEST])
    kind = fields.get("tipo", "").lower()
    if not kind:
        return None
    error, sender, to = fields.get("errore", ""), fields.get("mittente", ""), fields.get("consegna", "")
    return Daticert(
        kind=kind,
        error=error if error and error != "nessuno" else None,
        sender=sender.lower() or None,
        provider=fields.get("gestore-emittente") or None,
        identifier=fields.get("identificativo") or None,
        message_id=_bracketed(fields.get("msgid", "")),
        at=_moment(fields.get("giorno", ""), fields.get("ora", ""), fields.get("zona", "")),
        receipt_type=fields.get("ricevuta") or None,
        delivered_to=to.lower() or None,
        detail=fields.get("errore-esteso") or None,
    )


def _parsed(data: bytes) -> Element | None:
    for attempt in (data, _relabelled(data)):
        try:
            root: Element = fromstring(attempt)
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            continue
        return root if _local(root) == _ROOT else None
    return None


def _relabelled(data: bytes) -> bytes:
    """In the charset that its bytes show, whatever its declaration claims."""
    text, _ = read_text(data)
    start = text.lower().find(f"<{_ROOT}")
    return text[max(0, start) :].encode("utf-8", "replace")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _strictly(root: Element) -> Mapping[str, str]:
    """By place: header and data are children of the root, and each field of one of them."""
    fields = {name: root.get(name, "").strip() for name in ("tipo", "errore")}
    for group in root:
        for element in group:
            name = _local(element)
            if name == "data":
                fields["zona"] = element.get("zona", "").strip()
                fields |= {_local(part): (part.text or "").strip() for part in element}
            elif name == "ricevuta":
                fields[name] = element.get("tipo", "").strip()
            elif name in _NAMES:
                fields.setdefault(name, (element.text or "").strip())
    return fields


def _loosely(text: str) -> Mapping[str, str]:
    opening = _OPENING.search(text)
    if opening is None:
        return {}
    fields = {name.lower(): said.strip() for name, said in _ATTRIBUTE.findall(opening[1])}
    fields = {name: fields[name] for name in ("tipo", "errore") if name in fields}
    rest = _SUBJECT.sub("", text)
    for name, said in _FIELD.findall(rest):
        inner = _CDATA.match(said)
        fields.setdefault(name.lower(), inner[1].strip() if inner else html.unescape(said).strip())
    for name, said in _EMPTY.findall(rest):
        found = dict(_ATTRIBUTE.findall(said))
        fields |= {"zona": found.get("zona", "")} if name.lower() == "data" else {"ricevuta": found.get("tipo", "")}
    return fields


def _bracketed(said: str) -> str | None:
    bare = said.strip("<> \t\r\n")
    return f"<{bare}>" if bare and len(bare) <= 250 and not re.search(r"[\s<>]", bare) else None


def _moment(day: str, hour: str, zone: str) -> datetime | None:
    date, time, offset = _DAY.search(day), _HOUR.search(hour), _ZONE.fullmatch(zone)
    if date is None or time is None:
        return None
    try:
        local = datetime(int(date[3]), int(date[2]), int(date[1]), int(time[1]), int(time[2]), int(time[3] or 0))
        if offset is None:
            return local.replace(tzinfo=ROME).astimezone(UTC)
        said = f"{offset[1] or '+'}{offset[2]}{offset[3]}"
        return datetime.strptime(f"{local:%Y-%m-%d %H:%M:%S} {said}", "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
