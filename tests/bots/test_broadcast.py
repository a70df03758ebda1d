"""Posts to many: one serialisation, and connections that are used again."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from gzip import compress
from typing import TYPE_CHECKING, Any

import pytest

from bots.broadcast import BROKEN, SURELY_NOT_SENT, Pages, Pool, addressed, dumps
from bots.telegram.posts import Posts
from bots.telegram.send import Buttons
from core.delivery.port import Envelope
from core.render.port import Message
from core.target import Target
from tests.fakes.telegram import TOKEN, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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


class Server:
    """Says given bytes to every request, or whatever ``says`` makes of it; None closes without a word."""

    def __init__(self, *says: bytes | None) -> None:
        self.says = list(says)
        self.requests: list[bytes] = []
        self.asked = asyncio.Event()
        self.opened = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while self.says:
                self.requests.append(await reader.readuntil(b"{}"))
                self.asked.set()
                said = self.says.pop(0)
                if said is None:
                    break
                writer.write(said)
                await writer.drain()
                if b"close" in said:
                    break
            else:
                await reader.read()
        writer.close()


@asynccontextmanager
async def said(*says: bytes | None) -> AsyncIterator[tuple[Server, Pool]]:
    serving = Server(*says)
    async with await asyncio.start_server(serving.serve, "127.0.0.1", 0) as server:
        serving.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:a/send?a=b%20c"
        pool = Pool()
        try:
            yield serving, pool
        finally:
            await pool.close()


def answer(body: bytes = b"[]", *fields: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"\r\n".join([b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields])
    return head + b"\r\n\r\n" + body


async def test_connections_are_used_again_and_opened_anew_after_a_close() -> None:
    async with said(*6 * [answer()]) as (server, pool):
        for _ in range(5):
            found = await pool.post(server.url, b"{}", {})
            assert (found.status, found.json()) == (200, {})
        assert server.opened == 1
        await pool.close()
        await pool.post(server.url, b"{}", {})
        assert server.opened == 2


async def test_a_request_says_what_it_must() -> None:
    async with said(answer(), answer()) as (server, pool):
        await pool.post(server.url, b"{}", {"Content-Type": "application/json", "Authorization": "Bot one"})
        await pool.post(server.url, b'{"a":"\xe5\xa5\xbd"}{}', {"Authorization": "Bot two"})
        first, second = (request.split(b"\r\n") for request in server.requests)
        assert first[0] == b"POST /bot1:a/send?a=b%20c HTTP/1.1"
        host = server.url.split("/")[2].encode()
        fields = {b"Host: " + host, b"Content-Type: application/json", b"Authorization: Bot one", b"Content-Length: 2"}
        assert fields <= set(first)
        assert first[-2:] == [b"", b"{}"]
        assert {b"Authorization: Bot two", b"Content-Length: 13"} <= set(second)


@pytest.mark.parametrize(
    ("says", "status", "body"),
    [
        (
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{"\r\n4\r\na":1\r\n1\r\n}\r\n0\r\n\r\n',
            200,
            b'{"a":1}',
        ),
        (answer(compress(b'{"a":1}'), b"Content-Encoding: gzip"), 200, b'{"a":1}'),
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answer(b'{"a":1}'), 200, b'{"a":1}'),
        (answer(b"<html>", status=b"502 Bad Gateway"), 502, b"<html>"),
        (answer(b"", b"Location: http://127.0.0.1:1/", status=b"302 Found"), 302, b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", 200, b"until the end"),
    ],
    ids=["chunked", "compressed", "hints before", "an error", "a redirect", "empty", "until it closes"],
)
async def test_answers_are_read_in_every_form(says: bytes, status: int, body: bytes) -> None:
    async with said(says, answer(b"next")) as (server, pool):
        found = await pool.post(server.url, b"{}", {})
        assert (found.status, found.body) == (status, body)
        assert (await pool.post(server.url, b"{}", {})).body == b"next"


@pytest.mark.parametrize(
    "says",
    [
        None,
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nclose",
        b"no HTTP\r\n\r\n",
        answer(b"not", b"Content-Encoding: gzip"),
    ],
    ids=["no answer", "half of it", "not HTTP", "broken compression"],
)
async def test_a_broken_answer_may_have_been_a_yes_and_its_connection_is_not_used_again(says: bytes | None) -> None:
    async with said(says, answer()) as (server, pool):
        with pytest.raises(BROKEN) as raised:
            await pool.post(server.url, b"{}", {})
        assert not isinstance(raised.value, SURELY_NOT_SENT)
        assert (await pool.post(server.url, b"{}", {})).status == 200
        assert server.opened == 2


async def test_a_server_that_stays_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with said(b"", answer()) as (server, pool):
        with monkeypatch.context() as hurried:
            hurried.setattr("bots.broadcast.ANSWER_SECONDS", 0.3)
            with pytest.raises(BROKEN) as raised:
                await pool.post(server.url, b"{}", {})
        assert not isinstance(raised.value, SURELY_NOT_SENT)
        await pool.post(server.url, b"{}", {})
        assert server.opened == 2


async def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    async with said(b"", answer(b"mine")) as (server, pool):
        unanswered = asyncio.create_task(pool.post(server.url, b"{}", {}))
        await server.asked.wait()
        unanswered.cancel()
        await asyncio.wait({unanswered})
        assert (await pool.post(server.url, b"{}", {})).body == b"mine"
        assert server.opened == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://", "http://[a/", "https://nobody.invalid/"])
async def test_what_surely_did_not_leave_is_told_apart(url: str) -> None:
    pool = Pool()
    with pytest.raises(SURELY_NOT_SENT):
        await pool.post(url, b"{}", {})
    await pool.close()


async def test_a_header_cannot_bring_others() -> None:
    async with said() as (server, pool):
        with pytest.raises(SURELY_NOT_SENT):
            await pool.post(server.url, b"{}", {"Authorization": "Bot one\r\nHost: elsewhere"})
        assert server.opened == 0


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with said(answer(b"by proxy")) as (server, pool):
        monkeypatch.setenv("http_proxy", server.url)
        found = await pool.post("http://api.invalid/send", b"{}", {})
        assert found.body == b"by proxy"
        assert server.requests[0].startswith(b"POST http://api.invalid/send HTTP/1.1\r\n")


def test_what_is_one_messages_own_stands_in_front() -> None:
    body = addressed({"chat_id": 7}, dumps({"text": "a\ud800b"}))
    assert body == b'{"chat_id":7,"text":"a?b"}'
