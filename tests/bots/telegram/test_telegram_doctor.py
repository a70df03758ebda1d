"""``paperboy doctor`` and the set-up script say what is wrong with a bot, and what to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bots.telegram.api import Api
from bots.telegram.doctor import examine, examine_chats
from bots.telegram.setup import delete_webhook, set_up
from core.target import Target
from tests.fakes import telegram
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram, fake_telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ADDRESS = "https://paper.example.com/telegram"


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeTelegram]:
    monkeypatch.setattr(telegram, "ME", dict(telegram.ME))
    async with fake_telegram() as server:
        yield server


@pytest.fixture
async def api(fake: FakeTelegram) -> AsyncIterator[Api]:
    made = Api(TOKEN, fake.url)
    yield made
    await made.close_connections()


async def said(api: Api, webhook: str = "") -> str:
    return "\n".join([f"{one.level}: {one.message} {one.advice}" async for one in examine(api, webhook)])


async def test_a_refused_token_is_told_without_the_token(fake: FakeTelegram) -> None:
    wrong = Api("1:wrong", fake.url)
    told = await said(wrong)
    assert told.startswith("error: ")
    assert "@BotFather" in told
    assert "1:wrong" not in told
    await wrong.close_connections()


async def test_a_server_that_is_not_there_is_not_blamed_on_the_token() -> None:
    nowhere = Api(TOKEN, "http://127.0.0.1:9/bot")
    assert "PAPERBOY_TELEGRAM__API_URL" in await said(nowhere)
    await nowhere.close_connections()


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({}, "ok: privacy mode is on"),
        ({"can_read_all_group_messages": True}, "privacy mode is off: the bot sees every message of its groups"),
        ({"supports_inline_queries": False}, "warning: inline mode is off @BotFather: /setinline"),
        ({"can_join_groups": False}, "warning: cannot be added to groups @BotFather: /setjoingroups"),
    ],
)
async def test_settings_of_botfather(about: dict[str, Any], told: str, api: Api) -> None:
    telegram.ME.update(about)
    assert told in await said(api)


@pytest.mark.parametrize(
    ("state", "wanted", "told"),
    [
        ({}, "", "ok: long polling, 0 waiting"),
        ({"url": ADDRESS, "pending_update_count": 3}, ADDRESS, f"ok: webhook {ADDRESS}, 3 waiting"),
        (
            {"url": f"https://n8n.example.org:8443/{TOKEN}"},
            ADDRESS,
            "a webhook is set to n8n.example.org `paperboy run`",
        ),
        ({}, ADDRESS, "warning: no webhook is set"),
        ({"url": ADDRESS, "last_error_message": "SSL error"}, ADDRESS, "warning: SSL error Check that the address"),
    ],
)
async def test_how_updates_come(state: dict[str, Any], wanted: str, told: str, api: Api, fake: FakeTelegram) -> None:
    fake.webhook |= state
    assert told in await said(api, wanted)


async def test_a_webhook_of_another_program_is_told_without_what_may_be_secret_in_its_address(
    api: Api, fake: FakeTelegram
) -> None:
    fake.webhook |= {"url": f"https://n8n.example.org/{TOKEN}?key=hidden", "last_error_message": "Bad Gateway"}
    told = await said(api)
    assert "error: another program gets the bot's updates: a webhook is set to n8n.example.org If nothing" in told
    assert "--delete-webhook" in told
    assert not [part for part in (TOKEN, "hidden", "Bad Gateway") if part in told]
    assert await delete_webhook(api) == [
        "The webhook to n8n.example.org is removed. A program that set it may do so again: see that it ends."
    ]
    assert "ok: long polling" in await said(api)
    assert await delete_webhook(api) == ["No webhook is set."]


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"admins": {BOT}}, "ok: may post in 1 of 1 subscribed groups and channels "),
        ({}, "ok: may post in 1 of 1 subscribed groups and channels "),
        ({"member": {"status": "left"}}, "error: is not in “Readers” Add the bot to the chat again."),
        ({"member": {"status": "restricted", "can_send_messages": False}}, "error: may not write in the group"),
        ({"permissions": {"can_send_messages": False}}, "error: may not write in the group “Readers” Let the bot send"),
        ({"type": "channel"}, "error: may not post in the channel “Readers” Make the bot an admin"),
        ({"type": "channel", "admins": {BOT}}, "ok: may post in 1 of 1"),
    ],
)
async def test_rights_in_subscribed_chats(about: dict[str, Any], told: str, api: Api, fake: FakeTelegram) -> None:
    fake.chat(-100, about.pop("type", "supergroup"), title="Readers", **about)
    targets = [Target(platform="telegram", account=str(BOT), chat=chat) for chat in ("-100", "7")]
    lines = [f"{one.level}: {one.message} {one.advice}" async for one in examine_chats(api, BOT, targets)]
    assert len(lines) == 1
    assert told in lines[0]


async def test_a_chat_that_is_gone_is_told(api: Api) -> None:
    targets = [Target(platform="telegram", account=str(BOT), chat="-999")]
    (finding,) = [one async for one in examine_chats(api, BOT, targets)]
    assert "Chat not found" in finding.message
    assert "paperboy forget" in finding.advice


async def test_the_script_sets_everything_anew_and_says_what_is_left(api: Api, fake: FakeTelegram) -> None:
    telegram.ME["supports_inline_queries"] = False
    lines = await set_up(api, "en")
    assert {call.method for call in fake.seen if not call.refused} >= {
        "setMyCommands",
        "setMyDescription",
        "setMyShortDescription",
        "setChatMenuButton",
        "setMyDefaultAdministratorRights",
    }
    assert not [call for call in fake.seen if call.refused]
    assert "setMyCommands all_private_chats zh" in lines
    assert "inline mode is off. @BotFather: /setinline, with a placeholder such as: words to find a story" in lines


@pytest.mark.parametrize(("lang", "others"), [("zh", "今天这一期，一页看完"), ("en", "Today's issue on one page")])
async def test_readers_of_other_languages_see_the_publications(
    lang: str, others: str, api: Api, fake: FakeTelegram
) -> None:
    await set_up(api, lang)
    menus = {call.payload.get("language_code", ""): call.payload["commands"] for call in fake.calls("setMyCommands")}
    assert menus[""][0]["description"] == others
    assert menus["zh"][0]["description"] == "今天这一期，一页看完"
