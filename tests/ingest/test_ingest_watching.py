"""Watching a mailbox: quick when mail comes, awake when the line dies, gone at once when told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

from ingest.mailbox import Mailbox
from ingest.mailbox_idle import idle_until
from ingest.mailbox_session import MailboxConfig, connect
from ingest.reception import take
from ingest.watching import TROUBLE, Backoff, alarming
from mailroom.errors import GatewayError, Refused, Transient
from tests.ingest.conftest import Configure
from tests.ingest.paper_book import PaperBlobs, PaperBook
from tests.ingest.test_ingest_mailbox import fill
from tests.servers.dovecot import PASSWORD, Dovecot, dovecot
from tests.servers.faultproxy import fault_proxy

QUICK = Backoff(first=0.05, longest=0.2, refused=0.1)


class Watched:
    """A mailbox watched in a thread of its own, and a way to wait for what has been booked."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.book = PaperBook()
        self.stop = threading.Event()
        self.looks = 0
        self.troubles: list[GatewayError] = []
        self._changed = threading.Condition()
        self._tell = alarming("posta", self.book, patience=2)
        self._thread = threading.Thread(target=self._watch)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> float:
        """Seconds the watcher took to stop."""
        started = monotonic()
        self.stop.set()
        self._thread.join(20)
        assert not self._thread.is_alive()
        return monotonic() - started

    def until(self, reached: Callable[[], bool], seconds: float = 15.0) -> None:
        with self._changed:
            assert self._changed.wait_for(reached, seconds), (self.looks, self.troubles, self.book.items())

    def items(self, count: int) -> None:
        self.until(lambda: len(self.book.items()) == count)

    def _watch(self) -> None:
        self.mailbox.watch(self._look, self.stop, on_trouble=self._trouble, backoff=QUICK)

    def _look(self) -> None:
        take(self.mailbox, blobs=PaperBlobs(), book=self.book)
        with self._changed:
            self.looks += 1
            self._changed.notify_all()

    def _trouble(self, error: GatewayError | None) -> None:
        with self._changed:
            if error is not None:
                self.troubles.append(error)
            self._tell(error)
            self._changed.notify_all()


@contextmanager
def watched(mailbox: Mailbox) -> Iterator[Watched]:
    watcher = Watched(mailbox)
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.end()


def test_idle_tells_of_new_mail_long_before_the_next_poll(server: Dovecot, user: str, configure: Configure) -> None:
    with watched(Mailbox(configure(poll_seconds=600))) as watcher:
        watcher.until(lambda: watcher.looks >= 1)
        for count in (1, 2):
            fill(server.client(user), range(1))
            watcher.items(count)
        assert not watcher.troubles
        assert watcher.end() < 1.5


def test_without_idle_the_mailbox_is_polled(password_file: Path) -> None:
    with dovecot(capability="IMAP4rev1 UIDPLUS MOVE LITERAL+") as server:
        config = MailboxConfig(
            name="posta", host="127.0.0.1", port=server.port, tls="none", user="u",
            password_file=password_file, poll_seconds=0.2)  # fmt: skip
        with watched(Mailbox(config)) as watcher:
            watcher.until(lambda: watcher.looks >= 2)
            fill(server.client("u"), range(2))
            watcher.items(2)


@pytest.mark.parametrize("reset", [False, True])
def test_a_line_that_dies_during_idle_is_noticed_and_made_anew(
    server: Dovecot, user: str, configure: Configure, reset: bool
) -> None:
    with fault_proxy(server.port) as proxy, watched(Mailbox(configure(port=proxy.port, poll_seconds=600))) as watcher:
        watcher.until(lambda: watcher.looks >= 1)
        for count in (1, 2):
            looks = watcher.looks
            proxy.drop(reset=reset)
            watcher.until(lambda seen=looks: watcher.looks > seen)  # type: ignore[misc]
            fill(server.client(user), range(1))
            watcher.items(count)
        assert all(isinstance(error, Transient) for error in watcher.troubles)
        assert watcher.looks < 20


def test_a_line_that_swallows_everything_is_noticed_at_the_end_of_the_wait(
    server: Dovecot, user: str, configure: Configure
) -> None:
    with fault_proxy(server.port) as proxy:
        mailbox = Mailbox(configure(port=proxy.port, poll_seconds=1.0, timeout_seconds=0.5))
        with watched(mailbox) as watcher:
            watcher.until(lambda: watcher.looks >= 1)
            proxy.blackhole = True
            watcher.until(lambda: ("posta", TROUBLE) in watcher.book.alarms)
            fill(server.client(user), range(3))
            proxy.blackhole = False
            watcher.items(3)
            watcher.until(lambda: not watcher.book.alarms)


