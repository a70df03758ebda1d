from __future__ import annotations

import json
import sqlite3
from contextlib import aclosing, closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from clock import ManualClock
from core.answers.memory import Memory, Turn
from core.delivery.model import Counts, Doubts, PageReceipt
from core.delivery.port import Effect, Entry, Settled
from core.errors import StorageError
from core.storage import transfer
from core.storage.chats import SqlPreferences
from core.storage.engine import open_database
from core.storage.ledger import SqlLedger
from core.storage.notes import SqlNotes
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from core.storage.schema import metadata, pages
from core.storage.subscriptions import SqlSubscriptions
from core.storage.transfer import backup, export, forget, move, restore
from core.target import Target
from newsroom import ACCOUNT, NOW, add_issue, add_readers, plan, reader

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.storage.engine import Database

CHAT = Target(platform="fake", account="bot", chat="chat-1")


@pytest.fixture
async def filled(database: Database) -> Database:
    await add_issue(database)
    await add_readers(database, 3)
    await add_readers(database, 1, target=Target(platform="fake", account="bot", chat="chat-1", thread="5"))
    await add_readers(database, 1, target=Target(platform="fake", account="bot", chat="chat-10"))
    await plan(database)
    ledger = SqlLedger(database)
    await ledger.hold(ACCOUNT, "me", now=NOW, until=NOW + timedelta(minutes=1), on_unknown=Doubts())
    (chunk,) = await ledger.waiting(now=NOW)
    for work in await ledger.claim(chunk.id, "me", now=NOW):
        sent = PageReceipt(page=0, state="sent", at=NOW, message_id="m")
        await ledger.record([Entry(lease=work.lease, delivery=work.delivery.id, at=NOW, page=sent)])
    await SqlPreferences(database).choose_lang(CHAT, "zh")
    memory = Memory(SqlNotes(database, ManualClock()))
    for talk in (CHAT.key, f"{CHAT.key}:5", f"{CHAT.key}#1.1", f"{CHAT.key}0"):
        await memory.add(talk, Turn(question=f"asked in {talk}"))
    return database


