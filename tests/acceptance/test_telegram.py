"""The whole program on Telegram: ``paperboy run`` as a process against a strict Bot API server."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

import forked
from bots.telegram.links import payload
from tests.fakes.model import FakeModel, Turn, fake_model
from tests.fakes.telegram import BOT, TOKEN, FakeTelegram, Refusal, fake_telegram
from todays_issue import TODAY, todays_issue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="module")
ISSUE = todays_issue(60)
CHINESE = f"""# 北极星 2 发布，小模型学会看图

**{TODAY:%Y-%m-%d}**

## 🧠 模型

- **北极星 2** — 开放权重。
"""


@dataclass
class Bot:
    """The program, and the server that it talks to. Chats are numbered so that tests do not meet."""

    fake: FakeTelegram
    environment: dict[str, str]
    numbers: count[int] = field(default_factory=lambda: count(1000))

    def reader(self) -> int:
        return self.fake.chat(next(self.numbers)).id

    def group(self, **about: Any) -> int:  # noqa: ANN401  any field
        return self.fake.chat(-next(self.numbers), "supergroup", title="Readers", **about).id

    async def ask(self, chat: int, text: str, **more: Any) -> str:  # noqa: ANN401  any field
        """Say something and wait for the answer."""
        before = len(self.fake.texts(chat))
        await self.fake.say(chat, text, **more)
        await self.fake.until(lambda: len(self.fake.texts(chat)) > before)
        return self.fake.texts(chat)[-1]

    async def press(self, chat: int, label: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  any field
        """Press a button, wait until that is confirmed, return the confirmation."""
        query = await self.fake.press(chat, label, **more)

        def confirmed() -> list[dict[str, Any]]:
            calls = self.fake.calls("answerCallbackQuery")
            return [call.payload for call in calls if call.payload["callback_query_id"] == query]

        await self.fake.until(lambda: bool(confirmed()))
        return confirmed()[0]

    async def call(self, *arguments: str) -> str:
        """Call the program beside the running one; return what it printed."""
        return (await asyncio.to_thread(forked.paperboy, *arguments, environment=self.environment)).stdout

    async def receipt(self, chat: int, state: str) -> dict[str, Any]:
        """Wait until the newest delivery to a chat is in this state; return its receipt."""
        async with asyncio.timeout(30):
            while True:
                newest, *_older = json.loads(await self.call("receipts", f"telegram:{BOT}:{chat}", "--json"))
                if newest["state"] == state:
                    return dict(newest)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telegram")


def environment_of(fake: FakeTelegram, folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a program with an issue of today."""
    for lang, text in (("en", ISSUE), ("zh", CHINESE)):
        issues = folder / "issues" / "daily" / lang
        issues.mkdir(parents=True, exist_ok=True)
        (issues / f"{TODAY}.md").write_text(text, encoding="utf-8")
    return forked.environment(
        folder / "data",
        PAPERBOY_ISSUES=str(folder / "issues"),
        PAPERBOY_TELEGRAM__TOKEN=TOKEN,
        PAPERBOY_TELEGRAM__API_URL=fake.url,
        **more,
    )


@asynccontextmanager
async def running(fake: FakeTelegram, folder: Path, **more: str) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Run the program; give its environment and the desk's address."""
    environment = environment_of(fake, folder, **more)
    async with forked.running(environment) as program:
        yield environment, await program.ready()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(folder: Path) -> AsyncIterator[Bot]:
    async with fake_telegram() as fake, running(fake, folder) as (environment, _desk):
        await fake.until(lambda: fake.polls == 1)
        yield Bot(fake, environment)


async def test_menus_are_set_for_every_scope_and_language(bot: Bot) -> None:
    menus = {(c.payload["scope"]["type"], c.payload.get("language_code", "")) for c in bot.fake.calls("setMyCommands")}
    scopes = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
    assert menus == {(scope, code) for scope in scopes for code in ("", "en", "zh")}
    assert not [call for call in bot.fake.seen if call.method.startswith("setMy") and call.refused]


async def test_a_reader_reads_todays_issue(bot: Bot) -> None:
    assert "Polaris 2 is out" in await bot.ask(bot.reader(), "/today")


