"""Whoever can help hears why a post did not come, once, in their language; a chat that is back gets its posts again."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest
from telegram import Update

from bots.settings import Settings, TelegramSettings
from bots.telegram.app import TelegramApp
from bots.wiring import House, open_house, platforms
from clock import ManualClock
from core.delivery.model import SendError
from core.delivery.port import Envelope
from core.document.build import paragraph
from core.document.nodes import Document
from core.subscriptions.model import Slot
from core.target import Target
from tests.fakes.telegram import BOT, ME, TOKEN, FakeTelegram, Refusal, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bots.telegram.platform import TelegramPlatform

OWNER = 7
GROUP = Target(platform="telegram", account=str(BOT), chat="-100", thread="5")
CHANNEL = Target(platform="telegram", account=str(BOT), chat="-200")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        server.chat(OWNER)
        server.chat(-100, "supergroup", title="Readers", topics={5})
        server.chat(-200, "channel", title="News", admins={OWNER})
        yield server


@pytest.fixture
async def house(data: Path, fake: FakeTelegram) -> AsyncIterator[House]:
    telegram = TelegramSettings(token=TOKEN, api_url=fake.url)  # type: ignore[arg-type]  # pydantic makes it a secret
    async with open_house(Settings(data_dir=data, telegram=telegram)) as opened:
        yield opened
        opened.bell.close()


@pytest.fixture
async def platform(house: House) -> AsyncIterator[TelegramPlatform]:
    (made,) = platforms(house)
    yield made  # type: ignore[misc]  # there is a token of Telegram alone
    await made._api.close_connections()  # type: ignore[attr-defined]


async def refused(house: House, platform: TelegramPlatform, target: Target, *, lang: str = "en") -> None:
    slot = Slot(time=time(8), zone="UTC")
    await house.services.subscriptions.subscribe(target, "daily", slot=slot, lang=lang, by=str(OWNER))
    (page,) = platform.renderers[""].render(Document(blocks=(paragraph("News"),), title="News"))
    for _ in range(2):
        with pytest.raises(SendError) as caught:
            await platform.sender.send(target, page, Envelope(key="k"))
        assert caught.value.kind == "config"


@pytest.mark.parametrize(("lang", "said"), [("en", "Reopen the topic"), ("zh", "话题已关闭")])
async def test_a_group_hears_that_its_topic_is_closed(
    lang: str, said: str, house: House, platform: TelegramPlatform, fake: FakeTelegram
) -> None:
    fake.chats[-100].closed_topics.add(5)
    await refused(house, platform, GROUP, lang=lang)
    (notice,) = fake.texts(-100)
    assert said in notice


async def test_a_group_hears_that_its_topic_was_deleted(
    house: House, platform: TelegramPlatform, fake: FakeTelegram
) -> None:
    fake.chats[-100].topics.clear()
    await refused(house, platform, GROUP)
    (notice,) = fake.texts(-100)
    assert "does not exist any more" in notice


async def test_whoever_subscribed_a_channel_hears_that_the_right_to_post_is_gone(
    house: House, platform: TelegramPlatform, fake: FakeTelegram
) -> None:
    await refused(house, platform, CHANNEL)
    (notice,) = fake.texts(OWNER)
    assert "not allowed to post in “News”" in notice


async def test_nobody_can_be_told_where_nothing_may_be_said(
    house: House, platform: TelegramPlatform, fake: FakeTelegram
) -> None:
    fake.chats[OWNER].blocked = "bot was blocked by the user"
    await refused(house, platform, CHANNEL)
    assert fake.texts(OWNER) == []


@pytest.mark.parametrize(
    ("reason", "back"), [("gone: bot was blocked by the user", True), ("stopped", False), ("moved", False)]
)
async def test_what_ended_because_the_bot_was_shut_out_goes_on_when_it_is_back(
    reason: str, *, back: bool, house: House, platform: TelegramPlatform, fake: FakeTelegram
) -> None:
    service = house.services.subscriptions
    reader = Target(platform="telegram", account=str(BOT), chat=str(OWNER))
    await service.subscribe(reader, "daily", slot=Slot(time=time(8), zone="UTC"), lang="en", by=str(OWNER))
    await service.end(reader, reason)
    app = TelegramApp(platform._parts, await platform._who())
    state = {"user": ME, "status": "kicked", "until_date": 0}
    change = {
        "chat": fake.chats[OWNER].json,
        "from": {"id": OWNER, "is_bot": False, "first_name": "Reader"},
        "date": 0,
        "old_chat_member": state,
        "new_chat_member": {"user": ME, "status": "member"},
    }
    await app.handle(Update.de_json({"update_id": 1, "my_chat_member": change}, platform._api))
    assert bool(await service.of_target(reader)) is back


@pytest.mark.parametrize(("paid", "rate"), [(False, 30), (True, 1000)])
async def test_the_pace_is_what_telegram_permits_and_more_only_where_it_is_paid_for(
    rate: int, *, paid: bool, house: House, fake: FakeTelegram
) -> None:
    settings = Settings(telegram=TelegramSettings(token=TOKEN, api_url=fake.url, paid_broadcast=paid))  # type: ignore[arg-type]  # as above
    (made,) = platforms(replace(house, settings=settings))
    assert (made.pace.per_second, made.pace.chat_gap) == (rate, timedelta(seconds=1))
    assert [(window.most, window.per, window.of) for window in made.pace.windows] == [(20, timedelta(minutes=1), "-")]
    (page,) = made.renderers[""].render(Document(blocks=(paragraph("News"),), title="News"))
    await made.sender.send(Target(platform="telegram", account=str(BOT), chat=str(OWNER)), page, Envelope(key="k"))
    assert fake.calls("sendMessage")[0].payload.get("allow_paid_broadcast", False) is paid
    await made._api.close_connections()  # type: ignore[attr-defined]  # Telegram's alone


async def test_a_network_that_is_not_there_yet_holds_up_the_start_and_does_not_end_it(
    platform: TelegramPlatform, fake: FakeTelegram
) -> None:
    for method in ("getMe", "setMyCommands"):
        fake.fail(method, 0, Refusal(502, "Bad Gateway"))
    fake.fail("setMyShortDescription", 0, Refusal(404, "Not Found"))
    clock = ManualClock()
    platform._services = replace(platform._services, clock=clock)
    began = clock.now()
    assert (await platform._introduce()).username == "paper_bot"
    assert clock.now() - began == timedelta(seconds=1 + 2)
