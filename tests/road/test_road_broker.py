"""The whole worker with a real broker as its bell: what arrives is decided, even when nobody hears the bell."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from brokers import Server, broker

import worker
from ingest.maildir import MaildirConfig
from mailroom.errors import Transient
from road.broker import check_broker
from road.config import GatewayConfig, StateConfig
from road.gateway import Gateway, open_gateway
from tests.road.answering import letter

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("brokers")]
PATIENCE = 60.0


@pytest.fixture(params=["redis", "rabbitmq"])
def bell(request: pytest.FixtureRequest) -> Iterator[Server]:
    with broker(request.param) as server:
        yield server


@pytest.fixture
def mailbox(tmp_path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


@pytest.fixture
def gateway(tmp_path: Path, bell: Server, mailbox: Path) -> Gateway:
    source = MaildirConfig(name="posta", folder=mailbox, poll_seconds=0.2)
    # The worker is a thread of this process here: no place to fork a crew from.
    state = StateConfig(state=tmp_path / "state", broker=bell.url, processes=1)
    return open_gateway(GatewayConfig(gateway=state, maildir=(source,)))


@pytest.fixture
def at_work(gateway: Gateway) -> Iterator[threading.Thread]:
    stop = threading.Event()
    asked = {"poll": True, "work": True, "console": False, "stop": stop}
    thread = threading.Thread(target=worker.run, args=(gateway.config,), kwargs=asked, daemon=True)
    thread.start()
    yield thread
    stop.set()
    thread.join(40)
    assert not thread.is_alive()


def drop(mailbox: Path, name: str) -> None:
    (mailbox / "tmp" / name).write_bytes(letter("Buongiorno, invio i documenti.", subject=name))
    (mailbox / "tmp" / name).rename(mailbox / "new" / name)


def decided(gateway: Gateway) -> int:
    return sum(row.disposition is not None for row in gateway.views.items().rows)


def until(true: Callable[[], bool]) -> None:
    deadline, pause = monotonic() + PATIENCE, threading.Event()
    while not true():
        assert monotonic() < deadline, "too late"
        pause.wait(0.1)


def test_what_arrives_is_decided_though_the_broker_dies_and_comes_back(
    bell: Server, gateway: Gateway, mailbox: Path, at_work: threading.Thread
) -> None:
    drop(mailbox, "uno")
    until(lambda: decided(gateway) == 1)
    bell.stop()
    drop(mailbox, "due")
    until(lambda: len(gateway.views.items().rows) == 2)
    assert at_work.is_alive()
    with pytest.raises(Transient):
        check_broker(bell.url)
    bell.start()
    until(lambda: decided(gateway) == 2)
    assert check_broker(bell.url).startswith("127.0.0.1")


def test_an_address_of_no_broker_stops_the_start() -> None:
    with pytest.raises(ValueError, match="broker: ") as error:
        StateConfig(broker="http://me:s3cret@localhost")
    assert "s3cret" not in str(error.value)