async def test_a_button_edits_the_card_in_place(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    await bot.press(chat, "Dev")
    assert len(bot.fake.texts(chat)) == 1
    assert "Beaver CLI 1.4" in bot.fake.texts(chat)[0]


async def test_everything_opens_in_the_same_message(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    for button, shown in [
        ("Lesson", "Many small networks that take turns"),
        ("Back", "Polaris 2 is out"),
        ("Pick", "makes you forget it is a tool"),
        ("Back", "Polaris 2 is out"),
        ("Whole issue", "Model 0"),
        ("›", "Model"),
        ("中文", "北极星 2 发布"),
        ("English", "Polaris 2 is out"),
    ]:
        await bot.press(chat, button)
        (text,) = bot.fake.texts(chat)
        assert shown in text, button


async def test_pages_turn_in_place_and_two_taps_do_no_harm(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/models")
    assert "Model 0" in bot.fake.texts(chat)[0]
    await bot.press(chat, "›")
    assert "Model 0" not in bot.fake.texts(chat)[0]
    before = bot.fake.texts(chat)
    await bot.press(chat, "2/")
    await bot.press(chat, "2/")
    assert bot.fake.texts(chat) == before


async def test_a_reply_with_a_quote_is_a_question_about_that_story(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    card = bot.fake.newest(chat)
    said = await bot.ask(chat, "what is it?", reply_to_message=card, quote={"text": "Beaver CLI 1.4", "position": 0})
    assert "Beaver CLI 1.4" in said


async def test_a_quote_from_hits_of_several_issues_is_looked_for_in_each(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/search Beaver CLI 北极星")
    hits = bot.fake.newest(chat)
    issues = [button["callback_data"].split()[-1] for button in hits["reply_markup"]["inline_keyboard"][0]]
    assert issues[0] == f"daily/en/{TODAY}"
    assert f"daily/zh/{TODAY}" in issues
    said = await bot.ask(chat, "what is it?", reply_to_message=hits, quote={"text": "北极星 2", "position": 0})
    assert "开放权重" in said


async def test_a_comment_on_the_post_of_a_channel_is_a_question(bot: Bot) -> None:
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="Talked about", admins={7, BOT}).id
    discussion = bot.group()
    await bot.fake.post(channel, "/subscribe 8:30")
    await bot.fake.until(lambda: bool(bot.fake.texts(channel)))
    forward = {"type": "channel", "date": 1, "chat": bot.fake.chats[channel].json, "message_id": 5}
    post = {
        "message_id": 3, "date": 1, "chat": bot.fake.chats[discussion].json, "text": "Beaver CLI 1.4",
        "is_automatic_forward": True, "forward_origin": forward,
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
    }  # fmt: skip
    await bot.fake.say(discussion, "nice", reply_to_message=post)
    assert "Beaver" in await bot.ask(discussion, "what is beaver?", reply_to_message=post)
    assert len(bot.fake.texts(discussion)) == 1


async def test_who_floods_a_group_is_told_so_in_the_direct_chat_alone(bot: Bot) -> None:
    group, person = bot.group(), bot.reader()

    async def answered(said: int) -> bool:
        await asyncio.sleep(1.2)
        return said in [c.payload["reply_parameters"]["message_id"] for c in bot.fake.calls("sendMessage", group)]

    for _ in range(30):
        await bot.fake.say(group, "/pick", user=person)
    async with asyncio.timeout(20):
        while not await answered(await bot.fake.say(group, "/pick", user=person)):
            pass
    assert not any("a lot at once" in text for text in bot.fake.texts(group))
    for _ in range(30):
        await bot.fake.say(person, "/pick")
    await bot.fake.until(lambda: any("a lot at once" in text for text in bot.fake.texts(person)))


async def test_a_post_of_a_channel_that_is_answered_in_the_direct_chat_is_what_the_question_is_about(bot: Bot) -> None:
    channel, chat = bot.fake.chat(-next(bot.numbers), "channel", title="Read", admins={7, BOT}), bot.reader()
    await bot.fake.post(channel.id, "/subscribe 8:30")
    await bot.fake.until(lambda: bool(bot.fake.texts(channel.id)))
    await bot.call("push")
    await bot.fake.until(lambda: len(bot.fake.texts(channel.id)) > 1)
    await bot.receipt(channel.id, "sent")
    post = {"type": "channel", "date": 1, "chat": channel.json, "message_id": bot.fake.newest(channel.id)["message_id"]}
    quote = {"text": "Beaver CLI 1.4", "position": 0}
    assert "Beaver CLI 1.4" in await bot.ask(chat, "what is it?", external_reply={"origin": post}, quote=quote)


async def test_commands_to_another_bot_are_ignored(bot: Bot) -> None:
    chat = bot.group()
    await bot.fake.say(chat, "/today@other_bot")
    assert "Polaris" in await bot.ask(chat, "/today@paper_bot")
    assert len(bot.fake.texts(chat)) == 1


async def test_a_question_in_a_direct_chat_is_answered_from_the_archive(bot: Bot) -> None:
    assert "Beaver" in await bot.ask(bot.reader(), "what is beaver?")


async def test_a_sticker_is_asked_back_and_an_album_or_a_pin_is_not(bot: Bot) -> None:
    chat, group = bot.reader(), bot.group()
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    await bot.fake.tell(group, photo=photo)
    await bot.fake.tell(chat, photo=photo, media_group_id="1")
    await bot.fake.tell(chat, pinned_message=bot.fake._message(chat, BOT, "en", bot=True, text="Issue"))
    await bot.fake.tell(chat, voice={"file_id": "v", "file_unique_id": "v", "duration": 2})
    await bot.fake.until(lambda: bool(bot.fake.texts(chat)))
    assert bot.fake.texts(chat) == ["What would you like to know? Just write your question."]
    assert bot.fake.texts(group) == []


async def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(bot: Bot) -> None:
    chat = bot.group()
    await bot.fake.say(chat, "good morning everybody")
    assert "Beaver" in await bot.ask(chat, "@paper_bot what is beaver?")
    assert len(bot.fake.texts(chat)) == 1


async def test_deep_links_open_sections_and_subscriptions(bot: Bot) -> None:
    chat = bot.reader()
    assert "Beaver CLI" in await bot.ask(chat, f"/start {payload(f'section dev daily/en/{TODAY}')}")
    assert "Model 0" in await bot.ask(chat, "/start models")
    assert "Polaris 2 is out" in await bot.ask(chat, f"/start issue_{TODAY}")
    assert "Subscribed" in await bot.ask(chat, "/start subscribe_9am")


async def test_subscribers_get_the_issue_that_is_pushed_and_why_tells_so(bot: Bot) -> None:
    chat, group = bot.reader(), bot.group(admins={7, BOT}, topics={5})
    await bot.ask(chat, "/subscribe 8:30 Shanghai")
    await bot.ask(group, "/subscribe 9:00", message_thread_id=5, is_topic_message=True)
    await bot.call("push")
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) > 1 and len(bot.fake.texts(group)) > 1)
    assert "Polaris 2 is out" in bot.fake.texts(chat)[-1]
    sent = bot.fake.calls("sendMessage", group)[-1]
    assert sent.payload["message_thread_id"] == 5
    await bot.receipt(chat, "sent")
    assert "delivered" in await bot.ask(chat, "/why")


async def test_a_topic_is_told_that_another_one_is_subscribed(bot: Bot) -> None:
    admin, topic = bot.reader(), {"message_thread_id": 5, "is_topic_message": True}
    group = bot.group(admins={admin, BOT}, topics={5})
    assert "Another topic" not in await bot.ask(group, "/settings", user=admin)
    await bot.ask(group, "/subscribe 9:00", user=admin, **topic)
    assert "Another topic" not in await bot.ask(group, "/settings", user=admin, **topic)
    for command in ("/settings", "/why", "/unsubscribe"):
        assert "Another topic here is subscribed" in await bot.ask(group, command, user=admin)


async def test_only_admins_of_a_group_change_its_subscription(bot: Bot) -> None:
    admin, member = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    assert "Only admins" in await bot.ask(chat, "/subscribe", user=member)
    assert "Subscribed" in await bot.ask(chat, "/subscribe", user=admin)
    assert "subscribed" in await bot.ask(chat, "/subscribe", user=1087968824, sender_chat=bot.fake.chats[chat].json)


async def test_who_is_no_admin_of_a_group_erases_nothing_of_it(bot: Bot) -> None:
    admin, member = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    await bot.ask(chat, "/subscribe 8:30", user=admin)
    assert await bot.ask(chat, "/forgetme yes", user=member) == "Erased."
    assert "8:30" in await bot.ask(chat, "/settings", user=admin)


@pytest.mark.parametrize("line", ["settings time 09:00", "why", "unsubscribe", "today"])
async def test_a_forged_button_gets_nobody_into_another_chat(line: str, bot: Bot) -> None:
    admin, stranger = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    await bot.ask(chat, "/subscribe 8:30", user=admin)
    await bot.ask(stranger, "/today")
    button = bot.fake.newest(stranger)["reply_markup"]["inline_keyboard"][0][0]
    before = bot.fake.texts(stranger)
    button["callback_data"] = f"at {chat} {line}"
    told = await bot.press(stranger, button["text"])
    assert "Only admins who may post there" in told["text"]
    assert bot.fake.texts(stranger) == before
    for typed in (f"/at {chat} {line}", "/at", "/at nowhere why"):
        assert "I don't know /at" in await bot.ask(stranger, typed)
    assert "8:30" in await bot.ask(chat, "/settings", user=admin)


@pytest.mark.parametrize("line", ["UNSUBSCRIBE", "/unsubscribe", "\tsettings time 09:00", "Ask unsubscribe"])
async def test_a_forged_button_makes_nobody_an_admin(line: str, bot: Bot) -> None:
    admin, member = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    await bot.ask(chat, "/subscribe 8:30", user=admin)
    bot.fake.newest(chat)["reply_markup"]["inline_keyboard"][0][0] |= {"text": "Forged", "callback_data": line}
    assert "Only admins" in (await bot.press(chat, "Forged", user=member))["text"]
    assert "8:30" in await bot.ask(chat, "/settings", user=admin)


async def test_a_button_that_is_for_admins_tells_others_so_quietly(bot: Bot) -> None:
    admin, member = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    await bot.ask(chat, "/subscribe", user=admin)
    told = await bot.press(chat, "Unsubscribe", user=member)
    assert told["show_alert"]
    assert "Only admins" in told["text"]


async def test_who_is_no_admin_erases_nothing_that_is_the_groups(bot: Bot) -> None:
    admin, member = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    await bot.ask(chat, "/subscribe 8:30", user=admin)
    assert "subscription of this chat" not in await bot.ask(chat, "/forgetme", user=member)
    assert (await bot.press(chat, "Erase it", user=member))["text"] == "Erased."
    assert "8:30" in await bot.ask(chat, "/settings", user=admin)
    assert "subscription of this chat" in await bot.ask(chat, "/forgetme", user=admin)
    assert "No more issues come here" in (await bot.press(chat, "Erase it", user=admin))["text"]
    assert "isn't subscribed" in await bot.ask(chat, "/settings", user=admin)


@pytest.mark.parametrize("words", ["@paper_bot unsubscribe", "@paper_bot 退订", "/ask unsubscribe"])
async def test_plain_words_give_nobody_the_rights_of_an_admin(words: str, bot: Bot) -> None:
    admin, member = bot.reader(), bot.reader()
    chat = bot.group(admins={admin})
    await bot.ask(chat, "/subscribe 8:30", user=admin)
    assert "Only admins" in await bot.ask(chat, words, user=member)
    assert "Unsubscribed" in await bot.ask(chat, words, user=admin)


@pytest.mark.parametrize("trouble", [Refusal(429, "Too Many Requests: retry after 1", retry_after=1), "after"])
async def test_an_admin_is_one_also_when_telegram_has_to_be_asked_twice(trouble: Refusal | str, bot: Bot) -> None:
    admin = bot.reader()
    chat = bot.group(admins={admin})
    bot.fake.fail("getChatAdministrators", chat, trouble)
    assert "Subscribed" in await bot.ask(chat, "/subscribe 8:30", user=admin)


@pytest.mark.parametrize("trouble", [Refusal(429, "Too Many Requests: retry after 1", retry_after=1), "before"])
async def test_a_page_turns_also_when_telegram_does_not_take_it_at_once(trouble: Refusal | str, bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    bot.fake.fail("editMessageText", chat, trouble)
    await bot.press(chat, "Dev")
    (text,) = bot.fake.texts(chat)
    assert text.startswith("🔧 DEV")


async def test_a_page_for_one_reader_opens_in_place_or_from_a_group_in_the_direct_chat(bot: Bot) -> None:
    chat, group = bot.reader(), bot.group()
    await bot.ask(chat, "/start")
    await bot.press(chat, "All commands")
    (text,) = bot.fake.texts(chat)
    assert "/unsubscribe" in text
    assert "Add to a channel" in bot.fake.buttons(chat)
    await bot.ask(chat, "/forgetme")
    await bot.press(chat, "Keep it")
    assert bot.fake.texts(chat)[-1] == "Everything stays as it was."
    await bot.ask(group, "/start", user=chat)
    link = (await bot.press(group, "All commands", user=chat))["url"]
    assert "/unsubscribe" in await bot.ask(bot.reader(), f"/start {link.partition('start=')[2]}")


async def test_picking_a_channel_is_answered_once_though_telegram_tells_of_it_twice(bot: Bot) -> None:
    owner = bot.reader()
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="Twice", admins={owner, BOT}).id
    for pages in (1, 2):
        await bot.ask(owner, "/channel")
        if pages == 1:
            await bot.fake.member(channel, "left", "administrator", user=owner)
            await bot.fake.until(lambda: "Twice" in bot.fake.texts(owner)[-1])
        await bot.fake.tell(owner, chat_shared={"request_id": 1, "chat_id": channel})
        await bot.ask(owner, "/new")
        assert sum("Twice" in text for text in bot.fake.texts(owner)) == pages


@pytest.mark.parametrize("line", ["/start", "/help", "@paper_bot"])
async def test_a_group_learns_how_to_ask_there(line: str, bot: Bot) -> None:
    assert "write @paper_bot before a question" in await bot.ask(bot.group(), line, user=bot.reader())
    assert "write @paper_bot before" not in await bot.ask(bot.reader(), line)


async def test_a_press_that_comes_to_nothing_says_so(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    bot.fake.fail("editMessageText", chat, Refusal(403, "Forbidden: user is deactivated"))
    assert "Something went wrong" in (await bot.press(chat, "Dev"))["text"]


async def test_a_channel_is_set_up_from_its_owners_direct_chat(bot: Bot) -> None:
    owner = bot.reader()
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="The Channel", username="thechannel")
    channel.admins |= {owner}
    assert "Make me an admin" in await bot.ask(owner, "@thechannel", user=owner)
    channel.admins |= {BOT}
    channel.member = {"can_post_messages": False}
    assert "of “The Channel”, but may not post" in await bot.ask(owner, "@thechannel", user=owner)
    channel.member = {}
    assert "The Channel" in await bot.ask(owner, "https://t.me/thechannel", user=owner)
    await bot.press(owner, "Subscribe", user=owner)
    assert "Subscribed" in bot.fake.texts(owner)[-1]
    assert "For that chat, reply to this message" in bot.fake.texts(owner)[-1]
    assert "The Channel" in await bot.ask(owner, "7:45 Lisbon", user=owner, reply_to_message=bot.fake.newest(owner))
    assert "07:45 (Lisbon)" in bot.fake.texts(owner)[-1]
    await bot.ask(owner, "@thechannel", user=owner)
    assert "Pin each issue" in bot.fake.buttons(owner)
    await bot.call("push")
    await bot.fake.until(lambda: bool(bot.fake.texts(channel.id)))
    told = await bot.press(channel.id, "Dev", user=9)
    assert told["url"].startswith("https://t.me/paper_bot?start=")
    assert "Polaris 2 is out" in bot.fake.texts(channel.id)[0]


async def test_what_a_channel_is_told_about_its_subscription_has_no_buttons_for_its_readers(bot: Bot) -> None:
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="Typed", admins={7, BOT})
    for line, answer in (("/subscribe 8:30 Berlin", "Subscribed: every day at 08:30"), ("/settings", "(Berlin)")):
        await bot.fake.post(channel.id, line)
        await bot.fake.until(lambda answer=answer: answer in "".join(bot.fake.texts(channel.id)[-1:]))  # type: ignore[misc]
        assert "send me /channel" in bot.fake.texts(channel.id)[-1]
        assert not bot.fake.buttons(channel.id)
    await bot.fake.post(channel.id, "/today")
    await bot.fake.until(lambda: bool(bot.fake.buttons(channel.id)))


async def test_the_owner_hears_from_the_bot_once_it_is_an_admin(bot: Bot) -> None:
    owner = bot.reader()
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="Fresh", admins={owner, BOT}).id
    await bot.fake.member(channel, "left", "administrator", user=owner)
    await bot.fake.until(lambda: bool(bot.fake.texts(owner)))
    assert "Fresh" in bot.fake.texts(owner)[0]
    await bot.press(owner, "Subscribe")
    assert bot.fake.texts(channel) == []
    await bot.fake.member(channel, "administrator", "left", user=owner)
    await bot.ask(owner, "/channel")
    async with asyncio.timeout(10):
        while "isn't subscribed" not in bot.fake.texts(owner)[-1]:
            before = len(bot.fake.texts(owner))
            await bot.fake.tell(owner, chat_shared={"request_id": 1, "chat_id": channel})
            await bot.fake.until(lambda before=before: len(bot.fake.texts(owner)) > before)  # type: ignore[misc]


