"""Deliveries that are brought up to date with a later revision of their issue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('issues', sa.Column('amended', sa.String(length=64), nullable=True))
    op.add_column('deliveries', sa.Column('revision', sa.String(length=64), nullable=True))
    op.add_column('deliveries', sa.Column('amends', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.execute("UPDATE issues SET amended = CASE WHEN withdrawn_at IS NULL THEN revision ELSE 'withdrawn' END")
