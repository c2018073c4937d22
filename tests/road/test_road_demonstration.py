"""What `script/run --once` starts, on a handful of the project's samples: real sources, a real worker, an outcome for
each."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from imapclient import IMAPClient

from mailroom.errors import ConfigError
from road import local_mailbox, samples
from road.config import load
from road.demonstration import demonstrate
from road.gateway import open_gateway

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "items"
PER_CHANNEL = {"email": 2, "pec": 1, "fax": 1, "post": 1}


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """The lightest samples of each channel."""
    there = [(json.loads((item / "item.json").read_text("utf-8"))["channel"], item) for item in SAMPLES.iterdir()]
    for channel, count in PER_CHANNEL.items():
        mine = sorted((item for name, item in there if name == channel), key=weight)
        for item in mine[:count]:
            shutil.copytree(item, tmp_path / "bag" / item.name)
    return tmp_path / "bag"


def weight(item: Path) -> int:
    return sum(file.stat().st_size for file in item.iterdir())


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the mailbox server gets at, whatever name it works under; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.servers
def test_every_sample_ends_in_a_case_a_filed_message_or_a_reason_to_wait(bag: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "cli", "demo", "--once", "--folder", str(folder), "--bag", str(bag), "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Che cosa ne è stato" in done.stdout
    assert "[info" not in done.stdout + done.stderr, "the log has its own file"
    gateway = open_gateway(load(folder / "gateway.toml"))
    rows = gateway.views.items().rows
    gateway.engine.dispose()
    assert len([row for row in rows if row.parent is None]) == sum(PER_CHANNEL.values())
    assert {row.channel.value for row in rows} == set(PER_CHANNEL)
    for row in rows:
        assert row.held if row.held_code else row.rung == "closed", row
        assert row.case_code or row.held or row.disposition or row.id in {child.parent for child in rows}, row
        # A held item's reason is in the summary. (The table breaks long ones.)
        assert not row.held or row.held.split()[0] in done.stdout
    assert sorted(samples.fed(folder)) == sorted(item.name for item in bag.iterdir())
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert again.returncode == 0 and "già stati lavorati" in again.stdout
    gateway = open_gateway(load(folder / "gateway.toml"))
    assert len(gateway.views.items().rows) == len(rows), "nothing is fed twice"
    gateway.engine.dispose()


def test_two_demonstrations_do_not_share_a_folder(tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConfigError, match="--folder"):
            demonstrate(tmp_path, bag=None, with_samples=True, once=True, port=0)


@pytest.mark.servers
@pytest.mark.skipif(not Path("/usr/sbin/dovecot").exists(), reason="dovecot is not installed")
def test_the_mailbox_server_of_this_system_is_used_even_in_a_folder_with_a_space(folder: Path) -> None:
    mailbox = local_mailbox.start(folder / "la mia posta" / "dovecot")
    assert mailbox is not None, "each release of the server reads its own configuration"
    with closing(mailbox), IMAPClient("127.0.0.1", port=mailbox.port, ssl=False, timeout=10) as client:
        client.login("pec", mailbox.password)
        client.append("INBOX", b"Subject: prova\r\n\r\n")
        assert client.select_folder("INBOX")[b"EXISTS"] == 1
    assert list((folder / "la mia posta" / "dovecot" / "mail" / "pec").rglob("*:2,"))


@pytest.mark.skipif(os.getuid() != 0, reason="who isn't root serves mail under the own name")
def test_root_does_without_a_mailbox_server_where_its_other_names_cannot_go(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    assert local_mailbox.start(tmp_path / "home" / "dovecot") is None
