from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import crash_courier
from core.storage.engine import open_database
from core.storage.receipts import SqlReceipts
from core.storage.runs import SqlRuns
from newsroom import add_issue, add_many, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from core.delivery.model import Receipt
    from core.storage.engine import Database

READERS = int(os.environ.get("PAPERBOY_CRASH_READERS", "120"))
KILLS = int(os.environ.get("PAPERBOY_CRASH_KILLS", "1"))
COURIERS = int(os.environ.get("PAPERBOY_CRASH_COURIERS", "2"))
PATIENCE_SECONDS = 20
SEED = 20260219
ROOT = Path(__file__).parents[3]
SUPPORT = ROOT / "tests" / "support"


class Server:
    """Takes lines, remembers them, answers a little later."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.busy = asyncio.Event()
        self._random = random.Random(SEED)  # noqa: S311  # a repeatable accident

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode().split("\t")
        if len(line) == 3:
            self.taken.append((line[0], line[1]))
            self.busy.set()
            await asyncio.sleep(self._random.uniform(0.001, 0.02))
            writer.write(f"message-{len(self.taken)}\n".encode())
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, int]]:
    fake = Server()
    listening = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    yield fake, listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()


async def start(url: str, port: int, on_unknown: str) -> asyncio.subprocess.Process:
    path = os.pathsep.join([str(ROOT), str(SUPPORT)])
    arguments = [str(SUPPORT / "crash_courier.py"), url, "127.0.0.1", str(port), on_unknown]
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, env=os.environ | {"PYTHONPATH": path})


async def finished(database: Database) -> None:
    while (await SqlRuns(database).newest())[0].state == "running":  # noqa: ASYNC110  # another process finishes it
        await asyncio.sleep(0.05)


async def run_with_kills(url: str, server: Server, port: int, on_unknown: str) -> Sequence[Receipt]:
    """Kill couriers at random instants; each but the last few is replaced, and those that are left finish."""
    dice = random.Random(SEED)  # noqa: S311  # a repeatable accident
    database = open_database(url)
    await add_issue(database)
    await add_many(database, READERS)
    run = await plan(database)
    couriers = [await start(url, port, on_unknown) for _ in range(COURIERS)]
    for kill in range(KILLS):
        server.busy.clear()
        await asyncio.wait_for(server.busy.wait(), PATIENCE_SECONDS)
        await asyncio.sleep(dice.uniform(0, 0.15))
        await end(couriers.pop(dice.randrange(len(couriers))))
        if KILLS - kill >= COURIERS:
            couriers.append(await start(url, port, on_unknown))
    await finished(database)
    for courier in couriers:
        await end(courier)
    receipts = await SqlReceipts(database).of_run(run, limit=READERS)
    await database.close()
    return receipts


async def end(courier: asyncio.subprocess.Process) -> None:
    courier.kill()
    await courier.wait()


async def test_after_kills_nothing_is_lost_nothing_twice_and_only_pages_in_flight_are_in_doubt(
    upgraded_url: str, server: tuple[Server, int]
) -> None:
    fake, port = server
    receipts = await run_with_kills(upgraded_url, fake, port, "ask")
    taken = Counter(fake.taken)
    assert {receipt.delivery.state for receipt in receipts} <= {"sent", "unknown"}
    unknown = [receipt for receipt in receipts if receipt.delivery.state == "unknown"]
    for receipt in receipts:
        for page in receipt.pages:
            times = taken[receipt.delivery.target.chat, str(page.page + 1)]
            assert times == 1 if page.state == "sent" else times <= 1
        if receipt.delivery.state == "sent":
            assert [page.state for page in receipt.pages] == ["sent", "sent"]
    assert max(taken.values()) == 1
    assert len(unknown) <= KILLS * crash_courier.IN_FLIGHT


async def test_with_resend_everybody_has_every_page_and_only_pages_in_flight_came_twice(
    upgraded_url: str, server: tuple[Server, int]
) -> None:
    fake, port = server
    receipts = await run_with_kills(upgraded_url, fake, port, "resend")
    taken = Counter(fake.taken)
    assert {receipt.delivery.state for receipt in receipts} == {"sent"}
    assert set(taken) == {(f"chat-{number}", page) for number in range(READERS) for page in ("1", "2")}
    assert sum(taken.values()) - len(taken) <= KILLS * crash_courier.IN_FLIGHT
