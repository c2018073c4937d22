"""Runs roads in children of its own, each cut off before its n-th durable effect.

One process with everything imported; for each line on standard input it forks a child that walks the road of one
installation to its end, or to the kill. Single-threaded, so that forking is safe; nothing here needs a parser's child.
"""

from __future__ import annotations

import imaplib
import json
import os
import smtplib
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import structlog
from sqlalchemy import Engine, event

import road.tooling
from classifier.examining import load_models
from mailroom.amending import cut_finding
from road.config import GatewayConfig, load
from road.desk import GatewayDesk
from road.gateway import open_gateway

KILLED = 137
MODELS = load_models()
TRUSTED = httpx.create_ssl_context()
httpx.create_ssl_context = lambda: TRUSTED  # type: ignore[assignment]
road.tooling.load_models = lambda *_: MODELS  # type: ignore[attr-defined,assignment]
structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))


class Fuse:
    """Burns down by one at every durable effect, and ends the process before the one it was set for."""

    def __init__(self, kill_at: int | None) -> None:
        self.burnt = 0
        self._kill_at = kill_at

    def burn(self, *_: Any, **__: Any) -> None:
        self.burnt += 1
        if self.burnt == self._kill_at:
            os._exit(KILLED)

    def before(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.burn()
            return work(*args, **kwargs)

        return guarded

    def lay(self) -> None:
        """Before every SQL statement, commit, fsync, rename, IMAP command, SMTP command and HTTP request."""
        for name in ("fsync", "rename", "replace", "link"):
            setattr(os, name, self.before(getattr(os, name)))
        imaplib.IMAP4._command = self.before(imaplib.IMAP4._command)  # type: ignore[attr-defined]
        smtplib.SMTP.putcmd = self.before(smtplib.SMTP.putcmd)  # type: ignore[method-assign]
        smtplib.SMTP.data = self.before(smtplib.SMTP.data)  # type: ignore[method-assign]
        httpx.request = self.before(httpx.request)
        event.listen(Engine, "before_cursor_execute", self.burn)
        event.listen(Engine, "commit", self.burn)


def walk(config: GatewayConfig, fuse: Fuse, *, together: bool, starts: Sequence[int] = ()) -> list[int]:
    """Takes, climbs and delivers until nothing is due any more; returns how many effects there had been after the
    taking and after each round of climbing. `starts`: an operator cuts what is held before these pages."""
    gateway = open_gateway(config)
    rung: list[str] = []
    climber = gateway.climber(lambda ids, slow: rung.extend(ids))
    gateway.ledger.recover_dispatches()
    for attendance in gateway.attendances():
        for _ in range(20):
            attendance.take()
            if not attendance.source.waiting():
                break
            time.sleep(0.01)
        attendance.source.close()
    rounds = [fuse.burnt]
    if starts:
        for row in gateway.views.held():
            GatewayDesk(gateway).correct(row.id, [cut_finding(starts, by="person:anna")], "person:anna")
    for _ in range(50):
        _make_due(gateway.engine)
        due = [item_id for item_id, _, _ in gateway.ledger.due_items()]
        for some in [due] * bool(due) if together else [[item_id] for item_id in due]:
            climber.climb(some, slow=True)
        rounds.append(fuse.burnt)
        if not gateway.delivery().deliver() and not due:
            break
    gateway.engine.dispose()
    return rounds


def _make_due(engine: Engine) -> None:
    """No waiting for leases of the dead and for pauses between attempts: a restart hours later sees the same."""
    with engine.connect() as connection:
        raw = connection.connection
        raw.execute("UPDATE item SET lease_until = NULL, due_at = received_at WHERE due_at IS NOT NULL")  # type: ignore[attr-defined]
        raw.execute("UPDATE outbox SET due_at = created_at WHERE state = 'due'")  # type: ignore[attr-defined]


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if order["warm"]:
            # What the children would each learn again: imports, how sheets are written.
            walk(load(Path(order["config"])), Fuse(None), together=False)
            assert threading.active_count() == 1
        pipe_out, pipe_in = os.pipe()
        child = os.fork()
        if child == 0:
            fuse = Fuse(order["kill_at"])
            fuse.lay()
            rounds = walk(load(Path(order["config"])), fuse, together=order["together"], starts=order["starts"])
            os.write(pipe_in, json.dumps({"effects": fuse.burnt, "rounds": rounds}).encode())
            os._exit(0)
        os.close(pipe_in)
        burnt = os.read(pipe_out, 4096)
        os.close(pipe_out)
        _, status = os.waitpid(child, 0)
        said = {"exit": os.waitstatus_to_exitcode(status), "effects": 0} | json.loads(burnt or b"{}")
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
