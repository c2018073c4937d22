"""Fax and scan folders: taken when complete and not before, once, with what the fax machine or the clerk said."""

from __future__ import annotations

import fcntl
import io
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin

from ingest.custody_folder import Candidate
from ingest.fax_queue import FaxFolderConfig, HylafaxConfig, fax_folder, hylafax_queue
from ingest.fax_session import log_line_of, session_of_log
from ingest.folder import OVERDUE, REFUSED, Folder
from ingest.folder_readiness import Signs, is_ready
from ingest.inventory import Inventory
from ingest.reception import take
from ingest.scan_folder import ScanFolderConfig, scan_folder
from ingest.tiff_tags import read_tiff
from mailroom.envelope import Channel
from mailroom.errors import Refused, Transient
from mailroom.item import Arrival
from tests.ingest.paper_book import PaperBlobs, PaperBook

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def fax(pages: int = 2, **tags: str) -> bytes:
    """A real TIFF as a fax server writes it."""
    images = [Image.new("1", (64, 32), page % 2) for page in range(pages)]
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for name, number in (("description", 270), ("date", 306)):
        if name in tags:
            directory[number] = tags[name]
    out = io.BytesIO()
    images[0].save(out, "TIFF", compression="group4", save_all=True, append_images=images[1:], tiffinfo=directory)
    return out.getvalue()


def received(commid: str, file: str, tsi: str, pages: int, caller: str) -> str:
    """A line of xferfaxlog as HylaFAX 6 writes it."""
    fields = ["05/04/26 10:29", "RECV", commid, "ttyS0", file, '""', "fax", '"06"', f'"{tsi}"', "65", str(pages)]
    return "\t".join([*fields, "0:39", "0:45", '""', f'"{caller}"', '""', '""', '""', '""'])


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    folder = tmp_path / "hot"
    folder.mkdir()
    return folder


def scans(hot: Path, **changes: object) -> Folder:
    usual: dict[str, object] = {"settle_seconds": 0.0, "patience_seconds": 3600.0}
    return scan_folder(ScanFolderConfig(name="posta", folder=hot, **{**usual, **changes}))  # type: ignore[arg-type]


def faxes(hot: Path, **changes: object) -> Folder:
    usual: dict[str, object] = {"settle_seconds": 0.0, "patience_seconds": 3600.0}
    return fax_folder(FaxFolderConfig(name="fax", folder=hot, **{**usual, **changes}))  # type: ignore[arg-type]


def only(folder: Folder) -> Arrival:
    (arrival,) = folder.offers(set())
    return arrival


def test_a_scan_goes_from_the_folder_to_taken_to_done_and_its_facts_with_it(hot: Path) -> None:
    (hot / "Scan0001.PDF").write_bytes(PDF)
    facts = {
        "registered_mail": "RR 1 IT",
        "operator": "anna",
        "batch": "b7",
        "received_at": "2026-03-09T10:00:00+01:00",
    }
    (hot / "Scan0001.json").write_text(json.dumps(facts))
    book, blobs = PaperBook(), PaperBlobs()
    folder = scans(hot)
    taken = take(folder, blobs=blobs, book=book)
    assert len(taken.receipts) == taken.settled == 1
    (arrival,) = book.arrivals
    assert arrival.hints.channel is Channel.POST
    assert arrival.hints.filename == "Scan0001.PDF"
    assert arrival.hints.received_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert arrival.hints.transport.registered_mail == "RR 1 IT"
    assert (arrival.hints.transport.operator, arrival.hints.transport.batch) == ("anna", "b7")
    assert sorted(p.name for p in hot.iterdir()) == ["done", "taken"]
    done = sorted(p.name for p in (hot / "done").rglob("*") if p.is_file())
    assert done == [arrival.ref, f"{arrival.ref}.sidecar.json"]
    assert not take(folder, blobs=blobs, book=book).receipts


def test_the_same_name_every_day_gives_another_ref_every_day(hot: Path) -> None:
    book = PaperBook()
    for day in range(3):
        (hot / "scan.pdf").write_bytes(PDF + str(day).encode() + b"\n%%EOF")
        take(scans(hot), blobs=PaperBlobs(), book=book)
    assert len(book.items()) == 3


