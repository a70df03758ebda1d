"""A SQLite file that may not grow for a while, as on a full disk."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from structlog.testing import capture_logs

from core.delivery.courier import Habits
from core.delivery.model import Counts
from core.delivery.pacing import Pace
from core.storage.ledger import SqlLedger
from core.storage.runs import SqlRuns
from couriers import hired
from newsroom import ACCOUNT, Platform, add_issue, add_many, plan, two_pages

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.storage.engine import Database

READERS = 200
WHOLE = 1 << 30


class Disk:
    """Bounds the pages that every connection may give the file from now on."""

    def __init__(self, database: Database) -> None:
        self.pages = WHOLE
        for engine in (database._writer.sync_engine, database._committer):
            event.listen(engine, "begin", self._bound)

    def _bound(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={self.pages}")


async def intended(database: Database) -> set[tuple[str, int]]:
    """Return the pages that the database says were sent or may have been, by chat."""
    async with database.read() as connection:
        chats = {row.id: row.target for row in await connection.execute(text("SELECT id, target FROM deliveries"))}
        sent = (await connection.execute(text("SELECT delivery_id, page FROM pages"))).all()
        leased = (await connection.execute(text("SELECT sending FROM leases"))).scalars().all()
    on_their_way = [(delivery, page) for sending in leased for delivery, page, _ in json.loads(sending)]
    return {(chats[delivery].rsplit(":", 1)[1], page) for delivery, page in [*sent, *on_their_way]}


async def stalled(logs: list[Any], platform: Platform) -> None:
    """Wait until the database refused something and nothing more is sent."""
    before = -1
    while before != len(platform.taken) or not any("disk is full" in str(line.get("reason")) for line in logs):
        before = len(platform.taken)
        await asyncio.sleep(0.2)


async def test_on_a_full_disk_nothing_goes_out_unannounced_and_the_run_goes_on_when_there_is_space(
    sqlite_database: Database,
) -> None:
    await add_issue(sqlite_database)
    await add_many(sqlite_database, READERS)
    await plan(sqlite_database)
    disk, platform = Disk(sqlite_database), Platform(delay=0.002)
    patient = Habits(lease=timedelta(minutes=1))
    async with hired(
        ACCOUNT, SqlLedger(sqlite_database), sender=platform, pages=two_pages, pace=Pace(in_flight=4), habits=patient
    ) as courier:
        with capture_logs() as logs:
            working = asyncio.create_task(courier.run(asyncio.Event(), until_idle=True))
            async with asyncio.timeout(20):
                while len(platform.taken) < 20:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                disk.pages = 1  # what is there stays, and nothing can be added
                await stalled(logs, platform)
            at_the_stall = {(chat, int(page) - 1) for chat, page, _ in platform.taken}
            assert len(at_the_stall) < 2 * READERS
            assert at_the_stall <= await intended(sqlite_database)
            disk.pages = WHOLE
            await asyncio.wait_for(working, 30)
    [run] = await SqlRuns(sqlite_database).newest()
    assert (run.state, run.counts) == ("done", Counts(sent=READERS))
    assert len(platform.taken) == len({(chat, page) for chat, page, _ in platform.taken}) == 2 * READERS
