"""Files given by hand become arrivals: one an item, nothing skipped without a word."""

from __future__ import annotations

import hashlib
import io
import json
import mailbox
import os
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.files import FilesSource, arrivals_in
from ingest.sidecar import read_sidecar
from mailroom.envelope import Channel

MAIL = b"From: a@example.org\r\nSubject: prova\r\n\r\ntesto\r\n"
TIFF = b"II*\0\x08\0\0\0\0\0\0\0\0\0"


def test_an_item_folder_is_one_arrival_that_shows_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "x1"
    folder.mkdir()
    (folder / "fax.tif").write_bytes(TIFF)
    facts = {"channel": "fax", "sender": "+390612345", "tsi": "+39 06 12345", "pages": 2, "comm_id": "77",
             "received_at": "2026-05-04T13:50:00+02:00"}  # fmt: skip
    (folder / "item.json").write_text(json.dumps(facts))
    (arrival,) = arrivals_in([tmp_path])
    assert arrival.ref == str(folder)
    assert arrival.raw == TIFF
    assert arrival.hints.channel is Channel.FAX
    assert arrival.hints.received_at is not None
    assert arrival.hints.received_at.isoformat() == "2026-05-04T11:50:00+00:00"
    transport = arrival.hints.transport
    assert (transport.fax_sender, transport.fax_tsi, transport.pages, transport.comm_id) == (
        "+390612345", "+39 06 12345", 2, "77")  # fmt: skip


def test_the_channel_follows_the_content_unless_it_is_given(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "c.bin").write_bytes(TIFF)
    (tmp_path / "d").write_bytes(MAIL)
    channels = [arrival.hints.channel for arrival in arrivals_in([tmp_path])]
    assert channels == [Channel.EMAIL, Channel.POST, Channel.FAX, Channel.EMAIL]
    assert {a.hints.channel for a in arrivals_in([tmp_path], channel=Channel.PEC)} == {Channel.PEC}


def test_an_mbox_written_by_another_program_gives_its_messages_back(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "posta")
    bodies = ["uno\n", "due\n\nFrom qui in poi la bolletta\n", "From Roma con 12:30 ore\n\n\n"]
    for number, body in enumerate(bodies):
        message = EmailMessage()
        message["Subject"] = str(number)
        message.set_content(body)
        box.add(message)
    box.close()
    arrivals = list(arrivals_in([tmp_path / "posta"]))
    assert [arrival.ref.rpartition("#")[2] for arrival in arrivals] == ["1", "2", "3"]
    assert b"\nFrom qui" in arrivals[1].raw
    assert b">From" not in b"".join(arrival.raw for arrival in arrivals)


def test_a_message_beyond_the_limit_is_told_and_its_neighbours_are_taken(tmp_path: Path) -> None:
    line = b"From a@b.example Mon May  4 10:00:00 2026\n"
    small = b"Subject: x\n\ncorto\n"
    (tmp_path / "posta").write_bytes(line + small + b"\n" + line + small + b"lungo " * 500 + b"\n\n" + line + small)
    refused: list[str] = []
    found = list(arrivals_in([tmp_path / "posta"], largest=2000, on_refused=lambda p, why: refused.append(why)))
    assert [(a.ref[-2:], a.raw) for a in found] == [("#1", small), ("#3", small)]
    assert len(refused) == 1 and "messaggio 2" in refused[0]


