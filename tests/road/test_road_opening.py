"""A ledger and its originals go together: a start that finds one without the other receives nothing and says why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.files import FilesSource
from ingest.reception import take
from mailroom.errors import ConfigError
from road.config import load
from road.gateway import open_gateway
from road.shell import back_up, bring_back
from store.verify import verify

LETTER = b"From: ada@posta.example\nSubject: bolletta\n\nVorrei informazioni sul bonus.\n"


@pytest.fixture(params=["state", "elsewhere"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The configuration of one whose ledger lies in the state folder, or not."""
    file = tmp_path / "gateway.toml"
    database = f'database = "sqlite:///{tmp_path}/ledger.db"\n' if request.param == "elsewhere" else ""
    file.write_text(f'[gateway]\nstate = "state"\n{database}')
    return file


def receive(file: Path) -> None:
    (file.parent / "a.eml").write_bytes(LETTER)
    gateway = open_gateway(load(file))
    take(FilesSource(paths=[file.parent / "a.eml"]), blobs=gateway.blobs, book=gateway.ledger)
    gateway.engine.dispose()


def ledger_of(file: Path) -> Path:
    return Path(str(load(file).database_url).removeprefix("sqlite:///"))


def lose_ledger(file: Path, *, emptied: bool = False) -> None:
    ledger = ledger_of(file)
    for left in ledger.parent.glob("ledger.db*"):
        left.unlink()
    if emptied:
        ledger.touch()


@pytest.mark.parametrize("emptied", [False, True], ids=["missing", "emptied"])
def test_a_ledger_that_never_began_is_not_begun_beside_originals(installation: Path, emptied: bool) -> None:
    receive(installation)
    lose_ledger(installation, emptied=emptied)
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"gateway\.toml: gateway\.(state|database): .*originals.*backup"):
            open_gateway(load(installation))
    assert ledger_of(installation).exists() is emptied


def test_the_backup_brings_the_ledger_back_beside_its_originals(installation: Path) -> None:
    receive(installation)
    copy = installation.parent / "copy.tar"
    assert back_up(copy, load(installation)) == 0
    lose_ledger(installation)
    bring_back(copy, load(installation))
    gateway = open_gateway(load(installation))
    assert len(gateway.views.items().rows) == 1
    assert not [check for check in verify(gateway.engine, gateway.blobs) if check.flaw or check.kind == "unreceived"]
    gateway.engine.dispose()


def test_whoever_moves_the_originals_away_begins_anew(installation: Path) -> None:
    receive(installation)
    lose_ledger(installation)
    state = installation.parent / "state"
    (state / "originals").rename(state / "originals-before")
    gateway = open_gateway(load(installation))
    assert gateway.views.items().rows == ()
    gateway.engine.dispose()


def test_a_first_run_that_was_killed_before_its_first_receipt_goes_on(installation: Path) -> None:
    gateway = open_gateway(load(installation))
    gateway.blobs.put(LETTER)
    gateway.engine.dispose()
    receive(installation)
    gateway = open_gateway(load(installation))
    assert not [check for check in verify(gateway.engine, gateway.blobs) if check.flaw or check.kind == "unreceived"]
    gateway.engine.dispose()


def test_a_ledger_of_an_older_gateway_that_has_received_is_taken_as_begun(installation: Path) -> None:
    receive(installation)
    gateway = open_gateway(load(installation))
    with gateway.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM setting")
    gateway.engine.dispose()
    open_gateway(load(installation)).engine.dispose()


def test_a_ledger_whose_originals_are_not_mounted_receives_nothing(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(f'[gateway]\nstate = "state"\ndatabase = "sqlite:///{tmp_path}/ledger.db"\n')
    receive(file)
    shutil.rmtree(tmp_path / "state")
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"gateway\.toml: gateway\.state: .*originals.*mount"):
            open_gateway(load(file))
    (tmp_path / "state" / "originals").mkdir()
    open_gateway(load(file)).engine.dispose()
