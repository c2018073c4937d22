"""The doubles of an item, which follow it into the case that a person opens for it later."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.text("duplicate_of IS NOT NULL")
    op.create_index("item_double", "item", ["duplicate_of"], sqlite_where=there, postgresql_where=there)
