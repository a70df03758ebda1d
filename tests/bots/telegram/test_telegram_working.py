"""Whoever waits for an answer sees that it is being written, and in a direct chat what is written so far."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bots.telegram.api import Api
from bots.telegram.working import Working
from core.target import Target
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram, Refusal, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

READER = Target(platform="telegram", account=str(BOT), chat="7")
TOPIC = Target(platform="telegram", account=str(BOT), chat="-100", thread="5")


class StepClock:
    """Time stands still until a test makes a step; sleepers wake when theirs is over."""

    def __init__(self) -> None:
        self._at = datetime(2026, 3, 2, tzinfo=UTC)
        self._moved = asyncio.Condition()

    def now(self) -> datetime:
        return self._at

    async def sleep(self, duration: timedelta) -> None:
        until = self._at + duration
        async with self._moved:
            await self._moved.wait_for(lambda: self._at >= until)

    async def step(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            async with self._moved:
                self._at += timedelta(seconds=0.1)
                self._moved.notify_all()
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)


@pytest.fixture
def clock() -> StepClock:
    return StepClock()


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        server.chat(7)
        server.chat(-100, "supergroup", title="Readers", topics={5})
        yield server


@pytest.fixture
async def api(fake: FakeTelegram) -> AsyncIterator[Api]:
    made = Api(TOKEN, fake.url)
    yield made
    for request in made._request:
        await request.shutdown()


def drafts(fake: FakeTelegram) -> list[str]:
    return [call.payload["text"] for call in fake.calls("sendMessageDraft")]


async def test_a_quick_answer_comes_without_a_sign(api: Api, fake: FakeTelegram, clock: StepClock) -> None:
    async with Working(api, clock, READER, draft=1) as working:
        await working.progress("Done at once.")
        await clock.step(0.5)
    await clock.step(5)
    assert fake.seen == []


async def test_an_answer_grows_before_the_readers_eyes_once_a_second(
    api: Api, fake: FakeTelegram, clock: StepClock
) -> None:
    async with Working(api, clock, READER, draft=1) as working:
        await clock.step(1)
        for words in range(1, 31):
            await working.progress("word " * words)
            await clock.step(0.1)
        await clock.step(1)
    await clock.step(5)
    assert fake.calls("sendChatAction", 7)
    assert 3 <= len(drafts(fake)) <= 5
    assert drafts(fake)[-1] == ("word " * 30).strip()
    assert {call.payload["draft_id"] for call in fake.calls("sendMessageDraft")} == {1}


async def test_a_long_answer_is_cut_to_what_a_draft_takes(api: Api, fake: FakeTelegram, clock: StepClock) -> None:
    async with Working(api, clock, READER, draft=1) as working:
        await working.progress("词" * 5000)
        await clock.step(1)
    assert len(drafts(fake)[0]) == 4096


async def test_a_group_sees_typing_in_its_topic_and_no_draft(api: Api, fake: FakeTelegram, clock: StepClock) -> None:
    async with Working(api, clock, TOPIC) as working:
        await working.progress("The beginning")
        await clock.step(6)
    assert [call.payload for call in fake.seen] == [
        {"chat_id": -100, "message_thread_id": 5, "action": "typing"}
    ] * 2  # fmt: skip


async def test_an_older_server_shows_typing_instead_of_drafts(api: Api, fake: FakeTelegram, clock: StepClock) -> None:
    fake.fail("sendMessageDraft", 7, Refusal(404, "Not Found"))
    async with Working(api, clock, READER, draft=1) as working:
        for words in range(1, 5):
            await working.progress("word " * words)
            await clock.step(1)
    assert len(drafts(fake)) == 1
    assert fake.calls("sendChatAction", 7)


async def test_a_limit_is_waited_for_before_the_next_sign(
    api: Api, fake: FakeTelegram, clock: StepClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the SDK warns that it will change
    fake.fail("sendMessageDraft", 7, Refusal(429, "Too Many Requests: retry after 5", retry_after=5))
    async with Working(api, clock, READER, draft=1) as working:
        await working.progress("one")
        await clock.step(2)
        await working.progress("one two")
        await clock.step(3)
        assert len(drafts(fake)) == 1
        await clock.step(3)
    assert drafts(fake)[-1] == "one two"
