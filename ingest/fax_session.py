"""What HylaFAX knows of a received fax: the tags it writes into the TIFF (what `faxinfo` prints), and the line of the
session in `xferfaxlog`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from ingest.sidecar import read_time
from ingest.tiff_tags import DATE_TIME, IMAGE_DESCRIPTION, read_tiff
from mailroom.envelope import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    received_at: datetime | None
    transport: Transport


def session_of_tiff(data: bytes, *, zone: tzinfo) -> Session:
    """HylaFAX puts the station id into the first line of ImageDescription and the caller's numbers into the following
    ones, the local time of receipt into DateTime. Unknown facts are None; never raises.
    """
    tiff = read_tiff(data)
    if tiff is None:
        return Session(received_at=None, transport=Transport())
    station, *callers = [_clean(line) for line in tiff.texts.get(IMAGE_DESCRIPTION, "").split("\n")]
    date = tiff.texts.get(DATE_TIME)
    return Session(
        received_at=read_time(date, zone) if date else None,
        transport=Transport(fax_tsi=station, fax_sender=next(iter(callers), None), pages=tiff.pages or None),
    )


def session_of_log(line: str, *, zone: tzinfo) -> Session | None:
    """A reception in xferfaxlog (man 5 xferfaxlog); None for any other line.

    date RECV commid modem file <null> fax "local" "TSI" params pages jobtime conntime "reason" "CallID1" "CallID2" …
    HylaFAX+ puts the caller's name before the number: the first of the two that has digits is taken.
    """
    fields = [field.strip().strip('"') for field in line.rstrip("\n").split("\t")]
    if len(fields) < 11 or fields[1] != "RECV":
        return None
    callers = [found for text in fields[14:16] if (found := _clean(text)) and re.search(r"\d{3}", found)]
    return Session(
        received_at=_log_time(fields[0], zone),
        transport=Transport(
            fax_tsi=_clean(fields[8]),
            fax_sender=callers[0] if callers else None,
            pages=int(fields[10]) if re.fullmatch(r"\d{1,5}", fields[10]) else None,
            comm_id=_clean(fields[2]),
        ),
    )


def log_line_of(log: str, filename: str) -> str | None:
    """The last reception in the log that wrote this file."""
    wanted = re.compile(rf"\tRECV\t(?:[^\t]*\t){{2}}\"?(?:[^\t\"]*/)?{re.escape(filename)}\"?\t")
    return next((line for line in reversed(log.splitlines()) if wanted.search(line)), None)


def combined(tiff: Session, log: Session | None) -> Session:
    """Both, the log first where it speaks: the file's tags may have been cut short; pages count in the file."""
    if log is None:
        return tiff
    return Session(
        received_at=tiff.received_at or log.received_at,
        transport=Transport(
            fax_sender=log.transport.fax_sender or tiff.transport.fax_sender,
            fax_tsi=log.transport.fax_tsi or tiff.transport.fax_tsi,
            pages=tiff.transport.pages or log.transport.pages,
            comm_id=log.transport.comm_id,
        ),
    )


def _log_time(text: str, zone: tzinfo) -> datetime | None:
    try:
        return datetime.strptime(text, "%m/%d/%y %H:%M").replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def _clean(text: str) -> str | None:
    kept = "".join(c for c in text if c.isprintable()).strip()[:80]
    return kept if kept and kept.lower() not in ("<unknown>", "<null>", "<none>", "unknown") else None
