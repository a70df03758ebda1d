"""The sample archive, findable, on the last of March 2026."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clock import ManualClock
from core.answers.answer import Answerer
from core.answers.memory import Memory
from core.answers.search import Indexer, Searcher
from core.digest.parse import parse
from core.storage.engine import open_database
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages
from databases import sqlite_url
from question_archive import issues

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.storage.engine import Database


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 31, 9, tzinfo=UTC))


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers")
    asyncio.run(_index(folder))
    return folder


async def _index(folder: Path) -> None:
    database = open_database(sqlite_url(folder))
    await database.upgrade()
    indexer = Indexer(SqlPassages(database))
    for path, source in issues():
        await indexer.add(parse(source, path=Path(path)).issue)
    await database.close()


@pytest.fixture
def passages(sqlite_database: Database) -> SqlPassages:
    return SqlPassages(sqlite_database)


@pytest.fixture
async def answerer(indexed: Path, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Answerer]:
    shutil.copytree(indexed, tmp_path, dirs_exist_ok=True)
    database = open_database(sqlite_url(tmp_path))
    memory = Memory(SqlNotes(database, clock))
    yield Answerer(Searcher(SqlPassages(database)), memory=memory, today=lambda: clock.now().date())
    await database.close()
