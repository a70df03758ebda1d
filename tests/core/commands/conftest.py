"""A publication with five issues, on a real database, and readers who ask for them."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from clock import ManualClock
from core.answers.answer import Answerer
from core.answers.memory import Memory
from core.answers.search import Indexer, Searcher
from core.commands.dispatch import dispatch
from core.commands.guard import Guard, Rate
from core.commands.model import Request
from core.commands.services import Publication, Services
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.schedule.next_run import next_run
from core.storage.archive import SqlArchive
from core.storage.chats import SqlPreferences
from core.storage.engine import open_database
from core.storage.forget import SqlEraser
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages
from core.storage.receipts import SqlReceipts
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.service import SubscriptionService
from core.target import Target
from databases import sqlite_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.commands.model import Reply
    from core.storage.engine import Database

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ISSUES = Path(__file__).parent / "daily"
CHAT = Target(platform="paper", account="bot", chat="reader")


class Ask(Protocol):
    """Sends a line as a reader would type it, or a button would carry it."""

    async def __call__(self, line: str, **about: object) -> Reply: ...


def services_on(database: Database, clock: ManualClock) -> Services:
    vocabulary = Vocabulary.bundled()
    search = Searcher(SqlPassages(database), now=clock.now)
    return Services(
        archive=SqlArchive(database, vocabulary=vocabulary, clock=clock),
        search=search,
        answerer=Answerer(search, memory=Memory(SqlNotes(database, clock)), today=lambda: clock.now().date()),
        subscriptions=SubscriptionService(SqlSubscriptions(database), clock, next_run),
        receipts=SqlReceipts(database),
        preferences=SqlPreferences(database),
        eraser=SqlEraser(database),
        vocabulary=vocabulary,
        clock=clock,
        guard=Guard(Rate(burst=100_000)),
        publication=Publication(name="The Lighthouse"),
    )


def asking(services: Services) -> Ask:
    async def send(line: str, **about: object) -> Reply:
        command, _space, args = line.removeprefix("/").partition(" ")
        fields = {"command": command, "args": args, "target": CHAT, "user": "u1", "lang": "en", **about}
        return await dispatch(Request(**fields), services)  # type: ignore[arg-type]  # tests name any field

    return send


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture(scope="session")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with the issues of ``daily/``, once, to be copied."""
    folder = tmp_path_factory.mktemp("printed")
    asyncio.run(_print(folder))
    return folder


async def _print(folder: Path) -> None:
    database = open_database(sqlite_url(folder))
    await database.upgrade()
    services, index = services_on(database, ManualClock(NOW)), Indexer(SqlPassages(database))
    for file in sorted(ISSUES.rglob("*.md")):
        source = file.read_text(encoding="utf-8")
        issue = parse(source, path=file.relative_to(ISSUES.parent)).issue
        await services.archive.put(issue, source)
        await index.add(issue)
    await database.close()


@pytest.fixture
async def paper(printed: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """Give a database with the issues of ``daily/``."""
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)
    database = open_database(sqlite_url(tmp_path))
    yield database
    await database.close()


@pytest.fixture
def services(paper: Database, clock: ManualClock) -> Services:
    return services_on(paper, clock)


@pytest.fixture
def ask_in_vain(sqlite_database: Database, clock: ManualClock) -> Ask:
    """Ask where the archive is empty."""
    return asking(services_on(sqlite_database, clock))


@pytest.fixture
def ask(services: Services) -> Ask:
    return asking(services)
