"""Chunks are filled without being counted: what they say must be what is in them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from core.schedule.port import Canary, Order
from core.storage.agenda import SqlAgenda
from core.storage.schema import chunks, deliveries, subscriptions
from newsroom import NOW, REF, add_issue, add_many

if TYPE_CHECKING:
    from core.storage.engine import Database

READERS = 1203
PAUSED = 601
ORDER = Order(issue=REF, kind="push", langs=frozenset({"en"}))


async def test_chunks_say_what_is_in_them_though_nobody_counted_it(database: Database) -> None:
    await add_issue(database)
    await add_many(database, READERS)
    async with database.write() as connection:
        pausing = update(subscriptions).where(subscriptions.c.id % 2 == 0)
        await connection.execute(pausing.values(paused_until=NOW + timedelta(days=1)))
    planned = await SqlAgenda(database, canary=Canary(pause=timedelta(minutes=1))).plan(ORDER, NOW)
    assert (planned.planned, planned.skipped) == (READERS - PAUSED, PAUSED)
    said = [chunks.c[name] for name in ("id", "deliveries", "skipped", "due", "priority")]
    skipped = func.count().filter(deliveries.c.state == "skipped")
    due = func.min(deliveries.c.due).filter(deliveries.c.state == "planned")
    held = select(deliveries.c.chunk_id, func.count(), skipped, due, func.min(deliveries.c.priority))
    async with database.read() as connection:
        found = (await connection.execute(held.group_by(deliveries.c.chunk_id).order_by(deliveries.c.chunk_id))).all()
        assert (await connection.execute(select(*said).order_by(chunks.c.id))).all() == found
    assert sum(row[1] for row in found) == READERS
    assert max(row[1] for row in found) <= 500