async def test_whoever_subscribed_a_channel_hears_that_somebody_else_removed_the_bot(bot: Bot) -> None:
    owner, other = bot.reader(), bot.reader()
    channel = bot.fake.chat(
        -next(bot.numbers), "channel", title="Left", username="leftchannel", admins={owner, other, BOT}
    )
    await bot.ask(owner, "@leftchannel")
    await bot.press(owner, "Subscribe")
    await bot.fake.member(channel.id, "administrator", "left", user=other)
    await bot.fake.until(lambda: "I was removed from “Left”" in bot.fake.texts(owner)[-1])
    assert bot.fake.texts(other) == []
    await bot.fake.member(channel.id, "left", "administrator", user=other)
    await bot.fake.until(lambda: "every day at 08:00" in "".join(bot.fake.texts(other)))


async def test_the_owner_hears_what_right_the_bot_lacks(bot: Bot) -> None:
    owner = bot.reader()
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="Mute", admins={owner, BOT}).id
    await bot.fake.member(channel, "left", "administrator", user=owner, can_post_messages=False)
    await bot.fake.until(lambda: bool(bot.fake.texts(owner)))
    assert "of “Mute”, but may not post" in bot.fake.texts(owner)[0]
    await bot.fake.member(channel, "administrator", "administrator", user=owner, before={"can_post_messages": False})
    await bot.fake.until(lambda: len(bot.fake.texts(owner)) > 1)
    assert bot.fake.buttons(owner) == ["Subscribe"]


