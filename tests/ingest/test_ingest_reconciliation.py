"""The balance: what lies at the source against what has a receipt, whatever the poller believes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.inventory import Inventory, Lying
from ingest.mailbox import Mailbox
from ingest.reception import take
from ingest.reconciliation import STRAYS, UNTAKEN, VANISHED, acknowledge, reconcile
from ingest.scan_folder import ScanFolderConfig, scan_folder
from tests.ingest.conftest import Configure
from tests.ingest.paper_book import PaperBlobs, PaperBook
from tests.ingest.test_ingest_folders import PDF
from tests.ingest.test_ingest_mailbox import fill
from tests.servers.dovecot import Dovecot

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Counted:
    """A source of which only the listing matters."""

    name = "posta"

    def __init__(self, *lying: tuple[str, datetime | None], strays: int | None = None) -> None:
        self.lying = tuple(Lying(ref=ref, arrived=arrived) for ref, arrived in lying)
        self.strays = strays

    def inventory(self, memory: object) -> Inventory:
        return Inventory(source=self.name, lying=self.lying, strays=self.strays)


def test_what_lies_there_too_long_without_a_receipt_is_an_alarm_until_it_is_taken(
    server: Dovecot, user: str, configure: Configure
) -> None:
    fill(server.client(user), range(3))
    book, mailbox = PaperBook(), Mailbox(configure(settle="flag"))
    later = datetime.now(UTC) + timedelta(hours=1)
    assert reconcile(mailbox, book=book, now=datetime.now(UTC)).untaken == ()
    assert not book.alarms
    found = reconcile(mailbox, book=book, now=later)
    assert len(found.untaken) == 3
    assert "3 arrivi" in book.alarms["posta", UNTAKEN]
    take(mailbox, blobs=PaperBlobs(), book=book)
    found = reconcile(mailbox, book=book, now=later)
    assert (found.untaken, found.vanished) == ((), ())
    assert list(found.days.values()) == [(3, 0)]
    assert not book.alarms


def test_mail_that_vanishes_before_it_is_taken_is_an_alarm_that_stays(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    fill(colleague, range(3))
    book, mailbox = PaperBook(), Mailbox(configure())
    reconcile(mailbox, book=book, now=datetime.now(UTC))
    colleague.select_folder("INBOX")
    colleague.delete_messages([2])
    colleague.expunge()
    take(mailbox, blobs=PaperBlobs(), book=book)
    found = reconcile(mailbox, book=book, now=datetime.now(UTC))
    assert [ref.rpartition("/")[2] for ref in found.vanished] == ["2"]
    assert "1 arrivi" in book.alarms["posta", VANISHED]
    reconcile(mailbox, book=book, now=datetime.now(UTC))
    assert ("posta", VANISHED) in book.alarms
    acknowledge("posta", VANISHED, book=book)
    reconcile(mailbox, book=book, now=datetime.now(UTC))
    assert ("posta", VANISHED) not in book.alarms


def test_mail_that_somebody_moved_among_the_settled_is_an_alarm(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    colleague.create_folder("Lavorati")
    fill(colleague, range(2), "Lavorati")  # from the time before the gateway
    book, mailbox = PaperBook(), Mailbox(configure())
    fill(colleague, range(3))
    take(mailbox, blobs=PaperBlobs(), book=book)
    reconcile(mailbox, book=book, now=datetime.now(UTC))
    assert not book.alarms
    fill(colleague, range(10, 11), "Lavorati")
    assert reconcile(mailbox, book=book, now=datetime.now(UTC)).strays == 1
    assert ("posta", STRAYS) in book.alarms
    acknowledge("posta", STRAYS, book=book)
    assert reconcile(mailbox, book=book, now=datetime.now(UTC)).strays == 0
    assert not book.alarms
    fill(colleague, range(11, 12), "Lavorati")
    assert reconcile(mailbox, book=book, now=datetime.now(UTC)).strays == 1, "the next one is told again"


def test_a_file_taken_under_its_new_name_has_not_vanished_but_a_deleted_one_has(tmp_path: Path) -> None:
    folder = scan_folder(ScanFolderConfig(name="posta", folder=tmp_path, settle_seconds=0.0))
    (tmp_path / "a.pdf").write_bytes(PDF)
    (tmp_path / "b.pdf").write_bytes(PDF)
    book = PaperBook()
    counts: list[object] = []
    reconcile(folder, book=book, now=datetime.now(UTC), record=lambda *said, known: counts.append((*said, known)))
    (tmp_path / "b.pdf").unlink()
    take(folder, blobs=PaperBlobs(), book=book)
    assert reconcile(folder, book=book, now=datetime.now(UTC)).vanished == ("arrivo/b.pdf",)
    today = datetime.now(UTC).date().isoformat()
    assert counts == [("posta", {today: (2, 2)}, 0)]


def test_a_thing_of_unknown_age_is_late_when_two_looks_have_seen_it() -> None:
    book, source = PaperBook(), Counted(("x", None), strays=None)
    assert reconcile(source, book=book, now=NOON).untaken == ()
    assert reconcile(source, book=book, now=NOON + timedelta(hours=1)).untaken == ("x",)
    assert reconcile(source, book=book, now=NOON + timedelta(hours=2)).days == {"unknown": (1, 1)}


def test_notes_of_another_version_are_no_trouble() -> None:
    book, source = PaperBook(), Counted(("x", NOON))
    book.remember("posta#reconciliation", {"last": '{"at": 5}'})
    assert reconcile(source, book=book, now=NOON).vanished == ()
