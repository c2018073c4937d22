"""What every Source promises, asked of every Source: offers change nothing, settling moves and never deletes, and a
reception cut off at any step loses nothing and doubles nothing.

Each kind of source stands on a `Stand`: how to put things there, how to see all that is there, how to make the source
anew (as after a restart). The Dovecot is real, the folders are real.
"""

from __future__ import annotations

import hashlib
import imaplib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ingest.fax_queue import FaxFolderConfig, HylafaxConfig, fax_folder, hylafax_queue
from ingest.files import FilesSource
from ingest.mailbox import Mailbox
from ingest.mailbox_session import MailboxConfig
from ingest.maildir import MaildirConfig, maildir
from ingest.reception import take
from ingest.scan_folder import ScanFolderConfig, scan_folder
from mailroom.ports import Source
from tests.ingest.paper_book import PaperBlobs, PaperBook
from tests.servers.dovecot import PASSWORD, PROGRAM, Dovecot, dovecot


def letter(number: int) -> bytes:
    return b"From: a@example.org\r\nSubject: lettera %d\r\n\r\ntesto %%PDF %%%%EOF\r\n" % number


def page(number: int) -> bytes:
    return b"%%PDF-1.4\n%% pagina %d\n%%%%EOF\n" % number


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    make: Callable[[], Source]
    put: Callable[[int], None]
    """Puts a thing with this number there; the same number gives the same bytes."""
    content: Callable[[int], bytes]
    everything: Callable[[], Counter[bytes]]
    """All bytes that lie at the source, incoming, taken or put aside, by how often."""
    incoming: Callable[[], int]
    """How many things lie where new ones come."""
    moves: bool = True
    exact: bool = True
    """False where a power cut may leave a second copy among what has been put aside (COPY without MOVE)."""
    close: Callable[[], None] = lambda: None


def folder_stand(hot: Path, make: Callable[[], Source], *, root: Path | None = None, suffix: str = ".pdf") -> Stand:
    hot.mkdir(parents=True)
    counter = iter(range(10**6))

    def put(number: int) -> None:
        name = f"fax{next(counter):09}{suffix}"
        (hot / f"{name}.tmp").write_bytes(page(number))
        (hot / f"{name}.tmp").rename(hot / name)

    def everything() -> Counter[bytes]:
        files = (p for p in (root or hot).rglob("*") if p.is_file() and p.name != ".lock")
        return Counter(p.read_bytes() for p in files)

    return Stand(
        make=make,
        put=put,
        content=page,
        everything=everything,
        incoming=lambda: sum(p.is_file() for p in hot.iterdir()),
    )


