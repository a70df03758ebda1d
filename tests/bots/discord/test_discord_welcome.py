"""A server that invites the bot is greeted once, where everybody reads it, whatever happens to the connection."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bots.settings import Settings
from bots.wiring import House, open_house
from discord_stand import platform_of
from tests.fakes.discord import ALL_RIGHTS, FakeDiscord, fake_discord, text_of
from tests.fakes.discord_world import OTHER_SERVER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


ELSEWHERE = "601"
"""The only channel of the other server."""


@pytest.fixture
async def house(data: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=data)) as opened:
        yield opened


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with fake_discord() as server:
        server.left.add(OTHER_SERVER)
        server._channel("602", 0, "lounge", OTHER_SERVER)["position"] = 1
        yield server


@asynccontextmanager
async def serving(house: House, fake: FakeDiscord) -> AsyncIterator[None]:
    """Serve while the block runs."""
    platform = platform_of(house, fake.url)
    platform._client._connection.guild_ready_timeout = 0.05
    fake._last_identify = 0.0
    before = await house.notes.get("discord:servers:1001")
    task = asyncio.create_task(platform.serve())
    try:
        async with asyncio.timeout(10):
            while not platform._client.is_ready():  # noqa: ASYNC110 — nothing else tells
                await asyncio.sleep(0.01)
            while before is None and await house.notes.get("discord:servers:1001") is None:  # noqa: ASYNC110 — as above
                await asyncio.sleep(0.01)
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def greeting(fake: FakeDiscord, channel: str = ELSEWHERE) -> str:
    await fake.until(lambda: fake.posts(channel))
    (post,) = fake.posts(channel)
    return text_of(post)


async def nothing_more(fake: FakeDiscord) -> None:
    """See that the bot writes nothing of its own: it answers this first."""
    before = len(fake.calls("POST", "/channels/.*/messages"))
    assert (await fake.slash("today", channel="501")).kind == 4
    assert len(fake.calls("POST", "/channels/.*/messages")) == before


async def test_a_server_that_invites_the_bot_hears_once_who_it_is_and_how_to_begin(
    house: House, fake: FakeDiscord
) -> None:
    async with serving(house, fake):
        await fake.come_back(OTHER_SERVER)
        said = await greeting(fake)
        for part in ("I bring the daily issue", "use /subscribe there", "Mention me, use /ask"):
            assert part in said
        subscribed = await fake.press(fake.posts(ELSEWHERE)[0], "Subscribe")
        assert "Subscribed: every day at" in subscribed.text
        await fake.outage(OTHER_SERVER)
        await fake.come_back(OTHER_SERVER)
        await nothing_more(fake)
    async with serving(house, fake):
        await nothing_more(fake)
    assert not fake.posts("501"), "that server had the bot before"


async def test_a_server_that_came_while_nobody_listened_is_greeted_at_the_next_start_that_finds_it_well(
    house: House, fake: FakeDiscord
) -> None:
    async with serving(house, fake):
        pass
    fake.left.clear()
    fake.away.add(OTHER_SERVER)
    async with serving(house, fake):
        await nothing_more(fake)
    fake.away.clear()
    async with serving(house, fake):
        await greeting(fake)


async def test_a_server_that_comes_again_is_greeted_again(house: House, fake: FakeDiscord) -> None:
    async with serving(house, fake):
        await fake.come_back(OTHER_SERVER)
        await greeting(fake)
        await fake.leave(OTHER_SERVER)
        await nothing_more(fake)
        fake.messages[ELSEWHERE].clear()
        fake._nonces.clear()  # as they are after some minutes
        await fake.come_back(OTHER_SERVER)
        await greeting(fake)


async def test_a_chinese_server_is_greeted_in_its_system_channel_in_chinese(house: House, fake: FakeDiscord) -> None:
    fake.servers[OTHER_SERVER] |= {"preferred_locale": "zh-CN", "system_channel_id": "602"}
    async with serving(house, fake):
        await fake.come_back(OTHER_SERVER)
        assert "想让别的频道收到，请在那个频道里用 /subscribe。" in await greeting(fake, "602")
        assert not fake.posts(ELSEWHERE)


@pytest.mark.parametrize("closed", [("602",), ("602", ELSEWHERE)])
async def test_it_writes_where_it_may_or_nowhere(closed: tuple[str, ...], house: House, fake: FakeDiscord) -> None:
    fake.servers[OTHER_SERVER]["system_channel_id"] = "602"
    for channel in closed:
        nobody = {"id": OTHER_SERVER, "type": 0, "allow": "0", "deny": str(ALL_RIGHTS)}
        fake.channels[channel]["permission_overwrites"] = [nobody]
    async with serving(house, fake):
        await fake.come_back(OTHER_SERVER)
        if ELSEWHERE in closed:
            await nothing_more(fake)
        else:
            await greeting(fake)
    assert not fake.posts("602")
