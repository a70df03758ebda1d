"""Delivery: the rate that strict platforms take, how fast a ledger drains, and planning a million.

A platform is a process of its own on loopback (``bench.strict_server``). ``PAPERBOY_BENCH_POSTGRES``, the URL of an
empty database that may be filled and emptied, adds rows for PostgreSQL.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as local_time
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from sqlalchemy import text

from bench.limits import LIMITS
from bench.row import Row, at_least, at_most
from core.clock import SystemClock
from core.delivery.courier import Courier, Habits
from core.delivery.model import SendError
from core.delivery.pacing import Pace
from core.delivery.port import Account
from core.delivery.recorder import Recorder
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.render.port import Message
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

    from core.delivery.port import Content, Envelope, Sender
    from core.storage.engine import Database

ACCOUNT = Account(platform="bench", account="bot")
ISSUE = "---\ndate: 2026-03-02\nlang: en\nedition: daily\n---\n# Title\n\n## Models\n\n- **Story** — text\n"
FREE, PAID = 30, 1000
PAGES = 300
PAID_PAGES = 6000
DRAINED = 20_000
MILLION = 1_000_000
COPY = text("""
    INSERT INTO subscriptions (target, chat, platform, account, edition, lang, round_id, without, style, silent,
        ended, failures, created_by, created_at, extras)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
    SELECT target || n, chat || n, platform, account, edition, lang, round_id, without, style, silent,
        ended, failures, created_by, created_at, extras
    FROM subscriptions, numbers
""")


def rows() -> Iterator[Row]:
    """Measure the rates, then the databases."""
    for latency in (30, 80):
        for limit in LIMITS:
            yield from asyncio.run(_paced(limit, FREE, latency, PAGES))
    yield from asyncio.run(_paced("sliding window", PAID, 30, PAID_PAGES))
    for name, url in _databases():
        yield from asyncio.run(_drained(name, url))
        yield from asyncio.run(_planned(name, url))


def _databases() -> Iterator[tuple[str, str]]:
    yield "SQLite", ""
    if url := os.environ.get("PAPERBOY_BENCH_POSTGRES"):
        yield "PostgreSQL", url


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSender:
    """Posts pages to the strict server."""

    session: aiohttp.ClientSession
    url: str

    async def send(self, target: Target, message: Message, envelope: Envelope) -> str:
        """Send one page."""
        body = {**message.payload, "chat": target.chat, "key": envelope.key}
        async with self.session.post(self.url, json=body) as answer:
            said = await answer.json()
        if answer.status != 200:  # noqa: PLR2004
            raise SendError("wait", "429", retry_after=timedelta(seconds=said["retry_after"]))
        return str(said["id"])

    async def edit(self, target: Target, message_id: str, message: Message) -> None:
        """Do nothing."""

    async def delete(self, target: Target, message_id: str) -> None:
        """Do nothing."""


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


@contextmanager
def _server(limit: str, rate: int, latency: int) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.strict_server", limit, str(rate), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 — words of our own
        port = process.stdout.readline().strip() if process.stdout else ""
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


async def _paced(limit: str, rate: int, latency: int, pages: int) -> list[Row]:
    what = f"{rate}/s, {limit}, {latency} ms"
    connector = aiohttp.TCPConnector(limit=0)
    with _server(limit, rate, latency) as url:
        async with _filled("", pages) as database, aiohttp.ClientSession(connector=connector) as session:
            await _plan(database)
            started, worked = time.perf_counter(), time.process_time()
            pace = Pace(per_second=rate, in_flight=max(64, rate // 2))
            await _deliver(database, HttpSender(session=session, url=f"{url}/send"), pace)
            core = (time.process_time() - worked) / (time.perf_counter() - started)
            async with session.get(f"{url}/counts") as answer:
                counts = await answer.json()
    used = (counts["taken"] - 1) / counts["seconds"] / rate
    return [
        at_least(0.98, group="deliver", what=f"{what}: share of the permitted rate", figure=used, unit=""),
        at_most(0, group="deliver", what=f"{what}: pages refused", figure=counts["refused"], unit="429s"),
        Row(group="deliver", what=f"{what}: processor", figure=100 * core, unit="% of a core"),
    ]


async def _drained(name: str, url: str) -> list[Row]:
    async with _filled(url, DRAINED) as database:
        await _plan(database)
        start = time.perf_counter()
        await _deliver(database, NoSender(), Pace(in_flight=500), Habits(chunk=2000))
        seconds = time.perf_counter() - start
        counts = (await SqlRuns(database).newest())[0].counts
    if counts.sent != DRAINED:
        raise AssertionError(f"not everything was sent: {counts}")
    return [at_least(20_000, group="deliver", what=f"{name}: drain", figure=DRAINED / seconds, unit="deliveries/s")]


async def _planned(name: str, url: str) -> list[Row]:
    async with _filled(url, MILLION) as database:
        seconds = await _plan(database)
    return [at_most(20, group="deliver", what=f"{name}: plan a million deliveries", figure=seconds, unit="s")]


async def _deliver(database: Database, sender: Sender, pace: Pace, habits: Habits | None = None) -> None:
    ledger = SqlLedger(database)
    recorder = Recorder(ledger)
    recording = asyncio.create_task(recorder.run())
    courier = Courier(
        ACCOUNT,
        sender=sender,
        ledger=ledger,
        recorder=recorder,
        pages=_page,
        clock=SystemClock(),
        pace=pace,
        habits=habits,
    )
    await courier.run(asyncio.Event(), until_idle=True)
    recording.cancel()


async def _page(content: Content) -> tuple[Message, ...]:
    return (Message(method="send", payload={"text": f"{content.issue} " * 100}, text="", counts={}),)


@asynccontextmanager
async def _filled(url: str, readers: int) -> AsyncIterator[Database]:
    """Give a database with an issue and its readers, at one slot."""
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
        await SqlSubscriptions(database).save(first, due=datetime.now(UTC))
        async with database.write() as connection:
            await connection.execute(COPY, {"count": readers - 1})
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


async def _plan(database: Database) -> float:
    """Plan everybody's delivery; return the seconds that it took."""
    ref = parse(ISSUE, vocabulary=Vocabulary.bundled()).issue.ref
    start = time.perf_counter()
    await SqlAgenda(database).plan(Order(issue=ref, kind="push", langs=frozenset({"en"})), datetime.now(UTC))
    return time.perf_counter() - start
