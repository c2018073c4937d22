"""The first ledger: all tables, and triggers that keep the register append-only."""

from alembic import op

from store import search
from store.schema import metadata

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
    "CREATE TRIGGER register_append_only BEFORE UPDATE OR DELETE ON register "
    "FOR EACH ROW EXECUTE FUNCTION register_is_append_only()",
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(verb=verb))
        statements: tuple[str, ...] = search.SQLITE
    else:
        statements = (*POSTGRESQL, *search.POSTGRESQL)
    for statement in statements:
        op.execute(statement)
