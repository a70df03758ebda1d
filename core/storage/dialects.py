"""The one thing that SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart: inserts that meet a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table

Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_into(dialect: str, table: Table) -> Insert:
    """Return an insert that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
