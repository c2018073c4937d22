"""The reception killed by the kernel, with the real ledger and real files: a child takes mail and faxes, SIGKILL comes
at a random moment, a successor goes on; in the end the books balance.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from ingest.fax_queue import FaxFolderConfig, fax_folder
from ingest.mailbox import Mailbox
from ingest.mailbox_session import MailboxConfig
from ingest.reception import take
from ingest.reconciliation import reconcile
from store.blobs import FileBlobs
from store.engine import open_engine
from store.ledger import Ledger
from store.schema import item, metadata
from tests.ingest.test_ingest_folders import fax
from tests.ingest.test_ingest_mailbox import fill, mail, renumber
from tests.servers.dovecot import PASSWORD, Dovecot

MAILS, FAXES = 60, 20


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def open_ledger(place: Path) -> Ledger:
    engine = open_engine(f"sqlite:///{place}/ledger.db")
    metadata.create_all(engine)
    return Ledger(engine, SystemClock())


def take_all(place: Path, port: int, user: str) -> None:
    """One reception of both sources; what each child runs, and the test at the end."""
    ledger, blobs = open_ledger(place), FileBlobs(place / "blobs")
    mailbox = Mailbox(
        MailboxConfig(
            name="posta", host="127.0.0.1", port=port, tls="none", user=user, password_file=place / "password"
        )
    )
    take(fax_folder(FaxFolderConfig(name="fax", folder=place / "fax", settle_seconds=0.0)), blobs=blobs, book=ledger)
    take(mailbox, blobs=blobs, book=ledger, batch=7)
    mailbox.close()


def test_sigkill_at_random_moments_loses_nothing_and_doubles_nothing(
    server: Dovecot, user: str, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "fax").mkdir()
    put = Counter([mail(n) for n in range(MAILS)] + [fax(1, description=str(n)) for n in range(FAXES)])
    with server.client(user) as colleague:
        for n in range(MAILS):
            colleague.append("INBOX", mail(n))
    for n in range(FAXES):
        (tmp_path / "fax" / f"{n}.tif").write_bytes(fax(1, description=str(n)))
    open_ledger(tmp_path)
    chance = random.Random(1)
    kills = 0
    while not run_and_kill(tmp_path, server.port, user, delay=chance.uniform(0.02, 0.15)) and kills < 40:
        kills += 1
    take_all(tmp_path, server.port, user)
    assert kills >= 2
    engine = open_engine(f"sqlite:///{tmp_path}/ledger.db")
    with engine.connect() as connection:
        digests = list(connection.execute(select(item.c.digest)).scalars())
    blobs = FileBlobs(tmp_path / "blobs")
    assert Counter(blobs.get(digest) for digest in digests) == put
    ledger = open_ledger(tmp_path)
    assert not ledger.unsettled("posta")
    assert not ledger.unsettled("fax")


def test_a_renumbered_mailbox_gets_second_receipts_and_no_second_items_in_the_ledger(
    server: Dovecot, user: str, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    config = MailboxConfig(name="posta", host="127.0.0.1", port=server.port, tls="none", user=user,
                           password_file=tmp_path / "password", settle="flag")  # fmt: skip
    fill(server.client(user), range(12))
    ledger, blobs = open_ledger(tmp_path), FileBlobs(tmp_path / "blobs")
    for _ in range(2):
        first = take(Mailbox(config), blobs=blobs, book=ledger)
    renumber(server, user, 4242)
    fill(server.client(user), range(12, 14))
    second = take(Mailbox(config), blobs=blobs, book=ledger)
    assert (len(first.receipts), len(second.aliases), len(second.receipts)) == (0, 12, 2)
    assert len(ledger.known_refs("posta")) == 26
    with open_engine(f"sqlite:///{tmp_path}/ledger.db").connect() as connection:
        assert len(list(connection.execute(select(item.c.id)))) == 14
    found = reconcile(Mailbox(config), book=ledger, now=datetime.now(UTC), record=ledger.record_inventory)
    assert [arrived for arrived, _ in found.days.values()] == [14]


def test_two_pollers_of_one_mailbox_and_one_folder_make_no_doubles(server: Dovecot, user: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "fax").mkdir()
    fill(server.client(user), range(40))
    for n in range(20):
        (tmp_path / "fax" / f"{n}.tif").write_bytes(fax(1, description=str(n)))
    open_ledger(tmp_path)
    with ThreadPoolExecutor(3) as pollers:
        for running in [pollers.submit(take_all, tmp_path, server.port, user) for _ in range(3)]:
            running.result()
    with open_engine(f"sqlite:///{tmp_path}/ledger.db").connect() as connection:
        digests = list(connection.execute(select(item.c.digest)).scalars())
    assert len(digests) == len(set(digests)) == 60


def run_and_kill(place: Path, port: int, user: str, *, delay: float) -> bool:
    """Forks a child that takes, kills it after `delay` seconds; True if it was through before."""
    if (child := os.fork()) == 0:
        failed = True
        try:
            take_all(place, port, user)
            failed = False
        finally:
            os._exit(failed)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
