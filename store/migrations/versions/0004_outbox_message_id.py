"""What went out is found by its Message-ID: bounces and PEC receipts speak of nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("message_id", sa.String(320), nullable=True))
    op.create_index(op.f("ix_outbox_message_id"), "outbox", ["message_id"])
