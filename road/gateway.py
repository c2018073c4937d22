"""Puts one gateway together from its configuration: ledger, blobs, tools, sources, senders. Opens nothing foreign."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from ingest.reception import Receipts
from ingest.sources import Attendance, open_source
from mailroom.dispatch import DispatchChannel
from mailroom.ports import Clock, Sender
from outbound.personal import SETTING, Keys
from road.climbing import Climber, Ring
from road.config import GatewayConfig
from road.contents import Contents
from road.delivering import Delivery
from road.opening import ORIGINALS, make_state, open_ledger
from road.rungs import Tools
from road.senders import senders_for
from road.tooling import tools_for
from store.blobs import FileBlobs
from store.ledger import Ledger
from store.settings import setting_once
from store.views import Views


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    config: GatewayConfig
    engine: Engine
    ledger: Ledger
    views: Views
    blobs: FileBlobs
    derived: FileBlobs
    clock: Clock

    @property
    def state(self) -> Path:
        return self.config.gateway.state

    def contents(self) -> Contents:
        return Contents(originals=self.blobs, derived=self.derived, tools=self.tools())

    def tools(self) -> Tools:
        return tools_for(self.config, cache=self.state / "read")

    def climber(self, ring: Ring) -> Climber:
        return Climber(
            ledger=self.ledger,
            blobs=self.blobs,
            contents=self.contents(),
            tools=self.tools(),
            answers=self.config.answers,
            personal=self.keys(),
            clock=self.clock,
            ring=ring,
            lease_seconds=self.config.gateway.lease_seconds,
        )

    def keys(self) -> Keys:
        """What answers are made personal with; the secret is drawn once an installation."""
        answers = self.config.answers
        secret = setting_once(self.engine, SETTING, secrets.token_urlsafe(32))
        return Keys(secret=secret, base=answers.claim_base, days=answers.claim_days)

    def portal_secret(self) -> bytes | None:
        """What webhooks from the Portal and tickets to it are signed with; None if none is configured."""
        file = self.config.portal.webhook_secret_file if self.config.portal else None
        return file.read_text("utf-8").strip().encode() if file else None

    def delivery(self, senders: Mapping[DispatchChannel, Sender] | None = None) -> Delivery:
        return Delivery(ledger=self.ledger, senders=senders or senders_for(self.config, self.document))

    def document(self, item_id: str, digest: str) -> bytes:
        """Bytes of one part of an item. Raises KeyError if there is no such item or part."""
        detail = self.views.item(item_id)
        if detail is None:
            raise KeyError(item_id)
        return self.contents().find(detail.digest, detail.hints, digest)

    def attendances(self, on_booked: Receipts | None = None) -> list[Attendance]:
        return [
            Attendance(open_source(source), blobs=self.blobs, book=self.ledger, on_booked=on_booked)
            for source in self.config.sources
        ]


def open_gateway(config: GatewayConfig) -> Gateway:
    """Folders made, schema brought up to date. Raises ConfigError for a state folder that can't be made and a ledger
    that can't be opened or doesn't go with the originals, GatewayError for one of a newer gateway."""
    state = make_state(config)
    clock = SystemClock()
    engine = open_ledger(config, clock.now())
    return Gateway(
        config=config,
        engine=engine,
        ledger=Ledger(engine, clock, max_attempts=config.gateway.max_attempts),
        views=Views(engine, clock),
        blobs=FileBlobs(state / ORIGINALS),
        derived=FileBlobs(state / "derived", durable=False),
        clock=clock,
    )
