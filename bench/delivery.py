"""Delivery: how fast a ledger drains, planning a million, and looking at a million of whom nobody is due.

``PAPERBOY_BENCH_POSTGRES``, the URL of an empty database that may be filled and emptied, adds rows for PostgreSQL.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as local_time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from bench.row import Row, at_least, at_most
from core.clock import SystemClock
from core.delivery.courier import Courier, Habits
from core.delivery.pacing import Pace
from core.delivery.port import Account
from core.delivery.recorder import Recorder
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.render.port import Message
from core.schedule.planner import Planner
from core.schedule.port import Order
from core.storage.agenda import SqlAgenda
from core.storage.archive import SqlArchive
from core.storage.engine import open_database
from core.storage.ledger import SqlLedger
from core.storage.runs import SqlRuns
from core.storage.schema import metadata
from core.storage.subscriptions import SqlSubscriptions
from core.subscriptions.model import Slot, Subscription
from core.target import Target

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.delivery.port import Content, Envelope, Pages, Sender
    from core.storage.engine import Database

ACCOUNT = Account(platform="bench", account="bot")
ISSUE = "---\ndate: 2026-03-02\nlang: en\nedition: daily\n---\n# Title\n\n## Models\n\n- **Story** — text\n"
DRAINED = 20_000
MILLION = 1_000_000
SLOTS = 2000
MORE_SLOTS = text("""
    INSERT INTO slots (minute, zone, weekdays)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    SELECT n % 1440, 'Zone/' || (n / 1440), 1 FROM numbers
""")
MORE_ROUNDS = text("""
    INSERT INTO rounds (slot_id, edition, lang, due)
    SELECT slots.id, edition, lang, due FROM slots, rounds WHERE slots.id <> rounds.slot_id
""")
COPY = text("""
    INSERT INTO subscriptions (target, chat, platform, account, edition, lang, round_id, without, style, silent,
        ended, failures, created_by, created_at, extras)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    SELECT target || n, chat || n, platform, account, edition, lang, 1 + n % :slots, without, style, silent,
        ended, failures, created_by, created_at, extras
    FROM subscriptions, numbers
""")


def rows() -> Iterator[Row]:
    """Measure the databases."""
    for name, url in _databases():
        yield from asyncio.run(_drained(name, url))
        yield from asyncio.run(_planned(name, url))


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    if url := os.environ.get("PAPERBOY_BENCH_POSTGRES"):
        yield "PostgreSQL", url


class NoSender:
    """Takes every page at once."""

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Take one page."""
        del target, message
        return envelope.key

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Do nothing."""

    async def delete(self, target: Target, message_id: str) -> None:
        """Do nothing."""


async def _drained(name: str, url: str) -> list[Row]:
    async with filled(url, DRAINED) as database:
        await plan(database)
        start = time.perf_counter()
        await deliver(database, NoSender(), Pace(in_flight=500))
        seconds = time.perf_counter() - start
        counts = (await SqlRuns(database).newest())[0].counts
    if counts.sent != DRAINED:
        raise AssertionError(f"not everything was sent: {counts}")
    return [at_least(20_000, group="deliver", what=f"{name}: drain", figure=DRAINED / seconds, unit="deliveries/s")]


async def _planned(name: str, url: str) -> list[Row]:
    async with filled(url, MILLION) as database:
        idle = await _ticked(database)
        seconds = await plan(database)
    return [
        at_most(
            100, group="deliver", what=f"{name}: tick, nothing due of {MILLION:,} on {SLOTS:,}", figure=idle, unit="ms"
        ),
        at_most(20, group="deliver", what=f"{name}: plan a million deliveries", figure=seconds, unit="s"),
    ]


async def _ticked(database: Database) -> float:
    """Return the milliseconds of the slowest of some ticks of a planner that has nothing to do."""
    archive = SqlArchive(database, vocabulary=Vocabulary.bundled(), clock=SystemClock())
    planner = Planner(SqlAgenda(database), archive, SystemClock())
    slowest = 0.0
    for _ in range(20):
        start = time.perf_counter()
        tick = await planner.tick()
        slowest = max(slowest, time.perf_counter() - start)
        if tick.planned or tick.waiting:
            raise AssertionError(f"something was due: {tick}")
    return 1000 * slowest


async def deliver(
    database: Database, sender: Sender, pace: Pace, habits: Habits | None = None, pages: Pages | None = None
) -> None:
    """Deliver what is planned."""
    ledger = SqlLedger(database)
    recorder = Recorder(ledger)
    recording = asyncio.create_task(recorder.run())
    courier = Courier(
        ACCOUNT,
        sender=sender,
        ledger=ledger,
        recorder=recorder,
        pages=pages or _page,
        clock=SystemClock(),
        pace=pace,
        habits=habits,
    )
    await courier.run(asyncio.Event(), until_idle=True)
    recording.cancel()


async def _page(content: Content) -> tuple[Message, ...]:
    return (Message(method="send", payload={"text": f"{content.issue} " * 100}, text="", counts={}),)


@asynccontextmanager
async def filled(url: str, readers: int) -> AsyncIterator[Database]:
    """Give a database with an issue and its readers, spread over slots of which none is due."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(url or f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}")
        await database.upgrade()
        vocabulary = Vocabulary.bundled()
        await SqlArchive(database, vocabulary=vocabulary, clock=SystemClock()).put(
            parse(ISSUE, vocabulary=vocabulary).issue, ISSUE
        )
        first = Subscription(
            id=0,
            target=Target(platform=ACCOUNT.platform, account=ACCOUNT.account, chat="1"),
            edition="daily",
            lang="en",
            slot=Slot(time=local_time(8), zone="UTC"),
            created_at=datetime.now(UTC),
        )
        await SqlSubscriptions(database).save(first, due=datetime.now(UTC) + timedelta(days=1))
        async with database.write() as connection:
            await connection.execute(MORE_SLOTS, {"count": SLOTS - 1})
            await connection.execute(MORE_ROUNDS)
            await connection.execute(COPY, {"count": readers - 1, "slots": SLOTS})
        try:
            yield database
        finally:
            await _empty(database)
            await database.close()


async def _empty(database: Database) -> None:
    if database.dialect == "postgresql":
        async with database.write() as connection:
            tables = ", ".join(table.name for table in metadata.sorted_tables)
            await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))


async def plan(database: Database) -> float:
    """Plan everybody's delivery; return the seconds that it took."""
    ref = parse(ISSUE, vocabulary=Vocabulary.bundled()).issue.ref
    start = time.perf_counter()
    await SqlAgenda(database).plan(Order(issue=ref, kind="push", langs=frozenset({"en"})), datetime.now(UTC))
    return time.perf_counter() - start
