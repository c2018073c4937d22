"""The DNS by dnspython: TXT records of a name, within a time."""

from __future__ import annotations

import dns.exception
import dns.rdatatype
import dns.resolver

from mailroom.errors import Transient


def text_records(name: str, *, server: str | None, port: int, seconds: float) -> tuple[tuple[bytes, ...], float | None]:
    """The records' bytes and how many seconds they hold; none and None for a name without any. `server` is an IP
    address, None the resolver of this machine. Raises Transient if nobody answers within `seconds`, tries and TCP
    included."""
    try:
        resolver = dns.resolver.Resolver(configure=server is None)
        if server is not None:
            resolver.nameservers, resolver.port = [server], port
        resolver.timeout = seconds
        answer = resolver.resolve(name, "TXT", lifetime=seconds, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return (), None
    except (dns.exception.DNSException, OSError) as error:
        raise Transient(f"DNS: {type(error).__name__}", code="dns_unavailable") from error
    texts = tuple(b"".join(record.strings) for record in answer if record.rdtype == dns.rdatatype.TXT)
    return texts, float(answer.rrset.ttl) if answer.rrset is not None else None