def test_an_item_folder_is_taken_whole_once_its_item_json_is_there(hot: Path) -> None:
    (hot / "x").mkdir()
    (hot / "x" / "fax.tif").write_bytes(fax(1))
    folder = scans(hot)
    assert not list(folder.offers(set()))
    (hot / "x" / "item.json").write_text('{"channel": "fax", "tsi": "06 1"}')
    arrival = only(folder)
    assert (arrival.hints.channel, arrival.hints.transport.fax_tsi) == (Channel.FAX, "06 1")
    folder.settle([arrival.ref])
    assert (next((hot / "done").iterdir()) / arrival.ref / "fax.tif").is_file()


def test_what_grows_is_not_taken_and_what_rests_is(hot: Path) -> None:
    folder = scans(hot, settle_seconds=0.15)
    path = hot / "a.pdf"
    path.write_bytes(PDF)
    assert not list(folder.offers(set()))
    for _ in range(3):
        with path.open("ab") as stream:
            stream.write(PDF)
        assert not list(folder.offers(set()))
    threading.Event().wait(0.2)
    assert only(folder).raw.count(b"%%EOF") == 4


def test_what_a_program_still_has_open_for_writing_is_not_taken(hot: Path) -> None:
    folder = scans(hot)
    with (hot / "a.pdf").open("wb") as stream:
        stream.write(PDF)
        stream.flush()
        assert not list(folder.offers(set()))
    assert only(folder).raw == PDF


@pytest.mark.parametrize("lock", [fcntl.flock, fcntl.lockf])
def test_a_lock_is_respected(hot: Path, lock: object) -> None:
    path = hot / "a.tif"
    path.write_bytes(fax())
    folder = faxes(hot)
    # Another process must hold it: POSIX locks don't exclude their own.
    child, told = os.pipe()
    done, finish = os.pipe()
    if (pid := os.fork()) == 0:
        handle = os.open(path, os.O_RDWR)
        lock(handle, fcntl.LOCK_EX)  # type: ignore[operator]
        os.write(told, b"x")
        os.read(done, 1)
        os._exit(0)
    os.read(child, 1)
    assert not list(folder.offers(set()))
    os.write(finish, b"x")
    os.waitpid(pid, 0)
    assert only(folder)


def test_a_file_cut_in_half_waits_for_its_rest_and_is_taken_in_the_end(hot: Path) -> None:
    (hot / "a.tif").write_bytes(fax()[:-40])
    (hot / "b.pdf").write_bytes(PDF[:20])
    (hot / "c.pdf").write_bytes(b"")
    impatient = faxes(hot)
    assert not list(impatient.offers(set()))
    assert impatient.waiting() == 3
    assert len(list(faxes(hot, patience_seconds=0.0).offers(set()))) == 3


@pytest.mark.parametrize(
    "signs, expected",
    [
        ({}, False),
        ({"whole": True}, True),
        ({"announced": True}, True),
        ({"whole": True, "locked": True}, False),
        ({"announced": True, "written": True}, False),
        ({"whole": True, "written": None}, True),
        ({"whole": True, "unchanged_for": 1.0}, False),
        ({"unchanged_for": 61.0}, True),
        ({"unchanged_for": 61.0, "written": True}, False),
    ],
)
def test_readiness_weighs_all_signs(signs: dict[str, object], expected: bool) -> None:
    usual: dict[str, object] = {"unchanged_for": 3.0, "locked": False, "written": False, "announced": False}
    observed = Signs(**{"whole": False, **usual, **signs})  # type: ignore[arg-type]
    assert is_ready(observed, settle=2.0, patience=60.0) is expected


def test_a_marker_or_a_sidecar_that_is_wanted_is_waited_for(hot: Path) -> None:
    (hot / "a.tif").write_bytes(fax())
    marked = faxes(hot, ready_suffix=".ok")
    assert not list(marked.offers(set()))
    (hot / "a.tif.ok").touch()
    assert only(marked)
    (hot / "b.tif").write_bytes(fax())
    with_sidecar = faxes(hot, sidecar_required=True)
    known = set(with_sidecar.custody.refs())
    assert not list(with_sidecar.offers(known))
    (hot / "b.xml").write_text("<fax><csid>02 5</csid></fax>")
    (arrival,) = with_sidecar.offers(known)
    assert arrival.hints.transport.fax_tsi == "02 5"


