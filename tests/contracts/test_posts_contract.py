"""Posts over the broadcast pool ask for the same as the platforms' SDKs would, and mean the same by a refusal."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bots.broadcast import Pool
from bots.discord.posts import Posts as DiscordPosts
from bots.discord.render import DiscordRenderer
from bots.discord.send import body
from bots.insist import TRIES
from bots.settings import DiscordSettings, Settings
from bots.slack.api import Api as SlackApi
from bots.slack.posts import Posts as SlackPosts
from bots.slack.presses import Presses
from bots.slack.render import SlackRenderer
from bots.telegram.api import Api as TelegramApi
from bots.telegram.posts import Posts as TelegramPosts
from bots.telegram.render import TelegramRenderer
from bots.telegram.rich import TelegramRichRenderer
from bots.telegram.send import Buttons
from bots.wiring import open_house, platforms
from clock import ManualClock
from core.delivery.model import SendError
from core.delivery.port import Envelope
from core.document.build import paragraph
from core.document.nodes import Action, Actions, Document
from core.target import Target
from tests.fakes.discord import TOKEN as DISCORD_TOKEN
from tests.fakes.discord import fake_discord
from tests.fakes.slack import Answer, fake_slack
from tests.fakes.telegram import TOKEN, Refusal, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bots.wiring import House
    from core.render.port import Message, Renderer

BUTTONS = Actions(((Action("Ask 天气", "ask", "什么 " * 40),),))
DOCUMENT = Document(blocks=(paragraph('“Open” weights & 开源 <b> "模型"'), BUTTONS), title="Title")


@pytest.fixture
async def house(data: Path) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=data)) as opened:
        yield opened


def page(renderer: Renderer) -> Message:
    return renderer.render(DOCUMENT)[0]


async def said(send: Callable[[], Awaitable[Any]]) -> tuple[str, str, Any, str, str | None]:
    """Return all that a courier learns from a refusal."""
    with pytest.raises(SendError) as caught:
        await send()
    error = caught.value
    return error.kind, error.reason, error.retry_after, error.scope, error.moved_to


@asynccontextmanager
async def telegram_api(url: str) -> AsyncIterator[TelegramApi]:
    api = TelegramApi(TOKEN, url)
    yield api
    for request in api._request:
        await request.shutdown()


@pytest.mark.parametrize("renderer", [TelegramRenderer(), TelegramRichRenderer()], ids=["classic", "rich"])
async def test_telegram_is_asked_for_the_same_as_by_the_sdk(house: House, renderer: Renderer) -> None:
    message = page(renderer)
    async with fake_telegram() as fake, telegram_api(fake.url) as api:
        fake.chat(-100, "supergroup", title="Readers", topics={5})
        posts = TelegramPosts(house.pool, Buttons(house.notes), url=f"{fake.url}{TOKEN}", paid=True)
        target = Target(platform="telegram", account="1", chat="-100", thread="5")
        sent = await posts.post(target, message, Envelope(key="k", silent=True, extras={"preview": "off"}))
        wishes: dict[str, Any] = {"allow_paid_broadcast": True, "disable_notification": True}
        if "link_preview_options" in message.payload:
            wishes["link_preview_options"] = {"is_disabled": True}
        place = {"chat_id": -100, "message_thread_id": 5}
        again = await api.call(message.method, {**place, **message.payload, **wishes})
        lean, sdk = fake.calls(message.method)
    assert lean == sdk
    assert (sent, again["message_id"]) == (str(again["message_id"] - 1), int(sent) + 1)


TELEGRAM = [
    Refusal(403, "Forbidden: bot was blocked by the user"),
    Refusal(403, "Forbidden: something new"),
    Refusal(400, "Bad Request: chat not found"),
    Refusal(400, "Bad Request: TOPIC_CLOSED"),
    Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1005),
    Refusal(401, "Unauthorized"),
    Refusal(404, "Not Found"),
    Refusal(409, "Conflict: terminated by other getUpdates request"),
    Refusal(429, "Too Many Requests: retry after 7", retry_after=7),
    Refusal(429, "Too Many Requests"),
    Refusal(500, "Internal Server Error"),
    Refusal(502, "Bad Gateway"),
    "before",
    "after",
]


@pytest.mark.parametrize("chat", [7, -100], ids=["reader", "group"])
@pytest.mark.parametrize("how", TELEGRAM, ids=str)
async def test_telegrams_refusals_mean_the_same_as_by_the_sdk(
    house: House, how: Refusal | str, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the SDK warns that it will change
    message = page(TelegramRenderer())
    async with fake_telegram() as fake, telegram_api(fake.url) as api:
        fake.chat(chat, "private" if chat > 0 else "supergroup")
        posts = TelegramPosts(house.pool, Buttons(house.notes), url=f"{fake.url}{TOKEN}")
        target = Target(platform="telegram", account="1", chat=str(chat))
        for _ in range(2):
            fake.fail("sendMessage", chat, how)
        lean = await said(lambda: posts.post(target, message, Envelope(key="k")))
        sdk = await said(lambda: api.call("sendMessage", {"chat_id": chat, **message.payload}))
    if isinstance(how, str):  # each library has its own words for a cut connection
        lean, sdk = (lean[0], "", *lean[2:]), (sdk[0], "", *sdk[2:])
    assert lean == sdk


@asynccontextmanager
async def discord_api(house: House, url: str) -> AsyncIterator[Any]:
    settings = DiscordSettings(token=SecretStr(DISCORD_TOKEN), api_url=url)
    served: Any = platforms(replace(house, settings=Settings(data_dir=house.settings.data_dir, discord=settings)))[0]
    yield served._api
    await served._api.close()


async def discord_by_sdk(api: Any, message: Message, envelope: Envelope) -> Any:  # noqa: ANN401  the platform's own
    payload = {"nonce": envelope.key, "enforce_nonce": True, **body(message, envelope)}
    return await api.call("POST", "/channels/{channel_id}/messages", payload, channel_id="501")


async def test_discord_is_asked_for_the_same_as_by_the_sdk(house: House) -> None:
    message = page(DiscordRenderer())
    envelope = Envelope(key="k", silent=True, extras={"role": "600"})
    async with fake_discord() as fake, discord_api(house, fake.url) as api:
        posts = DiscordPosts(api, house.pool, house.clock)
        sent = await posts.post("501", message, envelope, lambda: body(message, envelope))
        assert (await discord_by_sdk(api, message, envelope))["id"] == sent
        lean, sdk = fake.calls("POST", "/channels/501/messages")
    assert (lean.path, lean.body, lean.status) == (sdk.path, sdk.body, sdk.status) == (lean.path, lean.body, 200)


DISCORD = [
    (404, {"code": 10003, "message": "Unknown Channel"}, {}),
    (403, {"code": 50013, "message": "Missing Permissions"}, {}),
    (403, {"code": 50007, "message": "Cannot send messages to this user"}, {}),
    (403, {"code": 0, "message": "something new"}, {}),
    (401, {"code": 0, "message": "401: Unauthorized"}, {}),
    (400, {"code": 50035, "message": "Invalid Form Body", "errors": {"flags": {"_errors": [{"message": "no"}]}}}, {}),
    (429, {"message": "slow", "retry_after": 500.0, "global": False}, {"Via": "1.1 google", "Retry-After": "500"}),
    (429, {"message": "banned"}, {"Retry-After": "90"}),
    (503, {"code": 0, "message": "busy"}, {}),
]


@pytest.mark.parametrize("refusal", DISCORD, ids=lambda one: f"{one[0]} {one[1]['message']}")
async def test_discords_refusals_mean_the_same_as_by_the_sdk(
    house: House, refusal: tuple[int, dict[str, Any], dict[str, str]]
) -> None:
    message, envelope = page(DiscordRenderer()), Envelope(key="k")
    status, answer, headers = refusal
    results = []
    async with fake_discord() as fake:
        for by_sdk in (False, True):
            async with discord_api(house, fake.url) as api:
                await api.login()
                fake.fail("POST", "/channels/501/messages", status, answer, headers=headers)
                posts = DiscordPosts(api, house.pool, house.clock)
                results.append(
                    await said(lambda: discord_by_sdk(api, message, envelope))
                    if by_sdk
                    else await said(lambda: posts.post("501", message, envelope, lambda: body(message, envelope)))  # noqa: B023
                )
                assert bool(api._closed_until) == (answer["message"] == "banned")
    assert results[0] == results[1]


async def slack_by_sdk(api: SlackApi, message: Message) -> dict[str, Any]:
    metadata = {"event_type": "paperboy_delivery", "event_payload": {"key": "k"}}
    arguments = {"channel": "C1", "thread_ts": "1660000000.000001", **message.payload, "metadata": metadata}
    return await api.call(message.method, arguments, token="xoxb-1")


async def slack_lean(posts: SlackPosts, message: Message) -> str:
    return await posts.post("C1", message, thread="1660000000.000001", key="k", token="xoxb-1")


async def test_slack_is_asked_for_the_same_as_by_the_sdk(house: House) -> None:
    message = page(SlackRenderer())
    async with fake_slack() as fake:
        fake.team("T1", channels={"C1": True}).token = "xoxb-1"
        fake.written.add(("T1", "C1", "1660000000.000001"))
        sent = await slack_lean(SlackPosts(house.pool, Presses(house.notes), url=fake.url), message)
        assert (await slack_by_sdk(SlackApi(fake.url, house.clock), message))["ts"] != sent
        lean, sdk = fake.calls("chat.postMessage")
    assert lean == sdk


SLACK = [
    *(Answer(error=code) for code in ("channel_not_found", "not_in_channel", "token_revoked", "fatal_error")),
    *(Answer(error=code) for code in ("invalid_blocks", "restricted_action_new", "service_unavailable", "new_one")),
    Answer(error="ratelimited", status=429, retry_after=7),
    Answer(error="ratelimited", status=429),
    Answer(error="internal_error", status=500),
    Answer(status=502, html=True),
]


@pytest.mark.parametrize("answer", SLACK, ids=lambda one: f"{one.status} {one.error}")
async def test_slacks_refusals_mean_the_same_as_by_the_sdk(house: House, answer: Answer) -> None:
    message = page(SlackRenderer())
    async with fake_slack() as fake:
        fake.team("T1", channels={"C1": True}).token = "xoxb-1"
        fake.plan("chat.postMessage", *[answer] * (1 + TRIES))
        posts = SlackPosts(house.pool, Presses(house.notes), url=fake.url)
        assert await said(lambda: slack_lean(posts, message)) == await said(
            lambda: slack_by_sdk(SlackApi(fake.url, ManualClock()), message)
        )


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/bot", "http://127.0.0.1:9/api/"])
async def test_a_server_that_is_not_there_surely_took_nothing(house: House, url: str) -> None:
    pool = Pool()
    target = Target(platform="telegram", account="1", chat="7")
    telegram = TelegramPosts(pool, Buttons(house.notes), url=url)
    slack = SlackPosts(pool, Presses(house.notes), url=url)
    kinds = [
        (await said(lambda: telegram.post(target, page(TelegramRenderer()), Envelope(key="k"))))[0],
        (await said(lambda: slack_lean(slack, page(SlackRenderer()))))[0],
    ]
    assert kinds == ["transient", "transient"]
    await pool.close()
