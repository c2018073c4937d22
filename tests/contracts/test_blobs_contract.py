"""What a blob store promises: whole or not at all, under its digest, never written over."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.blobs import FileBlobs


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    return FileBlobs(tmp_path / "blobs")


def test_what_is_put_is_got_under_its_digest(blobs: FileBlobs) -> None:
    digest = blobs.put(b"letter")
    assert digest == hashlib.sha256(b"letter").hexdigest()
    assert blobs.get(digest) == b"letter"
    assert blobs.has(digest) and blobs.size(digest) == 6


def test_an_empty_blob_is_a_blob(blobs: FileBlobs) -> None:
    assert blobs.get(blobs.put(b"")) == b""


def test_many_are_put_in_order_and_doubles_once(blobs: FileBlobs) -> None:
    datas = [b"a", b"b", b"a", b"c"]
    digests = blobs.put_many(datas)
    assert [blobs.get(digest) for digest in digests] == datas
    assert sorted(blobs.digests()) == sorted(set(digests))
    assert blobs.put_many([]) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "G" * 64, "a" * 63, "A" * 64, "a" * 65])
def test_what_is_no_digest_is_no_key(blobs: FileBlobs, name: str) -> None:
    with pytest.raises(KeyError):
        blobs.get(name)


def test_a_missing_blob_is_a_key_error(blobs: FileBlobs) -> None:
    assert not blobs.has("a" * 64)
    with pytest.raises(KeyError):
        blobs.get("a" * 64)
    with pytest.raises(KeyError):
        blobs.size("a" * 64)
    assert not blobs.remove("a" * 64)


def test_altered_bytes_are_noticed(blobs: FileBlobs, tmp_path: Path) -> None:
    digest = blobs.put(b"letter")
    (tmp_path / "blobs" / digest[:2] / digest).write_bytes(b"other!")
    with pytest.raises(ValueError):
        blobs.get(digest)


def test_a_removed_blob_is_gone_and_can_come_back(blobs: FileBlobs) -> None:
    digest = blobs.put(b"letter")
    assert blobs.remove(digest) and not blobs.has(digest)
    assert blobs.put(b"letter") == digest and blobs.has(digest)


def test_a_file_half_written_is_never_a_blob(blobs: FileBlobs, tmp_path: Path) -> None:
    digest = blobs.put(b"letter")
    (tmp_path / "blobs" / digest[:2] / ".new-abc").write_bytes(b"let")
    (tmp_path / "blobs" / digest[:2] / "short").write_bytes(b"")
    assert list(blobs.digests()) == [digest]


class PowerCut(BaseException):
    """Nothing of ours catches it, as nothing catches a power cut."""


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("step", range(6))
def test_a_power_cut_at_any_step_leaves_whole_blobs_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, step: int
) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    datas = [b"one" * 1000, b"two" * 1000, b"three" * 1000]
    calls = 0

    def cut(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > step:
            raise PowerCut
        return real(*args, **kwargs)

    owner = os if call == "fsync" else Path
    real = getattr(owner, call)
    monkeypatch.setattr(owner, call, cut)
    try:
        for data in datas:
            blobs.put(data)
    except PowerCut:
        pass
    monkeypatch.undo()
    after = FileBlobs(tmp_path / "blobs")
    assert all(after.get(digest) in datas for digest in after.digests())
    assert [after.get(digest) for digest in after.put_many(datas)] == datas


def test_a_full_disk_is_an_os_error_and_leaves_no_litter(
    blobs: FileBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError):
        FileBlobs(tmp_path / "blobs").put_many([b"a", b"b", b"c"])
    monkeypatch.undo()
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def test_nothing_is_said_to_be_there_before_file_and_folder_are_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def watch(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    blobs = FileBlobs(tmp_path / "blobs")
    monkeypatch.setattr(os, "fsync", watch)
    digest = blobs.put(b"letter")
    folder = tmp_path / "blobs"
    assert synced[0] == str(folder)
    assert Path(synced[1]).name.startswith(".new-")
    assert synced[2] == str(folder / digest[:2])
    synced.clear()
    blobs.put(b"letter")
    # Another process may have renamed it a moment ago: that it is there does not mean that it is durable.
    assert synced == [str(folder / digest[:2])]


def test_threads_that_put_the_same_do_not_disturb_each_other(blobs: FileBlobs) -> None:
    datas = [bytes([n]) * 5000 for n in range(20)]
    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: blobs.put_many(datas), range(6)))
    assert all(result == results[0] for result in results)
    assert [blobs.get(digest) for digest in results[0]] == datas


@given(datas=st.lists(st.binary(max_size=300), max_size=8))
def test_any_bytes_come_back(datas: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    blobs = FileBlobs(tmp_path_factory.mktemp("blobs"), durable=False)
    assert [blobs.get(digest) for digest in blobs.put_many(datas)] == datas
