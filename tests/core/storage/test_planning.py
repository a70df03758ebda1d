"""Chunks are filled without being counted: what they say must be what is in them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from core.delivery.model import Doubts
from core.delivery.port import Entry, Settled
from core.schedule.port import Canary, Order
from core.storage.agenda import SqlAgenda
from core.storage.engine import open_database
from core.storage.ledger import SqlLedger
from core.storage.runs import SqlRuns
from core.storage.schema import chunks, deliveries, subscriptions
from newsroom import ACCOUNT, NOW, REF, add_issue, add_many

if TYPE_CHECKING:
    from core.storage.engine import Database

READERS = 1203
PAUSED = 601
ORDER = Order(issue=REF, kind="push", langs=frozenset({"en"}))


async def test_chunks_say_what_is_in_them_though_nobody_counted_it(database: Database) -> None:
    await add_issue(database)
    await add_many(database, READERS)
    async with database.write() as connection:
        pausing = update(subscriptions).where(subscriptions.c.id % 2 == 0)
        await connection.execute(pausing.values(paused_until=NOW + timedelta(days=1)))
    planned = await SqlAgenda(database, canary=Canary(pause=timedelta(minutes=1))).plan(ORDER, NOW)
    assert (planned.planned, planned.skipped) == (READERS - PAUSED, PAUSED)
    said = [chunks.c[name] for name in ("id", "deliveries", "skipped", "due", "priority")]
    skipped = func.count().filter(deliveries.c.state == "skipped")
    due = func.min(deliveries.c.due).filter(deliveries.c.state == "planned")
    held = select(deliveries.c.chunk_id, func.count(), skipped, due, func.min(deliveries.c.priority))
    async with database.read() as connection:
        found = (await connection.execute(held.group_by(deliveries.c.chunk_id).order_by(deliveries.c.chunk_id))).all()
        assert (await connection.execute(select(*said).order_by(chunks.c.id))).all() == found
    assert sum(row[1] for row in found) == READERS
    assert max(row[1] for row in found) <= 500


async def test_planners_that_plan_an_issue_at_once_make_one_run(database: Database, upgraded_url: str) -> None:
    await add_issue(database)
    await add_many(database, READERS)
    other = open_database(upgraded_url)
    found = await asyncio.gather(*(SqlAgenda(one).plan(ORDER, NOW) for one in (database, other)))
    await other.close()
    assert sorted((one.run is None, one.planned) for one in found) == [(False, READERS), (True, 0)]


async def test_a_run_is_done_though_its_last_chunks_are_put_down_at_once(database: Database, upgraded_url: str) -> None:
    await add_issue(database)
    await add_many(database, READERS)
    await SqlAgenda(database).plan(ORDER, NOW)
    others = [open_database(upgraded_url) for _ in range(2)]
    ledgers = [SqlLedger(one) for one in (database, *others)]
    sent = Settled(state="sent", next_page=1, attempts=0)
    for number, ledger in enumerate(ledgers):
        owner = str(number)
        held = {"now": NOW, "until": NOW + timedelta(minutes=1), "on_unknown": Doubts(), "shares": 3}
        assert await ledger.hold(ACCOUNT, owner, **held)  # type: ignore[arg-type]  # as the port says
        chunk = (await ledger.waiting(now=NOW))[0]
        works = await ledger.claim(chunk.id, owner, now=NOW)
        await ledger.record([Entry(work.lease, work.delivery.id, NOW, settled=sent) for work in works])
    release = (ledger.release(str(number), now=NOW, on_unknown=Doubts()) for number, ledger in enumerate(ledgers))
    await asyncio.gather(*release)
    (run,) = await SqlRuns(database).newest()
    for one in others:
        await one.close()
    assert (run.state, run.counts.sent) == ("done", READERS)
