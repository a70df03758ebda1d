"""Inline mode offers stories that fit the words, those of recent issues first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bots.settings import Settings, TelegramSettings
from bots.telegram.app import TelegramApp
from bots.wiring import open_house, platforms
from core.digest.parse import parse
from tests.fakes.telegram import TOKEN, FakeTelegram, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    Ask = Callable[[str], Awaitable[list[dict[str, Any]]]]

DAYS = ("2026-03-01", "2026-03-03", "2026-03-02")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        yield server


@pytest.fixture
async def ask(data: Path, fake: FakeTelegram) -> AsyncIterator[Ask]:
    telegram = TelegramSettings(token=TOKEN, api_url=fake.url)  # type: ignore[arg-type]  # pydantic makes it a secret
    async with open_house(Settings(data_dir=data, telegram=telegram)) as house:
        for day in DAYS:
            source = (
                f"# News\n\n**{day}**\n\n## Models\n\n- **Qwen of {day}** — Weights. [More](https://q.example/{day})"
            )
            await house.publish(source, parse(source, path=f"daily/en/{day}.md").issue)
        (platform,) = platforms(house)
        app = TelegramApp(platform._parts, await platform._who())  # type: ignore[attr-defined]  # Telegram's alone

        async def asked(words: str) -> list[dict[str, Any]]:
            reader = {"id": 7, "is_bot": False, "first_name": "R", "language_code": "en"}
            query = {"id": "1", "from": reader, "query": words, "offset": ""}
            await app.handle(Update.de_json({"update_id": 1, "inline_query": query}, platform._api))  # type: ignore[attr-defined]  # as above
            (answer,) = fake.calls("answerInlineQuery")
            assert not answer.refused
            found: list[dict[str, Any]] = answer.payload["results"]
            return found

        yield asked
        await platform._api.close_connections()  # type: ignore[attr-defined]  # as above
        house.bell.close()


async def test_recent_stories_come_first(ask: Ask) -> None:
    assert [result["title"] for result in await ask("qwen")] == [f"Qwen of {day}" for day in sorted(DAYS, reverse=True)]


async def test_without_words_the_newest_issue_is_offered(ask: Ask) -> None:
    (result,) = await ask("")
    assert result["title"] == "Qwen of 2026-03-03"
    assert result["description"].startswith("March 3, 2026 · Weights")
    assert [entity["url"] for entity in result["input_message_content"]["entities"] if "url" in entity] == [
        "https://q.example/2026-03-03"
    ]


async def test_words_that_no_story_has_find_nothing(ask: Ask, fake: FakeTelegram) -> None:
    assert await ask("zyzzyva") == []
    assert fake.calls("answerInlineQuery")[0].payload["button"]["start_parameter"] == "today"
