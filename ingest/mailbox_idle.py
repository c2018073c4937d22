"""Waiting for mail by IDLE (RFC 2177), without being fooled by a dead line.

imapclient's `idle_check` answers an empty list at once, for ever, when the socket is dead; servers stretch the wait
with ``* OK Still here``; and a line that goes to nowhere looks like a quiet mailbox until something is asked.
"""

from __future__ import annotations

import threading
from time import monotonic

from ingest.mailbox_session import Client
from mailroom.errors import Transient

LONGEST_IDLE = 28 * 60.0
"""Servers may hang up on 30 minutes of silence (RFC 2177 asks clients to renew before 29)."""
SLICE = 0.5
"""How long one look lasts: the stop event is seen after this time at the latest."""
HASTY = 3
"""Empty answers in a row that came much too early. One or two happen on TLS (half a record has come)."""


def idle_until(client: Client, stop: threading.Event, *, deadline: float) -> bool:
    """Waits for new mail in the selected folder; True if the server told of some.

    Returns at `deadline` (monotonic clock) or when `stop` is set. Leaves IDLE by DONE, whose answer proves that the
    line is alive. Raises Transient for a dead line, and what the library raises.
    """
    client.idle()
    news = _listen(client, stop, deadline)
    _, late = client.idle_done()
    return news or _is_news(late)


def _listen(client: Client, stop: threading.Event, deadline: float) -> bool:
    hasty = 0
    while not stop.is_set() and (left := deadline - monotonic()) > 0:
        asked = min(SLICE, left)
        started = monotonic()
        events = client.idle_check(timeout=asked)
        if _is_news(events):
            return True
        early = not events and monotonic() - started < asked / 2
        hasty = hasty + 1 if early else 0
        if hasty >= HASTY:
            raise Transient("connessione caduta durante l'attesa", code="mailbox_connection")
    return False


def _is_news(events: object) -> bool:
    """Whether there is an EXISTS among the events; FETCH, EXPUNGE and ``OK Still here`` are none.

    Raises Transient if the server says BYE.
    """
    news = False
    for event in events if isinstance(events, list) else []:
        if isinstance(event, tuple) and event[:1] == (b"BYE",):
            raise Transient("il server di posta ha chiuso", code="mailbox_connection")
        news = news or (isinstance(event, tuple) and len(event) > 1 and event[1] == b"EXISTS")
    return news
