from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import NullPool, create_engine, text

import crash_courier
import crash_stand
from core.digest.model import IssueRef
from core.storage.engine import open_database
from core.storage.runs import SqlRuns
from crash_stand import SEED, Server, Verdict, check, end, freeze, signalled, start
from newsroom import REF, add_issue, add_many, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from multiprocessing.process import BaseProcess

    from core.delivery.model import OnUnknown
    from core.storage.engine import Database

READERS = int(os.environ.get("PAPERBOY_CRASH_READERS", "160"))
KILLS = int(os.environ.get("PAPERBOY_CRASH_KILLS", "1"))
COURIERS = int(os.environ.get("PAPERBOY_CRASH_COURIERS", "2"))
KILLED_UNTIL = 0.8
"""Which part of a run is under fire."""
KILLS_PER_CUT = 5
PATIENCE_SECONDS = 100


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    fake = Server()
    await fake.listen()
    yield fake
    await fake.close()


async def finished(database: Database) -> None:
    while True:
        runs = await SqlRuns(database).newest(limit=100)
        if runs and all(run.state != "running" for run in runs):
            return
        await asyncio.sleep(0.2)


@dataclass(kw_only=True)
class Accidents:
    """How often something was killed or cut."""

    kills: int = 0
    cuts: int = 0
    breaks: int = 0

    @property
    def doubtful(self) -> int:
        """How many pages may have been on their way then."""
        return crash_courier.IN_FLIGHT * (self.kills + COURIERS * self.cuts)


async def come(server: Server, kill: int, dice: random.Random) -> None:
    """Wait for the instant of a kill, at which enough is left to do; the first may come while there is a plan only."""
    if kill:
        await asyncio.wait_for(server.until(2 * READERS * kill * KILLED_UNTIL / KILLS), PATIENCE_SECONDS)
        await asyncio.sleep(dice.uniform(0, 0.15))
    else:
        with suppress(TimeoutError):
            await asyncio.wait_for(server.until(READERS * KILLED_UNTIL), dice.uniform(0.5, 2))


async def accidents(url: str, server: Server, on_unknown: OnUnknown, couriers: list[BaseProcess]) -> Accidents:
    """Have what can happen happen; programs that were killed are replaced where there are many kills."""
    dice = random.Random(SEED)  # noqa: S311  # a repeatable accident
    seen = Accidents()
    for kill in range(KILLS):
        await come(server, kill, dice)
        await end(couriers.pop(dice.randrange(len(couriers))))
        seen.kills += 1
        if KILLS > 1:
            couriers.append(await start(url, server.port, on_unknown))
        if kill % KILLS_PER_CUT == 0:
            await asyncio.wait_for(server.until(len(server.taken) + 1), PATIENCE_SECONDS)
            await server.cut(dice.uniform(0.1, 0.5))
            seen.cuts += 1
            if url.startswith("postgresql"):
                seen.breaks += await asyncio.to_thread(crash_stand.break_database, url)
    return seen


async def run_with_accidents(url: str, server: Server, on_unknown: OnUnknown) -> tuple[Verdict, Accidents]:
    """Kill programs that plan and carry, cut the network, break the database's connections, at random instants."""
    database = open_database(url)
    await add_issue(database)
    await add_many(database, READERS)
    couriers = [await start(url, server.port, on_unknown) for _ in range(COURIERS)]
    began = monotonic()
    try:
        seen = await accidents(url, server, on_unknown, couriers)
        await finished(database)
    finally:
        for courier in couriers:
            await end(courier)
        await database.close()
    verdict = check(url, server.taken, READERS)
    print(  # noqa: T201  # the table of make chaos
        f"\n{database.dialect:10} {on_unknown:6} deliveries {READERS} kills {seen.kills} network cuts {seen.cuts} "
        f"database connections broken {seen.breaks} | lost {verdict.lost} twice {verdict.twice} "
        f"sent again after a doubt {verdict.again} never received {verdict.never} {dict(verdict.states)} "
        f"| {monotonic() - began:.0f} s"
    )
    return verdict, seen


async def test_after_kills_nothing_is_lost_nothing_twice_and_only_pages_in_flight_are_in_doubt(
    upgraded_url: str, server: Server
) -> None:
    verdict, seen = await run_with_accidents(upgraded_url, server, "ask")
    assert (verdict.lost, verdict.twice, verdict.again) == (0, 0, 0)
    assert set(verdict.states) <= {"sent", "unknown"}
    assert verdict.states.get("unknown", 0) <= seen.doubtful


async def test_with_resend_everybody_has_every_page_and_only_pages_in_flight_came_twice(
    upgraded_url: str, server: Server
) -> None:
    verdict, seen = await run_with_accidents(upgraded_url, server, "resend")
    assert (verdict.lost, verdict.twice, verdict.never) == (0, 0, 0)
    assert verdict.states == {"sent": READERS}
    assert verdict.again <= seen.doubtful


@pytest.fixture
async def frozen(upgraded_url: str, server: Server) -> AsyncIterator[BaseProcess]:
    database = open_database(upgraded_url)
    await add_issue(database)
    await add_many(database, READERS)
    await database.close()
    courier = await start(upgraded_url, server.port, "ask")
    await asyncio.wait_for(server.until(1), PATIENCE_SECONDS)
    await freeze(courier, upgraded_url)
    yield courier
    await end(courier)


def rows(url: str) -> list[str]:
    """Return everything that the ledger says of the first run."""
    engine = create_engine(url.replace("+aiosqlite", ""), poolclass=NullPool)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT deliveries.id, deliveries.state, next_page, attempts, page, pages.state, message_id "
                "FROM deliveries LEFT JOIN pages ON delivery_id = deliveries.id WHERE run_id = 1"
            )
        )
        result = sorted(map(repr, found))
    engine.dispose()
    return result


async def test_who_was_stopped_past_the_budget_and_wakes_up_changes_nothing_and_sends_nothing_twice(
    upgraded_url: str, server: Server, frozen: BaseProcess
) -> None:
    database = open_database(upgraded_url)
    successor = await start(upgraded_url, server.port, "ask")
    try:
        await asyncio.wait_for(finished(database), PATIENCE_SECONDS)
    finally:
        await end(successor)
    settled = rows(upgraded_url)
    later = IssueRef(edition="daily", date=REF.date.replace(day=3), lang="en")
    await add_issue(database, later)
    await plan(database, later)
    signalled(frozen, signal.SIGCONT)
    await asyncio.wait_for(finished(database), PATIENCE_SECONDS)
    await database.close()
    assert rows(upgraded_url) == settled
    assert max(Counter(server.taken).values()) <= 2, "each issue once"
    assert len(server.taken) >= 4 * READERS - crash_courier.IN_FLIGHT * 2
