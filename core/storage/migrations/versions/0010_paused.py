"""Runs that are paused are found among however many that are over."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    paused = text("state = 'paused'")
    op.create_index("ix_runs_paused", "runs", ["id"], sqlite_where=paused, postgresql_where=paused)
