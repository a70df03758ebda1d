"""What became of a run's deliveries stays counted when they are erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNTED = ("deliveries", "sent", "unknown", "failed", "skipped", "content", "config", "again")


def upgrade() -> None:
    op.create_table(
        "erased",
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issue_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTED),
        sa.PrimaryKeyConstraint("run_id", name="pk_erased"),
    )
    op.create_index("ix_erased_issue_id", "erased", ["issue_id"])
