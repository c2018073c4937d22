"""The first ledger: all tables, triggers that keep the register append-only, and what words are found by.

Written out, not taken from the metadata: a migration must do tomorrow what it did today.
"""

import sqlalchemy as sa
from alembic import op

from store import search
from store.columns import Moment, Ref, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE TRIGGER register_no_{verb} BEFORE {verb} ON register "
    "BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION register_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the register is append-only'; END $$",
    "CREATE TRIGGER register_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON register "
    "FOR EACH STATEMENT EXECUTE FUNCTION register_is_append_only()",
)


def upgrade() -> None:
    _access_log()
    _alarm()
    _case_file()
    _counter()
    _erasure()
    _event()
    _inventory()
    _item()
    _outbox()
    _progress()
    _register()
    _setting()
    _source_state()
    _webhook_seen()
    _band()
    _blob_use()
    _case_item()
    _correction()
    _document()
    _fingerprint()
    _known()
    _receipt()
    _sheet()
    _append_only()
    _search()


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


# fmt: off

def _access_log() -> None:
    op.create_table("access_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_access_log_item_id", "access_log", ["item_id"])


def _alarm() -> None:
    op.create_table("alarm",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("message", Words(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source", "code"))


def _case_file() -> None:
    op.create_table("case_file",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("sector", sa.String(length=20), nullable=False),
        sa.Column("topic", sa.String(length=24), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("supply", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("acknowledge_by", Moment(), nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("waits_until", Moment(), nullable=True),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("handed_over_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.Column("portal_status", Words(), nullable=True),
        sa.PrimaryKeyConstraint("code"))
    op.create_index("case_opened", "case_file", ["opened_at", "code"])
    _partial("case_promised", "case_file", "acknowledge_by", "acknowledged_at IS NULL")
    op.create_index("ix_case_file_status", "case_file", ["status"])


def _counter() -> None:
    op.create_table("counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"))


def _erasure() -> None:
    op.create_table("erasure",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_erasure_item_id", "erasure", ["item_id"])


def _event() -> None:
    op.create_table("event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("case_code", sa.String(length=20), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("note", Words(), nullable=True),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_event_case_code", "event", ["case_code"])
    op.create_index("ix_event_item_id", "event", ["item_id"])


def _inventory() -> None:
    op.create_table("inventory",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.Column("untaken", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source", "day"))


def _item() -> None:
    op.create_table("item",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.Column("rung", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("held_code", sa.String(length=40), nullable=True),
        sa.Column("held", Words(), nullable=True),
        sa.Column("held_since", Moment(), nullable=True),
        sa.Column("ever_held", sa.Boolean(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.Column("case_code", sa.String(length=20), nullable=True),
        sa.Column("parent", sa.String(length=32), nullable=True),
        sa.Column("duplicate_of", sa.String(length=32), nullable=True),
        sa.Column("sender", Words(), nullable=True),
        sa.Column("subject", Words(), nullable=True),
        sa.Column("summary", Words(), nullable=True),
        sa.Column("disposition", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.String(length=40), nullable=True),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("answer_due", Moment(), nullable=True),
        sa.CheckConstraint("rung IN ('received','opened','read','examined','decided','closed')", name="rung_known"),
        sa.ForeignKeyConstraint(["parent"], ["item.id"], ),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("item_case", "item", ["case_code"])
    op.create_index("item_channel", "item", ["channel", "received_at", "id"])
    op.create_index("item_closed", "item", ["closed_at"])
    _partial("item_due", "item", "due_at", "due_at IS NOT NULL")
    _partial("item_held", "item", "held_since", "held_code IS NOT NULL")
    op.create_index("item_parent", "item", ["parent"])
    op.create_index("item_received", "item", ["received_at", "id"])
    op.create_index("ix_item_digest", "item", ["digest"])


def _outbox() -> None:
    op.create_table("outbox",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("recipient", Words(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("repeatable", sa.Boolean(), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("case_code", sa.String(length=20), nullable=True),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("outcome", Words(), nullable=True),
        sa.Column("held_code", sa.String(length=40), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("printed_at", Moment(), nullable=True),
        sa.Column("posted_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('due', 'begun', 'sent', 'held', 'failed')", name="outbox_state_known"),
        sa.PrimaryKeyConstraint("key"))
    op.create_index("ix_outbox_case_code", "outbox", ["case_code"])
    op.create_index("ix_outbox_item_id", "outbox", ["item_id"])
    op.create_index("outbox_due", "outbox", ["state", "due_at"])
    _partial("outbox_letters", "outbox", "created_at", "channel = 'letter' AND posted_at IS NULL")
    op.create_index("outbox_recipient", "outbox", [sa.text("lower(recipient)"), "created_at"])


def _progress() -> None:
    op.create_table("progress",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("item_id"))


def _register() -> None:
    op.create_table("register",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=True),
        sa.Column("dispatch_key", sa.String(length=200), nullable=True),
        sa.Column("party", Words(), nullable=True),
        sa.Column("subject", Words(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("note", Words(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("year", "number"),
        sa.UniqueConstraint("hash"))
    op.create_index("ix_register_item_id", "register", ["item_id"])
    op.create_index("register_at", "register", ["at"])
    op.create_index("register_dispatch", "register", ["dispatch_key"])


def _setting() -> None:
    op.create_table("setting",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"))


def _source_state() -> None:
    op.create_table("source_state",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source"))


def _webhook_seen() -> None:
    op.create_table("webhook_seen",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"))


def _band() -> None:
    op.create_table("band",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("key", "item_id"))


def _blob_use() -> None:
    op.create_table("blob_use",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("digest", "item_id"))


def _case_item() -> None:
    op.create_table("case_item",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["case_file.code"], ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("code", "item_id"))
    op.create_index("case_item_of_item", "case_item", ["item_id"])


def _correction() -> None:
    op.create_table("correction",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_correction_item_id", "correction", ["item_id"])


def _document() -> None:
    op.create_table("document",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("filename", Words(), nullable=True),
        sa.Column("media_type", Words(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_page", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(length=24), nullable=True),
        sa.Column("carrier", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("item_id", "number"))


def _fingerprint() -> None:
    op.create_table("fingerprint",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=True),
        sa.Column("minhash", sa.Text(), nullable=True),
        sa.Column("tax_codes", Words(), nullable=False),
        sa.Column("supplies", Words(), nullable=False),
        sa.Column("senders", Words(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("item_id"))
    op.create_index("ix_fingerprint_content_digest", "fingerprint", ["content_digest"])


def _known() -> None:
    op.create_table("known",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("value", Words(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["case_file.code"], ),
        sa.PrimaryKeyConstraint("kind", "value", "code"))
    op.create_index("known_of_case", "known", ["code"])


def _receipt() -> None:
    op.create_table("receipt",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("ref", Ref(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("alias", sa.Boolean(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("source", "ref"))
    op.create_index("receipt_day", "receipt", ["received_at"])
    op.create_index("receipt_digest", "receipt", ["source", "digest"])
    op.create_index("receipt_item", "receipt", ["item_id"])
    _partial("receipt_unsettled", "receipt", "source", "settled_at IS NULL")


def _sheet() -> None:
    op.create_table("sheet",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("rung", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], ),
        sa.PrimaryKeyConstraint("item_id", "rung", "revision"))


# fmt: on


def _append_only() -> None:
    """Nobody changes a registration: not this program, nor a person with a query tool and a moment of weakness."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(verb=verb))
    else:
        for statement in POSTGRESQL:
            op.execute(statement)


def _search() -> None:
    for statement in search.SQLITE if op.get_bind().dialect.name == "sqlite" else search.POSTGRESQL:
        op.execute(statement)
