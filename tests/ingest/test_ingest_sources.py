"""Every configuration makes its source, and attending to one keeps what it knows between runs."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ingest.fax_queue import FaxFolderConfig, HylafaxConfig
from ingest.mailbox_session import MailboxConfig
from ingest.maildir import MaildirConfig
from ingest.scan_folder import ScanFolderConfig
from ingest.sources import Attendance, SourceConfig, open_source
from tests.ingest.conftest import Configure
from tests.ingest.paper_book import PaperBlobs, PaperBook
from tests.ingest.test_ingest_folders import PDF
from tests.ingest.test_ingest_mailbox import fill
from tests.servers.dovecot import Dovecot


@pytest.mark.parametrize(
    "config",
    [
        MailboxConfig(name="a", host="mail.example.org", user="u", password_file=Path("p")),
        MaildirConfig(name="e", folder=Path("Maildir")),
        HylafaxConfig(name="b", spool=Path("spool")),
        FaxFolderConfig(name="c", folder=Path("fax")),
        ScanFolderConfig(name="d", folder=Path("scan")),
    ],
)
def test_each_configuration_makes_its_source_without_touching_anything(config: SourceConfig) -> None:
    source = open_source(config)
    assert source.name == config.name
    source.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"folders": ()},
        {"settle_folder": "INBOX"},
        {"token_file": Path("t")},
        {"password_file": None},
        {"vanished_share": 0.0},
        {"poll_seconds": 0.0},
    ],
)
def test_a_mailbox_configuration_that_makes_no_sense_is_refused_at_once(wrong: dict[str, object]) -> None:
    usual: dict[str, object] = {"name": "a", "host": "mail.example.org", "user": "u", "password_file": Path("p")}
    with pytest.raises(ValueError):
        MailboxConfig(**{**usual, **wrong})  # type: ignore[arg-type]


def test_an_unknown_time_zone_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="Atlantis"):
        ScanFolderConfig(name="a", folder=Path("x"), timezone="Europe/Atlantis")


def test_attendance_asks_the_book_once_and_takes_everything_all_the_same(
    server: Dovecot, user: str, configure: Configure
) -> None:
    class Counting(PaperBook):
        asked = 0

        def known_refs(self, source: str) -> set[str]:
            self.asked += 1
            return super().known_refs(source)

    book = Counting()
    attendance = Attendance(open_source(configure(settle="flag")), blobs=PaperBlobs(), book=book)
    for round_ in range(3):
        fill(server.client(user), range(round_ * 2, round_ * 2 + 2))
        assert len(attendance.take().receipts) == 2
    assert book.asked == 1
    attendance.source.close()


def test_attendance_goes_on_until_it_is_told_to_stop(tmp_path: Path) -> None:
    book, stop, came = PaperBook(), threading.Event(), threading.Event()
    source = open_source(ScanFolderConfig(name="d", folder=tmp_path, settle_seconds=0.0))
    attendance = Attendance(source, blobs=PaperBlobs(), book=book, on_booked=lambda receipts: came.set())
    watcher = threading.Thread(target=attendance.watch, args=(stop,))
    watcher.start()
    (tmp_path / "a.pdf").write_bytes(PDF)
    assert came.wait(10)
    stop.set()
    watcher.join(5)
    assert not watcher.is_alive()
    assert len(book.items()) == 1