async def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.read() as connection:
        return {
            table.name: [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }


async def test_a_backup_restored_is_the_same_and_goes_on_counting(
    filled: Database, upgraded_url: str, tmp_path: Path
) -> None:
    before = await contents(filled)
    copied = await backup(filled, tmp_path / "backup.db")
    assert copied["subscriptions"] == 5
    with pytest.raises(StorageError, match="not empty"):
        await restore(filled, tmp_path / "backup.db")
    fresh = open_database(f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}")
    await restore(fresh, tmp_path / "backup.db")
    assert await contents(fresh) == before
    (added,) = await add_readers(fresh, 1, target=Target(platform="fake", account="bot", chat="new"))
    assert added.id == 6
    await fresh.close()


async def test_a_backup_never_overwrites_a_file(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("precious")
    with pytest.raises(StorageError, match="exists already"):
        await backup(filled, tmp_path / "kept")
    with pytest.raises(StorageError, match="no file"):
        await restore(filled, tmp_path / "missing")


async def test_a_backup_that_was_broken_off_is_none_and_names_the_table(filled: Database, tmp_path: Path) -> None:
    async def give(extras: str) -> None:
        async with filled.write() as connection:
            await connection.execute(text("UPDATE subscriptions SET extras = :extras WHERE id = 3"), {"extras": extras})

    await give("[1" + "0" * 5000 + "]")
    with pytest.raises(StorageError, match="rows of subscriptions cannot be copied: "):
        await backup(filled, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()
    await give("{}")
    await backup(filled, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db.part").exists()


@pytest.mark.parametrize("has_tables", [True, False])
async def test_what_is_no_backup_is_not_restored_and_stays_as_it_is(tmp_path: Path, *, has_tables: bool) -> None:
    file = tmp_path / "other.db"
    if has_tables:
        with closing(sqlite3.connect(file)) as other:
            other.execute("CREATE TABLE other (name)")
    else:
        file.write_text("nothing that SQLite knows")
    fresh = open_database(f"sqlite+aiosqlite:///{tmp_path / 'fresh.db'}")
    with pytest.raises(StorageError, match=r"other\.db"):
        await restore(fresh, file)
    await fresh.close()
    if has_tables:
        with closing(sqlite3.connect(file)) as other:
            assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("other",)]


async def test_a_backup_can_be_restored_into_an_empty_database_of_either_kind(
    database: Database, tmp_path: Path
) -> None:
    source = open_database(f"sqlite+aiosqlite:///{tmp_path / 'source.db'}")
    await source.upgrade()
    await add_issue(source)
    await add_readers(source, 3)
    await plan(source)
    await backup(source, tmp_path / "backup.db")
    await restore(database, tmp_path / "backup.db")
    assert await contents(database) == await contents(source)
    (added,) = await add_readers(database, 1, target=Target(platform="fake", account="bot", chat="new"))
    assert added.id == 4
    await source.close()


async def test_export_tells_everything_about_one_chat_and_nothing_about_others(filled: Database) -> None:
    found = await export(filled, CHAT)
    assert {name: len(rows) for name, rows in found.items()} == {
        "pages": 2,
        "deliveries": 2,
        "subscriptions": 2,
        "notices": 0,
        "chats": 1,
        "notes": 3,
    }
    assert "chat-10" not in json.dumps(found)


async def test_a_chat_that_is_forgotten_leaves_nothing_and_others_keep_all(filled: Database) -> None:
    await forget(filled, CHAT)
    assert not any((await export(filled, CHAT)).values())
    async with filled.read() as connection:
        rest = {
            name: (await connection.execute(select(func.count()).select_from(metadata.tables[name]))).scalar()
            for name in ("deliveries", "pages", "subscriptions")
        }
    assert rest == {"deliveries": 3, "pages": 3, "subscriptions": 3}


async def test_a_run_that_had_only_a_forgotten_chat_left_is_done(database: Database) -> None:
    await add_issue(database)
    await add_readers(database, 1)
    await plan(database)
    await forget(database, reader(0).target)
    [run] = await SqlRuns(database).newest()
    assert (run.state, run.counts, run.oldest) == ("done", Counts(), None)


async def test_what_becomes_of_a_post_to_a_chat_that_is_forgotten_meanwhile_is_nobody_elses(database: Database) -> None:
    await add_issue(database)
    await add_readers(database, 2)
    await plan(database)
    ledger = SqlLedger(database)
    await ledger.hold(ACCOUNT, "me", now=NOW, until=NOW + timedelta(minutes=1), on_unknown=Doubts())
    [chunk] = await ledger.waiting(now=NOW)
    forgotten = (await ledger.claim(chunk.id, "me", now=NOW))[-1]
    await forget(database, forgotten.delivery.target)
    await SqlSubscriptions(database).save(reader(9), due=NOW)
    await plan(database)
    there = PageReceipt(page=0, state="sent", at=NOW, message_id="m0")
    gone = Settled(
        state="failed", next_page=1, attempts=0, kind="gone", reason="blocked", effect=Effect(subscription="end")
    )
    arrived = Settled(state="sent", next_page=1, attempts=0)
    for settled in (gone, arrived):
        entry = Entry(lease=forgotten.lease, delivery=forgotten.delivery.id, at=NOW, page=there, settled=settled)
        assert await ledger.record([entry]) == [True]
    [other] = await SqlReceipts(database).of_target(reader(9).target)
    assert (other.delivery.state, other.pages) == ("planned", ())
    async with database.read() as connection:
        assert (await connection.execute(select(pages))).all() == []


async def test_a_move_compares_every_row_and_takes_nothing_that_differs(
    database: Database, upgraded_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_database(f"sqlite+aiosqlite:///{tmp_path / 'source.db'}")
    await source.upgrade()
    await add_issue(source)
    await add_readers(source, 3)
    await plan(source)
    read = transfer._rows
    asked: list[str] = []

    async def spoilt(connection: AsyncConnection, table: Table) -> AsyncGenerator[list[dict[str, Any]], None]:
        asked.append(table.name)
        async with aclosing(read(connection, table)) as found:
            async for rows in found:
                is_second_reading = asked.count(table.name) == 2 and table.name == "deliveries"
                yield [row | {"reason": "spoilt"} for row in rows] if is_second_reading else rows

    monkeypatch.setattr(transfer, "_rows", spoilt)
    with pytest.raises(StorageError, match="rows of deliveries cannot be copied: they differ"):
        await move(source, upgraded_url, now=NOW)
    monkeypatch.undo()
    copied = await move(source, upgraded_url, now=NOW)
    assert (copied["deliveries"], copied["subscriptions"]) == (3, 3)
    assert await contents(database) == await contents(source)
    await source.close()


async def test_a_text_from_before_that_no_other_database_takes_is_moved_nevertheless(
    database: Database, upgraded_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "source.db"
    source = open_database(f"sqlite+aiosqlite:///{file}")
    await source.upgrade()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO notes (name, value) VALUES (?, ?)", ("talk", "a\0b"))
    assert (await move(source, upgraded_url, now=NOW))["notes"] == 1
    assert await SqlNotes(database, ManualClock()).get("talk") == "a\ufffdb"
    await source.close()


async def test_nothing_is_moved_while_posts_are_being_sent(filled: Database, tmp_path: Path) -> None:
    into = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(StorageError, match="stop the program"):
        await move(filled, into, now=NOW)
    assert (await move(filled, into, now=NOW + timedelta(minutes=1)))["deliveries"] == 5
