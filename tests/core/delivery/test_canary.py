"""A run whose first few go out before the others: the clock stands still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from clock import ManualClock
from core.delivery.courier import Habits
from core.delivery.model import Counts, SendError
from core.delivery.runs import RunService
from core.schedule.port import Canary, Order
from core.storage.agenda import SqlAgenda
from core.storage.ledger import SqlLedger
from core.storage.runs import SqlRuns
from core.storage.subscriptions import SqlSubscriptions
from couriers import hired
from newsroom import ACCOUNT, NOW, REF, Platform, add_issue, add_many, reader, two_pages

if TYPE_CHECKING:
    from core.delivery.model import Run
    from core.storage.engine import Database

PAUSE = timedelta(minutes=10)
READERS = 120
EDITORS = 2


class StandingClock(ManualClock):
    """Stands still however long somebody sleeps."""

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(min(duration.total_seconds(), 0.001))


async def planned(database: Database, canary: Canary) -> int:
    await add_issue(database)
    await add_many(database, READERS)
    for number in range(READERS, READERS + EDITORS):
        await SqlSubscriptions(database).save(reader(number, created_by="editor"), due=NOW)
    order = Order(issue=REF, kind="push", langs=frozenset({"en"}))
    run = (await SqlAgenda(database, canary=canary).plan(order, NOW)).run
    assert run is not None
    return run


async def carried(database: Database, platform: Platform, clock: StandingClock) -> Run:
    """Send whatever is due by this clock."""
    habits = Habits(lease=timedelta(hours=1))
    async with hired(
        ACCOUNT, SqlLedger(database), sender=platform, pages=two_pages, clock=clock, habits=habits
    ) as courier:
        await courier.run(asyncio.Event(), until_idle=True)
    return (await SqlRuns(database).newest())[0]


@pytest.mark.parametrize(
    ("canary", "first"),
    [
        (Canary(pause=PAUSE), {"chat-0", "chat-100"}),
        (Canary(pause=PAUSE, users=frozenset({"fake:editor", "other:user"})), {"chat-120", "chat-121"}),
    ],
)
async def test_the_first_share_goes_at_once_and_the_rest_after_the_pause(
    database: Database, canary: Canary, first: set[str]
) -> None:
    await planned(database, canary)
    platform, clock = Platform(), StandingClock(NOW)
    run = await carried(database, platform, clock)
    assert {chat for chat, *_ in platform.taken} == first
    [told] = await RunService(SqlRuns(database), clock).status()
    assert (told.oldest, told.eta, told.goes_on) == (None, None, NOW + PAUSE)
    clock.advance(PAUSE - timedelta(seconds=1))
    assert (await carried(database, platform, clock)).counts == run.counts
    clock.advance(timedelta(seconds=1))
    run = await carried(database, platform, clock)
    assert (run.state, run.counts) == ("done", Counts(sent=READERS + EDITORS))


async def test_a_refusal_among_the_first_stops_the_run_until_somebody_lets_it_go_on(database: Database) -> None:
    number = await planned(database, Canary(pause=PAUSE))
    platform, clock = Platform(answers={"chat-100": [SendError("content", "bad markup")]}), StandingClock(NOW)
    run = await carried(database, platform, clock)
    clock.advance(PAUSE)
    run = await carried(database, platform, clock)
    assert (run.state, run.note) == ("paused", "stopped, the first few were refused: bad markup")
    assert (run.counts.failed, run.counts.sent) == (1, 1)
    assert await RunService(SqlRuns(database), clock).resume(number)
    run = await carried(database, platform, clock)
    assert (run.state, run.counts) == ("done", Counts(sent=READERS + EDITORS - 1, failed=1))


async def test_a_reader_who_is_gone_among_the_first_stops_nothing(database: Database) -> None:
    await planned(database, Canary(pause=PAUSE))
    platform, clock = Platform(answers={"chat-100": [SendError("gone", "blocked")]}), StandingClock(NOW)
    await carried(database, platform, clock)
    clock.advance(PAUSE)
    assert (await carried(database, platform, clock)).counts == Counts(sent=READERS + EDITORS - 1, failed=1)
