"""When a case was closed because what was asked for never came: a later sending opens it again."""

import sqlalchemy as sa
from alembic import op

from store.columns import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_file", sa.Column("given_up_at", Moment()))
