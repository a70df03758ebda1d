"""The search index as one segment for each issue.

The old tables held one row for each token of each passage. ``paperboy`` fills the new one from the archive.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("postings")
    op.drop_table("passages")
    op.create_table(
        "segments",
        sa.Column("edition", sa.String(16), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("passages", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("postings", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("edition", "date", "lang", name=op.f("pk_segments")),
    )
    op.create_index(op.f("ix_segments_version"), "segments", ["version"])
