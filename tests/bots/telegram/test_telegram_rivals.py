"""Another program that takes the bot's updates is told once, left alone, and waited out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bots.settings import Settings, TelegramSettings
from bots.telegram.rivals import SEEN
from bots.wiring import House, open_house, platforms
from clock import ManualClock
from core.storage.notes import SqlNotes
from tests.fakes.telegram import TOKEN, FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from structlog.typing import EventDict

    from bots.telegram.platform import TelegramPlatform

ELSEWHERE = f"https://n8n.example.org/{TOKEN}"
OURS = "https://paper.example.com/telegram"
WEBHOOK = "another program gets the bot's updates: a webhook is set to n8n.example.org"
POLLER = "another program fetches the bot's updates with the same token"
AGAIN = "telegram gives updates again"


@pytest.fixture
async def house(data: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=data)) as opened:
        clock = ManualClock()
        services = replace(opened.services, clock=clock)
        yield replace(opened, services=services, clock=clock, notes=SqlNotes(opened.database, clock))
        opened.bell.close()


def platform(house: House, fake: FakeTelegram, webhook: str = "") -> TelegramPlatform:
    telegram = TelegramSettings(token=TOKEN, api_url=fake.url, webhook_url=webhook)  # type: ignore[arg-type]  # pydantic makes it a secret
    (made,) = platforms(replace(house, settings=Settings(telegram=telegram)))
    return made  # type: ignore[return-value]  # there is a token of Telegram alone


@asynccontextmanager
async def serving(house: House, fake: FakeTelegram, webhook: str = "") -> AsyncIterator[list[EventDict]]:
    """Serve while the block runs; give what is logged."""
    served = platform(house, fake, webhook)
    with capture_logs() as logged:
        task = asyncio.create_task(served.serve())
        try:
            yield logged
        finally:
            task.cancel()
            await asyncio.wait({task})
            await served._api.close_connections()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 — nothing else tells
            await asyncio.sleep(0.01)


def told(logged: list[EventDict]) -> list[str]:
    return [line["event"] for line in logged if line["log_level"] in {"warning", "error"} or line["event"] == AGAIN]


async def doctor(house: House, fake: FakeTelegram) -> list[str]:
    asked = platform(house, fake)
    found = [f"{one.level}: {one.message}" async for one in asked.doctor() if one.subject == "telegram updates"]
    await asked._api.close_connections()
    return found


async def test_a_webhook_of_another_program_is_told_once_left_alone_and_waited_out(
    house: House, fake: FakeTelegram
) -> None:
    fake.webhook["url"] = ELSEWHERE
    async with serving(house, fake) as logged:
        await until(lambda: len(fake.calls("getUpdates")) > 5)
        assert told(logged) == [WEBHOOK]
        assert "--delete-webhook" in logged[-1]["advice"]
        assert await doctor(house, fake) == [f"error: {WEBHOOK}"]
        assert fake.webhook["url"] == ELSEWHERE
        fake.webhook["url"] = ""
        await fake.say(7, "/today")
        await fake.until(lambda: bool(fake.texts(7)))
        assert told(logged) == [WEBHOOK, AGAIN]
    assert TOKEN not in str(logged)


async def test_a_webhook_that_is_set_meanwhile_is_told_too(house: House, fake: FakeTelegram) -> None:
    async with serving(house, fake) as logged:
        await fake.until(lambda: fake.polls == 1)
        await fake._setWebhook({"url": ELSEWHERE})
        await until(lambda: len(fake.calls("getUpdates")) > 2)
        assert told(logged) == [WEBHOOK]


async def test_a_second_poller_is_told_once_and_that_it_is_gone(house: House, fake: FakeTelegram) -> None:
    clock = house.clock
    assert isinstance(clock, ManualClock)
    async with serving(house, fake) as logged:
        for _ in range(3):
            await fake.until(lambda: fake.polls == 1)
            before = len(fake.calls("getUpdates"))
            await fake._getUpdates({})
            await fake.until(lambda: len(fake.calls("getUpdates")) > before)  # noqa: B023  it is waited for here
        assert told(logged) == [POLLER]
        assert "/revoke" in logged[-1]["advice"]
        assert await doctor(house, fake) == [f"error: {POLLER}"]
        await fake.until(lambda: fake.polls == 1)
        clock.advance(SEEN + timedelta(seconds=1))
        await fake.say(7, "/today")
        await fake.until(lambda: bool(fake.texts(7)))
        assert told(logged) == [POLLER, AGAIN]
    assert await doctor(house, fake) == ["ok: long polling, 0 waiting"]


async def test_a_webhook_of_our_own_is_removed_once_the_settings_name_none(house: House, fake: FakeTelegram) -> None:
    async with serving(house, fake, OURS):
        await until(lambda: fake.webhook["url"] == OURS)
    async with serving(house, fake) as logged:
        await fake.until(lambda: fake.polls == 1)
        assert told(logged) == []
    fake.webhook["url"] = OURS
    async with serving(house, fake):
        await until(lambda: fake.calls("getUpdates"))
    assert fake.webhook["url"] == OURS, "that one was set by somebody else"


@pytest.mark.parametrize(("changed", "found"), [(ELSEWHERE, "n8n.example.org"), ("", "none")])
async def test_a_webhook_that_another_program_changed_is_set_anew(
    changed: str, found: str, house: House, fake: FakeTelegram
) -> None:
    async with serving(house, fake, OURS) as logged:
        await until(lambda: fake.webhook["url"] == OURS)
        fake.webhook["url"] = changed
        await until(lambda: [line["found"] for line in logged if "found" in line] == [found])
        assert fake.webhook["url"] == OURS
    assert TOKEN not in str(logged)
