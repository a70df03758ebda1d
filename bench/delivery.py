"""Delivery: looking at a million of whom nobody is due, planning a delivery for each, draining and erasing them.

Couriers are processes of their own, with a platform that takes every page at once.

``PAPERBOY_BENCH_POSTGRES``, the URL of an empty database that may be filled and emptied, adds rows for PostgreSQL.
"""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as local_time
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop
from sqlalchemy import text

from bench.processes import workers
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
from core.storage.notes import SqlNotes
from core.storage.retention import SqlRetention
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
MILLION = 1_000_000
IN_FLIGHT = 1000
SLOTS = 2000
KEPT = timedelta(days=90)
WRITE_EVERY_SECONDS = 0.01
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
    for name, url, couriers in _databases():
        yield from asyncio.run(_measured(name, url, couriers))


def _databases() -> Iterator[tuple[str, str, int]]:
    """Give each database's name and URL, and how many couriers work on it, as many as it is run with on two cores."""
    yield "SQLite", "", 1
    if url := os.environ.get("PAPERBOY_BENCH_POSTGRES"):
        yield "PostgreSQL", url, 2


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


async def _measured(name: str, url: str, couriers: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        place = url or f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        async with filled(place, MILLION) as database:
            idle = await _ticked(database)
            planning = await plan(database)
            found = await _carried_by(couriers, place)
            counts = (await SqlRuns(database).newest())[0].counts
            if counts.sent != MILLION:
                raise AssertionError(f"not everything was sent: {counts}")
            erasing, longest = await _erased(database, place)
    seconds = max(one.ended for one in found) - min(one.began for one in found)
    used = sum(one.used for one in found)
    what = f"{name}: drain a million, couriers: {couriers}"
    unit = "us a delivery"
    return [
        at_most(
            100, group="deliver", what=f"{name}: tick, nothing due of {MILLION:,} on {SLOTS:,}", figure=idle, unit="ms"
        ),
        at_most(20, group="deliver", what=f"{name}: plan a million deliveries", figure=planning, unit="s"),
        at_least(20_000, group="deliver", what=what, figure=MILLION / seconds, unit="deliveries/s"),
        Row(group="deliver", what=f"{name}: processor of the couriers", figure=1e6 * used / MILLION, unit=unit),
        at_most(
            150, group="deliver", what=f"{name}: memory of a courier", figure=max(one.peak for one in found), unit="MB"
        ),
        at_least(
            5_000, group="deliver", what=f"{name}: erase a million", figure=MILLION / erasing, unit="deliveries/s"
        ),
        at_most(1000, group="deliver", what=f"{name}: longest write meanwhile", figure=1000 * longest, unit="ms"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a courier's process took: when it began and ended, processor seconds, and megabytes at most."""

    began: float
    ended: float
    used: float
    peak: float


async def _carried_by(couriers: int, url: str) -> list[Carried]:
    """Have as many processes carry what is planned, each with an equal share of the account."""
    loop = asyncio.get_running_loop()
    with workers(couriers) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, _carried, url, couriers) for _ in range(couriers)))


def _carried(url: str, shares: int) -> Carried:
    async def carry() -> None:
        database = open_database(url)
        await deliver(database, NoSender(), Pace(in_flight=IN_FLIGHT), Habits(shares=shares))
        await database.close()

    gc.freeze()  # as the program does
    began, worked = time.monotonic(), time.process_time()
    uvloop.run(carry())
    return Carried(began=began, ended=time.monotonic(), used=time.process_time() - worked, peak=_peak())


def _peak() -> float:
    """Return the most megabytes that this program was resident with; getrusage tells its parent's, if that had more."""
    (line,) = [one for one in Path("/proc/self/status").read_text(encoding="ascii").splitlines() if "VmHWM" in one]
    return int(line.split()[1]) / 1024


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


class _LongAfter(SystemClock):
    """Tells the time when receipts are old."""

    def now(self) -> datetime:
        """Return the instant that is twice as long from now as receipts are kept."""
        return super().now() + 2 * KEPT


async def _erased(database: Database, url: str) -> tuple[float, float]:
    """Erase everything while somebody else writes; return the seconds of it and of the longest other write."""
    other = open_database(url)
    writing = asyncio.create_task(_written(SqlNotes(other, SystemClock()), done := asyncio.Event()))
    retention = SqlRetention(database, _LongAfter())
    start = time.perf_counter()
    count = 0
    while some := await retention.erase(KEPT):
        count += some
    took = time.perf_counter() - start
    done.set()
    longest = await writing
    await other.close()
    if count != MILLION:
        raise AssertionError(f"not everything was erased: {count}")
    return took, longest


async def _written(notes: SqlNotes, done: asyncio.Event) -> float:
    longest = 0.0
    while not done.is_set():
        start = time.perf_counter()
        await notes.put("bench", str(start))
        longest = max(longest, time.perf_counter() - start)
        await asyncio.sleep(WRITE_EVERY_SECONDS)
    return longest


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
