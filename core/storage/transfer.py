"""Taking data out and in: backups, everything about one target, and forgetting it.

A backup is a SQLite file, whichever database it is of, so that one can be restored into the other.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, collate, delete, func, insert, or_, select, text

from core.answers.memory import PREFIX
from core.errors import StorageError
from core.storage import chunks as pieces
from core.storage.engine import open_database, taken, translated
from core.storage.schema import budgets, chats, deliveries, metadata, notes, notices, pages, subscriptions
from core.storage.subscriptions import chat_key

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.storage.engine import Database
    from core.target import Target

ROWS_AT_ONCE = 2000
BYTES = {"sqlite": "BINARY", "postgresql": "C"}


async def backup(database: Database, file: Path) -> dict[str, int]:
    """Write everything into a new SQLite file, as it is at one instant, while others go on writing.

    It has another name, with ``.part`` at the end, until it is whole: what was broken off is no backup. Return the rows
    by table. Raises StorageError if the file exists already or cannot be written.
    """
    if await asyncio.to_thread(file.exists):
        raise StorageError(f"{file} exists already")
    part = file.with_name(f"{file.name}.part")
    await asyncio.to_thread(part.unlink, missing_ok=True)
    copy = open_database(f"sqlite+aiosqlite:///{part}")
    try:
        try:
            await copy.upgrade()
        except StorageError as error:
            raise StorageError(f"{file} cannot be written: {error}") from error
        rows = await copy_rows(database, copy)
    finally:
        await copy.close()
    await asyncio.to_thread(part.rename, file)
    return rows


async def restore(database: Database, file: Path) -> dict[str, int]:
    """Fill an empty database with a backup; return the rows by table.

    Raises StorageError if there is no such file, it is no backup, or the database holds anything.
    """
    if not await asyncio.to_thread(file.exists):
        raise StorageError(f"there is no file {file}")
    source = open_database(f"sqlite+aiosqlite:///{file}")
    try:
        try:
            is_ours = await source.is_ours()
        except StorageError as error:
            raise StorageError(f"{file} cannot be read: {error}") from error
        if not is_ours:
            raise StorageError(f"{file} is no backup of Paperboy")
        await source.upgrade()
        await database.upgrade()
        return await copy_rows(source, database)
    finally:
        await source.close()


async def move(database: Database, into_url: str, *, now: datetime) -> dict[str, int]:
    """Copy everything into the empty database of another URL, compare it row by row, and return the rows by table.

    Raises StorageError if somebody is sending posts, which the copy would send again, if the other database is not
    empty, or if anything differs; nothing is copied then.
    """
    async with database.read() as connection:
        if (await connection.execute(select(budgets.c.owner).where(budgets.c.until > now).limit(1))).all():
            raise StorageError("posts are being sent: stop the program, wait half a minute if it was killed, try again")
    into = open_database(into_url)
    try:
        await into.upgrade()
        return await copy_rows(database, into)
    finally:
        await into.close()


async def copy_rows(source: Database, into: Database) -> dict[str, int]:
    """Copy every row of every table into a database that has the same tables, all empty; return the rows by table.

    Raises StorageError if one is not empty, or if a row differs at the end; nothing is copied then.
    """
    copied: dict[str, int] = {}
    async with source.read() as reading, into.write() as writing:
        for table in metadata.sorted_tables:
            if await _count(writing, table):
                raise StorageError(f"the database is not empty: it has rows in {table.name}")
            with _naming(table):
                async for rows in _rows(reading, table):
                    await writing.execute(insert(table), rows)
                copied[table.name] = await _compare(reading, writing, table)
        await _go_on_counting(writing)
    return copied


@contextmanager
def _naming(table: Table) -> Iterator[None]:
    """Raise StorageError with the table's name where a row cannot be read, or the other database does not take it."""
    try:
        with translated():
            yield
    except (StorageError, ValueError) as error:
        raise StorageError(f"rows of {table.name} cannot be copied: {error}") from error


async def export(database: Database, target: Target) -> dict[str, list[dict[str, Any]]]:
    """Return everything that is stored about a chat and its threads, by table, ready for JSON."""
    found: dict[str, list[dict[str, Any]]] = {}
    async with database.read() as connection:
        for table, condition in _about(target).items():
            rows = await connection.execute(select(table).where(condition))
            found[table.name] = [_plain(row) for row in rows.mappings()]
    return found


async def forget(database: Database, target: Target) -> dict[str, int]:
    """Erase everything that is stored about a chat and its threads; return the rows erased by table.

    Runs that had nothing else left to do are done.
    """
    erased: dict[str, int] = {}
    about = _about(target)
    async with database.write() as connection:
        within = select(deliveries.c.chunk_id).where(about[deliveries]).distinct()
        touched = (await connection.execute(within)).scalars().all()
        await connection.run_sync(pieces.lock_runs, touched)
        for table, condition in about.items():
            erased[table.name] = (await connection.execute(delete(table).where(condition))).rowcount
        await connection.run_sync(pieces.tally, touched, None)
        await connection.run_sync(pieces.finish, touched)
    return erased


def _about(target: Target) -> dict[Table, ColumnElement[bool]]:
    """Return what concerns the chat in each table, those first that refer to others."""
    chat = chat_key(target)

    def here(table: Table) -> ColumnElement[bool]:
        return or_(table.c.target == chat, table.c.target.startswith(f"{chat}:", autoescape=True))

    theirs = select(deliveries.c.id).where(here(deliveries))
    return {
        pages: pages.c.delivery_id.in_(theirs),
        deliveries: here(deliveries),
        subscriptions: subscriptions.c.chat == chat,
        notices: here(notices),
        chats: chats.c.target == chat,
        notes: conversations(target),
    }


def conversations(target: Target) -> ColumnElement[bool]:
    """Return which notes are conversations of the chat and its threads."""
    name = f"{PREFIX}{chat_key(target)}"
    threads = (notes.c.name.startswith(f"{name}{mark}", autoescape=True) for mark in (":", "#"))
    return or_(notes.c.name == name, *threads)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


async def _count(connection: AsyncConnection, table: Table) -> int:
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def _compare(reading: AsyncConnection, writing: AsyncConnection, table: Table) -> int:
    """Return how many rows the table has. Raises StorageError unless each is the same in both databases."""
    compared, equal = 0, True
    copies = _rows(writing, table)
    async for rows in _rows(reading, table):
        equal = await anext(copies, None) == rows and equal
        compared += len(rows)
    async for _ in copies:
        equal = False
    if not equal:
        raise StorageError("they differ from their copies")
    return compared


async def _rows(connection: AsyncConnection, table: Table) -> AsyncGenerator[list[dict[str, Any]], None]:
    """Give the rows in an order that both databases share: texts by their bytes."""
    order = [
        collate(column, BYTES[connection.dialect.name]) if isinstance(column.type, String) else column
        for column in table.primary_key
    ]
    async with connection.stream(select(table).order_by(*order)) as result:
        async for some in result.mappings().partitions(ROWS_AT_ONCE):
            # SQLite may hold texts from before they were made such as can be stored.
            yield [{name: taken(value) for name, value in row.items()} for row in some]


async def _go_on_counting(connection: AsyncConnection) -> None:
    """Let PostgreSQL number new rows after the copied ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if "id" in table.c and table.c.id.primary_key:
            highest = f"(SELECT max(id) FROM {table.name})"  # noqa: S608  # a name of our own
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            await connection.execute(text(f"SELECT setval({sequence}, {highest}) WHERE {highest} > 0"))
