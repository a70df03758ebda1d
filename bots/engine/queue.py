"""Chunks carried between many processes by procrastinate, a queue in PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal

import psycopg
import structlog
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, AppNotOpen, ConnectorException
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager
from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from bots.engine.attempts import Attempts
from core.delivery.engine import Lane
from core.delivery.port import Account, Chunk
from core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from core.delivery.engine import Periodic, Room, Work

CARRY = "paperboy.carry"
PERIODIC = "paperboy.periodic"
MANY = 1000
"""More chunks at a time than couriers have room for."""
POLL_SECONDS = 0.2
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 15.0
RESCUE_SECONDS = 5.0
AGAIN_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
"""How long a connection is waited for: so much later than the database the queue is back at most."""
CONNECTIONS = 4
LOCK = 20260220

log = structlog.get_logger(__name__)


class QueueEngine:
    """Satisfies ``core.delivery.engine.Engine`` for any number of processes with one database.

    A lane is a queue, and a worker fetches from the queues whose couriers have room. A chunk that waits in its queue is
    not put there again (its queueing lock); one whose worker died is offered again by whoever finds its lease over, and
    what the worker left in the queue is rescued.
    """

    def __init__(self, database_url: str) -> None:
        """``database_url`` is SQLAlchemy's. Nothing is connected yet."""
        url = make_url(database_url)
        where = url.translate_connect_args(username="user", database="dbname")
        options = {name: " ".join(values) for name, values in url.normalized_query.items()}
        self._conninfo = make_conninfo("", **where, **options)
        self._app: App | None = None
        self._opening = asyncio.Lock()

    async def offer(self, chunks: Sequence[Chunk]) -> None:
        """Put chunks into their queues."""
        try:
            app = await self._opened()
            jobs = await app.job_manager.list_jobs_async(task=CARRY, status="todo")
            there = {job.queueing_lock for job in jobs}
            for chunk in chunks:
                if (name := f"chunk {chunk.id}") not in there:
                    with suppress(AlreadyEnqueued):
                        await _deferred(app, chunk, name)
        except ConnectorException as error:
            raise StorageError(f"the queue does not answer: {error}") from error

    async def carry(self, work: Work, room: Room, stop: asyncio.Event) -> None:
        """Call ``work`` for offered chunks of lanes with room, until ``stop``."""
        await self._prepared()
        app = self._new_app()
        queues: list[str] = []

        def look() -> None:
            queues[:] = [_queue(lane) for lane in room()]

        async def carried(chunk: int, platform: str, account: str, priority: int) -> None:
            given = Chunk(id=chunk, account=Account(platform=platform, account=account), priority=priority)
            working = asyncio.ensure_future(work(given))
            await asyncio.sleep(0)  # lets it take its room
            look()
            try:
                await working
            finally:
                look()

        app.task(name=CARRY, retry=RetryStrategy(max_attempts=3, wait=1))(carried)
        looking = asyncio.create_task(_again(look, POLL_SECONDS))
        presence = _Presence()
        rescuing = asyncio.create_task(_rescued(app, presence))
        try:
            await _worked(app, stop, presence, queues=queues, concurrency=MANY)
        finally:
            looking.cancel()
            rescuing.cancel()

    async def every(self, tasks: Sequence[Periodic], stop: asyncio.Event) -> None:
        """Do each task once a period until ``stop``, in one of the processes that ask for it."""
        app, attempts = self._new_app(), Attempts()
        for task in tasks:
            name = f"{PERIODIC}.{task.name}"
            done = app.task(name=name, queue=PERIODIC, queueing_lock=name, lock=name)(partial(_do, attempts, task))
            app.periodic(cron=_cron(task))(done)
        await self._prepared()
        await _worked(app, stop, _Presence(), queues=[PERIODIC], concurrency=max(1, len(tasks)))

    async def close(self) -> None:
        """Close the connections."""
        if self._app:
            await self._app.close_async()

    async def _opened(self) -> App:
        async with self._opening:
            if self._app is None:
                await self._prepared()
                app = self._new_app()
                app.task(name=CARRY)(_nothing)
                await app.open_async()
                self._app = app
        return self._app

    def _new_app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self._conninfo, min_size=1, max_size=CONNECTIONS, timeout=PATIENCE_SECONDS
        )
        return App(connector=connector)

    async def _prepared(self) -> None:
        """Make procrastinate's tables if they are not there; many processes may start at once."""
        try:
            async with await psycopg.AsyncConnection.connect(self._conninfo) as connection:
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
                found = await connection.execute("SELECT to_regclass('procrastinate_jobs')")
                row = await found.fetchone()
                if row is None or row[0] is None:
                    await connection.execute(SchemaManager.get_schema())
        except psycopg.Error as error:
            raise StorageError(f"the queue cannot be made: {error}".splitlines()[0]) from error


