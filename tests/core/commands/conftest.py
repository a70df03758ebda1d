"""A publication with five issues, on a real database, and readers who ask for them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from clock import ManualClock
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


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def paper(tmp_path: Path) -> AsyncIterator[Database]:
    """Give an empty SQLite database."""
    database = open_database(sqlite_url(tmp_path))
    await database.upgrade()
    yield database
    await database.close()


@pytest.fixture
def empty(paper: Database, clock: ManualClock) -> Services:
    """Give services without a single issue."""
    vocabulary = Vocabulary.bundled()
    return Services(
        archive=SqlArchive(paper, vocabulary=vocabulary, clock=clock),
        search=Searcher(SqlPassages(paper)),
        subscriptions=SubscriptionService(SqlSubscriptions(paper), clock, next_run),
        receipts=SqlReceipts(paper),
        preferences=SqlPreferences(paper),
        vocabulary=vocabulary,
        clock=clock,
        guard=Guard(Rate(burst=1000)),
        publication=Publication(name="The Lighthouse"),
    )


@pytest.fixture
async def services(empty: Services, paper: Database) -> Services:
    """Give services with the issues of ``daily/``."""
    index = Indexer(SqlPassages(paper))
    for file in sorted(ISSUES.rglob("*.md")):
        source = file.read_text(encoding="utf-8")
        issue = parse(source, path=file.relative_to(ISSUES.parent)).issue
        await empty.archive.put(issue, source)
        await index.add(issue)
    return empty


@pytest.fixture
def ask(services: Services) -> Ask:
    return asking(services)


def asking(services: Services) -> Ask:
    async def send(line: str, **about: object) -> Reply:
        command, _space, args = line.removeprefix("/").partition(" ")
        request = Request(**{"command": command, "args": args, "target": CHAT, "user": "u1", "lang": "en", **about})  # type: ignore[arg-type]  # tests name any field
        return await dispatch(request, services)

    return send
