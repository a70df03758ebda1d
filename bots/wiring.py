"""Where concrete classes meet: the only file that knows them all."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from bots.desk.bell import Bell
from bots.desk.render import DeskRenderer
from bots.desk.send import DeskSender
from bots.discord.render import DiscordRenderer
from bots.slack.render import SlackRenderer
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from core.answers.answer import Answerer
from core.answers.search import Indexer, Searcher
from core.clock import SystemClock
from core.commands.guard import Guard
from core.commands.services import Publication, Services
from core.delivery.press import Press
from core.digest.present import Presenter
from core.digest.sections import Vocabulary
from core.schedule.next_run import next_run
from core.schedule.planner import Planner
from core.schedule.push import PushNow
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.chats import SqlPreferences
from core.storage.engine import Database, open_database
from core.storage.inbox import SqlInbox
from core.storage.ledger import SqlLedger
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.service import SubscriptionService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bots.settings import Settings
    from core.clock import Clock
    from core.render.port import Renderer


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An installation that is open: everything that the program's commands and roles work with."""

    settings: Settings
    database: Database
    clock: Clock
    archive: SqlArchive
    indexer: Indexer
    presenter: Presenter
    services: Services
    answerer: Answerer
    planner: Planner
    pusher: PushNow
    press: Press
    ledger: SqlLedger
    runs: SqlRuns
    receipts: SqlReceipts
    inbox: SqlInbox
    notes: SqlNotes
    bell: Bell
    desk_sender: DeskSender


def vocabulary(settings: Settings) -> Vocabulary:
    """Return the words for sections: the bundled ones and the operator's own."""
    words = Vocabulary.bundled()
    return words.with_file(settings.vocabulary) if settings.vocabulary else words


def renderers() -> Mapping[str, Renderer]:
    """Return every renderer by name: the platform's, or platform and form joined with a hyphen."""
    every: tuple[Renderer, ...] = (
        TelegramRenderer(),
        TelegramRichRenderer(),
        DiscordRenderer(),
        SlackRenderer(),
        DeskRenderer(),
    )
    return {"-".join(filter(None, (one.profile.platform, one.profile.form))): one for one in every}


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open the installation, bring its tables to the newest version, and close it in the end.

    Raises StorageError if the database cannot be reached.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database)
    try:
        await database.upgrade()
        yield _furnish(settings, database)
    finally:
        await database.close()


def _furnish(settings: Settings, database: Database) -> House:
    clock = SystemClock()
    words = vocabulary(settings)
    archive = SqlArchive(database, vocabulary=words, clock=clock)
    passages = SqlPassages(database)
    search = Searcher(passages)
    presenter = Presenter(vocabulary=words)
    agenda = SqlAgenda(database)
    receipts = SqlReceipts(database)
    inbox = SqlInbox(database, clock)
    bell = Bell()
    services = Services(
        archive=archive,
        search=search,
        subscriptions=SubscriptionService(SqlSubscriptions(database), clock, next_run),
        receipts=receipts,
        preferences=SqlPreferences(database),
        vocabulary=words,
        clock=clock,
        guard=Guard(),
        publication=Publication(
            name=settings.name,
            edition=settings.edition,
            lang=settings.lang,
            zone=settings.zone,
            time=time.fromisoformat(settings.time),
        ),
    )
    return House(
        settings=settings,
        database=database,
        clock=clock,
        archive=archive,
        indexer=Indexer(passages),
        presenter=presenter,
        services=services,
        answerer=Answerer(search),
        planner=Planner(agenda, archive, clock),
        pusher=PushNow(agenda, archive, clock),
        press=Press(
            archive, presenter, {(one.profile.platform, one.profile.form): one for one in renderers().values()}
        ),
        ledger=SqlLedger(database),
        runs=SqlRuns(database),
        receipts=receipts,
        inbox=inbox,
        notes=SqlNotes(database, clock),
        bell=bell,
        desk_sender=DeskSender(inbox, bell),
    )
