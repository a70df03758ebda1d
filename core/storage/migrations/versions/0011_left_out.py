"""Runs remember that a cancellation left readers out, also once they are at work again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("left_out", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.execute("UPDATE runs SET left_out = true WHERE state = 'cancelled'")
