"""Taking mail from a real Dovecot: nothing lost, nothing twice, nothing touched that is not ours to touch."""

from __future__ import annotations

import errno
import re
import shutil
import ssl
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from imapclient import IMAPClient

from ingest.mailbox import TOO_LARGE, Mailbox
from ingest.mailbox_fetch import list_uids
from ingest.mailbox_session import MailboxConfig
from ingest.reception import STRANGE_CONTENT, Taken, confirm, take
from mailroom.envelope import Channel
from mailroom.errors import Refused, Transient
from tests.ingest.conftest import Configure
from tests.ingest.paper_book import PaperBlobs, PaperBook
from tests.servers.dovecot import Dovecot, dovecot, token_for
from tests.servers.faultproxy import fault_proxy


def mail(number: int, size: int = 0, sender: str = "a@example.org") -> bytes:
    head = f"From: {sender}\r\nSubject: lettera {number}\r\nMessage-ID: <{number}@example.org>\r\n\r\n"
    return head.encode() + (b"testo " * 12 + b"\r\n") * max(1, size // 74)


def fill(client: IMAPClient, numbers: range, folder: str = "INBOX") -> None:
    for number in numbers:
        client.append(folder, mail(number))


def run(mailbox: Mailbox, book: PaperBook, blobs: PaperBlobs | None = None, batch: int = 100) -> Taken:
    return take(mailbox, blobs=blobs or PaperBlobs(), book=book, batch=batch)


def renumber(server: Dovecot, user: str, validity: int, *, folder: str = "") -> None:
    """Gives the folder a new UIDVALIDITY, as a restored or rebuilt mailbox gets."""
    maildir = server.maildir(user) / folder
    uidlist = maildir / "dovecot-uidlist"
    lines = uidlist.read_text().splitlines(keepends=True)
    lines[0] = re.sub(r" V\d+ ", f" V{validity} ", lines[0])
    uidlist.write_text("".join(lines))
    for index in maildir.glob("dovecot.index*"):
        index.unlink()


def test_mail_is_taken_booked_and_moved_and_never_marked_as_read(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    fill(colleague, range(5))
    colleague.select_folder("INBOX")
    colleague.add_flags([2], ["\\Seen"])
    book, blobs = PaperBook(), PaperBlobs()
    taken = run(Mailbox(configure()), book, blobs, batch=2)
    assert len(taken.receipts) == taken.settled == 5
    assert [r.ref for r in taken.receipts] == [f"INBOX/{ref_validity(taken)}/{uid}" for uid in range(1, 6)]
    assert {blobs.kept[r.digest] for r in taken.receipts} == {mail(n) for n in range(5)}
    colleague.select_folder("INBOX")
    assert colleague.search() == []
    colleague.select_folder("Lavorati")
    flags = colleague.get_flags(colleague.search()).values()
    assert sum(b"\\Seen" in found for found in flags) == 1
    assert not run(Mailbox(configure()), book).receipts


def ref_validity(taken: Taken) -> str:
    return taken.receipts[0].ref.split("/")[1]


def test_offering_changes_neither_flags_nor_recent_nor_place(server: Dovecot, user: str, configure: Configure) -> None:
    colleague = server.client(user)
    fill(colleague, range(3))
    first, second = ([a.ref for a in Mailbox(configure()).offers(set())] for _ in range(2))
    assert first == second
    assert len(first) == 3
    facts = colleague.select_folder("INBOX")
    assert facts[b"RECENT"] == 3
    assert all(b"\\Seen" not in found for found in colleague.get_flags(colleague.search()).values())


def test_with_settle_flag_the_message_stays_with_a_keyword(server: Dovecot, user: str, configure: Configure) -> None:
    colleague = server.client(user)
    fill(colleague, range(3))
    book = PaperBook()
    mailbox = Mailbox(configure(settle="flag"))
    assert len(run(mailbox, book).receipts) == 3
    assert not run(mailbox, book).receipts
    colleague.select_folder("INBOX")
    assert list(colleague.get_flags(colleague.search()).values()) == [(b"$Sportello",)] * 3 or all(
        b"$Sportello" in found for found in colleague.get_flags(colleague.search()).values()
    )


def test_a_server_without_move_gets_copy_and_uid_expunge_and_foreign_deletions_survive(
    password_file: Path,
) -> None:
    with dovecot(capability="IMAP4rev1 UIDPLUS IDLE LITERAL+") as server:
        colleague = server.client()
        fill(colleague, range(4))
        colleague.select_folder("INBOX")
        colleague.copy([3], "INBOX")  # a message that the colleague is about to delete
        colleague.delete_messages([5])
        book = PaperBook()
        config = MailboxConfig(name="posta", host="127.0.0.1", port=server.port, tls="none", user="sportello",
                               password_file=password_file)  # fmt: skip
        mailbox = Mailbox(config)
        arrivals = [a for a in mailbox.offers(set()) if not a.ref.endswith("/5")]
        book.receive([(a, f"{n:064}") for n, a in enumerate(arrivals)])
        mailbox.settle([a.ref for a in arrivals])
        mailbox.settle([a.ref for a in arrivals])
        colleague.select_folder("INBOX")
        assert colleague.search() == [5]
        assert colleague.folder_status("Lavorati", ["MESSAGES"])[b"MESSAGES"] == 4


def test_a_crash_between_copy_and_expunge_makes_no_second_copy(password_file: Path) -> None:
    with dovecot(capability="IMAP4rev1 UIDPLUS IDLE LITERAL+") as server:
        colleague = server.client()
        fill(colleague, range(2))
        colleague.create_folder("Lavorati")
        colleague.select_folder("INBOX")
        colleague.copy([1, 2], "Lavorati")
        colleague.add_flags([1, 2], ["\\Deleted", "$Sportello"])
        config = MailboxConfig(name="posta", host="127.0.0.1", port=server.port, tls="none", user="sportello",
                               password_file=password_file)  # fmt: skip
        mailbox = Mailbox(config)
        mailbox.settle([arrival.ref for arrival in mailbox.offers(set())])
        assert colleague.folder_status("Lavorati", ["MESSAGES"])[b"MESSAGES"] == 2
        assert server.client().folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"] == 0


def test_a_new_uidvalidity_makes_aliases_and_no_new_items(server: Dovecot, user: str, configure: Configure) -> None:
    colleague = server.client(user)
    fill(colleague, range(12))
    book, blobs = PaperBook(), PaperBlobs()
    config = configure(settle="flag")
    assert len(run(Mailbox(config), book, blobs).receipts) == 12
    run(Mailbox(config), book, blobs)
    colleague.logout()
    renumber(server, user, 4242)
    fill(server.client(user), range(100, 103))
    taken = run(Mailbox(config), book, blobs)
    assert (len(taken.aliases), len(taken.receipts), taken.stopped) == (12, 3, None)
    assert len(book.items()) == 15
    again = run(Mailbox(config), book, blobs)
    assert (again.aliases, again.receipts) == ((), ())


def test_a_renumbering_is_taken_up_again_after_a_crash_in_its_midst(
    server: Dovecot, user: str, configure: Configure
) -> None:
    fill(server.client(user), range(30))
    book = PaperBook()
    config = configure(settle="flag")
    run(Mailbox(config), book)
    run(Mailbox(config), book)
    renumber(server, user, 4242)
    fill(server.client(user), range(100, 130))

    class PowerCut(Exception):
        pass

    def cut(_: object) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        take(Mailbox(config), blobs=PaperBlobs(), book=book, batch=35, on_booked=cut)
    taken = run(Mailbox(config), book)
    assert taken.stopped is None
    assert len(book.items()) == 60


def test_a_mailbox_that_is_wholly_new_stops_and_asks(server: Dovecot, user: str, configure: Configure) -> None:
    fill(server.client(user), range(12))
    book = PaperBook()
    config = configure(settle="flag")
    run(Mailbox(config), book)
    run(Mailbox(config), book)
    shutil.rmtree(server.maildir(user))
    fill(server.client(user), range(500, 512))
    renumber(server, user, 4242)
    taken = run(Mailbox(config), book)
    assert taken.stopped is not None
    assert len(book.items()) == 12
    assert ("posta", STRANGE_CONTENT) in book.alarms
    confirm("posta", book=book)
    taken = run(Mailbox(config), book)
    assert (taken.stopped, len(taken.receipts)) == (None, 12)
    assert not book.alarms
    assert run(Mailbox(config), book).stopped is None


@pytest.mark.parametrize("settle", ["move", "flag"])
def test_a_mailbox_that_is_suddenly_empty_stops_and_asks(
    server: Dovecot, user: str, configure: Configure, settle: str
) -> None:
    fill(server.client(user), range(12))
    book = PaperBook()
    mailbox = Mailbox(configure(settle=settle))
    run(mailbox, book)
    run(mailbox, book)
    colleague = server.client(user)
    folder = "Lavorati" if settle == "move" else "INBOX"
    colleague.select_folder(folder)
    colleague.delete_messages(colleague.search())
    colleague.expunge()
    fill(colleague, range(50, 52))
    taken = run(mailbox, book)
    assert taken.stopped is not None
    assert "12" in taken.stopped
    assert run(mailbox, book).stopped is not None
    assert len(book.items()) == 12
    confirm("posta", book=book)
    assert len(run(mailbox, book).receipts) == 2
    assert run(mailbox, book).stopped is None


def test_uids_that_go_backwards_stop_and_after_confirmation_no_reused_uid_is_skipped(
    server: Dovecot, user: str, configure: Configure
) -> None:
    fill(server.client(user), range(12))
    book = PaperBook()
    config = configure(settle="flag")
    run(Mailbox(config), book)
    run(Mailbox(config), book)
    facts = server.client(user).select_folder("INBOX")
    shutil.rmtree(server.maildir(user))
    fill(server.client(user), range(8))
    server.client(user).append("INBOX", mail(777))
    renumber(server, user, int(facts[b"UIDVALIDITY"]))
    assert "già usati" in str(run(Mailbox(config), book).stopped)
    confirm("posta", book=book)
    taken = run(Mailbox(config), book)
    assert (len(taken.aliases), len(taken.receipts)) == (8, 1)
    assert run(Mailbox(config), book) == Taken(source="posta")


def test_other_messages_under_the_very_same_numbers_are_noticed(
    server: Dovecot, user: str, configure: Configure
) -> None:
    fill(server.client(user), range(12))
    book = PaperBook()
    config = configure(settle="flag")
    run(Mailbox(config), book)
    facts = server.client(user).select_folder("INBOX")
    shutil.rmtree(server.maildir(user))
    fill(server.client(user), range(5000, 5012))
    renumber(server, user, int(facts[b"UIDVALIDITY"]))
    assert "già usati" in str(run(Mailbox(config), book).stopped)
    confirm("posta", book=book)
    assert len(run(Mailbox(config), book).receipts) == 12


def test_a_message_that_vanishes_between_listing_and_fetch_is_passed_over(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    for number in range(3):
        colleague.append("INBOX", mail(number, size=5 * 2**20))
    offers = Mailbox(configure()).offers(set())
    first = next(offers)
    colleague.select_folder("INBOX")
    colleague.delete_messages([2])
    colleague.expunge()
    rest = list(offers)
    assert [first.ref[-1], *(a.ref[-1] for a in rest)] == ["1", "3"]
    assert all(a.raw for a in (first, *rest))


def test_a_connection_cut_in_mid_literal_gives_nothing_half_and_the_next_run_takes_all(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    whole = [mail(n, size=300_000) for n in range(20)]
    for message in whole:
        colleague.append("INBOX", message)
    book, blobs = PaperBook(), PaperBlobs()
    with fault_proxy(server.port) as proxy:
        mailbox = Mailbox(configure(port=proxy.port))
        for cut_after in (50_000, 2_000_000, 5_900_000):
            proxy.cut_after = cut_after
            with pytest.raises(Transient):
                run(mailbox, book, blobs, batch=3)
        run(mailbox, book, blobs, batch=3)
    assert len(book.items()) == 20
    assert set(blobs.kept.values()) == set(whole)


def test_a_line_that_falls_silent_in_the_middle_ends_in_a_timeout(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    for number in range(4):
        colleague.append("INBOX", mail(number, size=5 * 2**20))
    with fault_proxy(server.port) as proxy:
        offers = Mailbox(configure(port=proxy.port, timeout_seconds=0.5)).offers(set())
        next(offers)
        proxy.blackhole = True
        with pytest.raises(Transient):
            next(offers)


def test_a_full_disk_is_a_trouble_and_everything_stays_at_the_source(
    server: Dovecot, user: str, configure: Configure
) -> None:
    class FullDisk(PaperBlobs):
        def put_many(self, datas: Sequence[bytes]) -> list[str]:
            raise OSError(errno.ENOSPC, "No space left on device")

    fill(server.client(user), range(2))
    book = PaperBook()
    with pytest.raises(Transient, match="custodia"):
        take(Mailbox(configure()), blobs=FullDisk(), book=book)
    assert not book.items()
    assert len(run(Mailbox(configure()), book).receipts) == 2


def test_a_large_message_is_taken_whole_in_bounded_memory(server: Dovecot, user: str, configure: Configure) -> None:
    large = mail(1, size=60 * 2**20)
    server.client(user).append("INBOX", large)
    server.client(user).append("INBOX", mail(2))
    mailbox = Mailbox(configure(timeout_seconds=30.0))
    tracemalloc.start()
    try:
        arrivals = mailbox.offers(set())
        arrival = next(arrivals)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert arrival.raw == large
    assert peak < 1.5 * len(large)
    assert next(arrivals).raw == mail(2)


def test_a_message_above_the_limit_stays_and_is_told_and_the_others_are_taken(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    colleague.append("INBOX", mail(1, size=200_000))
    fill(colleague, range(2, 4))
    book = PaperBook()
    mailbox = Mailbox(configure(largest_bytes=100_000))
    assert len(run(mailbox, book).receipts) == 2
    assert "1 messaggi" in book.alarms["posta", TOO_LARGE]
    colleague.select_folder("INBOX")
    colleague.delete_messages([1])
    colleague.expunge()
    run(mailbox, book)
    assert not book.alarms


def test_certificates_are_verified_by_default_and_a_known_authority_is_accepted(
    server: Dovecot, configure: Configure
) -> None:
    secure = {"tls": "implicit", "port": server.tls_port}
    with pytest.raises(Refused, match="certificato"):
        Mailbox(configure(**secure)).check()
    assert "INBOX: 0" in Mailbox(configure(**secure, ca_file=server.ca_file)).check()
    starttls = configure(tls="starttls", ca_file=server.ca_file)
    assert "INBOX: 0" in Mailbox(starttls).check()
    with pytest.raises(Refused, match="certificato"):
        Mailbox(configure(tls="starttls")).check()


def test_a_certificate_for_another_name_is_refused(server: Dovecot, configure: Configure) -> None:
    other = configure(tls="implicit", host="127.0.0.2", port=server.tls_port, ca_file=server.ca_file)
    with pytest.raises((Refused, Transient)):
        Mailbox(other).check()
    names = ssl.create_default_context(cafile=server.ca_file)
    assert names.check_hostname


def test_no_plain_text_to_other_machines() -> None:
    with pytest.raises(ValueError, match="loopback"):
        MailboxConfig(name="x", host="mail.example.org", user="u", tls="none", password_file=Path("p"))


@pytest.mark.parametrize("form", ["%s", '{"access_token": "%s", "expires_in": 3600}\n'])
def test_an_oauth2_token_is_read_anew_at_every_login(
    tmp_path: Path, configure: Configure, user: str, form: str
) -> None:
    token = tmp_path / "token"
    token.write_text("stale")
    mailbox = Mailbox(configure(password_file=None, token_file=token))
    with pytest.raises(Refused, match="rifiutato"):
        list(mailbox.offers(set()))
    token.write_text(form % token_for(user))
    assert list(mailbox.offers(set())) == []


def test_a_wrong_password_is_refused_and_a_cut_during_login_is_not(
    server: Dovecot, tmp_path: Path, configure: Configure
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("nope")
    with pytest.raises(Refused, match="rifiutato"):
        Mailbox(configure(password_file=wrong)).check()
    with fault_proxy(server.port) as proxy:
        proxy.cut_at = b"* OK"
        with pytest.raises(Transient):
            Mailbox(configure(port=proxy.port)).check()


def test_a_pec_mailbox_and_a_fax_server_give_their_channel(server: Dovecot, user: str, configure: Configure) -> None:
    colleague = server.client(user)
    colleague.append("INBOX", mail(1))
    head = b"From: =?utf-8?q?Server_Fax?= <FAX@example.org>\r\nX-Fax-CSID: 06 123456\r\nX-Fax-Pages: 3\r\n"
    colleague.append("INBOX", head + b"Subject: Fax da +39 06 99887766\r\n\r\nvedi allegato\r\n")
    first, second = Mailbox(configure(channel=Channel.PEC, fax_from=("fax@example.org",))).offers(set())
    assert (first.hints.channel, second.hints.channel) == (Channel.PEC, Channel.FAX)
    assert (second.hints.transport.fax_tsi, second.hints.transport.pages) == ("06 123456", 3)
    assert first.hints.received_at is not None
    assert first.hints.received_at.utcoffset() is not None


def test_several_folders_are_read_and_each_settles_its_own(server: Dovecot, user: str, configure: Configure) -> None:
    colleague = server.client(user)
    colleague.create_folder("Reclami/Acqua")
    fill(colleague, range(3))
    fill(colleague, range(10, 12), "Reclami/Acqua")
    book = PaperBook()
    taken = run(Mailbox(configure(folders=("INBOX", "Reclami/Acqua"))), book, batch=2)
    assert sorted(r.ref.rsplit("/", 2)[0] for r in taken.receipts) == ["INBOX"] * 3 + ["Reclami/Acqua"] * 2
    assert colleague.folder_status("Lavorati", ["MESSAGES"])[b"MESSAGES"] == 5


def test_a_folder_is_listed_by_windows_so_that_no_answer_is_too_long(
    server: Dovecot, user: str, configure: Configure
) -> None:
    colleague = server.client(user)
    fill(colleague, range(25))
    facts = colleague.select_folder("INBOX", readonly=True)
    assert list_uids(colleague, facts[b"EXISTS"], window=7) == list(range(1, 26))


def test_the_inventory_tells_refs_and_days_of_all_that_lies_there(
    server: Dovecot, user: str, configure: Configure
) -> None:
    fill(server.client(user), range(3))
    mailbox = Mailbox(configure(settle="flag"))
    book = PaperBook()
    run(mailbox, book)
    fill(server.client(user), range(3, 5))
    inventory = mailbox.inventory(book.source_state("posta"))
    refs = {lying.ref for lying in inventory.lying}
    assert book.known_refs("posta") < refs
    assert len(refs) == 5
    assert all(lying.arrived is not None for lying in inventory.lying)
