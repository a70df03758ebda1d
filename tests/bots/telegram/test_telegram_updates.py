"""Updates are handled once each, whatever they come through, and none is lost when the program is killed."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from telegram import User

from bots.telegram import updates
from bots.telegram.api import ALLOWED_UPDATES, Api
from bots.telegram.listen import SECRET_HEADER, Webhook, poll
from bots.telegram.rivals import Rivals
from bots.telegram.updates import Lanes, Mail
from clock import ManualClock
from core.clock import SystemClock
from core.storage.events import SqlEvents
from core.storage.notes import SqlNotes
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Update

    from core.storage.engine import Database


class Readers:
    """Takes updates to be handled; does not end with those of ``stuck`` people."""

    def __init__(self, *, stuck: frozenset[int] = frozenset()) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self._stuck = stuck

    async def __call__(self, update: Update) -> None:
        self.begun.append(update.update_id)
        if update.effective_user and update.effective_user.id in self._stuck:
            await asyncio.Event().wait()
        await asyncio.sleep(0.001)
        self.ended.append(update.update_id)


USER = User(id=BOT, is_bot=True, first_name="Paperboy", username="paper_bot")


@pytest.fixture
def mail(sqlite_database: Database) -> Mail:
    return Mail(SqlEvents(sqlite_database, SystemClock()), str(BOT))


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        for chat in (7, 8):
            server.chat(chat)
        yield server


@pytest.fixture
async def api(fake: FakeTelegram) -> AsyncIterator[Api]:
    made = Api(TOKEN, fake.url)
    yield made
    for request in made._request:
        await request.shutdown()


@pytest.fixture
def rivals(api: Api, sqlite_database: Database) -> Rivals:
    clock = SystemClock()
    return Rivals(api, SqlNotes(sqlite_database, clock), str(BOT), clock)


def update(number: int, chat: int = 7, *, at: int = 0) -> dict[str, Any]:
    message = {"message_id": number, "date": at, "chat": {"id": chat, "type": "private"}, "text": "/today"}
    return {"update_id": number, "message": message}


async def until(readers: Readers, count: int) -> None:
    async with asyncio.timeout(10):
        while len(readers.ended) < count:  # noqa: ASYNC110 — handled in tasks of their own
            await asyncio.sleep(0.01)


async def until_idle(mail: Mail, api: Api) -> None:
    async with asyncio.timeout(10):
        while await mail.waiting(api):  # noqa: ASYNC110 — as above
            await asyncio.sleep(0.01)


async def stop(task: asyncio.Task[None], fake: FakeTelegram, mail: Mail, api: Api, *, left: int = 0) -> None:
    """Stop fetching once all but ``left`` updates are handled."""
    async with asyncio.timeout(10):
        while len(await mail.waiting(api)) > left or not fake.polls:  # noqa: ASYNC110 — as above
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task})


async def test_a_fetched_update_is_handled_once_and_in_the_order_of_its_chat(
    api: Api, mail: Mail, rivals: Rivals, fake: FakeTelegram
) -> None:
    readers = Readers()
    clock = SystemClock()
    task = asyncio.create_task(poll(api, mail, Lanes(readers, mail, api, clock, USER), rivals, clock))
    for _ in range(3):
        await fake.say(7, "/today")
    await until(readers, 3)
    await stop(task, fake, mail, api)
    again = asyncio.create_task(poll(api, mail, Lanes(readers, mail, api, clock, USER), rivals, clock))
    await fake.say(8, "/today")
    await until(readers, 4)
    await stop(again, fake, mail, api)
    assert readers.ended == sorted(set(readers.ended))


async def test_nobody_in_a_group_waits_for_the_answer_to_somebody_else(
    api: Api, mail: Mail, fake: FakeTelegram
) -> None:
    readers = Readers(stuck=frozenset({7}))
    fake.chat(-5, "supergroup", title="Readers")
    for person in (7, 7, 8):
        await fake.say(-5, "/today", user=person)
    await mail.keep(fake._updates)
    lanes = Lanes(readers, mail, api, SystemClock(), USER)
    await lanes.hand_out()
    await until(readers, 1)
    assert len(readers.begun) == 2
    for task in lanes._running.values():
        task.cancel()


async def test_what_was_not_handled_when_the_program_ended_is_handled_after_the_next_start(
    api: Api, mail: Mail, rivals: Rivals, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SystemClock()
    first = Readers(stuck=frozenset({7}))
    killed = asyncio.create_task(poll(api, mail, lanes := Lanes(first, mail, api, clock, USER), rivals, clock))
    await fake.say(7, "/today")
    await fake.say(8, "/today")
    await until(first, 1)
    monkeypatch.setattr(updates, "FINISH_SECONDS", 0)
    await stop(killed, fake, mail, api, left=1)
    await lanes.finish()
    assert len(first.begun) == 2
    assert fake.unconfirmed() == []
    second = Readers()
    await Lanes(second, mail, api, clock, USER).hand_out()
    await until(second, 1)
    assert second.ended == [number for number in first.begun if number not in first.ended]
    await until_idle(mail, api)


async def test_a_backlog_of_hundreds_of_old_messages_is_one_answer_for_each_chat(
    api: Api, mail: Mail, rivals: Rivals, fake: FakeTelegram
) -> None:
    old = [update(number, chat=7 + number % 2, at=1000) for number in range(250)]
    for each in old:
        await fake.update(message=each["message"])
    readers = Readers()
    clock = SystemClock()
    task = asyncio.create_task(poll(api, mail, Lanes(readers, mail, api, clock, USER), rivals, clock))
    await until(readers, 2)
    await fake.say(7, "/help")
    await until(readers, 3)
    await stop(task, fake, mail, api)
    assert len(readers.begun) == 3


async def test_a_second_poller_is_waited_out(api: Api, mail: Mail, rivals: Rivals, fake: FakeTelegram) -> None:
    readers = Readers()
    clock = SystemClock()
    task = asyncio.create_task(poll(api, mail, Lanes(readers, mail, api, clock, USER), rivals, clock))
    await fake.until(lambda: fake.polls == 1)
    await fake._getUpdates({})
    await fake.say(7, "/today")
    await until(readers, 1)
    await stop(task, fake, mail, api)


async def test_an_update_of_a_kind_that_nobody_can_read_holds_up_no_other(api: Api, mail: Mail) -> None:
    readers = Readers()
    await mail.keep([{"update_id": 1, "message": "broken"}, update(2)])
    await Lanes(readers, mail, api, ManualClock(), USER).hand_out()
    await until(readers, 1)
    await until_idle(mail, api)
    assert readers.ended == [2]


async def test_a_webhook_takes_updates_with_the_secret_alone_and_each_once(api: Api, mail: Mail) -> None:
    webhook = Webhook("https://paper.example.com/telegram", TOKEN, mail)
    known = {SECRET_HEADER: webhook.secret}
    transport = httpx.ASGITransport(Starlette(routes=webhook.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:

        async def brought(body: str, headers: dict[str, str]) -> int:
            return (await client.post("/telegram", content=body, headers=headers)).status_code

        one = json.dumps(update(1))
        assert [await brought(one, headers) for headers in ({}, {SECRET_HEADER: "guess"})] == [403, 403]
        assert [await brought(body, known) for body in ("no json", "[]", one, one, "x" * 1_000_001)] == [200] * 4 + [
            413
        ]
        readers = Readers()
        lanes = Lanes(readers, mail, api, ManualClock(), USER)
        await lanes.hand_out()
        await until(readers, 1)
        await lanes.finish()
        assert await brought(one, known) == 200
        await lanes.hand_out()
        await lanes.finish()
    assert readers.ended == [1]


async def test_updates_that_another_process_took_are_handled_too(api: Api, mail: Mail, fake: FakeTelegram) -> None:
    webhook = Webhook("https://paper.example.com/telegram", TOKEN, mail)
    readers = Readers()
    await webhook.register(api)
    task = asyncio.create_task(webhook.listen(Lanes(readers, mail, api, ManualClock(), USER)))
    assert fake.webhook["allowed_updates"] == list(ALLOWED_UPDATES)
    await mail.keep([update(1)])
    await until(readers, 1)
    await until_idle(mail, api)
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait({task})
