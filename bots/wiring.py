"""Where concrete classes meet: the only file that knows them all."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.routing import Mount

from bots.answers import answer_as_json
from bots.broadcast import Pool
from bots.desk.app import create_app
from bots.desk.bell import Bell
from bots.desk.health import Health
from bots.desk.platform import DeskPlatform
from bots.desk.render import DeskRenderer
from bots.desk.send import DeskSender
from bots.desk.services import DeskServices, Question, Reading, Setup
from bots.discord.reasons import in_words as discord_words
from bots.discord.render import DiscordRenderer
from bots.engine.embedded import EmbeddedEngine
from bots.fit import FitCheck
from bots.metrics import exposition
from bots.models import open_model
from bots.models.meter import PrometheusMeter
from bots.slack.reasons import in_words as slack_words
from bots.slack.render import SlackRenderer
from bots.telegram.reasons import in_words as telegram_words
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from bots.vectors import VectorFile, open_encoder
from core.answers.answer import Answerer
from core.answers.converse import Pace, Writer
from core.answers.learn import Learnt, learn
from core.answers.meaning import Meaning
from core.answers.memory import Memory
from core.answers.search import Indexer, Searcher
from core.answers.spending import Limits, Spending
from core.answers.words import Words
from core.clock import SystemClock
from core.commands.dispatch import dispatch
from core.commands.guard import Guard
from core.commands.services import Publication, Services
from core.delivery.press import Press
from core.delivery.runs import RunService
from core.digest.check import check
from core.digest.language import language_of
from core.digest.parse import parse
from core.digest.present import Presenter
from core.digest.sections import Vocabulary
from core.digest.sources.folder import FolderSource
from core.digest.sources.git import GitSource, is_git_url
from core.errors import StorageError, UsageError
from core.schedule.next_run import next_run
from core.schedule.planner import Planner
from core.schedule.port import Canary
from core.schedule.push import PushNow
from core.storage import transfer
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.chats import SqlPreferences
from core.storage.engine import Database, open_database
from core.storage.events import SqlEvents
from core.storage.forget import SqlEraser
from core.storage.inbox import SqlInbox
from core.storage.ledger import SqlLedger
from core.storage.notes import SqlNotes
from core.storage.postings import SqlPassages
from core.storage.receipts import SqlReceipts
from core.storage.retention import SqlRetention
from core.storage.runs import SqlRuns
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.service import SubscriptionService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from datetime import date

    from starlette.routing import BaseRoute

    from bots.platform import Platform
    from bots.settings import ModelSettings, Settings
    from core.answers.cite import Answer
    from core.clock import Clock
    from core.delivery.engine import Engine
    from core.digest.model import Issue, IssueRef
    from core.digest.port import Change
    from core.digest.sources.port import Source
    from core.render.port import Renderer


SHARED_CHATS = {"telegram": ("-", "@"), "slack": ("C", "G"), "discord": ("",)}
"""How the ids of chats begin that many read. Discord's ids tell nothing: readers' own chats count as such."""
RUNS_MEASURED = 500
"""Of so many runs, the newest, those that are not over are measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An installation that is open: everything that the program's commands and roles work with."""

    settings: Settings
    database: Database
    clock: Clock
    archive: SqlArchive
    passages: SqlPassages
    indexer: Indexer
    search: Searcher
    presenter: Presenter
    services: Services
    answerer: Answerer
    spending: Spending
    planner: Planner
    pusher: PushNow
    press: Press
    ledger: SqlLedger
    runs: SqlRuns
    run_service: RunService
    receipts: SqlReceipts
    retention: SqlRetention
    inbox: SqlInbox
    notes: SqlNotes
    events: SqlEvents
    pool: Pool
    bell: Bell
    desk_sender: DeskSender
    engine: Engine

    async def publish(self, source: str, issue: Issue, *, origin: str = "") -> Change:
        """Put an issue and its Markdown into the archive and make it findable."""
        change = await self.archive.put(issue, source, origin=origin)
        if change != "unchanged":
            await self.indexer.add(await self.archive.get(issue.ref) or issue)
        return change

    async def withdraw(self, ref: IssueRef) -> bool:
        """Take back an issue that was imported or sent; return whether there was one.

        Raises ``UsageError`` for one that a source answers for: it would come back with the next start.
        """
        if await self.archive.get(ref) is None:
            return False
        if ref not in await self.archive.of_origin(""):
            raise UsageError(f"{ref} comes from a folder or repository of issues: remove its file there.")
        await self.archive.withdraw(ref)
        await self.indexer.remove(ref)
        return True

    async def learn(self) -> int:
        """Learn words from the stories that are told in both languages; return how many."""
        return await learn(self.search, Learnt(self.notes))

    async def answer(
        self, question: str, *, lang: str | None = None, today: date | None = None, conversation: str | None = None
    ) -> Answer:
        """Answer a question, in ``lang`` or the language that it is asked in."""
        return await self.answerer.ask(
            question, lang=lang or language_of(question), today=today, conversation=conversation
        )


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


