"""What platforms brought, kept from before it is confirmed to them until it is handled: a crash loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from core.storage.dialects import insert_into
from core.storage.schema import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from core.clock import Clock
    from core.storage.engine import Database

KEPT = timedelta(hours=25)
"""Longer than any platform brings the same event again."""
AT_ONCE = 1000


class SqlEvents:
    """Events by stream (a platform's account) and number. One that comes again is not waiting a second time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, stream: str, bodies: Mapping[int, str]) -> None:
        """Keep events that are not known yet; they are waiting when this returns. A body is not empty."""
        now = self._clock.now()
        rows = [{"stream": stream, "number": number, "body": body, "at": now} for number, body in bodies.items()]
        if rows:
            async with self._database.write() as connection:
                await connection.execute(insert_into(connection.dialect.name, events).on_conflict_do_nothing(), rows)

    async def waiting(self, stream: str) -> Mapping[int, str]:
        """Return the earliest events that are not handled, by number, in its order."""
        query = select(events.c.number, events.c.body).where(events.c.stream == stream, events.c.body != "")
        async with self._database.read() as connection:
            rows = await connection.execute(query.order_by(events.c.number).limit(AT_ONCE))
            return {row.number: row.body for row in rows}

    async def done(self, stream: str, numbers: Iterable[int]) -> None:
        """Mark events as handled, and forget what they said."""
        change = update(events).where(events.c.stream == stream, events.c.number.in_(list(numbers)))
        async with self._database.write() as connection:
            await connection.execute(change.values(body=""))

    async def sweep(self) -> int:
        """Forget events that cannot come again; return how many."""
        async with self._database.write() as connection:
            old = delete(events).where(events.c.at <= self._clock.now() - KEPT)
            return (await connection.execute(old)).rowcount