async def test_a_group_is_set_up_once_the_bot_is_in_it_and_in_the_language_that_its_admin_chose(bot: Bot) -> None:
    owner = bot.reader()
    group = bot.group(username="thegroup", admins={owner}, member={"status": "left"})
    await bot.ask(owner, "/lang zh")
    assert "要把日报发到哪里" in await bot.ask(owner, "/channel")
    assert "我还不在那个群里" in await bot.ask(owner, "@thegroup")
    bot.fake.chats[group].member = {}
    assert "Readers\n\n这里还没有订阅" in await bot.ask(owner, "@thegroup")
    await bot.press(owner, "订阅")
    assert "订阅成功" in bot.fake.texts(owner)[-1]
    assert "只有在那里能发消息的管理员才能设置" in await bot.ask(bot.reader(), "@thegroup", lang="zh-hans")


async def test_a_channel_is_set_up_by_forwarding_or_picking_it(bot: Bot) -> None:
    owner = bot.reader()
    channel = bot.fake.chat(-next(bot.numbers), "channel", title="Picked", admins={owner, BOT})
    assert "Which chat should get the issue?" in await bot.ask(owner, "/channel")
    for way in (
        {"chat_shared": {"request_id": 1, "chat_id": channel.id}},
        {"text": "x", "forward_origin": {"type": "channel", "date": 1, "chat": channel.json, "message_id": 5}},
    ):
        before = len(bot.fake.texts(owner))
        await bot.fake.tell(owner, **way)
        await bot.fake.until(lambda before=before: len(bot.fake.texts(owner)) > before)  # type: ignore[misc]
        assert "Picked" in bot.fake.texts(owner)[-1]


