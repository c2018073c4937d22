"""A backup taken anywhere comes back whole on an empty installation, and nowhere else."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from mailroom.errors import ConfigError
from store.backup import backup, restore
from store.blobs import FileBlobs
from store.engine import open_engine
from store.ledger import Ledger
from store.migrating import migrate
from store.verify import verify
from store.views import Views
from tests.servers.databases import postgres_databases
from tests.servers.postgres import programs
from tests.store.conftest import Cellar
from tests.store.ledger_stand import Wish, WoundClock, acknowledgement, arrival, deciding, digest_of


def test_what_was_backed_up_comes_back_and_verifies(cellar: Cellar, tmp_path: Path) -> None:
    decided = cellar.settle("1", Wish(compose=acknowledgement()))
    file = tmp_path / "copia.tar"
    copied = backup(cellar.engine, cellar.blobs, file, now=cellar.clock.now())
    assert (copied.blobs, copied.damaged, copied.size) == (1, (), file.stat().st_size)
    cellar.settle("2")
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'ledger.db'}")
    blobs = FileBlobs(tmp_path / "new" / "blobs")
    migrate(engine)
    assert restore(file, engine, blobs).blobs == 1
    assert [check for check in verify(engine, blobs) if check.flaw] == []
    assert [row.id for row in Views(engine, cellar.clock).items().rows] == [decided.item_id]
    Ledger(engine, cellar.clock).receive([(arrival("9"), digest_of(arrival("9")))])
    with pytest.raises(ConfigError, match="not empty"):
        restore(file, engine, blobs)
    engine.dispose()


def test_a_damaged_blob_is_named_and_the_rest_is_saved(cellar: Cellar, tmp_path: Path) -> None:
    cellar.take(arrival("1"), arrival("2"))
    bad = sorted(cellar.blobs.digests())[0]
    (tmp_path / "blobs" / bad[:2] / bad).write_bytes(b"?")
    copied = backup(cellar.engine, cellar.blobs, tmp_path / "copia.tar", now=cellar.clock.now())
    assert (copied.blobs, copied.damaged) == (1, (bad,))


def test_a_backup_that_breaks_off_leaves_the_older_one(
    cellar: Cellar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cellar.take(arrival("1"))
    file = tmp_path / "copia.tar"
    file.write_bytes(b"older")

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(OSError):
        backup(cellar.engine, cellar.blobs, file, now=cellar.clock.now())
    assert file.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["copia.tar"]


@pytest.mark.parametrize("name", ["../evil", "blobs/" + "a" * 64, "ledger.db"])
def test_a_file_that_is_no_backup_of_ours_is_refused(cellar: Cellar, tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.tar"
    with tarfile.open(file, "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 3
        tar.addfile(member, io.BytesIO(b"abc"))
    with pytest.raises(ConfigError):
        restore(file, cellar.engine, cellar.blobs)
    file.write_bytes(b"not a tar at all")
    with pytest.raises(ConfigError):
        restore(file, cellar.engine, cellar.blobs)


@pytest.mark.servers
@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_postgresql_is_backed_up_by_its_own_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = programs()
    assert folder is not None
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    clock, blobs = WoundClock(), FileBlobs(tmp_path / "blobs")
    with postgres_databases() as databases:
        engine, other = databases.fresh(), databases.fresh()
        ledger = Ledger(engine, clock)
        ledger.receive([(arrival("1"), blobs.put(arrival("1").raw))])
        decided = ledger.decide(deciding(ledger.claim()[0]))
        backup(engine, blobs, tmp_path / "copia.tar", now=clock.now())
        restore(tmp_path / "copia.tar", other, FileBlobs(tmp_path / "others"))
        assert Views(other, clock).search("contatore bolletta") == ()
        assert [hit.item_id for hit in Views(other, clock).search("bollette")] == [decided.item_id]
        assert [check for check in verify(other, FileBlobs(tmp_path / "others")) if check.flaw] == []
        engine.dispose()
        other.dispose()
