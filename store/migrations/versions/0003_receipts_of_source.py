"""The front page counts the receipts of each source from an index alone."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("receipt_of_source", "receipt", ["source", "received_at"])