async def test_a_button_that_nobody_remembers_answers_kindly(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    card = bot.fake.newest(chat)
    card["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = "~" + "x" * 22
    told = await bot.press(chat, card["reply_markup"]["inline_keyboard"][0][0]["text"])
    assert "too old" in told["text"]


async def test_a_button_of_an_issue_that_is_gone_answers_kindly(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/today")
    card = bot.fake.newest(chat)
    card["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = "section models daily/en/2020-01-01"
    await bot.press(chat, card["reply_markup"]["inline_keyboard"][0][0]["text"])
    assert "There is no issue for January 1, 2020" in bot.fake.texts(chat)[-1]


async def test_a_story_can_be_shared(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/search Model 12")
    await bot.press(chat, "1")
    story = bot.fake.newest(chat)
    address = parse_qs(urlsplit(story["reply_markup"]["inline_keyboard"][-1][0]["url"]).query)["url"][0]
    link, _start, said = address.partition("?start=")
    assert link == "https://t.me/paper_bot"
    assert await bot.ask(bot.reader(), f"/start {said}") == story["text"]


async def test_an_admin_of_a_channel_who_may_not_post_there_does_not_let_the_bot_post(bot: Bot) -> None:
    owner, moderator = bot.reader(), bot.reader()
    channel = bot.fake.chat(
        -next(bot.numbers), "channel", title="Ours", username="ours", admins={owner, moderator, BOT}
    )
    channel.rights[moderator] = {"can_post_messages": False}
    assert "Only admins who may post" in await bot.ask(moderator, "@ours")
    assert bot.fake.buttons(moderator) == []
    assert "Ours" in await bot.ask(owner, "@ours")
    bot.fake.fail("getChatAdministrators", channel.id, Refusal(403, "Forbidden: bot was kicked from the channel chat"))
    assert "I can't see that chat" in (await bot.press(owner, "Subscribe"))["text"]


async def test_strangers_cannot_set_up_a_channel(bot: Bot) -> None:
    owner, stranger = bot.reader(), bot.reader()
    bot.fake.chat(-next(bot.numbers), "channel", title="Private", username="ownchannel", admins={owner, BOT})
    assert "Only admins" in await bot.ask(stranger, "@ownchannel", user=stranger)


async def test_a_blocked_bot_goes_on_as_it_was_when_it_returns(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30", user=chat)
    await bot.ask(chat, "/pause 30", user=chat)
    await bot.fake.member(chat, "member", "kicked", user=chat)
    assert "isn't subscribed" in await bot.ask(chat, "/settings", user=chat)
    await bot.fake.member(chat, "kicked", "member", user=chat)
    said = await bot.ask(chat, "/settings", user=chat)
    assert "08:30" in said
    assert "Paused until" in said


@pytest.mark.parametrize(
    ("reason", "why"),
    [("bot was kicked from the supergroup chat", "我被移出了这个聊天"), ("user is deactivated", "账号已注销")],
)
async def test_a_chat_that_is_gone_is_found_out_when_posting_and_goes_on_when_it_is_back(
    reason: str, why: str, bot: Bot
) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30", user=chat)
    bot.fake.chats[chat].blocked = reason
    await bot.call("push")
    receipt = await bot.receipt(chat, "failed")
    assert reason in receipt["reason"].casefold()
    bot.fake.chats[chat].blocked = ""
    told = await bot.ask(chat, "/why", user=chat, lang="zh")
    assert f"原因：{why}\n" in told
    assert reason not in told
    assert "isn't subscribed" in await bot.ask(chat, "/settings", user=chat)
    await bot.fake.member(chat, "kicked", "member", user=chat)
    assert "8:30" in await bot.ask(chat, "/settings", user=chat)


async def test_a_subscription_moves_with_its_group(bot: Bot) -> None:
    old, new = bot.group(admins={7}), bot.group(admins={7})
    await bot.ask(old, "/subscribe 8:30")
    bot.fake.chats[old].moved_to = new
    await bot.fake.tell(old, migrate_to_chat_id=new)
    async with asyncio.timeout(10):
        while "8:30" not in await bot.ask(new, "/settings"):
            pass


async def asked_inline(bot: Bot, words: str) -> dict[str, Any]:
    query = f"q-{words}"
    reader = {"id": 7, "is_bot": False, "first_name": "R", "language_code": "en"}
    await bot.fake.update(inline_query={"id": query, "from": reader, "query": words, "offset": ""})

    def answers() -> list[dict[str, Any]]:
        return [
            call.payload
            for call in bot.fake.calls("answerInlineQuery")
            if call.payload["inline_query_id"] == query and not call.refused
        ]

    await bot.fake.until(lambda: bool(answers()))
    return answers()[0]


async def test_an_inline_query_offers_stories_that_are_posted_with_their_links(bot: Bot) -> None:
    result = (await asked_inline(bot, "beaver"))["results"][0]
    content = result["input_message_content"]
    assert "Beaver CLI 1.4" in result["title"]
    assert "A coding agent for the terminal" in content["message_text"]
    assert "https://beaver.example.com/1.4" in [entity.get("url") for entity in content["entities"]]
    said = result["reply_markup"]["inline_keyboard"][0][0]["url"].partition("?start=")[2]
    assert "A coding agent for the terminal" in await bot.ask(bot.reader(), f"/start {said}")


async def test_an_inline_query_that_finds_nothing_leads_to_todays_issue(bot: Bot) -> None:
    answer = await asked_inline(bot, "zyzzyva")
    assert answer["results"] == []
    assert "Polaris 2 is out" in await bot.ask(bot.reader(), f"/start {answer['button']['start_parameter']}")


async def test_a_group_that_became_a_supergroup_is_found_out_when_posting(bot: Bot) -> None:
    old, new = bot.group(admins={7}), bot.group(admins={7})
    await bot.ask(old, "/subscribe 8:30")
    await bot.ask(old, "/lang zh")
    bot.fake.chats[old].moved_to = new
    await bot.call("push")
    await bot.fake.until(lambda: bool(bot.fake.texts(new)))
    assert "Polaris 2 is out" in bot.fake.texts(new)[0]
    assert "每天 08:30" in await bot.ask(new, "/settings")


async def test_a_group_that_adds_the_bot_is_greeted_and_subscribed_by_the_link(bot: Bot) -> None:
    chat = bot.group(admins={7})
    await bot.fake.member(chat, "left", "member")
    await bot.fake.until(lambda: bool(bot.fake.texts(chat)))
    assert "Subscribed" in await bot.ask(chat, "/start@paper_bot subscribe")
    await bot.fake.member(chat, "member", "left")
    await bot.fake.member(chat, "left", "member")
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) > 2)
    assert "This chat is subscribed: every day at 08:00" in bot.fake.texts(chat)[-1]


async def test_settings_are_changed_with_buttons_alone(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30")
    await bot.ask(chat, "/settings")
    for button, shown in [
        ("Time", "At what time?"),
        ("21:00", "every day at 21:00"),
        ("Time zone", "Where are you?"),
        ("Berlin", "21:00 (Berlin)"),
        ("Days", "On which days?"),
        ("Weekdays", "On which days?"),
        ("← Settings", "weekdays at 21:00"),
        ("Issues in Chinese", "Language Chinese"),
        ("Sections", "Which sections?"),
        ("Dev", "Which sections?"),
        ("← Settings", "all but Dev"),
        ("Send whole issues", "the whole issue"),
        ("Deliver silently", "Sound silent"),
        ("Pause", "For how long?"),
        ("3 days", "Paused until"),
        ("Resume now", "Sound silent"),
        ("Unsubscribe", "Unsubscribed"),
        ("Undo", "Subscribed: weekdays at 21:00 (Berlin)"),
    ]:
        await bot.press(chat, button)
        assert shown in bot.fake.texts(chat)[-1], button
    assert len(bot.fake.texts(chat)) == 2


async def test_a_city_is_written_as_an_answer_to_the_page_that_asks_for_it(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30")
    await bot.ask(chat, "/settings")
    await bot.press(chat, "Time zone")
    assert "Lisbon" in await bot.ask(chat, "Lisbon", reply_to_message=bot.fake.newest(chat))
    await bot.press(chat, "Time zone")
    assert "Paris" in await bot.ask(chat, "Paris")
    await bot.press(chat, "Time zone")
    assert "Beaver" in await bot.ask(chat, "what is beaver?")
    assert "Tokyo" not in "".join(bot.fake.texts(chat)) + await bot.ask(chat, "Tokyo")
    await bot.ask(chat, "/settings zone")
    await bot.press(chat, "Use my location")
    (share,) = bot.fake.calls("sendMessage", chat)[-1].payload["reply_markup"]["keyboard"][0]
    assert share["request_location"]


async def test_an_update_that_comes_twice_is_answered_once(bot: Bot) -> None:
    chat = bot.reader()
    message = {"message_id": 1, "date": int(datetime.now(UTC).timestamp()), "chat": bot.fake.chats[chat].json,
               "from": {"id": 7, "is_bot": False, "first_name": "R"}, "text": "/today"}  # fmt: skip
    async with bot.fake._news:
        bot.fake._updates += [{"update_id": 9_000_000, "message": message}] * 2
        bot.fake._news.notify_all()
    await bot.fake.until(lambda: bool(bot.fake.texts(chat)))
    await bot.ask(chat, "/help")
    assert len(bot.fake.texts(chat)) == 2


async def test_a_limit_is_waited_for(bot: Bot) -> None:
    chat = bot.reader()
    bot.fake.fail("sendMessage", chat, Refusal(429, "Too Many Requests: retry after 1", retry_after=1))
    assert "Polaris" in await bot.ask(chat, "/today")


async def test_a_page_to_a_group_whose_answer_was_lost_is_unknown_and_not_sent_again(bot: Bot) -> None:
    chat = bot.group(admins={7})
    await bot.ask(chat, "/subscribe 8:30")
    bot.fake.fail("sendMessage", chat, "after")
    await bot.call("push")
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) == 2)
    receipt = await bot.receipt(chat, "unknown")
    assert receipt["pages"][0]["state"] == "unknown"
    assert len(bot.fake.texts(chat)) == 2


async def test_the_switches_of_telegram_take_effect(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30")
    await bot.ask(chat, "/settings")
    await bot.press(chat, "Pin each issue")
    assert "Stop pinning" in bot.fake.buttons(chat)
    await bot.press(chat, "Hide link previews")
    await bot.press(chat, "Try rich layout")
    assert "<h" in bot.fake.texts(chat)[-1]
    assert "Does the issue below look right?" in bot.fake.texts(chat)[-2]
    before = len(bot.fake.texts(chat))
    await bot.call("push")
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) > before and any(c == chat for c, _ in bot.fake.pinned))


@pytest.mark.parametrize(
    "refusal", [Refusal(400, "Bad Request: RICH_VALIDATE_ERROR"), Refusal(404, "Not Found")], ids=["content", "old"]
)
async def test_a_form_that_the_server_refuses_falls_back_to_the_plain_one(refusal: Refusal, bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30")
    await bot.ask(chat, "/settings")
    await bot.press(chat, "Try rich layout")
    before = len(bot.fake.texts(chat))
    bot.fake.fail("sendRichMessage", chat, refusal)
    await bot.call("push")
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) > before)
    assert "Polaris 2 is out" in bot.fake.texts(chat)[-1]
    assert "<h" not in bot.fake.texts(chat)[-1]


async def test_a_shared_location_sets_the_zone(bot: Bot) -> None:
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30")
    before = len(bot.fake.texts(chat))
    await bot.fake.tell(chat, location={"latitude": 31.2, "longitude": 121.5})
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) > before)
    assert "Shanghai" in bot.fake.texts(chat)[-1]


