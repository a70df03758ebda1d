"""The search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "passages",
        sa.Column("id", serial, nullable=False),
        sa.Column("edition", sa.String(16), nullable=False),
        sa.Column("date", sa.String(10), nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("section", sa.String(32), nullable=False),
        sa.Column("key", sa.String(8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("likes", sa.BigInteger()),
        sa.Column("downloads", sa.BigInteger()),
        sa.Column("reposts", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    op.create_index("ix_passages_issue", "passages", ["edition", "date", "lang"])
    op.create_index("ix_passages_section", "passages", ["section", "date"])
    op.create_table(
        "postings",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("passage_id", serial, nullable=False),
        sa.Column("impact", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.id"], name=op.f("fk_postings_passage_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", "passage_id", name=op.f("pk_postings")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_postings_passage_id"), "postings", ["passage_id"])
