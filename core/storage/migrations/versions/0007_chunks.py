"""Chunks that are leased together, budgets of accounts, and tables whose rows are cheap to change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("deliveries", "sent", "unknown", "failed", "skipped", "content", "config")
STOPPED = "the sender stopped before the answer came"


def upgrade() -> None:
    settle_what_is_under_way()
    make_chunks()
    make_budgets()
    change_pages_and_deliveries()
    fill_chunks()


def settle_what_is_under_way() -> None:
    op.execute(f"UPDATE pages SET state = 'unknown', reason = '{STOPPED}' WHERE state = 'sending'")
    doubtful = "SELECT delivery_id FROM pages WHERE state = 'unknown'"
    op.execute(
        f"UPDATE deliveries SET state = 'unknown', kind = 'unknown', reason = '{STOPPED}'"
        f" WHERE state = 'leased' AND id IN ({doubtful})"
    )
    sent = "SELECT max(page) + 1 FROM pages WHERE delivery_id = deliveries.id AND pages.state = 'sent'"
    op.execute(f"UPDATE deliveries SET state = 'planned', next_page = coalesce(({sent}), 0) WHERE state = 'leased'")


def make_chunks() -> None:
    op.add_column("runs", sa.Column("canary_until", sa.BigInteger()))
    op.create_table(
        "chunks",
        sa.Column("id", serial, nullable=False),
        sa.Column("run_id", serial, nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger()),
        sa.Column("lease", sa.BigInteger()),
        sa.Column("touched", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False) for name in COUNTS),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_chunks_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunks")),
    )
    op.create_index("ix_chunks_run", "chunks", ["run_id", "platform", "account", "priority", "number"])
    due = sa.text("due IS NOT NULL")
    op.create_index(
        "ix_chunks_waiting", "chunks", ["platform", "account", "due"], sqlite_where=due, postgresql_where=due
    )


def make_budgets() -> None:
    op.drop_table("leases")
    op.create_table(
        "leases",
        sa.Column("id", serial, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("chunk_id", sa.BigInteger(), nullable=False),
        sa.Column("sending", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leases")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_leases_owner"), "leases", ["owner"])
    op.create_table(
        "budgets",
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("share", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("per_second", sa.Float()),
        sa.PrimaryKeyConstraint("platform", "account", "share", name=op.f("pk_budgets")),
    )


def change_pages_and_deliveries() -> None:
    """Pages first: dropping the old deliveries of SQLite would take them along."""
    with op.batch_alter_table("pages") as pages:
        pages.drop_constraint("fk_pages_delivery_id", type_="foreignkey")
        pages.drop_column("revision")
        pages.alter_column("delivery_id", type_=sa.BigInteger(), existing_type=serial, existing_nullable=False)
    for name in ("leased", "waiting", "target", "subscription_id", "run"):
        op.drop_index(f"ix_deliveries_{name}", "deliveries")
    with op.batch_alter_table("deliveries") as deliveries:
        for column in ("run_id", "issue_id", "subscription_id"):
            deliveries.drop_constraint(f"fk_deliveries_{column}", type_="foreignkey")
            deliveries.alter_column(column, type_=sa.BigInteger(), existing_type=serial)
        deliveries.drop_constraint("uq_deliveries_issue_id_target", type_="unique")
        deliveries.drop_column("lease")
        deliveries.add_column(sa.Column("chunk_id", sa.BigInteger(), server_default="0", nullable=False))
        deliveries.create_unique_constraint("uq_deliveries_target_issue_id", ["target", "issue_id"])
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.alter_column("chunk_id", server_default=None)
    op.create_index("ix_deliveries_run", "deliveries", ["run_id", "chunk_id", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE deliveries SET (fillfactor = 70)")


def fill_chunks() -> None:
    """Make one chunk of what a run has for an account and priority."""

    def count(condition: str) -> str:
        return f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)"

    states = ", ".join(count(f"state = '{name}'") for name in ("sent", "unknown", "failed", "skipped"))
    kinds = ", ".join(count(f"state = 'failed' AND kind = '{name}'") for name in ("content", "config"))
    op.execute(
        f"INSERT INTO chunks (run_id, platform, account, priority, number, due, touched, {', '.join(COUNTS)})"
        " SELECT run_id, platform, account, priority, 0, min(CASE WHEN state = 'planned' THEN due END),"
        f" max(updated_at), count(*), {states}, {kinds}"
        " FROM deliveries GROUP BY run_id, platform, account, priority"
    )
    op.execute(
        "UPDATE deliveries SET chunk_id = (SELECT id FROM chunks WHERE chunks.run_id = deliveries.run_id"
        " AND chunks.platform = deliveries.platform AND chunks.account = deliveries.account"
        " AND chunks.priority = deliveries.priority)"
    )