def test_temporary_names_are_left_to_their_writers(hot: Path) -> None:
    for name in (".a.pdf", "b.pdf.part", "c.tmp", "d.pdf.filepart", "~$e.docx"):
        (hot / name).write_bytes(PDF)
    assert not list(scans(hot).offers(set()))


def test_links_pipes_and_huge_files_are_refused_with_an_alarm_and_stay(hot: Path) -> None:
    (hot / "a.pdf").symlink_to("/etc/hostname")
    os.mkfifo(hot / "b.pdf")
    (hot / "c.pdf").write_bytes(PDF * 100)
    (hot / "d.pdf").write_bytes(PDF)
    (hot / "e").symlink_to(hot.parent, target_is_directory=True)
    book = PaperBook()
    folder = scans(hot, largest_bytes=1000)
    assert len(take(folder, blobs=PaperBlobs(), book=book).receipts) == 1
    assert book.alarms["posta", REFUSED].startswith("4 rifiutati")
    for name in "abce":
        (hot / name).unlink() if name == "e" else (hot / f"{name}.pdf").unlink()
    take(folder, blobs=PaperBlobs(), book=book)
    assert not book.alarms


def test_names_in_any_encoding_and_of_any_length_are_taken(hot: Path) -> None:
    names = [b"perch\xe9.pdf", "città €.pdf".encode(), b"a\nb.pdf", b"x" * 240 + b".pdf", b"[1].pdf", b"-rf.pdf"]
    for name in names:
        (Path(os.fsdecode(os.fsencode(hot) + b"/" + name))).write_bytes(PDF + name + b"%%EOF")
    book = PaperBook()
    taken = take(scans(hot), blobs=PaperBlobs(), book=book)
    assert taken.settled == len(names)
    assert all(receipt.ref.encode() for receipt in taken.receipts)
    assert sorted(p.name for p in hot.iterdir()) == ["done", "taken"]


def test_hylafax_facts_come_from_the_tiff_and_from_the_session_log(tmp_path: Path) -> None:
    spool = tmp_path
    (spool / "recvq").mkdir()
    (spool / "etc").mkdir()
    raw = fax(3, description="+39 06 12345678\n0612345678\n800185024", date="2026:05:04 10:30:02")
    (spool / "recvq" / "fax000000017.tif").write_bytes(raw)
    (spool / "recvq" / "seqf").write_text("17")
    lines = [
        received("000000031", "recvq/fax000000016.tif", "+39 02", 1, "02"),
        received("000000032", "fax000000017.tif", "+39 06 12345678", 3, "0612345678"),
    ]
    (spool / "etc" / "xferfaxlog").write_text("\n".join(lines))
    queue = hylafax_queue(HylafaxConfig(name="hylafax", spool=spool, settle_seconds=0.0))
    arrival = only(queue)
    transport = arrival.hints.transport
    assert (transport.fax_tsi, transport.fax_sender) == ("+39 06 12345678", "0612345678")
    assert (transport.pages, transport.comm_id) == (3, "000000032")
    assert arrival.hints.received_at == datetime(2026, 5, 4, 8, 30, 2, tzinfo=UTC)
    queue.settle([arrival.ref])
    assert [p.name for p in (spool / "recvq").iterdir()] == ["seqf"]


def test_a_fax_that_hylafax_still_receives_is_left_alone_and_an_old_one_raises_an_alarm(tmp_path: Path) -> None:
    (tmp_path / "recvq").mkdir()
    path = tmp_path / "recvq" / "fax000000018.tif"
    path.write_bytes(fax())
    tomorrow = datetime.now(UTC) + timedelta(hours=30)
    config = HylafaxConfig(name="hylafax", spool=tmp_path, settle_seconds=0.0)
    queue = hylafax_queue(config, now=lambda: tomorrow)
    book = PaperBook()
    with path.open("r+b") as modem:
        fcntl.flock(modem, fcntl.LOCK_EX)
        assert not take(queue, blobs=PaperBlobs(), book=book).receipts
        assert "30 ore" in book.alarms["hylafax", OVERDUE]
    assert len(take(queue, blobs=PaperBlobs(), book=book).receipts) == 1
    assert not book.alarms


