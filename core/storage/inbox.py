"""Inboxes in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Column, Index, Table, Text, delete, insert, select

from core.delivery.inbox import Arrival
from core.storage.schema import Instant, Serial, metadata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.clock import Clock
    from core.storage.engine import Database
    from core.target import Target

KEPT = timedelta(days=30)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("target", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("content", JSON(none_as_null=True)),
    Column("at", Instant, nullable=False),
    Index("ix_inbox_target", "target", "id"),
    sqlite_autoincrement=True,
)
"""The newest state of each page; null where it was taken back. Numbers grow and are never used twice."""


class SqlInbox:
    """Satisfies ``core.delivery.inbox.Inbox``. Pages are kept for 30 days."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, target: Target, page: str, content: Mapping[str, Any] | None) -> int:
        """Keep the content as the page's newest state; return the id of this arrival."""
        now = self._clock.now()
        mine = inbox.c.target == target.key
        same = (inbox.c.page == page) & mine
        async with self._database.write() as connection:
            kept = (await connection.execute(select(inbox.c.id, inbox.c.content).where(same))).one_or_none()
            if kept is not None and kept.content == content:
                return int(kept.id)
            await connection.execute(delete(inbox).where(same | (mine & (inbox.c.at < now - KEPT))))
            values = {"target": target.key, "page": page, "content": content, "at": now}
            added = await connection.execute(insert(inbox).values(values).returning(inbox.c.id))
            return int(added.scalar_one())

    async def after(self, target: Target, id: int, *, limit: int = 20) -> Sequence[Arrival]:  # noqa: A002  as in the port
        """Return the newest ``limit`` arrivals after ``id``, oldest first."""
        query = select(inbox).where(inbox.c.target == target.key, inbox.c.id > id).order_by(inbox.c.id.desc())
        async with self._database.read() as connection:
            rows = list(await connection.execute(query.limit(limit)))
        return [Arrival(id=row.id, page=row.page, content=row.content, at=row.at) for row in reversed(rows)]
