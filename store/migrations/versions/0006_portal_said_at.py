"""When the Portal last changed a case's status: words that arrive out of order don't turn it back."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("portal_said_at", Moment(), nullable=True))
