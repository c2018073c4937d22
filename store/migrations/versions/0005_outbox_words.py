"""What an answer says, as a digest: the same words are not sent twice about the same item."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("words", sa.String(64), nullable=True))
