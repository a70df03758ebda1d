from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, event, func, insert, inspect, select, text

from core.errors import StorageError
from core.storage import engine
from core.storage.engine import Database, open_database
from core.storage.schema import metadata, notes
from databases import sqlite_url

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT count(*) FROM n"
SLOW = {"sqlite": text(NUMBERS), "postgresql": text("SELECT pg_sleep(2)")}
"""Statements of a second or two."""


def _newest() -> str:
    config = Config()
    config.set_main_option("script_location", engine.MIGRATIONS)
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _shape(connection: Connection) -> object:
    found = inspect(connection)
    tables = {}
    for name in found.get_table_names():
        columns = {one["name"]: (str(one["type"]), one["nullable"], one["default"]) for one in found.get_columns(name)}
        indexes = {one["name"]: (one["column_names"], one["unique"]) for one in found.get_indexes(name)}
        uniques = {one["name"]: one["column_names"] for one in found.get_unique_constraints(name)}
        foreign = sorted(str(one["constrained_columns"]) + str(one["options"]) for one in found.get_foreign_keys(name))
        tables[name] = columns, indexes, uniques, found.get_pk_constraint(name)["constrained_columns"], foreign
    if connection.dialect.name != "postgresql":
        numbered = "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name"
        return tables, connection.execute(text(numbered)).scalars().all()
    room = text("SELECT relname, reloptions FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
    return tables, {name: options for name, options in connection.execute(room) if options}


def _empty_but_for_migrations(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")


async def test_who_reads_sees_one_state_whatever_is_written_meanwhile(database: Database) -> None:
    count = select(func.count()).select_from(notes)
    async with database.read() as reading:
        before = await reading.scalar(count)
        async with database.write() as writing:
            await writing.execute(insert(notes).values(name="new", value=""))
        assert (before, await reading.scalar(count)) == (0, 0)
    async with database.read() as reading:
        assert await reading.scalar(count) == 1


async def test_the_migrations_end_in_what_a_new_database_begins_with(database: Database) -> None:
    async with database.read() as connection:
        new = await connection.run_sync(_shape)
    async with database.write() as connection:
        await connection.run_sync(_empty_but_for_migrations)
    await database.upgrade()
    async with database.read() as connection:
        assert await connection.run_sync(_shape) == new
        assert await connection.run_sync(_differences) == []


async def test_upgrading_twice_and_at_once_is_harmless(database_url: str) -> None:
    first, second = open_database(database_url), open_database(database_url)
    await asyncio.gather(first.upgrade(), second.upgrade())
    await first.upgrade()
    await first.close()
    await second.close()


async def test_a_database_of_a_newer_version_is_told_as_that(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StorageError, match="newer version"):
            await database.upgrade()
    finally:
        async with database.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": _newest()})


async def test_what_fails_half_way_leaves_nothing_and_is_a_storage_error(database: Database) -> None:
    async def add_twice() -> None:
        async with database.write() as connection:
            await connection.execute(insert(notes).values(name="once", value=""))
            await connection.execute(insert(notes).values(name="once", value=""))

    with pytest.raises(StorageError, match=r"IntegrityError|UniqueViolation"):
        await add_twice()
    async with database.read() as connection:
        assert (await connection.execute(select(notes))).all() == []


async def test_instants_come_back_exactly(database: Database) -> None:
    at = datetime(2026, 2, 19, 8, 30, 0, 123457, tzinfo=UTC)
    async with database.write() as connection:
        await connection.execute(insert(notes).values(name="a", value="", expires=at))
    async with database.read() as connection:
        assert (await connection.execute(select(notes.c.expires))).scalar() == at


async def test_many_writers_of_two_processes_wait_for_each_other(database_url: str) -> None:
    one, other = open_database(database_url), open_database(database_url)
    await one.upgrade()

    async def add(database: Database, name: str) -> None:
        async with database.write() as connection:
            await connection.execute(insert(notes).values(name=name, value=""))
            await asyncio.sleep(0.001)

    await asyncio.gather(*(add(database, f"{i}{j}") for i in range(20) for j, database in enumerate((one, other))))
    async with other.read() as connection:
        assert len((await connection.execute(select(notes))).all()) == 40
    await one.close()
    await other.close()


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_who_is_frozen_in_a_transaction_does_not_lock_others_out_for_ever(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried = open_database(database_url)
    await unhurried.upgrade()
    await unhurried.close()
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 2)
    frozen, other = open_database(database_url), open_database(database_url)
    note = insert(notes).values(name="one", value="")

    async def freeze() -> None:
        async with frozen.write() as holding:
            await holding.execute(note)
            async with asyncio.timeout(30), other.write() as connection:
                await connection.execute(note)

    with pytest.raises(StorageError):
        await freeze()
    async with other.read() as connection:
        assert len((await connection.execute(select(notes))).all()) == 1
    await frozen.close()
    await other.close()


async def test_a_commit_of_sqlite_is_on_the_disk(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}")
    async with database.read() as connection:
        found = [
            (await connection.execute(text(f"PRAGMA {name}"))).scalar() for name in ("synchronous", "journal_mode")
        ]
    assert found == [2, "wal"]
    await database.close()


async def add_note(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(insert(notes).values(name="a", value=""))


async def test_a_lock_of_sqlite_is_waited_for_as_long_as_patience_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_database(sqlite_url(tmp_path))
    await database.upgrade()
    with closing(sqlite3.connect(tmp_path / "paperboy.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(engine, "PATIENCE_SECONDS", 0.3)
        before = monotonic()
        with pytest.raises(StorageError, match="locked"):
            await add_note(database)
        assert monotonic() - before >= 0.3
        monkeypatch.setattr(engine, "PATIENCE_SECONDS", 30)
        writing = asyncio.create_task(add_note(database))
        await asyncio.sleep(0.05)
        other.execute("COMMIT")
        await asyncio.wait_for(writing, 10)
    await database.close()


async def test_a_write_that_was_cancelled_leaves_no_lock(database: Database) -> None:
    kept: list[object] = []

    async def write(name: str, *, slowly: bool) -> None:
        async with database.write() as connection:
            await connection.execute(insert(notes).values(name=name, value="v"))
            kept.append(await connection.execute(select(notes.c.name)))
            if slowly:
                kept.append(await connection.execute(SLOW[database.dialect]))

    task = asyncio.create_task(write("half", slowly=True))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as cancelled:
        await task
    kept.append(cancelled.value)
    async with asyncio.timeout(5):
        await write("whole", slowly=False)
    async with database.read() as connection:
        assert (await connection.execute(select(notes.c.name))).scalars().all() == ["whole"]


async def test_what_is_committed_as_a_whole_is_there_or_nothing_of_it(database: Database) -> None:
    def write(connection: Connection, value: str) -> str:
        connection.execute(insert(notes).values(name=value, value=value))
        connection.execute(insert(notes).values(name="same", value=value))
        return value

    assert await database.commit(partial(write, value="first")) == "first"
    with pytest.raises(StorageError, match=r"(?i)unique"):
        await database.commit(partial(write, value="second"))
    async with database.read() as connection:
        assert set((await connection.execute(select(notes.c.name))).scalars()) == {"first", "same"}


async def test_a_commit_that_nobody_waits_for_any_more_leaves_no_lock(database: Database) -> None:
    def write(connection: Connection, name: str) -> None:
        connection.execute(insert(notes).values(name=name, value=""))
        connection.execute(SLOW[database.dialect])

    task = asyncio.create_task(database.commit(partial(write, name="slow")))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(10):
        await add_note(database)
        await database.commit(partial(write, name="next"))
    async with database.read() as connection:
        assert {"a", "next"} <= set((await connection.execute(select(notes.c.name))).scalars())


async def test_a_database_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    database = open_database(sqlite_url(tmp_path))
    event.listen(database._writer.sync_engine, "connect", _only_read)
    before = monotonic()
    with pytest.raises(StorageError, match="readonly"):
        await add_note(database)
    assert monotonic() - before < engine.PATIENCE_SECONDS / 3
    await database.close()


def _only_read(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///plain.db", "nonsense"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(StorageError):
        open_database(url)