def test_a_server_that_restarts_is_found_again(password_file: Path) -> None:
    with dovecot() as server:
        config = MailboxConfig(
            name="posta", host="127.0.0.1", port=server.port, tls="none", user="u",
            password_file=password_file, timeout_seconds=5.0)  # fmt: skip
        with watched(Mailbox(config)) as watcher:
            watcher.until(lambda: watcher.looks >= 1)
            server.restart()
            fill(server.client("u"), range(1))
            watcher.items(1)


def test_a_dead_socket_is_no_quiet_mailbox_to_idle(server: Dovecot, user: str) -> None:
    with fault_proxy(server.port) as proxy:
        through = Dovecot(root=server.root, port=proxy.port, tls_port=0, child=server.child)
        client = through.client(user)
        client.select_folder("INBOX", readonly=True)
        threading.Timer(0.3, proxy.drop).start()
        started = monotonic()
        with pytest.raises(Transient):
            idle_until(client, threading.Event(), deadline=monotonic() + 30)
        assert monotonic() - started < 3


def test_still_here_lines_neither_wake_nor_stretch_the_wait(password_file: Path) -> None:
    with dovecot(extra="imap_idle_notify_interval = 1 s") as server:
        client = server.client("u")
        client.select_folder("INBOX", readonly=True)
        started = monotonic()
        assert idle_until(client, threading.Event(), deadline=monotonic() + 2.5) is False
        assert 2.4 < monotonic() - started < 3.5
        assert client.noop()


def test_several_mailboxes_are_watched_at_once_and_a_broken_one_holds_nobody_up(
    server: Dovecot, configure: Configure, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("nope")
    users = [f"several{number}" for number in range(3)]
    mailboxes = [Mailbox(configure(name=user, user=user)) for user in users]
    broken = Mailbox(configure(name="posta", user="several-broken", password_file=wrong))
    with watched(mailboxes[0]) as a, watched(mailboxes[1]) as b, watched(mailboxes[2]) as c, watched(broken) as d:
        for user in users:
            fill(server.client(user), range(5))
        for watcher in (a, b, c):
            watcher.items(5)
            assert not watcher.troubles
        d.until(lambda: len(d.troubles) >= 1)
        assert isinstance(d.troubles[0], Refused)
        wrong.write_text(PASSWORD)
        fill(server.client("several-broken"), range(1))
        d.items(1)


def test_pauses_grow_are_spread_and_respect_what_the_other_side_asks() -> None:
    pauses = Backoff(first=1, longest=60, refused=300)
    again = [pauses.delay(n, Transient("x"), 0.999) for n in range(1, 9)]
    assert again == sorted(again)
    assert again[-1] <= 60
    assert pauses.delay(3, Transient("x"), 0.0) < pauses.delay(3, Transient("x"), 0.9)
    assert pauses.delay(1, Transient("x", retry_after=7), 0.5) == 7
    assert pauses.delay(1, Refused("x"), 0.0) >= 240
    assert pauses.delay(10_000, Transient("x"), 0.5) <= 60


def test_a_short_trouble_raises_no_alarm_a_long_one_and_a_refusal_do() -> None:
    book = PaperBook()
    tell = alarming("posta", book)
    tell(None)
    for _ in range(2):
        tell(Transient("x"))
    assert not book.alarms
    tell(Transient("y"))
    assert book.alarms["posta", TROUBLE] == "y"
    tell(None)
    assert not book.alarms
    tell(Refused("z"))
    assert book.alarms["posta", TROUBLE] == "z"


def test_idle_is_renewed_before_servers_hang_up_however_long_the_poll_interval(
    server: Dovecot, user: str, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadlines: list[float] = []

    def idle(client: object, stop: threading.Event, *, deadline: float) -> bool:
        deadlines.append(deadline - monotonic())
        stop.set()
        return False

    def look(mailbox: Mailbox) -> None:
        list(mailbox.offers(set()))

    monkeypatch.setattr("ingest.mailbox.idle_until", idle)
    server.client(user).create_folder("Reclami")
    for folders in (("INBOX",), ("INBOX", "Reclami")):
        mailbox = Mailbox(configure(poll_seconds=86_400.0, folders=folders))
        mailbox.watch(partial(look, mailbox), threading.Event(), backoff=QUICK)
    assert deadlines[0] < 29 * 60
    assert deadlines[1] <= 60


def test_every_connection_has_a_timeout_even_after_idle(configure: Configure) -> None:
    client = connect(configure(timeout_seconds=7.0))
    assert client.socket().gettimeout() == 7.0
    client.select_folder("INBOX", readonly=True)
    idle_until(client, threading.Event(), deadline=monotonic() + 0.1)
    assert client.socket().gettimeout() == 7.0
    client.logout()
