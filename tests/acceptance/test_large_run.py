"""A run to many private chats, by the program as its operator starts it, against a strict Bot API server."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec import structs
from sqlalchemy import insert, select

import forked
from bots.settings import Settings
from bots.wiring import open_house
from core.delivery.model import Counts
from core.digest.parse import parse
from core.storage.schema import subscriptions
from core.subscriptions.model import Slot
from core.target import Target
from databases import postgres_url
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from bots.wiring import House
    from core.delivery.model import Run

TODAY = datetime.now(UTC).date()
CHANNEL = -1000
READERS = range(1000, 1120)
MANY = range(10_000, 14_500)
"""More than one courier opens at a time."""
PAID_A_SECOND = 1000
A_SECOND = 30
"""What a free bot may send in one second: the readers take four."""


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        for number in READERS:
            server.chat(number)
        server.chat(CHANNEL, "channel", title="News", admins={BOT})
        yield server


def environment(fake: FakeTelegram, url: str, data: Path) -> dict[str, str]:
    return forked.environment(
        data,
        PAPERBOY_DATABASE_URL=url,
        PAPERBOY_TELEGRAM__TOKEN=TOKEN,
        PAPERBOY_TELEGRAM__API_URL=fake.url,
    )


@asynccontextmanager
async def installation(url: str, data: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=data, database_url=url)) as house:
        yield house


def running(settings: dict[str, str], role: str) -> AbstractAsyncContextManager[forked.Program]:
    return forked.running(settings, "--role", role)


async def publish(house: House, edition: str, chats: Iterable[int]) -> None:
    """Put an issue into the archive that these chats have subscribed to, at an hour far away."""
    text = f"# Polaris 2 is out\n\n**{TODAY}**\n\n## Models\n\n- **Polaris 2** — Open weights for all.\n"
    issue = parse(text).issue
    await house.publish(text, structs.replace(issue, ref=replace(issue.ref, edition=edition, lang="en", date=TODAY)))
    slot = Slot(time=(datetime.now(UTC) - timedelta(hours=2)).time().replace(second=0, microsecond=0), zone="UTC")
    for chat in chats:
        target = Target(platform="telegram", account=str(BOT), chat=str(chat))
        await house.services.subscriptions.subscribe(target, edition, slot=slot, lang="en")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def posted(fake: FakeTelegram) -> list[int]:
    """Return the chats that posts went to, in their order."""
    return [call.payload["chat_id"] for call in fake.calls("sendMessage") if "Polaris" in call.payload["text"]]


async def over(house: House, *ids: int) -> Run:
    """Wait until nothing of the run is left to do; it is another process that does it."""
    async with asyncio.timeout(15):
        while (run := (await house.runs.newest(ids=ids))[0]).counts.planned or run.state == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return run


@pytest.mark.timeout(120)
async def test_a_large_run_holds_up_neither_an_answer_nor_a_channel_and_can_be_undone(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'paperboy.db'}"
    async with forked.running(environment(fake, url, tmp_path)), installation(url, tmp_path) as house:
        await publish(house, "daily", READERS)
        await publish(house, "weekly", [CHANNEL])
        await house.pusher.push("daily")
        await fake.until(lambda: len(posted(fake)) >= 15)

        gone, before = len(posted(fake)), len(fake.calls("sendMessage"))
        fake.chat(7)
        await fake.say(7, "/help")
        await fake.until(lambda: any(one.payload["chat_id"] == 7 for one in fake.calls("sendMessage")[before:]))
        assert len(posted(fake)) - gone <= A_SECOND

        await house.pusher.push("weekly")
        await fake.until(lambda: CHANNEL in posted(fake))
        assert len(posted(fake)) < len(READERS)

        [undone, *_] = [run for run in await house.run_service.undo() if run.edition == "daily"]
        assert undone.state == "cancelled"
        counts = (await over(house, undone.id)).counts
        assert counts.sent == len(set(posted(fake)) - {CHANNEL}) < len(READERS)
        assert counts.sent + counts.skipped == len(READERS)


@pytest.mark.postgres
@pytest.mark.timeout(180)  # six programs start
async def test_roles_in_processes_of_their_own_bring_a_push_to_everybody_once_though_a_carrier_is_replaced(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    port = free_port()
    with postgres_url() as url:
        settings = environment(fake, url, tmp_path) | {"PAPERBOY_ENGINE": "procrastinate"}
        async with (
            installation(url, tmp_path) as house,
            running(settings, "plan"),
            running(settings, "listen"),
            running(settings, "desk"),
            running(settings | {"PAPERBOY_STATUS_PORT": str(port)}, "carry") as carrier,
        ):
            await publish(house, "daily", READERS)
            fake.chat(7)
            await fake.say(7, "/subscribe 8:30 Shanghai")
            await fake.until(lambda: any("Subscribed" in text for text in fake.texts(7)))
            await house.pusher.push("daily")
            await fake.until(lambda: len(posted(fake)) >= 30, seconds=30)
            async with running(settings, "carry"):
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as monitor:
                    assert (await monitor.get("/readyz")).status_code == 200
                    told = (await monitor.get("/metrics")).text
                assert 'paperboy_pages_total{outcome="done",platform="telegram"}' in told
                await carrier.stop()
                assert len(posted(fake)) <= len(READERS), "the first was done before it was replaced"
                await fake.until(lambda: len(posted(fake)) > len(READERS), seconds=40)
                run = await over(house)
    assert Counter(posted(fake)) == dict.fromkeys([*READERS, 7], 1)
    assert (run.state, run.counts) == ("done", Counts(sent=len(READERS) + 1))


@pytest.mark.timeout(180)
async def test_two_programs_share_the_rate_of_a_paid_account(fake: FakeTelegram, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'paperboy.db'}"
    paid = {"PAPERBOY_SHARES": "2", "PAPERBOY_TELEGRAM__PAID_BROADCAST": "yes"}
    settings = [environment(fake, url, tmp_path) | paid | {"PAPERBOY_STATUS_PORT": str(free_port())} for _ in range(2)]
    async with installation(url, tmp_path) as house:
        await publish(house, "daily", MANY[:1])
        await copies(house, MANY[1:])
        for number in MANY:
            fake.chat(number)
        async with running(settings[0], "carry"), running(settings[1], "carry"):
            await house.pusher.push("daily")
            await fake.until(lambda: len(fake.seen) >= len(MANY) and len(posted(fake)) >= len(MANY), seconds=90)
            sent = [await sent_by(int(one["PAPERBOY_STATUS_PORT"])) for one in settings]
    assert Counter(posted(fake)) == dict.fromkeys(MANY, 1)
    assert sum(sent) == len(MANY)
    assert min(sent) >= len(MANY) / 4
    calls = fake.calls("sendMessage")
    assert all(call.payload["allow_paid_broadcast"] for call in calls)
    assert calls[-1].at - calls[0].at > len(MANY) / PAID_A_SECOND - 1


async def copies(house: House, chats: Iterable[int]) -> None:
    """Subscribe these chats as the first one is."""
    async with house.database.write() as connection:
        row = dict((await connection.execute(select(subscriptions))).mappings().one())
        del row["id"]
        keys = [f"telegram:{BOT}:{chat}" for chat in chats]
        await connection.execute(insert(subscriptions), [row | {"target": key, "chat": key} for key in keys])


async def sent_by(port: int) -> int:
    """Return how many pages a program says it sent."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as monitor:
        told = (await monitor.get("/metrics")).text
    found = re.search(r'paperboy_pages_total{outcome="done",platform="telegram"} ([\d.]+)', told)
    return int(float(found[1])) if found else 0


@pytest.mark.timeout(180)
async def test_a_program_that_was_killed_goes_on_within_half_a_minute_and_loses_nobody(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'paperboy.db'}"
    settings = environment(fake, url, tmp_path)
    async with installation(url, tmp_path) as house:
        await publish(house, "daily", READERS)
        async with forked.running(settings) as program:
            await house.pusher.push("daily")
            await fake.until(lambda: len(posted(fake)) >= 30, seconds=30)
            await program.kill()
        before, died = len(posted(fake)), monotonic()
        async with forked.running(settings):
            await fake.until(lambda: len(posted(fake)) > before, seconds=40)
            assert monotonic() - died < 30
            await fake.until(lambda: set(posted(fake)) == set(READERS), seconds=40)
            run = await over(house)
        receipts = await house.receipts.of_run(run.id, limit=len(READERS))
    assert run.counts == Counts(sent=len(READERS))
    in_doubt = {int(one.delivery.target.chat) for one in receipts if one.delivery.attempts}
    assert {chat for chat, times in Counter(posted(fake)).items() if times > 1} <= in_doubt
    assert len(in_doubt) <= 30, "what was on its way"
