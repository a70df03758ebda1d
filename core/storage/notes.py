"""Small things to remember by name: a hash of what was synced, a button's command line, an event that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Text, cast, delete, or_, select

from core.storage.dialects import insert_into
from core.storage.schema import notes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from core.clock import Clock
    from core.storage.engine import Database


class SqlNotes:
    """Values by name, kept for good or for a time. Names are the caller's; begin them with what they are for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, name: str) -> str | None:
        """Return the value, None if there is none or its time is over."""
        fresh = or_(notes.c.expires.is_(None), notes.c.expires > self._clock.now())
        async with self._database.read() as connection:
            return (await connection.execute(select(notes.c.value).where(notes.c.name == name, fresh))).scalar()

    async def named(self, prefix: str) -> Sequence[str]:
        """Return the names that begin with ``prefix`` and whose time is not over, in their order."""
        fresh = or_(notes.c.expires.is_(None), notes.c.expires > self._clock.now())
        query = select(notes.c.name).where(notes.c.name.startswith(prefix, autoescape=True), fresh)
        async with self._database.read() as connection:
            return (await connection.execute(query.order_by(notes.c.name))).scalars().all()

    async def drop(self, name: str) -> None:
        """Forget the value."""
        async with self._database.write() as connection:
            await connection.execute(delete(notes).where(notes.c.name == name))

    async def put(self, name: str, value: str, *, keep: timedelta | None = None) -> None:
        """Remember the value, for good or for as long as ``keep``."""
        row = {"value": value, "expires": self._until(keep)}
        async with self._database.write() as connection:
            new = insert_into(connection.dialect.name, notes).values(name=name, **row)
            await connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=row))

    async def first(self, name: str, *, keep: timedelta) -> bool:
        """Return whether this name is met for the first time within ``keep``, and remember it."""
        now = self._clock.now()
        async with self._database.write() as connection:
            await connection.execute(delete(notes).where(notes.c.name == name, notes.c.expires <= now))
            new = insert_into(connection.dialect.name, notes).values(name=name, value="", expires=self._until(keep))
            added = await connection.execute(new.on_conflict_do_nothing().returning(notes.c.name))
            return added.scalar() is not None

    async def count(self, name: str, by: int, *, keep: timedelta) -> int:
        """Add to the count of this name and return it; it begins at nothing, and ends ``keep`` after it was begun."""
        now = self._clock.now()
        number = cast(notes.c.value, BigInteger)
        async with self._database.write() as connection:
            await connection.execute(delete(notes).where(notes.c.name == name, notes.c.expires <= now))
            new = insert_into(connection.dialect.name, notes).values(
                name=name, value=str(by), expires=self._until(keep)
            )
            added = new.on_conflict_do_update(index_elements=["name"], set_={"value": cast(number + by, Text)})
            return int((await connection.execute(added.returning(notes.c.value))).scalar_one())

    async def sweep(self) -> int:
        """Forget what has expired; return how much that was."""
        async with self._database.write() as connection:
            return (await connection.execute(delete(notes).where(notes.c.expires <= self._clock.now()))).rowcount

    def _until(self, keep: timedelta | None) -> datetime | None:
        return self._clock.now() + keep if keep is not None else None
