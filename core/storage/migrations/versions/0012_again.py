"""What was sent again after it had been in doubt is counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chunks", sa.Column("again", sa.Integer(), server_default=sa.text("0"), nullable=False))
