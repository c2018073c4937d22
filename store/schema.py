"""The ledger's tables. Times are aware UTC; JSON bodies are text, written once."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    text,
)

from store.columns import Moment, Ref, Words

metadata = MetaData()


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
    Column("held", Words),
    Column("held_since", Moment),
    Column("ever_held", Boolean, nullable=False, default=False),
    Column("closed_at", Moment),
    Column("erased_at", Moment),
    Column("case_code", String(20)),
    Column("parent", String(32), ForeignKey("item.id")),
    Column("duplicate_of", String(32)),
    Column("sender", Words),
    Column("subject", Words),
    Column("summary", Words),
    Column("disposition", String(20)),
    Column("detail", String(40)),
    Column("service", String(20)),
    Column("answer_due", Moment),
    CheckConstraint("rung IN ('received','opened','read','examined','decided','closed')", name="rung_known"),
)
Index("item_due", item.c.due_at, sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"))
Index("item_received", item.c.received_at, item.c.id)
Index("item_case", item.c.case_code)
Index("item_channel", item.c.channel, item.c.received_at, item.c.id)
Index("item_closed", item.c.closed_at)
Index("item_parent", item.c.parent)
Index(
    "item_double",
    item.c.duplicate_of,
    sqlite_where=text("duplicate_of IS NOT NULL"),
    postgresql_where=text("duplicate_of IS NOT NULL"),
)
Index(
    "item_held",
    item.c.held_since,
    sqlite_where=text("held_code IS NOT NULL"),
    postgresql_where=text("held_code IS NOT NULL"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("ref", Ref, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("item_id", String(32), ForeignKey("item.id"), nullable=False),
    Column("alias", Boolean, nullable=False, default=False),
    Column("settled_at", Moment),
)
Index("receipt_digest", receipt.c.source, receipt.c.digest)
Index("receipt_item", receipt.c.item_id)
Index("receipt_day", receipt.c.received_at)
Index("receipt_of_source", receipt.c.source, receipt.c.received_at)
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
    Column("note", Words),
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
    Column("given_up_at", Moment),
    Column("handed_over_at", Moment),
    Column("closed_at", Moment),
    Column("erased_at", Moment),
    Column("portal_status", Words),
    Column("portal_said_at", Moment),
)
Index("case_opened", case.c.opened_at, case.c.code)
Index(
    "case_promised",
    case.c.acknowledge_by,
    sqlite_where=text("acknowledged_at IS NULL"),
    postgresql_where=text("acknowledged_at IS NULL"),
)

case_item = Table(
    "case_item",
    metadata,
    Column("code", String(20), ForeignKey("case_file.code"), primary_key=True),
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("relation", String(16), nullable=False),
)
Index("case_item_of_item", case_item.c.item_id)

document = Table(
    "document",
    metadata,
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("filename", Words),
    Column("media_type", Words, nullable=False),
    Column("size", Integer, nullable=False),
    Column("first_page", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("problem", String(24)),
    Column("carrier", Boolean, nullable=False),
)
"""The papers of a decided item, as the case shows them; the newest decision's only."""

piece = Table(
    "piece",
    metadata,
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("message", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("total", Integer),
)
"""Mails that are pieces of one message (message/partial); `message` is a digest of sender and id."""
Index("piece_message", piece.c.message)

blob_use = Table(
    "blob_use",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
)
"""Which items still need a blob: erasing one item must not take another's bytes."""

known = Table(
    "known",
    metadata,
    Column("kind", String(12), primary_key=True),
    Column("value", Words, primary_key=True),
    Column("code", String(20), ForeignKey("case_file.code"), primary_key=True),
)
Index("known_of_case", known.c.code)
"""What is known of a case: senders, tax codes, supplies, message ids of our answers, reply tokens."""

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("item_id", String(32), ForeignKey("item.id"), primary_key=True),
    Column("content_digest", String(64), index=True),
    Column("minhash", Text),
    Column("numbers", Words),
    Column("tax_codes", Words, nullable=False),
    Column("supplies", Words, nullable=False),
    Column("senders", Words, nullable=False),
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
    Column("key", String(200), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("recipient", Words),
    Column("payload", LargeBinary, nullable=False),
    Column("repeatable", Boolean, nullable=False),
    Column("item_id", String(32), index=True),
    Column("case_code", String(20), index=True),
    Column("not_before", Moment),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Moment),
    Column("outcome", Words),
    Column("held_code", String(40)),
    Column("created_at", Moment, nullable=False),
    Column("begun_at", Moment),
    Column("sent_at", Moment),
    Column("printed_at", Moment),
    Column("posted_at", Moment),
    Column("message_id", String(320), index=True),
    Column("words", String(64)),
    CheckConstraint("state IN ('due','begun','sent','held','failed')", name="outbox_state_known"),
)
Index("outbox_due", outbox.c.state, outbox.c.due_at)
Index(
    "outbox_letters",
    outbox.c.created_at,
    sqlite_where=text("channel = 'letter' AND posted_at IS NULL"),
    postgresql_where=text("channel = 'letter' AND posted_at IS NULL"),
)
Index("outbox_recipient", func.lower(outbox.c.recipient), outbox.c.created_at)

register = Table(
    "register",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("item_id", String(32), index=True),
    Column("dispatch_key", String(200)),
    Column("party", Words),
    Column("subject", Words),
    Column("digest", String(64)),
    Column("note", Words),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)
Index("register_at", register.c.at)
Index("register_dispatch", register.c.dispatch_key)

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
    Column("message", Words, nullable=False),
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
    Column("known", Integer),
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

claim_use = Table(
    "claim_use",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("code", String(20), ForeignKey("case_file.code"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
)
"""Claim links that were used, by digest: each works once."""

setting = Table(
    "setting",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Small facts of the installation: console accounts, session key."""

access_log = Table(
    "access_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("by", String(80), nullable=False),
    Column("item_id", String(32), index=True),
    Column("digest", String(64)),
    Column("what", String(40), nullable=False),
)
"""Every look at an identity document or an export of a person's data."""

erasure = Table(
    "erasure",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("by", String(80), nullable=False),
    Column("reason", Words, nullable=False),
    Column("item_id", String(32), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
)
"""What was erased, when and why; the receipt and the register entry stay."""
