"""The database: how it is opened, read, written and upgraded.

SQLite has one writer at a time: writes take a lock in this process and ``BEGIN IMMEDIATE`` against others, so that
none fails half-way because somebody else wrote first; they have connections of their own, which ask for it often. It
runs with WAL and ``synchronous=FULL``: a commit is on the disk before the request leaves that it announces. This costs
one fsync a commit, which is why delivery commits in groups; with NORMAL a power cut could take back intents, and
readers would get posts twice.

Neither database takes every text: what a statement brings is made one that both take (``storable``), so that no
character that somebody sent can stop a write, or a search for what is not there.
"""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from random import uniform
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from core.document.text import storable
from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from sqlalchemy import URL, Connection, Engine

T = TypeVar("T")
Rest: TypeAlias = "Callable[[float], None]"
"""Waits for so many seconds, in a thread or in the loop."""

MIGRATIONS = "core.storage:migrations"
PATIENCE_SECONDS = 15
"""How long SQLite's locks are waited for, and how long a silent transaction may keep PostgreSQL's."""
PRAGMAS = (
    f"busy_timeout={1000 * PATIENCE_SECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
)
ASKED_EVERY_SECONDS = 0.002
TAKEN = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
"""The primary codes of SQLite's errors that say that somebody else has the lock (https://sqlite.org/rescode.html)."""
PRIMARY = 0xFF


