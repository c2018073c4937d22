"""What a fax server or a scanner writes beside the file: JSON or XML, under whatever names its maker chose.

Reading is total: every bytes value gives a `Sidecar`, at worst an empty one with a defect. Nothing in it is trusted
more than what a stranger wrote on an envelope.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from xml.etree.ElementTree import Element, ParseError
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mailroom.envelope import Channel, Transport

LARGEST = 256 * 1024
"""A sidecar is a page of facts; anything larger is not read."""

SUFFIXES = frozenset({".json", ".xml"})

# One row a fact: the names makers give it, lower-case, letters and digits only; the first that is present wins.
NAMES: Mapping[str, tuple[str, ...]] = {
    "channel": ("channel", "canale"),
    "received_at": ("receivedat", "received", "receivedtime", "receivetime", "datetime", "timestamp",
                    "endtime", "completiontime", "transmissionend", "starttime", "transmissionstart", "scannedat",
                    "scantime", "epoch"),
    "date": ("date", "data", "receiveddate", "receivedate"),
    "time": ("time", "ora", "receivedtimeofday"),
    "fax_sender": ("sender", "faxsender", "callerid", "caller", "callernumber", "callingnumber", "cidnumber",
                   "callid1", "calleridnum", "callerno", "ani", "cid", "cli", "fromnumber", "remotenumber",
                   "sendernumber", "originatornumber", "originator", "from", "mittente"),
    # Where a server tells both, TSI is the sender's name and CSID our own.
    "fax_tsi": ("tsi", "faxtsi", "tsid", "sendertsi", "sendertsid", "remotetsi", "remotecsid", "remotestationid",
                "faxoptremotestationid", "remoteid", "sendercsid", "csid", "faxcsid", "stationid", "station"),
    "pages": ("pages", "npages", "faxpages", "pagecount", "numpages", "numberofpages", "pagesreceived",
              "totalpages", "faxoptpages", "pagine"),
    "comm_id": ("commid", "communicationid", "faxid", "jobid", "sessionid", "uniqueid", "callid", "transmissionid"),
    "batch": ("batch", "batchid", "batchnumber", "lotto"),
    "first_sheet": ("firstsheet", "sheet", "foglio"),
    "registered_mail": ("registeredmail", "registeredmailnumber", "registeredletter", "raccomandata",
                        "numeroraccomandata", "trackingnumber"),
    "operator": ("operator", "operatore", "scannedby", "user", "utente"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    channel: Channel | None = None
    received_at: datetime | None = None
    transport: Transport = field(default_factory=Transport)
    defect: str | None = None
    """``sidecar-unreadable`` or ``sidecar-too-large``: the facts are unknown, the item is taken all the same."""


def read_sidecar(name: str, data: bytes, *, zone: tzinfo = UTC) -> Sidecar:
    """The facts in a sidecar file called `name`; times without a zone are taken to be in `zone`. Never raises."""
    if len(data) > LARGEST:
        return Sidecar(defect="sidecar-too-large")
    try:
        pairs = list(_xml_pairs(data) if PurePath(name).suffix.lower() == ".xml" else _json_pairs(data))
    except (ValueError, RecursionError, ParseError, DefusedXmlException, LookupError):
        return Sidecar(defect="sidecar-unreadable")
    return facts_of(pairs, zone)


def is_sidecar(name: str) -> bool:
    return PurePath(name).suffix.lower() in SUFFIXES


def zone_of(name: str) -> tzinfo:
    """The zone of times that name none. Raises ValueError for an unknown name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"timezone {name!r} is unknown") from error


def read_time(text: str, zone: tzinfo) -> datetime | None:
    """A time as fax servers write it: ISO 8601, TIFF (``2026:05:04 13:50:00``), Italian, RFC 5322, Unix seconds."""
    text = text.strip()
    for reader in (_iso, _unix, _digits, _italian, _rfc5322):
        found = reader(text)
        if found is not None:
            aware = found if found.tzinfo is not None else found.replace(tzinfo=zone)
            try:
                return aware.astimezone(UTC)
            except (OverflowError, ValueError):
                return None
    return None