@pytest.mark.parametrize("line", ["", "x", "a\tRECV\tb", "05/04/26 10:29\tSEND" + "\tx" * 12, "99/9\tRECV" + "\t" * 14])
def test_other_lines_of_the_session_log_are_no_receptions(line: str) -> None:
    session = session_of_log(line, zone=UTC)
    assert session is None or session.received_at is None
    assert log_line_of(line, "fax1.tif") is None


def test_a_crash_between_sidecar_and_file_loses_no_fact(hot: Path) -> None:
    (hot / "a.pdf").write_bytes(PDF)
    (hot / "a.json").write_text('{"operator": "anna"}')
    folder = scans(hot)
    folder.custody.prepare()
    # The first half of a take: the sidecar has gone, the power cut comes before the file.
    folder.custody.take([Candidate(main=hot / "gone.pdf", beside=(hot / "a.json",))])
    assert not (hot / "a.json").exists()
    (hot / "gone.pdf.json").unlink(missing_ok=True)
    folder.custody.undo_halves()
    assert (hot / "gone.pdf.json").exists()
    (hot / "gone.pdf.json").rename(hot / "a.pdf.json")
    assert only(folder).hints.transport.operator == "anna"


def test_a_crash_between_rename_and_booking_offers_the_same_ref_again(hot: Path) -> None:
    (hot / "a.pdf").write_bytes(PDF)
    first, second = only(scans(hot)), only(scans(hot))
    assert (first.ref, first.raw) == (second.ref, second.raw)


def test_a_missing_folder_is_a_trouble_and_is_not_made_up(tmp_path: Path) -> None:
    folder = scans(tmp_path / "not-mounted")
    with pytest.raises(Transient):
        list(folder.offers(set()))
    with pytest.raises(Transient):
        folder.check()
    assert not (tmp_path / "not-mounted").exists()


def test_custody_on_another_file_system_is_refused(hot: Path) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == hot.stat().st_dev:
        pytest.skip("no second file system here")
    with pytest.raises(Refused, match="file system"):
        scans(hot, custody=elsewhere / f"sportello-test-{os.getpid()}").check()
    for name in ("taken", "done"):
        (elsewhere / f"sportello-test-{os.getpid()}" / name).rmdir()
    (elsewhere / f"sportello-test-{os.getpid()}").rmdir()


def test_a_watched_folder_notices_files_at_once_and_stops_at_once(hot: Path) -> None:
    folder = scans(hot, poll_seconds=600.0)
    book, stop, came = PaperBook(), threading.Event(), threading.Semaphore(0)

    def look() -> None:
        for _ in take(folder, blobs=PaperBlobs(), book=book).receipts:
            came.release()

    watcher = threading.Thread(target=folder.watch, args=(look, stop))
    watcher.start()
    try:
        for number in range(3):
            (hot / "new.tmp").write_bytes(PDF + str(number).encode() + b"%%EOF")
            (hot / "new.tmp").rename(hot / f"{number}.pdf")
            assert came.acquire(timeout=10)
    finally:
        stop.set()
        watcher.join(5)
    assert not watcher.is_alive()


def test_the_inventory_counts_what_waits_and_what_is_taken(hot: Path) -> None:
    (hot / "a.pdf").write_bytes(PDF)
    folder = scans(hot)
    ref = only(folder).ref
    (hot / "b.pdf").write_bytes(PDF[:9])
    inventory: Inventory = folder.inventory({})
    assert {lying.ref for lying in inventory.lying} == {ref, "arrivo/b.pdf"}
    assert folder.check() == "1 in arrivo, 1 in carico"


@pytest.mark.parametrize("cut", range(0, 300, 7))
def test_a_tiff_cut_anywhere_is_read_without_an_exception_and_is_not_whole(cut: int) -> None:
    whole = fax(2, description="+39 06 1")
    facts = read_tiff(whole[: min(cut, len(whole) - 20)])
    assert facts is None or not facts.whole or facts.pages < 2


def test_a_tiff_whose_directories_go_in_a_circle_ends() -> None:
    circle = b"II*\0\x08\0\0\0" + b"\0\0" + b"\x08\0\0\0"
    facts = read_tiff(circle)
    assert facts is not None
    assert not facts.whole
