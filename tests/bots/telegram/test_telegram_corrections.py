"""A corrected issue changes the posts on Telegram, a withdrawn one leaves a notice: the real parts, page by page."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

import pytest

from bots.settings import Settings, TelegramSettings
from bots.wiring import House, open_house, platforms
from core.delivery.port import Account
from core.digest.parse import parse
from core.storage.agenda import SqlAgenda
from core.subscriptions.model import Slot
from core.subscriptions.service import Wish
from core.target import Target
from couriers import carry
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bots.platform import Platform

READER = Target(platform="telegram", account=str(BOT), chat="7")


def issue(stories: int, first: str = "Right") -> str:
    rest = [f"- **Story {number}** — {'More about it. ' * 20}" for number in range(1, stories)]
    return "\n\n".join(["# News", "**2026-03-02**", "## Models", f"- **{first}** — The first one.", *rest])


@pytest.fixture
async def house(data: Path, fake: FakeTelegram) -> AsyncIterator[House]:
    telegram = TelegramSettings(token=TOKEN, api_url=fake.url)  # type: ignore[arg-type]  # pydantic makes it a secret
    async with open_house(Settings(data_dir=data, telegram=telegram)) as opened:
        await opened.services.subscriptions.subscribe(
            READER, "daily", slot=Slot(time=time(8), zone="UTC"), lang="en", wish=Wish(style="full")
        )
        yield opened
        opened.bell.close()


@pytest.fixture
async def platform(house: House) -> AsyncIterator[Platform]:
    (made,) = platforms(house)
    yield made
    for request in made._api._request:  # type: ignore[attr-defined]
        await request.shutdown()


async def publish(house: House, source: str) -> None:
    await house.publish(source, parse(source, path="daily/en/2026-03-02.md").issue)


async def correct(house: House, platform: Platform) -> None:
    """Plan corrections of what was changed, and carry everything out."""
    now = house.clock.now()
    await SqlAgenda(house.database).amend(now, settled=now + timedelta(hours=1))
    await carry(house, Account(platform="telegram", account=str(BOT)), platform.sender)


async def sent(house: House, platform: Platform, source: str) -> None:
    await publish(house, source)
    await house.pusher.push("daily")
    await correct(house, platform)


async def test_a_corrected_word_changes_the_page_in_place(house: House, platform: Platform, fake: FakeTelegram) -> None:
    await sent(house, platform, issue(3, "Wrong"))
    await publish(house, issue(3, "Right"))
    await correct(house, platform)
    (text,) = fake.texts(7)
    assert "Right" in text
    assert "Wrong" not in text
    assert "Corrected" in text


@pytest.mark.parametrize(("before", "after"), [(40, 80), (80, 40)])
async def test_pages_are_added_and_removed(
    before: int, after: int, house: House, platform: Platform, fake: FakeTelegram
) -> None:
    await sent(house, platform, issue(before))
    pages = len(fake.texts(7))
    await publish(house, issue(after))
    await correct(house, platform)
    text = "\n".join(fake.texts(7))
    assert [f"Story {number} " in text for number in range(1, after)] == [True] * (after - 1)
    assert f"Story {after} " not in text
    assert (len(fake.texts(7)) > pages) == (after > before)


async def test_a_withdrawn_issue_leaves_a_notice(house: House, platform: Platform, fake: FakeTelegram) -> None:
    await sent(house, platform, issue(40))
    heads = await house.archive.heads(edition="daily")
    await house.archive.withdraw(heads[0].ref)
    await correct(house, platform)
    (text,) = fake.texts(7)
    assert "withdrawn" in text