def facts_of(pairs: Iterable[tuple[str, str]], zone: tzinfo) -> Sidecar:
    """The facts among names and values, whoever wrote them."""
    said: dict[str, str] = {}
    for key, value in pairs:
        plain = re.sub(r"[^a-z0-9]", "", key.lower())
        text = "".join(c for c in value if c.isprintable()).strip()[:200]
        if text:
            said.setdefault(plain, text)
    facts = {fact: _first(said, names) for fact, names in NAMES.items()}
    channel = facts["channel"]
    return Sidecar(
        channel=Channel(channel.lower()) if channel and channel.lower() in set(Channel) else None,
        received_at=_received(facts, zone),
        transport=Transport(
            fax_sender=facts["fax_sender"],
            fax_tsi=facts["fax_tsi"],
            pages=_count(facts["pages"]),
            comm_id=facts["comm_id"],
            batch=facts["batch"],
            first_sheet=_count(facts["first_sheet"]),
            registered_mail=facts["registered_mail"],
            operator=facts["operator"],
        ),
    )


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if name in said), None)


def _received(facts: Mapping[str, str | None], zone: tzinfo) -> datetime | None:
    date, time = facts["date"], facts["time"]
    for text in (facts["received_at"], f"{date} {time}" if date and time else None, date):
        found = read_time(text, zone) if text else None
        if found is not None:
            return found
    return None


def _count(text: str | None) -> int | None:
    """Also "3 of 3", "3/3"."""
    found = re.fullmatch(r"([0-9]{1,6})(?:\s*(?:/|of|di)\s*[0-9]+)?", text) if text is not None else None
    return int(found[1]) if found else None


def _json_pairs(data: bytes) -> Iterator[tuple[str, str]]:
    waiting = [json.loads(_text(data))]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            named = _named(node)
            if named is not None:
                yield named
                continue
            for key, value in node.items():
                if isinstance(value, str | int | float) and not isinstance(value, bool):
                    yield key, str(value)
                else:
                    waiting.append(value)
        elif isinstance(node, list):
            waiting.extend(node[:100])


def _text(data: bytes) -> str:
    """Old programs write what their Windows speaks."""
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _named(node: Mapping[str, object]) -> tuple[str, str] | None:
    """Of {"name": "CSID", "value": "…"} the pair that is meant."""
    plain = {key.lower(): value for key, value in node.items()}
    name, value = plain.get("name", plain.get("key")), plain.get("value")
    if isinstance(name, str) and isinstance(value, str | int | float) and not isinstance(value, bool):
        return name, str(value)
    return None


def _xml_pairs(data: bytes) -> Iterator[tuple[str, str]]:
    root: Element = fromstring(data, forbid_dtd=True)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.text and not len(element):
            yield element.tag.rpartition("}")[2], element.text
        # <field name="CSID" value="…"/> as well as <fax csid="…"/>
        said = {key.rpartition("}")[2].lower(): value for key, value in element.items()}
        named = said.get("name") or said.get("key")
        if named and (said.get("value") or element.text):
            yield named, said.get("value") or element.text or ""
        yield from ((key.rpartition("}")[2], value) for key, value in element.items())


def _iso(text: str) -> datetime | None:
    # fromisoformat also reads bare digits ("20260504"), which in a sidecar may as well be Unix seconds.
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _digits(text: str) -> datetime | None:
    if text.isdigit() and len(text) not in (8, 14):
        return None  # strptime would cut any row of digits into a date of its own
    for form in ("%Y:%m:%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%d"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _italian(text: str) -> datetime | None:
    for form in (
        "%d/%m/%Y %H:%M:%S",
        "%d/%m/%Y %H:%M",
        "%d.%m.%Y %H:%M:%S",
        "%d-%m-%Y %H:%M:%S",
        "%d/%m/%Y %H.%M.%S",
        "%d/%m/%Y",
    ):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _unix(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,10}(\.\d+)?|\d{13}", text):
        return None
    seconds = float(text) / (1000 if len(text) == 13 else 1)
    return datetime.fromtimestamp(seconds, UTC)


def _rfc5322(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
