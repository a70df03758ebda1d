"""Posts to many: one serialisation, and connections that are used again."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from bots.broadcast import Pages, Pool, addressed, dumps
from bots.telegram.posts import Posts
from bots.telegram.send import Buttons
from core.delivery.port import Envelope
from core.render.port import Message
from core.target import Target
from tests.fakes.telegram import TOKEN, fake_telegram

if TYPE_CHECKING:
    import pytest

PAGE = Message(method="sendMessage", payload={"text": "“Open” 开源"}, text="", counts={})


class NoButtons(Buttons):
    """Counts how often a page's buttons are looked at."""

    def __init__(self) -> None:
        self.asked = 0

    async def remember(self, _actions: object) -> None:
        self.asked += 1


async def test_a_page_is_serialised_once_for_all_who_get_it_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    put = Pages.put

    def counted(self: Pages, message: Message, payload: dict[str, Any], variant: object = None) -> bytes:
        made.append(variant)
        return put(self, message, payload, variant)

    monkeypatch.setattr(Pages, "put", counted)
    pool, buttons = Pool(), NoButtons()
    async with fake_telegram() as fake:
        posts = Posts(pool, buttons, url=f"{fake.url}{TOKEN}")
        for number in range(1, 9):
            fake.chat(number)
            target = Target(platform="telegram", account="1", chat=str(number))
            await posts.post(target, PAGE, Envelope(key=str(number), silent=number > 6))
        assert [call.payload["chat_id"] for call in fake.calls("sendMessage")] == list(range(1, 9))
        assert {call.payload["text"] for call in fake.calls("sendMessage")} == {"“Open” 开源"}
        assert [bool(call.payload.get("disable_notification")) for call in fake.calls("sendMessage")][5:7] == [
            False,
            True,
        ]
    await pool.close()
    assert len(made) == buttons.asked == 2


async def test_pages_that_left_memory_are_not_mistaken_for_others() -> None:
    pages = Pages()
    for number in range(2000):
        message = Message(method="send", payload={"number": number}, text="", counts={})
        assert pages.get(message) is None
        pages.put(message, message.payload)
        assert json.loads(pages.get(message) or b"") == {"number": number}


async def test_connections_are_used_again_and_opened_anew_after_a_close() -> None:
    opened = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        while await reader.readuntil(b"{}"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    pool = Pool()
    for _ in range(5):
        answer = await pool.post(url, b"{}", {})
        assert (answer.status, answer.json()) == (200, {})
    assert opened == 1
    await pool.close()
    await pool.post(url, b"{}", {})
    assert opened == 2
    await pool.close()
    server.close()


def test_what_is_one_messages_own_stands_in_front() -> None:
    body = addressed({"chat_id": 7}, dumps({"text": "a\ud800b"}))
    assert body == b'{"chat_id":7,"text":"a?b"}'