async def _nothing(**_arguments: object) -> None:
    """Stand for work that is done elsewhere."""


async def _do(attempts: Attempts, task: Periodic, timestamp: int) -> None:
    del timestamp
    await attempts.do(task)


def _queue(lane: Lane) -> str:
    return f"{lane.account.platform}:{lane.account.account}:{lane.priority}"


def _cron(task: Periodic) -> str:
    """Return the period as a cron expression whose sixth field are seconds."""
    if task.hour is not None:
        return f"0 {task.hour} * * * 0"
    seconds = max(1, round(task.period.total_seconds()))
    if seconds < 60:  # noqa: PLR2004  # a minute
        return f"* * * * * */{seconds}"
    minutes = seconds // 60
    return f"*/{minutes} * * * * 0" if minutes < 60 else f"0 */{minutes // 60} * * * 0"  # noqa: PLR2004  # an hour


async def _deferred(app: App, chunk: Chunk, name: str) -> None:
    lane = Lane(account=chunk.account, priority=chunk.priority)
    task = app.configure_task(CARRY, queue=_queue(lane), queueing_lock=name, priority=-chunk.priority)
    await task.defer_async(
        chunk=chunk.id, platform=chunk.account.platform, account=chunk.account.account, priority=chunk.priority
    )


class _Presence:
    """Whether the queue's database answers, told when it changes."""

    def __init__(self) -> None:
        self._is_away = False

    def lost(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("the queue does not answer", reason=str(error.__cause__ or error).strip())
        self._is_away = True

    def found(self) -> None:
        if self._is_away:
            log.info("the queue answers again")
        self._is_away = False


async def _worked(
    app: App, stop: asyncio.Event, presence: _Presence, *, queues: Iterable[str], concurrency: int
) -> None:
    """Run a worker until ``stop``, and start another one when it ends before: its database was away."""
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            await _worked_once(app, stopping, presence, queues, concurrency)
            await asyncio.wait({stopping}, timeout=AGAIN_SECONDS)
    finally:
        stopping.cancel()


async def _worked_once(
    app: App, stopping: asyncio.Task[Literal[True]], presence: _Presence, queues: Iterable[str], concurrency: int
) -> None:
    running = asyncio.create_task(_work(app, presence, queues, concurrency))
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            try:
                await running
            except Exception as error:  # noqa: BLE001  # whatever it was, jobs wait in the database
                presence.lost(error)


async def _work(app: App, presence: _Presence, queues: Iterable[str], concurrency: int) -> None:
    async with app.open_async():
        await app.check_connection_async()
        presence.found()
        await app.run_worker_async(
            queues=queues,
            concurrency=concurrency,
            listen_notify=False,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
        )


async def _again(do: Callable[[], None], seconds: float) -> None:
    while True:
        do()
        await asyncio.sleep(seconds)


async def _rescued(app: App, presence: _Presence) -> None:
    """Rescue jobs again and again, until cancelled."""
    while True:
        try:
            await _rescue(app)
        except AppNotOpen:  # its worker opens it, at the start and whenever the database is back
            pass
        except ConnectorException as error:
            presence.lost(error)
        await asyncio.sleep(RESCUE_SECONDS)


async def _rescue(app: App) -> None:
    """Let jobs go whose worker died: their chunks are offered again once the ledger finds their leases over."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:  # it waits in its queue again already
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