async def test_doctor_finds_the_bot_well(bot: Bot) -> None:
    muted = bot.fake.chat(-next(bot.numbers), "channel", title="Muted", admins={7, BOT})
    await bot.fake.post(muted.id, "/subscribe 8:30")
    await bot.fake.until(lambda: bool(bot.fake.texts(muted.id)))
    muted.admins.remove(BOT)
    printed = await bot.call("doctor")
    assert "@paper_bot" in printed
    assert "long polling" in printed
    assert "may not post in the channel “Muted”" in printed
    assert TOKEN not in printed


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hooked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Bot, FakeModel, Path]]:
    """A program that takes updates through a webhook, and writes answers with a language model."""
    folder = tmp_path_factory.mktemp("hooked")
    async with fake_telegram() as fake, fake_model() as model:
        more = {"PAPERBOY_TELEGRAM__WEBHOOK_URL": "https://paper.example.com/telegram/hook", **model.settings()}
        async with running(fake, folder, **more, PAPERBOY_LLM__PATIENCE="20") as (environment, desk):
            await fake.until(lambda: bool(fake.calls("setWebhook")))
            fake.hook = f"{desk}/telegram/hook"
            yield Bot(fake, environment), model, folder


async def test_updates_come_through_a_webhook_beside_the_desk(hooked: tuple[Bot, FakeModel, Path]) -> None:
    bot, _model, _folder = hooked
    assert bot.fake.webhook["url"] == "https://paper.example.com/telegram/hook"
    assert "Polaris 2 is out" in await bot.ask(bot.reader(), "/today")
    assert await bot.fake.bring(bot.fake.hook, secret="guess") == 403


