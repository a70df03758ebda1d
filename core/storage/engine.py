"""The database: how it is opened, read, written and upgraded.

SQLite has one writer at a time: writes take a lock in this process and ``BEGIN IMMEDIATE`` against others, so that
none fails half-way because somebody else wrote first. It runs with WAL and ``synchronous=FULL``: a commit is on the
disk before the request leaves that it announces. This costs one fsync a commit, which is why delivery commits in
groups; with NORMAL a power cut could take back intents, and readers would get posts twice.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy import Connection

MIGRATIONS = "core.storage:migrations"
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "temp_store=MEMORY")


@contextmanager
def translated() -> Iterator[None]:
    """Raise ``StorageError`` in place of whatever a database driver raises."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = getattr(error, "orig", None) or error
        raise StorageError(f"{type(reason).__name__}: {reason}".splitlines()[0]) from error


class Database:
    """A database that is open. Close it with ``close``; every method raises ``StorageError`` where it fails."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writing = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    @property
    def dialect(self) -> str:
        """Which database it is: "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that sees one consistent state; what it writes is thrown away."""
        with translated():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose writes are committed together at the end, or not at all."""
        with translated():
            async with self._writing or nullcontext(), self._engine.connect() as plain:
                connection = await plain.execution_options(paperboy_writes=True)
                async with connection.begin():
                    yield connection

    async def upgrade(self) -> None:
        """Bring the tables to the newest version; several processes may do so at once."""
        async with self.write() as connection:
            await connection.run_sync(_upgrade)

    async def ping(self) -> None:
        """Return if the database answers."""
        async with self.read() as connection:
            await connection.exec_driver_sql("SELECT 1")

    async def close(self) -> None:
        """Close every connection."""
        with translated():
            await self._engine.dispose()


def open_database(url: str) -> Database:
    """Open a database by its SQLAlchemy URL (``sqlite+aiosqlite:///FILE`` or ``postgresql+psycopg://…``).

    Nothing is connected yet, and no table made: see ``Database.upgrade``. Raises StorageError for another URL.
    """
    with translated():
        parsed = make_url(url)
        if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+psycopg"}:
            raise StorageError(f"cannot use a database of kind {parsed.drivername!r}")
        engine = create_async_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
    return Database(engine)


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401  # SQLAlchemy's adapted driver connection
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("paperboy_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20260219)")
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
