"""The telling numbers of a letter, by which two bills of the same person are two matters."""

import sqlalchemy as sa
from alembic import op

from store.columns import Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fingerprint", sa.Column("numbers", Words(), nullable=True))