def mailbox_stand(server: Dovecot, tmp_path: Path, **changes: Any) -> Stand:
    user = f"c{uuid4().hex[:10]}"
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    usual: dict[str, Any] = {"name": "source", "host": "127.0.0.1", "port": server.port, "tls": "none", "user": user,
                             "password_file": password, "timeout_seconds": 5.0}  # fmt: skip
    config = MailboxConfig(**{**usual, **changes})

    colleague = server.client(user)

    def put(number: int) -> None:
        colleague.append("INBOX", letter(number))

    def bodies(folder: str) -> list[bytes]:
        if not colleague.folder_exists(folder):
            return []
        colleague.select_folder(folder, readonly=True)
        found = colleague.fetch(colleague.search(["NOT", "DELETED"]), ["BODY.PEEK[]"])
        colleague.close_folder()
        return [facts[b"BODY[]"] for facts in found.values()]

    return Stand(
        make=lambda: Mailbox(config),
        put=put,
        content=letter,
        everything=lambda: Counter(bodies("INBOX") + bodies("Lavorati")),
        incoming=lambda: len(bodies("INBOX")),
        moves=config.settle == "move",
        exact=colleague.has_capability("MOVE"),
        close=colleague.shutdown,
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def old_server() -> Iterator[Dovecot]:
    with running(capability="IMAP4rev1 UIDPLUS IDLE LITERAL+") as found:
        yield found


@contextmanager
def running(capability: str | None = None) -> Iterator[Dovecot]:
    if not Path(PROGRAM).exists():
        pytest.skip("dovecot is not installed")
    with dovecot(capability=capability) as found:
        yield found


STANDS = ("mailbox-move", "mailbox-flag", "mailbox-copy", "hylafax", "fax-folder", "scan-folder", "maildir", "files")


@pytest.fixture(params=STANDS)
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    found = build(request.param, request, tmp_path)
    yield found
    found.close()


def build(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Stand:
    hot = tmp_path / "hot"
    if kind == "mailbox-move":
        return mailbox_stand(request.getfixturevalue("server"), tmp_path)
    if kind == "mailbox-flag":
        return mailbox_stand(request.getfixturevalue("server"), tmp_path, settle="flag")
    if kind == "mailbox-copy":
        return mailbox_stand(request.getfixturevalue("old_server"), tmp_path)
    if kind == "hylafax":
        fax = HylafaxConfig(name="source", spool=tmp_path / "spool", settle_seconds=0.0)
        return folder_stand(tmp_path / "spool" / "recvq", lambda: hylafax_queue(fax), root=tmp_path / "spool")
    if kind == "fax-folder":
        drop = FaxFolderConfig(name="source", folder=hot, settle_seconds=0.0, custody=tmp_path / "custody")
        return folder_stand(hot, lambda: fax_folder(drop), root=tmp_path)
    if kind == "scan-folder":
        scan = ScanFolderConfig(name="source", folder=hot, settle_seconds=0.0)
        return folder_stand(hot, lambda: scan_folder(scan))
    if kind == "maildir":
        mail = MaildirConfig(name="source", folder=tmp_path / "Maildir")
        return folder_stand(tmp_path / "Maildir" / "new", lambda: maildir(mail), root=tmp_path, suffix="")
    stand = folder_stand(hot, lambda: FilesSource(paths=[hot], name="source"))
    return replace(stand, moves=False)


def offered(source: Source, known: set[str] | None = None) -> dict[str, bytes]:
    return {arrival.ref: arrival.raw for arrival in source.offers(known or set())}


def test_everything_there_is_offered_with_its_bytes_and_twice_the_same(stand: Stand) -> None:
    for number in range(3):
        stand.put(number)
    source = stand.make()
    first, second, after_restart = offered(source), offered(source), offered(stand.make())
    assert first == second == after_restart
    assert Counter(first.values()) == Counter(stand.content(n) for n in range(3))


def test_offering_loses_and_adds_nothing(stand: Stand) -> None:
    for number in range(3):
        stand.put(number)
    before = stand.everything()
    offered(stand.make())
    assert stand.everything() == before


def test_what_is_known_is_not_offered_and_what_comes_later_is(stand: Stand) -> None:
    stand.put(1)
    known = set(offered(stand.make()))
    assert not offered(stand.make(), known)
    stand.put(2)
    later = offered(stand.make(), known)
    assert list(later.values()) == [stand.content(2)]
    assert not known & set(later)


def test_the_same_bytes_twice_are_two_things(stand: Stand) -> None:
    stand.put(7)
    stand.put(7)
    found = offered(stand.make())
    assert sorted(found.values()) == [stand.content(7)] * 2


def test_settling_puts_aside_and_deletes_nothing_however_often_it_is_repeated(stand: Stand) -> None:
    for number in range(3):
        stand.put(number)
    before = stand.everything()
    source = stand.make()
    refs = list(offered(source))
    assert sorted(source.settle(refs[:2])) == sorted(refs[:2])
    assert sorted(source.settle(refs)) == sorted(refs)
    assert sorted(stand.make().settle(refs)) == sorted(refs)
    assert stand.everything() == before
    assert stand.incoming() == (0 if stand.moves else 3)


def test_settling_what_is_gone_or_never_was_does_no_harm(stand: Stand) -> None:
    stand.put(1)
    before = stand.everything()
    stand.make().settle(["INBOX/1/99", "20200101T000000-0123456789abcdef~x.pdf", "../../etc/passwd", ""])
    assert stand.everything() == before
    assert len(offered(stand.make())) == 1


class PowerCut(BaseException):
    """Not an Exception: nothing in the house may catch it and tidy up."""


class Countdown:
    """Cuts the power after the n-th effect on the outside world, which to the world is also before the next one."""

    def __init__(self, cut_at: int) -> None:
        self.left = cut_at
        self.dead = False

    def around(self, effect: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            if self.dead:
                raise PowerCut
            self.left -= 1
            result = effect(*args, **kwargs)
            if self.left == 0:
                self.dead = True
                raise PowerCut
            return result

        return counted


@contextmanager
def power_cut(countdown: Countdown) -> Iterator[None]:
    """Counts what reaches beyond the process: IMAP commands, renames, syncs, commits of the book and of blobs."""
    effects = [(imaplib.IMAP4, "send"), (Path, "rename"), (os, "fsync"), (PaperBlobs, "put_many")]
    effects += [(PaperBook, name) for name in ("receive", "alias", "settled", "remember")]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in effects:
            patch.setattr(owner, name, countdown.around(getattr(owner, name)))
        yield


@pytest.mark.parametrize("kind", [kind for kind in STANDS if kind != "maildir"])
def test_a_reception_killed_at_any_step_loses_nothing_and_doubles_nothing(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    cuts = 0
    for step in range(1, 400):
        place = tmp_path / str(step)
        place.mkdir()
        stand = build(kind, request, place)
        for number in range(3):
            stand.put(number)
        before = stand.everything()
        book, blobs = PaperBook(), PaperBlobs()
        countdown = Countdown(step)
        with power_cut(countdown):
            try:
                take(stand.make(), blobs=blobs, book=book, batch=2)
            except PowerCut:
                cuts += 1
        stand.put(3)
        take(stand.make(), blobs=blobs, book=book, batch=2)
        balance(stand, book, blobs, before + Counter([stand.content(3)]))
        stand.close()
        if not countdown.dead:
            break
    assert cuts >= 4


def balance(stand: Stand, book: PaperBook, blobs: PaperBlobs, expected: Counter[bytes]) -> None:
    assert Counter(blobs.kept[receipt.digest] for receipt in book.receipts.values()) == expected
    assert len(book.items()) == sum(expected.values())
    assert not book.open
    left = stand.everything()
    assert left == expected or (not stand.exact and left > expected)
    assert stand.incoming() == (0 if stand.moves else 4)
    assert all(hashlib.sha256(data).hexdigest() == digest for digest, data in blobs.kept.items())
    assert not take(stand.make(), blobs=blobs, book=book).receipts
