"""Events that platforms brought and nobody has handled yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('events',
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('stream', 'number', name=op.f('pk_events'))
    )
    waiting = sa.text("body <> ''")
    op.create_index('ix_events_waiting', 'events', ['stream', 'number'], unique=False, sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(op.f('ix_events_at'), 'events', ['at'], unique=False)
