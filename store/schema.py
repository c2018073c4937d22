"""The ledger's tables. Times are aware UTC; JSON bodies are text, written once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData()


class Moment(TypeDecorator[datetime]):
    """An aware UTC time on both databases; SQLite alone would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


item = Table(
    "item",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("channel", String(8), nullable=False),
    Column("hints", Text, nullable=False),
    Column("rung", String(12), nullable=False),
    Column("revision", Integer, nullable=False, default=1),
    Column("attempts", Integer, nullable=False, default=0),
    Column("received_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("lease", String(32)),
    Column("lease_until", Moment),
    Column("held_code", String(40)),
    Column("held", Text),
    Column("case_code", String(20)),
    Column("parent", String(32), ForeignKey("item.id")),
    Column("duplicate_of", String(32)),
    Column("summary", Text),
    CheckConstraint("rung IN ('received','opened','read','examined','decided','closed')", name="rung_known"),
)
Index("item_due", item.c.due_at, sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"))
Index("item_received", item.c.received_at, item.c.id)
Index("item_case", item.c.case_code)

receipt = Table(
    "receipt",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("ref", String(400), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("item_id", String(32), ForeignKey("item.id"), nullable=False),
    Column("alias", Boolean, nullable=False, default=False),
    Column("settled_at", Moment),
)
Index("receipt_digest", receipt.c.source, receipt.c.digest)
Index(
    "receipt_unsettled",
    receipt.c.source,
    sqlite_where=text("settled_at IS NULL"),
    postgresql_where=text("settled_at IS NULL"),
)

sheet = Table(
    "sheet",
    metadata,
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("rung", String(12), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

event_log = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("item_id", String(32), index=True),
    Column("case_code", String(20), index=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("by", String(80), nullable=False),
    Column("note", Text),
)

correction = Table(
    "correction",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("item_id", String(32), ForeignKey("item.id"), nullable=False, index=True),
    Column("finding", Text, nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", Moment, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)

case = Table(
    "case_file",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("service", String(20), nullable=False),
    Column("sector", String(20), nullable=False),
    Column("topic", String(24), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("applicant", Text, nullable=False),
    Column("supply", Text, nullable=False),
    Column("missing", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("acknowledge_by", Moment),
    Column("acknowledged_at", Moment),
    Column("waits_until", Moment),
    Column("reminded_at", Moment),
    Column("portal_status", String(40)),
)

case_item = Table(
    "case_item",
    metadata,
    Column("code", String(20), ForeignKey("case_file.code"), primary_key=True),
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("relation", String(16), nullable=False),
)

known = Table(
    "known",
    metadata,
    Column("kind", String(12), primary_key=True),
    Column("value", String(320), primary_key=True),
    Column("code", String(20), ForeignKey("case_file.code"), primary_key=True),
)
"""What is known of a case: senders, tax codes, supplies, message ids of our answers."""

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("content_digest", String(64), index=True),
    Column("minhash", Text),
    Column("tax_codes", Text, nullable=False),
    Column("supplies", Text, nullable=False),
    Column("senders", Text, nullable=False),
)

band = Table(
    "band",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("recipient", String(400)),
    Column("payload", LargeBinary, nullable=False),
    Column("repeatable", Boolean, nullable=False),
    Column("item_id", String(32), index=True),
    Column("case_code", String(20), index=True),
    Column("not_before", Moment),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Moment),
    Column("outcome", Text),
    Column("held_code", String(40)),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("printed_at", Moment),
    Column("posted_at", Moment),
    CheckConstraint("state IN ('due','begun','sent','held','failed')", name="outbox_state_known"),
)
Index("outbox_due", outbox.c.state, outbox.c.due_at)

register = Table(
    "register",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("item_id", String(32), index=True),
    Column("dispatch_key", String(80)),
    Column("party", Text),
    Column("subject", Text),
    Column("digest", String(64)),
    Column("note", Text),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

source_state = Table(
    "source_state",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

alarm = Table(
    "alarm",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("message", Text, nullable=False),
    Column("since", Moment, nullable=False),
)

inventory = Table(
    "inventory",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("arrived", Integer, nullable=False),
    Column("untaken", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("item_id", String(32), primary_key=True),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

webhook_seen = Table(
    "webhook_seen",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("at", Moment, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
    UniqueConstraint("name"),
)
"""Small facts of the installation: console accounts, session key."""