async def test_a_webhook_that_telegram_does_not_take_yet_is_a_line_in_the_log_and_is_offered_again(
    tmp_path: Path,
) -> None:
    async with fake_telegram() as fake:
        fake.fail("setWebhook", 0, Refusal(400, "Bad Request: bad webhook: failed to resolve host"))
        environment = environment_of(fake, tmp_path, PAPERBOY_TELEGRAM__WEBHOOK_URL="https://paper.example.com/hook")
        async with forked.running(environment) as program:
            await fake.until(lambda: bool(fake.webhook["url"]))
            assert "failed to resolve host" in program.printed
            assert "Traceback" not in program.printed


async def test_another_programs_webhook_is_named_to_the_operator_and_readers_are_answered_once_it_is_gone(
    tmp_path: Path,
) -> None:
    async with fake_telegram() as fake:
        fake.chat(7)
        fake.webhook["url"] = f"https://n8n.example.org/{TOKEN}"
        environment = environment_of(fake, tmp_path)
        async with forked.running(environment) as program:
            await fake.until(lambda: len(fake.calls("getUpdates")) > 1)
            fake.webhook["url"] = ""
            await fake.say(7, "/today")
            await fake.until(lambda: bool(fake.texts(7)))
            assert program.printed.count("a webhook is set to n8n.example.org") == 1
            assert TOKEN not in program.printed