@contextmanager
def translated() -> Iterator[None]:
    """Raise ``StorageError`` in place of whatever a database driver raises."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OverflowError) as error:  # the last for numbers of more than 64 bits
        reason = getattr(error, "orig", None) or error
        raise StorageError(f"{type(reason).__name__}: {reason}".splitlines()[0]) from error


class Database:
    """A database that is open. Close it with ``close``; every method raises ``StorageError`` where it fails."""

    def __init__(self, engine: AsyncEngine, writer: AsyncEngine, committer: Engine | None = None) -> None:
        self._engine = engine
        self._writer = writer
        self._committer = committer
        self._thread = ThreadPoolExecutor(1, "commit")
        self._writing: AbstractAsyncContextManager[None] = asyncio.Lock() if committer else nullcontext()

    @property
    def dialect(self) -> str:
        """Which database it is: "sqlite" or "postgresql"."""
        return self._engine.dialect.name

    @property
    def place(self) -> str:
        """Where it is: SQLite's file, or the server's URL without the password."""
        url = self._engine.url
        if self.dialect == "sqlite":
            return str(Path(url.database or "").absolute())
        return url.set(query={}).render_as_string(hide_password=True)

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
            async with self._writing, self._writer.begin() as connection:
                yield connection

    async def commit(self, work: Callable[[Connection], T]) -> T:
        """Return what ``work`` returns, its writes committed together, or not at all.

        On SQLite all of it is done in a thread: handing it each statement costs more than most statements do. Who is
        cancelled meanwhile does not know whether it was committed, as with every database.
        """
        if self._committer is None:
            async with self.write() as connection:
                return await connection.run_sync(work)
        with translated():
            async with self._writing:
                return await asyncio.get_running_loop().run_in_executor(self._thread, _commit, self._committer, work)

    async def upgrade(self) -> None:
        """Bring the tables to the newest version; several processes may do so at once."""
        async with self.write() as connection:
            await connection.run_sync(_upgrade)

    async def is_ours(self) -> bool:
        """Return whether the tables are of some version of ours."""
        async with self.read() as connection:
            return await connection.run_sync(lambda one: inspect(one).has_table("alembic_version"))

    async def ping(self) -> None:
        """Return if the database answers."""
        async with self.read() as connection:
            await connection.exec_driver_sql("SELECT 1")

    async def close(self) -> None:
        """Close every connection."""
        with translated():
            await self._engine.dispose()
            await self._writer.dispose()
            if self._committer:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._committer.dispose)
            self._thread.shutdown()


def open_database(url: str) -> Database:
    """Open a database by its SQLAlchemy URL (``sqlite+aiosqlite:///FILE`` or ``postgresql+psycopg://…``).

    Nothing is connected yet, and no table made: see ``Database.upgrade``. Raises StorageError for another URL.
    """
    with translated():
        parsed = _read(url)
        if parsed.get_backend_name() == "postgresql":
            engine = create_async_engine(parsed, pool_pre_ping=True)
            event.listen(engine.sync_engine, "connect", _let_go_of_locks)
            event.listen(engine.sync_engine, "before_cursor_execute", _make_storable, retval=True)
            return Database(engine.execution_options(isolation_level="REPEATABLE READ"), engine)
        engine, writer = create_async_engine(parsed), create_async_engine(parsed)
        committer = create_engine(parsed.set(drivername="sqlite"))
    for one, pragmas, rest in (
        (engine.sync_engine, PRAGMAS, _rest_in_loop),
        (writer.sync_engine, (*PRAGMAS, "busy_timeout=0"), _rest_in_loop),
        (committer, (*PRAGMAS, "busy_timeout=0"), sleep),
    ):
        event.listen(one, "connect", partial(_prepare, pragmas, rest))
        event.listen(one, "before_cursor_execute", _make_storable, retval=True)
    event.listen(writer.sync_engine, "invalidate", _roll_back)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(writer.sync_engine, "begin", partial(_begin_writing, _rest_in_loop))
    event.listen(committer, "begin", partial(_begin_writing, sleep))
    return Database(engine, writer, committer)


def _make_storable(
    _connection: Connection,
    _cursor: object,
    statement: str,
    parameters: Any,  # noqa: ANN401  rows as the driver has them
    _context: object,
    many: bool,  # noqa: FBT001  SQLAlchemy's signature
) -> tuple[str, Any]:
    """Return the statement with parameters that any database takes."""
    return statement, [_row(row) for row in parameters] if many else _row(parameters)


def _row(row: Any) -> Any:  # noqa: ANN401  a tuple or a dictionary, as the driver has it
    if isinstance(row, dict):
        return {name: taken(value) for name, value in row.items()}
    return tuple(map(taken, row))


def taken(value: T) -> T:
    """Return the value as any database takes it: a text is one that can be stored."""
    return storable(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _read(url: str) -> URL:
    advice = "write postgresql+psycopg://user@host/database, or sqlite+aiosqlite:///FILE"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError(f"the database's address cannot be read; {advice}") from None
    if parsed.drivername not in {"sqlite+aiosqlite", "postgresql+psycopg"}:
        raise StorageError(f"cannot use a database of kind {parsed.drivername!r}; {advice}")
    return parsed


def _commit(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _prepare(pragmas: Sequence[str], rest: Rest, connection: Any, _record: object) -> None:  # noqa: ANN401  # a driver's connection, SQLAlchemy's adapted one or its own
    """Set a new connection up. Turning a new file to WAL is refused at once while somebody else looks at it."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        _ask(partial(cursor.execute, f"PRAGMA {pragma}"), rest)
    cursor.close()


def _roll_back(connection: Any, _record: object, _error: object) -> None:  # noqa: ANN401  # SQLAlchemy's adapted driver connection
    """End the transaction of a connection that is closed because a statement was cancelled.

    SQLite keeps its lock until every statement of a closed connection is gone, as long as the traceback may live
    (https://sqlite.org/c3ref/close.html). Nobody can be waited for here; once begun, the rollback is in the
    connection's queue, ahead of its end.
    """
    rollback = connection.driver_connection.rollback()
    with suppress(ValueError):  # it was closed before
        rollback.send(None)


def _let_go_of_locks(connection: Any, _record: object) -> None:  # noqa: ANN401  # SQLAlchemy's adapted driver connection
    """Have PostgreSQL end transactions that are silent for long: whoever is frozen in one locks others out."""
    cursor = connection.cursor()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{PATIENCE_SECONDS}s'")
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(rest: Rest, connection: Connection) -> None:
    """Take the one lock for writing, asking for it often.

    SQLite itself asks ever more seldom, up to 100 ms apart: among processes that write again and again whoever has just
    written is the next one again, and another may wait for longer than its lease.
    """
    _ask(partial(connection.exec_driver_sql, "BEGIN IMMEDIATE"), rest)


def _ask(ask: Callable[[], object], rest: Rest) -> None:
    """Ask for what needs a lock until it is given, or patience ends."""
    until = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            ask()
        except (OperationalError, sqlite3.OperationalError) as error:
            if not _is_taken(error) or monotonic() >= until:
                raise
            rest(uniform(0, 2 * ASKED_EVERY_SECONDS))  # noqa: S311  # so that nobody is always late
        else:
            return


def _rest_in_loop(seconds: float) -> None:
    await_only(asyncio.sleep(seconds))


def _is_taken(error: OperationalError | sqlite3.OperationalError) -> bool:
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & PRIMARY in TAKEN


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20260219)")
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(
            "the database is of a newer version: update this program, or restore a backup that was taken before"
        ) from error