def fit_check(words: Vocabulary) -> FitCheck:
    """Return the check for stories that do not fit one message of a platform in its usual form."""
    usual = {one.profile.platform: one for one in renderers().values() if not one.profile.form}
    return FitCheck(presenter=Presenter(vocabulary=words), renderers=usual)


@asynccontextmanager
async def open_house(settings: Settings, *, model: bool = True) -> AsyncIterator[House]:
    """Open the installation, bring its tables to the newest version, and close it in the end.

    Without ``model`` answers are quoted: importing the SDK of a language model takes a second, which only those who
    ask it need to wait for. Raises StorageError if the database cannot be reached or the data folder not be made,
    UsageError if that SDK is missing.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        advice = "Set PAPERBOY_DATA_DIR to a folder that can be written."
        raise StorageError(f"{settings.data_dir} cannot be made: {error.strerror}. {advice}") from error
    database = open_database(settings.database)
    engine = _engine(settings)
    try:
        await _open(database)
        house = _furnish(settings, database, engine, model=model)
        try:
            await _index_again(house)
            yield house
        finally:
            await house.pool.close()
            if house.answerer.writer:
                await house.answerer.writer.close()
    finally:
        await engine.close()
        await database.close()


async def _open(database: Database) -> None:
    try:
        await database.upgrade()
    except StorageError as error:
        raise StorageError(f"{database.place} cannot be opened (see PAPERBOY_DATABASE_URL): {error}") from error


async def _index_again(house: House) -> None:
    """Make an archive findable whose index an upgrade has emptied."""
    if await house.passages.version():
        return
    seen = 0
    while heads := await house.archive.heads(offset=seen):
        for head in heads:
            if issue := await house.archive.get(head.ref):
                await house.indexer.add(issue)
        seen += len(heads)


def _furnish(settings: Settings, database: Database, engine: Engine, *, model: bool) -> House:
    clock = SystemClock()
    words = vocabulary(settings)
    archive = SqlArchive(database, vocabulary=words, clock=clock)
    passages = SqlPassages(database)
    notes = SqlNotes(database, clock)
    limits = Limits(questions=settings.llm.questions_per_day, tokens=settings.llm.tokens_per_day)
    spending = Spending(notes, clock, limits)
    zone = ZoneInfo(settings.zone)
    search = Searcher(
        passages,
        now=lambda: clock.now().astimezone(zone),
        words=lambda: Words.bundled().with_dictionary(settings.dictionary),
        learnt=Learnt(notes),
        meaning=_meaning(settings),
    )
    answerer = Answerer(
        search,
        memory=Memory(notes, keep=timedelta(hours=settings.remember_hours)),
        today=lambda: clock.now().astimezone(zone).date(),
        vocabulary=words,
        writer=_writer(settings.llm, spending) if model else None,
    )
    presenter = Presenter(vocabulary=words)
    agenda = SqlAgenda(database, shared=SHARED_CHATS, canary=_canary(settings))
    runs = SqlRuns(database)
    receipts = SqlReceipts(database)
    inbox = SqlInbox(database, clock)
    bell = Bell()
    services = Services(
        archive=archive,
        search=search,
        answerer=answerer,
        subscriptions=SubscriptionService(SqlSubscriptions(database), clock, next_run),
        receipts=receipts,
        receipts_kept=settings.receipts_kept,
        preferences=SqlPreferences(database),
        eraser=SqlEraser(database),
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
        reasons={"telegram": telegram_words, "discord": discord_words, "slack": slack_words},
    )
    return House(
        settings=settings,
        database=database,
        clock=clock,
        archive=archive,
        passages=passages,
        indexer=Indexer(passages),
        search=search,
        presenter=presenter,
        services=services,
        answerer=answerer,
        spending=spending,
        planner=Planner(agenda, archive, clock),
        pusher=PushNow(agenda, archive, clock),
        press=Press(
            archive, presenter, {(one.profile.platform, one.profile.form): one for one in renderers().values()}
        ),
        ledger=SqlLedger(database),
        runs=runs,
        run_service=RunService(runs, clock),
        receipts=receipts,
        retention=SqlRetention(database, clock),
        inbox=inbox,
        notes=notes,
        events=SqlEvents(database, clock),
        pool=Pool(),
        bell=bell,
        desk_sender=DeskSender(inbox, bell),
        engine=engine,
    )


def _meaning(settings: Settings) -> Meaning | None:
    if settings.vectors == "off":
        return None
    return Meaning(open_encoder(), VectorFile(settings.data_dir / "vectors"))


def _writer(settings: ModelSettings, spending: Spending) -> Writer | None:
    model = open_model(settings)
    if model is None:
        return None
    return Writer(
        model,
        spending,
        PrometheusMeter(),
        pace=Pace(patience=settings.patience, whole=settings.seconds),
        places=settings.at_once,
    )


def _engine(settings: Settings) -> Engine:
    if settings.engine == "embedded":
        return EmbeddedEngine()
    try:
        from bots.engine.queue import QueueEngine  # noqa: PLC0415  procrastinate is an extra
    except ModuleNotFoundError as error:
        raise UsageError(
            f"PAPERBOY_ENGINE=procrastinate, but the package {error.name} is not installed: "
            "pip install '.[scale]' in the checkout, or unset PAPERBOY_ENGINE."
        ) from error
    return QueueEngine(settings.database)


def _canary(settings: Settings) -> Canary | None:
    if not settings.canary:
        return None
    pause = timedelta(minutes=settings.canary_minutes)
    return Canary(pause=pause, users=settings.admins if settings.canary == "editors" else frozenset())


def sources(settings: Settings) -> Sequence[Source]:
    """Return the places that issues are read from. Raises DigestError for an address that cannot be one."""
    return [_source(settings, text) for text in settings.issues]


def _source(settings: Settings, text: str) -> Source:
    if not is_git_url(text):
        return FolderSource(Path(text).expanduser())
    checkout = sha256(text.encode()).hexdigest()[:16]
    return GitSource(text, settings.data_dir / "checkouts" / checkout)


def platforms(house: House) -> Sequence[Platform]:
    """Return the platforms that have a token; an SDK is imported only then."""
    return [*_telegram(house), *_discord(house), *_slack(house)]


def _telegram(house: House) -> Iterator[Platform]:
    settings = house.settings.telegram
    if settings.token is None:
        return
    from bots.telegram.platform import TelegramPlatform  # noqa: PLC0415  importing the SDK takes half a second

    yield TelegramPlatform(
        settings,
        token=settings.token.get_secret_value(),
        services=house.services,
        presenter=house.presenter,
        receipts=house.receipts,
        notes=house.notes,
        events=house.events,
        pool=house.pool,
        subscribed=SqlSubscriptions(house.database).targets,
    )


def _discord(house: House) -> Iterator[Platform]:
    settings = house.settings.discord
    if settings.token is None:
        return
    from bots.discord.platform import DiscordPlatform  # noqa: PLC0415  importing the SDK takes half a second

    yield DiscordPlatform(
        settings,
        token=settings.token.get_secret_value(),
        services=house.services,
        notes=house.notes,
        pool=house.pool,
        subscribed=SqlSubscriptions(house.database).targets,
        forget=partial(transfer.forget, house.database),
    )


def _slack(house: House) -> Iterator[Platform]:
    settings = house.settings.slack
    if not settings.is_served:
        return
    from bots.slack.platform import SlackPlatform  # noqa: PLC0415  importing the SDK takes half a second

    yield SlackPlatform(
        settings,
        services=house.services,
        notes=house.notes,
        receipts=house.receipts,
        pool=house.pool,
        subscriptions=SqlSubscriptions(house.database),
    )


def desk_platform(house: House) -> Platform:
    """Return the desk as a platform."""
    return DeskPlatform(sender=house.desk_sender, renderer=renderers()["desk"])


def health_of(house: House) -> Health:
    """Return whether the installation can work, and how it does."""

    async def figures() -> bytes:
        found = await house.run_service.status(limit=RUNS_MEASURED)
        return exposition(found, house.clock.now(), late=await house.planner.late())

    return Health(ready=house.database.ping, figures=figures)


def desk_app(house: House, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the desk's ASGI app, beside it the platforms' ``routes``, which check themselves who calls."""
    desk = house.settings.desk
    words = house.services.vocabulary
    fit = fit_check(words)

    def read(source: str, lang: str, *, path: str | None = None) -> Reading:
        today = house.clock.now().astimezone(ZoneInfo(house.settings.zone)).date()
        parsed = parse(source, path=path, vocabulary=words, today=today)
        problems = (*check(parsed, source, lang=lang), *fit.problems(parsed.issue, lang=lang))
        return Reading(issue=parsed.issue, problems=problems)

    async def ask(question: Question) -> Mapping[str, Any]:
        answer = await house.answer(
            question.text, lang=question.lang, today=question.today, conversation=question.conversation
        )
        return answer_as_json(answer)

    app = create_app(
        DeskServices(
            services=house.services,
            dispatch=dispatch,
            presenter=house.presenter,
            renderers=renderers(),
            inbox=house.inbox,
            bell=house.bell,
            runs=house.run_service,
            receipts=house.receipts,
            read=read,
            publish=house.publish,
            withdraw=house.withdraw,
            ask=ask,
            health=health_of(house),
            setup=Setup(
                host=desk.host,
                base_url=desk.base_url,
                token=desk.token.get_secret_value() if desk.token else None,
            ),
        )
    )
    return Starlette(routes=[*routes, Mount("/", app=app)]) if routes else app