async def test_an_answer_of_a_model_grows_in_a_direct_chat(hooked: tuple[Bot, FakeModel, Path]) -> None:
    bot, model, _folder = hooked
    first = "Beaver CLI 1.4 is a coding agent [1]."
    model.plan(Turn(say=f"{first} Beaver CLI 1.4 is an agent for the terminal [1].", pause=0.3))
    chat = bot.reader()
    said = await bot.ask(chat, "what is beaver?")
    grown = [call.payload["text"] for call in bot.fake.calls("sendMessageDraft", chat)]
    assert grown[:1] == [first]
    assert said.startswith(f"{first} Beaver CLI")
    assert bot.fake.texts(chat) == [said]


async def test_so_does_one_to_a_question_that_is_only_pressed(hooked: tuple[Bot, FakeModel, Path]) -> None:
    bot, model, _folder = hooked
    chat = bot.reader()
    await bot.ask(chat, "/today")
    first = "Beaver CLI 1.4 is a coding agent [1]."
    model.plan(Turn(say=f"{first} Beaver CLI 1.4 is an agent for the terminal [1].", pause=0.3))
    await bot.press(chat, "Beaver CLI 1.4: what is new?")
    assert [call.payload["text"] for call in bot.fake.calls("sendMessageDraft", chat)][:1] == [first]
    assert bot.fake.texts(chat)[1].startswith(f"{first} Beaver CLI")


async def test_a_group_sees_that_an_answer_is_being_typed(hooked: tuple[Bot, FakeModel, Path]) -> None:
    bot, model, _folder = hooked
    model.plan(Turn(wait=1.2))
    chat = bot.group(admins={7})
    await bot.ask(chat, "@paper_bot what is beaver?")
    assert bot.fake.calls("sendChatAction", chat)
    assert not bot.fake.calls("sendMessageDraft", chat)


async def test_a_correction_changes_what_was_sent_and_a_withdrawal_replaces_it(
    hooked: tuple[Bot, FakeModel, Path],
) -> None:
    bot, _model, folder = hooked
    chat = bot.reader()
    await bot.ask(chat, "/subscribe 8:30")
    await bot.call("push")
    await bot.fake.until(lambda: len(bot.fake.texts(chat)) > 1)
    await bot.receipt(chat, "sent")
    other = bot.reader()
    await bot.ask(other, "/today")
    issue = folder / "issues" / "daily" / "en" / f"{TODAY}.md"
    issue.write_text(ISSUE.replace("Polaris 2", "Polaris 3"), encoding="utf-8")
    await settled(folder, lambda: "Polaris 3" in bot.fake.texts(chat)[1])
    assert "Corrected on" in bot.fake.texts(chat)[1]
    issue.unlink()
    await settled(folder, lambda: "withdrawn" in bot.fake.texts(chat)[1])
    assert len(bot.fake.texts(chat)) == 2
    await bot.press(other, "Dev")
    assert "There is no issue for" in bot.fake.texts(other)[0]


async def settled(folder: Path, true: Callable[[], bool]) -> None:
    """Wait for a change of an issue to reach the posts, without the minute that others may follow it in."""
    async with asyncio.timeout(40):
        while not true():
            with sqlite3.connect(folder / "data" / "paperboy.db", timeout=10) as database:
                database.execute("UPDATE issues SET updated_at = updated_at - 60000000")
            database.close()
            await asyncio.sleep(0.5)


async def test_a_program_that_is_killed_answers_after_its_restart_and_knows_its_buttons(tmp_path: Path) -> None:
    async with fake_telegram() as fake:
        environment = environment_of(fake, tmp_path)
        bot = Bot(fake, environment)
        chat = bot.reader()
        async with forked.running(environment) as program:
            first = await bot.ask(chat, "/search Model open weights for everybody, from the archive of every day")
            assert fake.newest(chat)["reply_markup"]["inline_keyboard"][-1][0]["callback_data"].startswith("~")
            fake.fail("sendMessage", chat, "hold")
            await fake.say(chat, "/today")
            await fake.until(lambda: bool(fake.unanswered) and not fake.unconfirmed())
            await program.kill()
        async with forked.running(environment):
            await fake.until(lambda: len(fake.texts(chat)) > 1)
            assert "Polaris 2 is out" in fake.texts(chat)[1]
            await bot.press(chat, "More")
            assert first not in fake.texts(chat)
            assert len(fake.texts(chat)) == 2


async def test_nothing_was_refused_that_a_test_did_not_order(bot: Bot) -> None:
    ordered = (
        "Too Many",
        "not modified",
        "RICH_VALIDATE",
        "Not Found",
        "upgraded to a supergroup",
        "kicked",
        "deactivated",
    )
    assert [
        (c.method, c.refused) for c in bot.fake.seen if c.refused and not any(o in c.refused for o in ordered)
    ] == []
