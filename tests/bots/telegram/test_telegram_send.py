"""Pages into chats of a strict Bot API server: sent, corrected, taken back, pinned."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bots import broadcast
from bots.broadcast import Pool
from bots.telegram.api import Api
from bots.telegram.keyboard import token
from bots.telegram.posts import Posts
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from bots.telegram.send import Buttons, TelegramSender
from clock import ManualClock
from core.delivery.model import SendError
from core.delivery.port import Envelope
from core.document.nodes import Action, Actions, Document, Paragraph, Text
from core.storage.notes import SqlNotes
from core.target import Target
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram, Refusal, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.render.port import Message
    from core.storage.engine import Database

LONG = Action("Details", "ask", "a question that is much too long for a button of sixty-four bytes, by far")
READER = Target(platform="telegram", account=str(BOT), chat="7")
GROUP = Target(platform="telegram", account=str(BOT), chat="-100", thread="5")


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as server:
        server.chat(7)
        server.chat(-100, "supergroup", title="Readers", topics={5})
        yield server


@asynccontextmanager
async def opened(token: str, url: str) -> AsyncIterator[Api]:
    api = Api(token, url)
    yield api
    for request in api._request:
        await request.shutdown()


@pytest.fixture
async def api(fake: FakeTelegram) -> AsyncIterator[Api]:
    async with opened(TOKEN, fake.url) as made:
        yield made


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def notes(sqlite_database: Database, clock: ManualClock) -> SqlNotes:
    return SqlNotes(sqlite_database, clock)


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    opened = Pool()
    yield opened
    await opened.close()


def sender_of(api: Api, pool: Pool, notes: SqlNotes, *, url: str, token: str = TOKEN) -> TelegramSender:
    buttons = Buttons(notes)
    return TelegramSender(api, Posts(pool, buttons, url=f"{url}{token}"), buttons)


@pytest.fixture
def sender(fake: FakeTelegram, api: Api, pool: Pool, notes: SqlNotes) -> TelegramSender:
    return sender_of(api, pool, notes, url=fake.url)


def page(text: str, *actions: Action, rich: bool = False) -> Message:
    buttons = (Actions((actions,)),) if actions else ()
    blocks = (Paragraph((Text(text),)), *buttons)
    renderer = TelegramRichRenderer() if rich else TelegramRenderer()
    return renderer.render(Document(blocks=blocks, title="Title"))[0]


def envelope(*, silent: bool = False, after: str = "", extras: dict[str, str] | None = None) -> Envelope:
    return Envelope(key="k", silent=silent, after=after, extras=extras or {})


async def test_a_page_goes_into_its_topic_silently(fake: FakeTelegram, sender: TelegramSender) -> None:
    await sender.send(GROUP, page("News"), envelope(silent=True))
    sent = fake.calls("sendMessage")[0].payload
    assert (sent["chat_id"], sent["message_thread_id"], sent["disable_notification"]) == (-100, 5, True)


async def test_the_first_page_is_pinned_and_the_second_is_not(fake: FakeTelegram, sender: TelegramSender) -> None:
    first = await sender.send(READER, page("1"), envelope(extras={"pin": "on"}))
    await sender.send(READER, page("2"), envelope(extras={"pin": "on"}, after=first))
    assert fake.pinned == [(7, int(first))]


async def test_a_page_that_cannot_be_pinned_is_sent_all_the_same(fake: FakeTelegram, sender: TelegramSender) -> None:
    fake.fail("pinChatMessage", 7, Refusal(400, "Bad Request: not enough rights to manage pinned messages in the chat"))
    assert await sender.send(READER, page("1"), envelope(extras={"pin": "on"}))


async def test_a_correction_changes_the_message_in_place(fake: FakeTelegram, sender: TelegramSender) -> None:
    sent = await sender.send(READER, page("Wrong"), envelope())
    await sender.edit(READER, sent, page("Right"))
    await sender.edit(READER, sent, page("Right"))
    assert fake.texts(7) == ["Right"]
    assert "not modified" in fake.seen[-1].refused


async def test_a_rich_message_is_corrected_as_one(fake: FakeTelegram, sender: TelegramSender) -> None:
    sent = await sender.send(READER, page("Wrong", rich=True), envelope())
    await sender.edit(READER, sent, page("Right", rich=True))
    assert fake.texts(7) == ["<p>Right</p>"]


async def test_a_page_is_taken_back_once_and_twice_is_no_error(fake: FakeTelegram, sender: TelegramSender) -> None:
    sent = await sender.send(READER, page("Withdrawn"), envelope())
    await sender.delete(READER, sent)
    await sender.delete(READER, sent)
    assert fake.texts(7) == []


async def test_a_button_too_long_for_telegram_is_remembered_for_good(
    fake: FakeTelegram, sender: TelegramSender, notes: SqlNotes, clock: ManualClock
) -> None:
    await sender.send(READER, page("News", LONG), envelope())
    clock.advance(timedelta(days=400))
    await notes.sweep()
    assert await Buttons(notes).data(token(LONG) or "") == LONG.data
    assert await Buttons(notes).data("~nobodyknowsthisoneatall") is None
    assert await Buttons(notes).data("today") == "today"


@pytest.mark.parametrize(("how", "kind", "arrived"), [("before", "unknown", 0), ("after", "unknown", 1)])
async def test_a_cut_connection_leaves_the_page_in_doubt(
    how: str, kind: str, arrived: int, fake: FakeTelegram, sender: TelegramSender
) -> None:
    fake.fail("sendMessage", 7, how)
    with pytest.raises(SendError) as caught:
        await sender.send(READER, page("News"), envelope())
    assert (caught.value.kind, len(fake.texts(7))) == (kind, arrived)


async def test_an_answer_that_does_not_come_in_time_leaves_the_page_in_doubt(
    fake: FakeTelegram, sender: TelegramSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "ANSWER_SECONDS", 1)
    fake.fail("sendMessage", 7, "silent")
    with pytest.raises(SendError) as caught:
        await sender.send(READER, page("News"), envelope())
    assert (caught.value.kind, fake.texts(7)) == ("unknown", ["News"])


async def test_a_post_may_be_forwarded_and_saved(fake: FakeTelegram, sender: TelegramSender) -> None:
    await sender.send(READER, page("News"), envelope())
    assert not fake.calls("sendMessage")[0].payload.get("protect_content")


async def test_a_server_that_is_not_there_surely_took_nothing(api: Api, pool: Pool, notes: SqlNotes) -> None:
    with pytest.raises(SendError) as caught:
        await sender_of(api, pool, notes, url="http://127.0.0.1:9/bot").send(READER, page("News"), envelope())
    assert caught.value.kind == "transient"


async def test_an_older_server_makes_the_rich_form_fall_back(fake: FakeTelegram, sender: TelegramSender) -> None:
    fake.fail("sendRichMessage", 7, Refusal(404, "Not Found"))
    with pytest.raises(SendError) as caught:
        await sender.send(READER, page("News", rich=True), envelope())
    assert caught.value.kind == "content"


async def test_a_closed_topic_is_a_matter_for_the_admins(fake: FakeTelegram, sender: TelegramSender) -> None:
    fake.chats[-100].closed_topics.add(5)
    with pytest.raises(SendError) as caught:
        await sender.send(GROUP, page("News"), envelope())
    assert caught.value.kind == "config"


async def test_a_wrong_token_is_fatal_and_stays_secret(
    fake: FakeTelegram, api: Api, pool: Pool, notes: SqlNotes
) -> None:
    with pytest.raises(SendError) as caught:
        await sender_of(api, pool, notes, url=fake.url, token="1:wrong").send(READER, page("News"), envelope())
    assert caught.value.kind == "fatal"
    assert "1:wrong" not in caught.value.reason
