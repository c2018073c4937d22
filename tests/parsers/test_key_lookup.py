"""Keys out of the DNS: asked of a real (small) name server over UDP and TCP, once, and not for long."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from time import monotonic

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from mailroom.envelope import Channel
from mailroom.errors import Transient
from mailroom.item import Hints
from parsers.key_lookup import REST_SECONDS, TROUBLES, DnsSettings, KeyLookup
from parsers.opening import OpeningSettings, open_arrival

KEY = "v=DKIM1; k=rsa; p=" + "A" * 300
RECORDS = {
    "k1._domainkey.posta.example.": [f'"{KEY[:200]}" "{KEY[200:]}"'],
    "long._domainkey.posta.example.": [f'"{KEY[:200]}" "{"B" * 250}" "{"C" * 250}" "{"D" * 250}"'],
    "two._domainkey.posta.example.": ['"v=DKIM1; p=AA"', '"v=DKIM1; p=BB"'],
    "other._domainkey.posta.example.": ['"v=spf1 -all"', '"v=DKIM1; p=AA"'],
}


def _on_one_port(
    datagram: type[socketserver.BaseRequestHandler], stream: type[socketserver.BaseRequestHandler]
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """A port that is free for datagrams may be taken for streams: then another one."""
    for tries_left in reversed(range(50)):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagram)
        try:
            return udp, socketserver.ThreadingTCPServer(udp.server_address, stream)
        except OSError:
            udp.server_close()
            if not tries_left:
                raise
    raise AssertionError("not reached")


class NameServer:
    """Answers from `RECORDS`; what does not fit into a datagram by TCP only."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.mute = False
        self.garbled = False
        outer = self

        class Datagram(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, back = self.request
                if not outer.mute:
                    back.sendto(outer.answer(data, most=512), self.client_address)

        class Stream(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                (length,) = struct.unpack("!H", self.request.recv(2))
                said = outer.answer(self.request.recv(length), most=65_535)
                self.request.sendall(struct.pack("!H", len(said)) + said)

        self._udp, self._tcp = _on_one_port(Datagram, Stream)
        self.port = int(self._udp.server_address[1])
        self._tcp.daemon_threads = True
        for server in (self._udp, self._tcp):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, data: bytes, *, most: int) -> bytes:
        if self.garbled:
            return data[:2] + b"\xff" * 20
        query = dns.message.from_wire(data)
        name = query.question[0].name.to_text()
        self.asked.append(name)
        reply = dns.message.make_response(query)
        if name not in RECORDS:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            reply.answer.append(dns.rrset.from_text(name, 3600, "IN", "TXT", *RECORDS[name]))
        wire = reply.to_wire()
        if len(wire) > most:
            short = dns.message.make_response(query)
            short.flags |= dns.flags.TC
            wire = short.to_wire()
        return wire

    def close(self) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.close()


class Hand:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def settings(server: NameServer, seconds: float = 2.0) -> DnsSettings:
    return DnsSettings(resolver="127.0.0.1", port=server.port, seconds=seconds)


def test_a_key_is_asked_for_once_and_again_when_its_time_is_over(server: NameServer) -> None:
    hand = Hand()
    keys = KeyLookup(settings(server), clock=hand)
    assert [keys("k1._domainkey.posta.example") for _ in range(3)] == [KEY] * 3
    assert len(server.asked) == 1
    hand.now += 3_601
    assert keys("k1._domainkey.posta.example") == KEY and len(server.asked) == 2


def test_what_is_not_there_is_remembered_too_but_not_for_long(server: NameServer) -> None:
    hand = Hand()
    keys = KeyLookup(settings(server), clock=hand)
    assert keys("no._domainkey.posta.example") is None and keys("no._domainkey.posta.example") is None
    assert len(server.asked) == 1
    hand.now += 301
    assert keys("no._domainkey.posta.example") is None and len(server.asked) == 2


def test_a_long_key_comes_by_tcp_and_other_records_beside_it_do_not_count(server: NameServer) -> None:
    keys = KeyLookup(settings(server))
    assert len(keys("long._domainkey.posta.example") or "") == 950
    assert keys("other._domainkey.posta.example") == "v=DKIM1; p=AA"
    assert keys("two._domainkey.posta.example") is None, "two keys are nobody's"


@pytest.mark.parametrize("how", ["mute", "garbled"])
def test_a_resolver_that_does_not_answer_holds_nobody_up(server: NameServer, how: str) -> None:
    setattr(server, how, True)
    hand = Hand()
    keys = KeyLookup(settings(server, seconds=0.1), clock=hand)
    started = monotonic()
    for number in range(40):
        assert keys(f"k{number}._domainkey.posta.example") is None
    assert monotonic() - started < 3, f"after {TROUBLES} silences it rests"
    with pytest.raises(Transient):
        keys.check()
    setattr(server, how, False)
    assert keys("k1._domainkey.posta.example") is None, "it still rests"
    hand.now += REST_SECONDS + 1
    assert keys("k1._domainkey.posta.example") == KEY
    assert keys.check() == "127.0.0.1 risponde"


def test_mail_is_checked_with_keys_of_the_dns_only_where_it_is_configured(server: NameServer) -> None:
    raw = (
        b"DKIM-Signature: v=1; a=rsa-sha256; d=posta.example; s=k1; h=From; bh=AA==; b=AA==\r\n"
        b"From: ada@posta.example\r\n\r\nBuongiorno\r\n"
    )
    said = open_arrival(raw, Hints(channel=Channel.EMAIL), settings=OpeningSettings()).envelope.authenticity
    assert said.checked_dkim is None and server.asked == []
    asking = OpeningSettings(dns=settings(server))
    assert (
        open_arrival(raw, Hints(channel=Channel.EMAIL), settings=asking).envelope.authenticity.checked_dkim == "neutral"
    )
    assert server.asked == ["k1._domainkey.posta.example."]


@pytest.mark.parametrize("wrong", [{"resolver": "ns.example"}, {"port": 0}, {"seconds": 0.0}, {"seconds": 99.0}])
def test_wrong_settings_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DnsSettings(**wrong)  # type: ignore[arg-type]
