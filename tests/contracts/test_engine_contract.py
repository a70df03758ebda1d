"""What every engine does: carry chunks once, in lanes that have room, and keep periods."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bots.engine.embedded import EmbeddedEngine
from core.delivery.engine import Lane, Periodic
from core.delivery.model import PRIVATE, SHARED
from core.delivery.port import Account, Chunk
from core.errors import StorageError
from databases import postgres_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from core.delivery.engine import Engine, Room, Work

ACCOUNT = Account(platform="fake", account="bot")
PATIENCE_SECONDS = 20


def chunk(number: int, priority: int = PRIVATE) -> Chunk:
    return Chunk(id=number, account=ACCOUNT, priority=priority)


def everywhere() -> list[Lane]:
    return [Lane(account=ACCOUNT, priority=priority) for priority in (SHARED, PRIVATE)]


@pytest.fixture(scope="module")
def queue_url() -> Iterator[str]:
    with postgres_url() as url:
        yield url


@pytest.fixture(params=["embedded", pytest.param("procrastinate", marks=pytest.mark.postgres)])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    if request.param == "embedded":
        yield EmbeddedEngine()
        return
    from bots.engine.queue import QueueEngine  # noqa: PLC0415  as the program does it

    made = QueueEngine(request.getfixturevalue("queue_url"))
    yield made
    await made.close()


@asynccontextmanager
async def carrying(engine: Engine, work: Work, room: Room = everywhere) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(engine.carry(work, room, stop))
    yield
    stop.set()
    await asyncio.wait_for(task, PATIENCE_SECONDS)


async def until(condition: asyncio.Event) -> None:
    await asyncio.wait_for(condition.wait(), PATIENCE_SECONDS)


async def test_a_start_complains_of_nothing(engine: Engine) -> None:
    carried = asyncio.Event()

    async def work(_given: Chunk) -> None:
        carried.set()

    with capture_logs() as logs:
        async with carrying(engine, work):
            await engine.offer([chunk(70)])
            await until(carried)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == []


async def test_what_is_offered_twice_is_carried_once(engine: Engine) -> None:
    carried: Counter[int] = Counter()
    all_there = asyncio.Event()

    async def work(given: Chunk) -> None:
        carried[given.id] += 1
        if len(carried) == 3:
            all_there.set()

    await engine.offer([chunk(1), chunk(2)])
    await engine.offer([chunk(2), chunk(3)])
    async with carrying(engine, work):
        await until(all_there)
    assert carried == {1: 1, 2: 1, 3: 1}


async def test_a_lane_without_room_holds_up_no_other(engine: Engine) -> None:
    shared = asyncio.Event()
    carried: list[int] = []

    async def work(given: Chunk) -> None:
        carried.append(given.id)
        shared.set()

    await engine.offer([chunk(11), chunk(12), chunk(13, SHARED)])
    async with carrying(engine, work, lambda: [Lane(account=ACCOUNT, priority=SHARED)]):
        await until(shared)
        await asyncio.sleep(0.3)
        assert carried == [13]
    rest = asyncio.Event()

    async def work_on(given: Chunk) -> None:
        carried.append(given.id)
        if len(carried) == 3:
            rest.set()

    async with carrying(engine, work_on):
        await until(rest)
    assert sorted(carried) == [11, 12, 13]


async def test_a_chunk_whose_work_failed_can_be_offered_again(engine: Engine) -> None:
    tries: list[int] = []
    again = asyncio.Event()

    async def work(given: Chunk) -> None:
        tries.append(given.id)
        if len(tries) == 1:
            raise ValueError("the first try")
        again.set()

    await engine.offer([chunk(21)])
    async with carrying(engine, work):
        for _ in range(100):
            if again.is_set():
                break
            await asyncio.sleep(0.1)
            await engine.offer([chunk(21)])
    assert again.is_set()


async def test_work_under_way_is_finished_before_the_end(engine: Engine) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(given: Chunk) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        ended.set()

    await engine.offer([chunk(31)])
    async with carrying(engine, work):
        await until(begun)
    assert ended.is_set()


async def test_who_is_cancelled_ends_its_work_and_takes_no_more(engine: Engine) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()
    taken: list[int] = []

    async def work(given: Chunk) -> None:
        taken.append(given.id)
        begun.set()
        try:
            await asyncio.sleep(0.3)
        finally:
            await asyncio.sleep(0.1)
            ended.set()

    await engine.offer([chunk(41)])
    cancelled = asyncio.create_task(engine.carry(work, everywhere, asyncio.Event()))
    await until(begun)
    cancelled.cancel()
    await asyncio.wait([cancelled], timeout=PATIENCE_SECONDS)
    assert (cancelled.cancelled(), ended.is_set()) == (True, True)
    carried = asyncio.Event()

    async def work_on(_given: Chunk) -> None:
        carried.set()

    async with carrying(engine, work_on):
        for number in range(42, 52):
            carried.clear()
            await engine.offer([chunk(number)])
            await until(carried)
    assert taken == [41]


async def test_a_period_is_kept_whatever_fails(engine: Engine) -> None:
    done: Counter[str] = Counter()
    twice = asyncio.Event()

    async def failing() -> None:
        done["failing"] += 1
        if done["failing"] == 2:
            twice.set()
        raise ValueError("a mistake")

    stop = asyncio.Event()
    tasks = [Periodic(name="failing", period=timedelta(seconds=1), do=failing)]
    task = asyncio.create_task(engine.every(tasks, stop))
    await until(twice)
    stop.set()
    await asyncio.wait_for(task, PATIENCE_SECONDS)


async def test_a_task_that_goes_on_failing_is_told_once_and_once_when_it_works_again(engine: Engine) -> None:
    done = Counter[str]()
    again = asyncio.Event()

    async def away() -> None:
        done["away"] += 1
        if done["away"] <= 2:
            raise StorageError(f"connection {done['away']} was refused")
        if done["away"] == 4:
            again.set()

    stop = asyncio.Event()
    with capture_logs() as logs:
        task = asyncio.create_task(engine.every([Periodic(name="away", period=timedelta(seconds=1), do=away)], stop))
        await until(again)
        stop.set()
        await asyncio.wait_for(task, PATIENCE_SECONDS)
    told = [(entry["event"], entry.get("reason"), "exc_info" in entry) for entry in logs if entry.get("task") == "away"]
    assert told == [
        ("a periodic task failed", "connection 1 was refused", False),
        ("a periodic task works again", None, False),
    ]


@pytest.mark.postgres
async def test_of_several_planners_one_does_it(queue_url: str) -> None:
    from bots.engine.queue import QueueEngine  # noqa: PLC0415  as the program does it

    at = Counter[int]()
    clock = asyncio.get_running_loop().time

    async def do() -> None:
        at[int(clock())] += 1

    stop = asyncio.Event()
    tasks = [Periodic(name="shared", period=timedelta(seconds=1), do=do)]
    planners = [asyncio.create_task(QueueEngine(queue_url).every(tasks, stop)) for _ in range(3)]
    started = clock()
    while sum(at.values()) < 3:
        assert clock() - started < PATIENCE_SECONDS
        await asyncio.sleep(0.1)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*planners), PATIENCE_SECONDS)
    assert sum(at.values()) <= clock() - started + 2