def test_a_maildir_gives_new_and_cur_but_not_what_is_still_written(tmp_path: Path) -> None:
    for folder, name in (("new", "1.a"), ("cur", "2.b:2,S"), ("tmp", "3.c")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(MAIL)
    assert sorted(Path(a.ref).name for a in arrivals_in([tmp_path])) == ["1.a", "2.b:2,S"]


def test_a_sidecar_beside_its_file_is_read_and_is_no_item(tmp_path: Path) -> None:
    (tmp_path / "s1.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "s1.json").write_text('{"registered_mail": "RR 1", "operator": "anna", "channel": "post"}')
    (tmp_path / "s2.tif").write_bytes(TIFF)
    (tmp_path / "s2.tif.json").write_text('{"csid": "02 123"}')
    first, second = arrivals_in([tmp_path])
    assert (first.hints.transport.registered_mail, first.hints.transport.operator) == ("RR 1", "anna")
    assert second.hints.transport.fax_tsi == "02 123"


def test_links_pipes_and_huge_files_are_refused_aloud_and_the_walk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.eml").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "b.eml")
    (tmp_path / "c.eml").write_bytes(MAIL * 100)
    (tmp_path / "d.eml").write_bytes(MAIL)
    refused: list[tuple[str, str]] = []
    found = list(arrivals_in([tmp_path], largest=1000, on_refused=lambda p, why: refused.append((p.name, why))))
    assert [Path(a.ref).name for a in found] == ["d.eml"]
    assert [name for name, _ in refused] == ["a.eml", "b.eml", "c.eml"]


def test_several_files_in_an_item_folder_are_packed_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "item.json").write_text('{"channel": "post"}')
    (folder / "1.pdf").write_bytes(b"%PDF-1")
    (folder / "2.pdf").write_bytes(b"%PDF-2")
    first, second = (next(iter(arrivals_in([tmp_path]))).raw for _ in range(2))
    assert first == second
    assert b"%PDF-1" in first
    assert b"%PDF-2" in first


def test_of_several_files_the_fax_itself_comes_first_and_none_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    for name in ("item.json", "fax.json", "bolletta.pdf", "fax.tif"):
        (folder / name).write_text('{"channel": "fax", "csid": "02 99"}')
    (arrival,) = arrivals_in([folder])
    with zipfile.ZipFile(io.BytesIO(arrival.raw)) as archive:
        assert archive.namelist() == ["fax.tif", "bolletta.pdf"]
    (folder / "bolletta.pdf").unlink()
    (alone,) = arrivals_in([folder])
    assert alone.hints.filename == "fax.tif"


def test_a_file_changed_under_the_same_path_gets_another_ref(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(MAIL)
    source = FilesSource(paths=[path])
    (before,) = source.offers(set())
    assert not list(source.offers({before.ref}))
    path.write_bytes(MAIL + b"altro")
    (after,) = source.offers({before.ref})
    assert after.ref != before.ref


def test_a_file_has_one_ref_however_its_path_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "a.eml").write_bytes(MAIL)
    (tmp_path / "link").symlink_to("post")
    monkeypatch.chdir(tmp_path / "post")
    whole = tmp_path / "post" / "a.eml"
    (first,) = FilesSource(paths=[whole]).offers(set())
    assert first.ref.startswith(f"{whole}@")
    for typed in ("a.eml", ".", "..", "../post", "../link", "../link/a.eml", str(tmp_path / "link" / "a.eml")):
        again = FilesSource(paths=[Path(typed)])
        assert not list(again.offers({first.ref})) and set(again.known) == {first.ref}, typed
    assert len(list(FilesSource(paths=[Path("a.eml"), whole]).offers(set()))) == 1


@pytest.mark.parametrize("typed", ["link", "link/a.eml", "{tmp}/link/a.eml", "post/../post/box", ".", "post/b.eml"])
def test_a_ref_written_as_it_was_typed_stays_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    (tmp_path / "post").mkdir()
    (tmp_path / "post" / "a.eml").write_bytes(MAIL)
    (tmp_path / "post" / "b.eml").symlink_to("a.eml")
    (tmp_path / "post" / "box").write_bytes(b"From a@b.example Mon May  4 10:00:00 2026\n" + MAIL)
    (tmp_path / "link").symlink_to("post")
    monkeypatch.chdir(tmp_path)
    path = Path(typed.replace("{tmp}", str(tmp_path)))
    before = {f"{a.ref}@{hashlib.sha256(a.raw).hexdigest()[:16]}" for a in arrivals_in([path], on_refused=print)}
    source = FilesSource(paths=[path], on_refused=print)
    assert before and not list(source.offers(before)) and set(source.known) == before


@pytest.mark.parametrize(
    "name, data",
    [
        ("x.xml", b'<fax><Csid>02 99</Csid><Pages>3</Pages><Date>2026:05:04 10:00:00</Date></fax>'),
        ("x.xml", b'<Fax csid="02 99" pages="3" received="04/05/2026 10:00"/>'),
        ("x.xml", b'<i><f name="RemoteID" value="02 99"/><f name="PageCount" value="3"/><f name="Date">04/05/2026</f>'
                  b'<f name="Time">10:00</f></i>'),
        ("x.json", b'{"fax": {"RemoteCSID": "02 99", "num_pages": 3, "timestamp": 1777888800}}'),
        ("x.json", b'[{"name": "Csid", "value": "02 99"}, {"name": "Pages", "value": "3 of 3"}, '
                   b'{"epoch": 1777888800}]'),
        ("x.json", '{"nota": "perch\xe9", "csid": "02 99", "pagine": 3, "data": "04/05/2026", "ora": "10.00.00"}'
                   .encode("latin-1")),
        ("x.json", '{"csid": "02 99", "FAXPAGES": 3, "date": "04/05/2026 10:00"}'.encode("utf-16")),
        ("x.xml", b'<F><Tsid>02 99</Tsid><Csid>800 185 025</Csid><Pages>3</Pages>'
                  b'<TransmissionEnd>2026-05-04T10:00:00Z</TransmissionEnd></F>'),
        ("x.xml", b'<F><Property Name="SenderTSID" Value="02 99"/><Property Name="PageCount" Value="3"/>'
                  b'<Property Name="ReceiveTime" Value="04/05/2026 10.00.00"/></F>'),
    ],
)  # fmt: skip
def test_sidecars_of_several_makers_say_the_same(name: str, data: bytes) -> None:
    found = read_sidecar(name, data)
    assert (found.transport.fax_tsi, found.transport.pages, found.defect) == ("02 99", 3, None)
    assert found.received_at is not None
    assert found.received_at.isoformat() == "2026-05-04T10:00:00+00:00"


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe\0", b"{" * 100_000, b"[" * 200_000, b'{"pages": 1e999}', b"<a/>", b"x" * 300_000],
)
def test_a_broken_sidecar_is_a_defect_and_no_exception(data: bytes) -> None:
    assert read_sidecar("a.json", data).transport.pages is None


def test_an_xml_sidecar_with_entities_is_not_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "cccc"><!ENTITY d "&b;&b;">]><a><csid>&d;</csid></a>'
    assert read_sidecar("a.xml", bomb).defect == "sidecar-unreadable"


def test_every_item_of_the_mailbag_is_one_arrival_by_its_own_channel() -> None:
    root = Path(__file__).parents[2]
    bag = Path(os.environ.get("SPORTELLO_MAILBAG") or root.parent / "shared" / "mailbag") / "items"
    if not bag.is_dir():
        pytest.skip("no mailbag here")
    arrivals = list(arrivals_in([bag]))
    folders = sorted(path for path in bag.iterdir() if path.is_dir())
    assert [arrival.ref for arrival in arrivals] == [str(folder) for folder in folders]
    for folder, arrival in zip(folders, arrivals, strict=True):
        said = json.loads((folder / "item.json").read_text())
        assert arrival.hints.channel == said["channel"]
        assert arrival.hints.transport.comm_id == said.get("comm_id")
        assert arrival.hints.transport.registered_mail == said.get("registered_mail")
        assert (arrival.hints.received_at is None) == ("received_at" not in said)
