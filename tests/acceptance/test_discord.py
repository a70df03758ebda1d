"""The whole program on Discord: ``paperboy run`` as a process against a strict REST and gateway server."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

import forked
from tests.fakes import discord_shapes as shapes
from tests.fakes.discord import TOKEN, FakeDiscord, fake_discord, text_of
from tests.fakes.model import FakeModel, Turn, fake_model
from todays_issue import TODAY, todays_issue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
ISSUE = todays_issue(40)


@dataclass
class Bot:
    """The program, and the servers that it talks to."""

    fake: FakeDiscord
    model: FakeModel
    environment: dict[str, str]
    folder: Path
    program: forked.Program | None = None

    async def start(self, *arguments: str) -> None:
        self.program = forked.Program(self.environment, *arguments)

    async def stop(self) -> None:
        assert self.program
        logged = await self.program.stop()
        assert TOKEN.rpartition(".")[2] not in logged
        assert "Traceback" not in logged, logged

    async def call(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """Call the program beside the running one; return what it printed."""
        done = await asyncio.to_thread(forked.paperboy, *arguments, environment=self.environment | environment)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    async def settled(self, true: Callable[[], object]) -> None:
        """Wait for a change of an issue to reach the posts, without the minute that others may follow it in."""
        async with asyncio.timeout(40):
            while not true():
                with sqlite3.connect(self.folder / "data" / "paperboy.db", timeout=10) as database:
                    database.execute("UPDATE issues SET updated_at = updated_at - 60000000")
                database.close()
                await asyncio.sleep(0.3)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    folder = tmp_path_factory.mktemp("discord")
    issues = folder / "issues" / "daily" / "en"
    issues.mkdir(parents=True)
    (issues / f"{TODAY}.md").write_text(ISSUE, encoding="utf-8")
    async with fake_discord() as fake, fake_model() as model:
        fake.shards = 2
        environment = forked.environment(
            folder / "data",
            PAPERBOY_ISSUES=str(folder / "issues"),
            PAPERBOY_DISCORD__TOKEN=TOKEN,
            PAPERBOY_DISCORD__API_URL=fake.url,
            PAPERBOY_LLM__PATIENCE="20",
            **model.settings(),
        )
        bot = Bot(fake, model, environment, folder)
        await bot.start()
        try:
            await fake.until(lambda: fake.beats and fake.identified, 30)
            yield bot
        finally:
            await bot.stop()


@pytest.fixture(autouse=True)
def reader(bot: Bot, readers: count[int]) -> None:
    """Let each test be a reader of its own, who is not too fast for the bot."""
    bot.fake.reader = str(next(readers))


@pytest.fixture(scope="module")
def readers() -> count[int]:
    return count(100)


async def test_today_is_a_card_whose_buttons_turn_its_pages_in_place(bot: Bot) -> None:
    card = await bot.fake.slash("today")
    assert card.kind == 4
    assert not card.private
    assert "Polaris 2 is out" in card.text
    models = await bot.fake.press(card.message, next(label for label in card.labels if "Models" in label))
    assert models.kind == 7
    assert "Model 0" in models.text
    assert "Model 39" not in models.text
    turned = await bot.fake.press(models.message, "›")
    assert turned.kind == 7
    assert "Model 0\n" not in turned.text


async def test_a_button_for_a_channel_that_cannot_be_one_is_answered_kindly(bot: Bot) -> None:
    card = await bot.fake.slash("today")
    button = next(one for one in shapes.every(card.message["components"]) if one["type"] == 2)
    button["custom_id"] = "#\ud83d today"
    said = await bot.fake.press(card.message, button["label"])
    assert "I cannot see that channel any more." in said.text


async def test_commands_are_registered_once_with_chinese_names(bot: Bot) -> None:
    assert len(bot.fake.calls("PUT", r"/applications/\d+/commands")) == 1
    today = next(command for command in bot.fake.commands if command["name"] == "today")
    assert today["name_localizations"] == {"zh-CN": "今日", "zh-TW": "今日"}
    bot.fake.flags = 1 << 19
    examined = await bot.call("doctor")
    bot.fake.flags = 0
    for expected in ("registered", "on: Message Content", "by servers and by readers", "permissions=309237713920"):
        assert expected in examined
    assert bot.fake.identity["presence"]["game"]["state"] == "/today · Paperboy"


async def test_subscribing_is_for_managers_and_needs_the_rights_to_post(bot: Bot) -> None:
    refused = await bot.fake.slash("subscribe", rights=0)
    assert refused.private
    assert "the right to manage this channel or the server" in refused.text
    lacking = await bot.fake.slash("subscribe", ours=0)
    assert "View Channel" in lacking.text
    assert "https://discord.com/oauth2/authorize?" in lacking.text
    closed = await bot.fake.slash("subscribe", values={"channel": "504"})
    assert "Send Messages" in closed.text
    assert "<#504>" in closed.text
    reasons = await bot.fake.slash("why", values={"channel": "504"})
    assert "Send Messages" in reasons.text
    assert "Nothing has been delivered" in reasons.text


async def test_a_push_reaches_text_announcement_forum_and_direct_messages_once(bot: Bot) -> None:
    fake = bot.fake
    direct = fake.direct("42")
    await fake.slash("subscribe", values={"time": "8:30", "zone": "Asia/Shanghai"})
    await fake.slash("subscribe", channel="502")
    assert (await fake.slash("subscribe", values={"channel": "503"})).text.startswith("-# For <#503>\n")
    await fake.slash("subscribe", channel=direct)
    thread = await fake.begin_thread("501", "Mornings", 11, under="555", owner="42")
    await fake.slash("subscribe", channel=thread["id"], ours=1 << 10 | 1 << 38)
    fake.fail("POST", "/channels/501/messages", 502, after=True)
    await bot.call("push")
    await fake.until(lambda: all(map(fake.posts, ("501", "502", "555", direct))) and fake.published)
    forum = [one for one in fake.channels.values() if one.get("parent_id") == "503"]
    assert "Polaris 2 is out" in text_of(fake.posts("555")[0])
    assert [(one["name"].startswith("Polaris 2 is out"), one["applied_tags"]) for one in forum] == [(True, ["1"])]
    assert len(fake.posts("501")) == len(fake.posts("502")) == 1
    assert fake.published == [fake.posts("502")[0]["id"]]


async def test_posts_and_pages_of_others_stay_as_they_are_whoever_presses(bot: Bot) -> None:
    fake = bot.fake
    post = fake.posts("501")[0]
    mine = await fake.slash("today")
    for page in (post, mine.message):
        before = text_of(page)
        models = await fake.press(page, "🧠 Models 40", user="47", rights=0)
        assert (models.kind, models.private, text_of(page)) == (4, True, before)
        turned = await fake.press(models.message, "›", user="47")
        assert (turned.kind, turned.private) == (7, True)
        asked = await fake.press(page, "Model 0: what is new?", user="47")
        assert asked.private
    assert (await fake.press(mine.message, "Beaver CLI 1.4: what is new?")).private
    offered = await fake.slash("start")
    subscribing = await fake.press(offered.message, "Subscribe")
    assert (subscribing.kind, subscribing.private) == (4, True)


async def test_settings_change_what_discord_adds(bot: Bot) -> None:
    fake = bot.fake
    page = await fake.slash("settings")
    assert page.private
    role = await fake.press(page.message, "Mention a role (off)", values=["601"], channel="501")
    everyone = await fake.press(role.message, "Mention a role (off)", values=["500"], channel="501")
    assert "never mention everyone" in everyone.text
    staff = await fake.press(role.message, "Mention a role (off)", values=["600"], channel="501")
    assert "Not everyone may mention that role" in staff.text
    form = await fake.press(role.message, "Type a time…", channel="501")
    assert form.kind == 9
    assert [row["components"][0]["value"] for row in form.form["components"]] == ["08:30", "Shanghai"]
    misread = await fake.fill_in(form.form, {"time": "25:00"}, message=role.message)
    assert (misread.kind, misread.private) == (4, True)
    done = await fake.fill_in(form.form, {"time": "9:15", "zone": "Tokyo"}, message=role.message)
    assert "9:15" in done.text
    refused = await fake.press(done.message, "Long issues in a thread", channel="501", ours=1 << 11)
    assert "Create Public Threads" in refused.text
    kept = await fake.press(done.message, "Long issues in a thread", channel="501")
    assert "Long issues in messages" in kept.labels


async def test_sections_are_chosen_many_at_a_time(bot: Bot) -> None:
    fake = bot.fake
    page = await fake.slash("settings")
    sections = await fake.press(page.message, "Sections")
    assert sections.labels.count("Sections to get") == 1
    assert "Choose…" not in sections.labels
    chosen = await fake.press(sections.message, "Sections to get", values=["models", "dev"])
    assert chosen.kind == 7
    back = await fake.press(chosen.message, "← Settings")
    assert "all but" in back.text
    assert "Models" not in back.text
    again = await fake.press(back.message, "Sections")
    everything = await fake.press(again.message, "All sections")
    assert "all but" not in (await fake.press(everything.message, "← Settings")).text


async def test_settings_of_another_channel_and_whether_its_posts_are_published(bot: Bot) -> None:
    fake = bot.fake
    page = await fake.slash("settings")
    rights = {"permissions": str(1 << 5), **{key: fake.channels["502"][key] for key in ("id", "name", "type")}}
    another = await fake.press(
        page.message, "Settings of another channel…", values=["502"], resolved={"channels": {"502": rights}}
    )
    stopped = await fake.press(another.message, "Stop publishing to followers")
    assert "Publish to followers" in stopped.labels
    silent = await fake.press(stopped.message, "Deliver silently")
    assert "silent" in silent.text
    assert "silent" not in (await fake.slash("settings")).text
    started = await fake.press(silent.message, "Publish to followers")
    sound = await fake.press(started.message, "Turn sound on")
    assert "Stop publishing to followers" in sound.labels
    form = await fake.press(sound.message, "Type a time…")
    there = await fake.fill_in(form.form, {"time": "7:00"}, message=sound.message)
    assert "7:00" in there.text
    assert "9:15" in (await fake.slash("settings")).text


async def test_questions_are_answered_in_threads_and_direct_messages(bot: Bot) -> None:
    fake = bot.fake
    asked = await fake.write("<@1001> What is Beaver CLI?", mention=True)
    await fake.until(lambda: any("[1" in text_of(post) for post in fake.posts(asked["id"])))
    direct = fake.direct("44")
    await fake.write("Beaver CLI", channel=direct, user="44")
    await fake.until(lambda: len(fake.posts(direct)) > 1)
    await fake.write("nobody asked", user="45")
    assert all(post["author"]["id"] != "1001" or "nobody" not in text_of(post) for post in fake.posts("501"))


async def test_readers_bring_the_app_along_and_subscribe_their_direct_messages(bot: Bot) -> None:
    answer = await bot.fake.slash("subscribe", user="46", owners={"1": "46"}, rights=0)
    assert answer.text.startswith("-# For your direct messages\nSubscribed")
    assert "This chat is subscribed" in (await bot.fake.slash("why", user="46", owners={"1": "46"}, rights=0)).text
    opened = bot.fake.calls("POST", "/users/@me/channels")
    assert [call.body["recipient_id"] for call in opened].count("46") == 1
    page = await bot.fake.slash("settings", user="46", owners={"1": "46"}, rights=0)
    sections = await bot.fake.press(page.message, "Sections", user="46", owners={"1": "46"}, channel="501")
    chosen = await bot.fake.press(
        sections.message, "Sections to get", values=["models"], user="46", owners={"1": "46"}, channel="501"
    )
    back = await bot.fake.press(chosen.message, "← Settings", user="46", owners={"1": "46"}, channel="501")
    assert "all but" in back.text
    theirs = bot.fake.direct("47")
    with_somebody = await bot.fake.slash("settings", user="46", channel=theirs, owners={"1": "46"}, context=2)
    assert with_somebody.private
    assert "Settings" in with_somebody.text
    bot.fake.channels["700"] = {"id": "700", "type": 3, "name": "Family", "owner_id": "46", "recipients": []}
    among_friends = await bot.fake.slash("today", user="46", channel="700", owners={"1": "46"})
    assert "Polaris 2 is out" in among_friends.text


async def test_who_may_not_subscribe_a_channel_is_offered_their_direct_messages(bot: Bot) -> None:
    refused = await bot.fake.slash("subscribe", rights=0)
    mine = await bot.fake.press(refused.message, "Subscribe my direct messages", rights=0, channel="501")
    assert mine.text.startswith("-# For your direct messages\nSubscribed")
    later = await bot.fake.press(mine.message, "09:00", rights=0, channel="501")
    assert "09:00" in later.text.splitlines()[1]
    direct = bot.fake.direct(bot.fake.reader)
    assert "09:00" in (await bot.fake.slash("settings", channel=direct)).text


async def test_a_reader_whose_direct_messages_are_closed_is_told(bot: Bot) -> None:
    closed = {"code": 50007, "message": "Cannot send messages to this user"}
    bot.fake.fail("POST", "/users/@me/channels", 403, closed)
    answer = await bot.fake.slash("subscribe", owners={"1": bot.fake.reader}, rights=0, locale="zh-CN")
    assert answer.private
    assert "允许私信" in answer.text
    bot.fake.fail(
        "POST", "/users/@me/channels", 400, {"code": 40003, "message": "You are opening direct messages too fast"}
    )
    hurried = await bot.fake.slash("subscribe", owners={"1": bot.fake.reader}, rights=0)
    assert "try again in a moment" in hurried.text


async def test_options_complete_and_messages_are_explained(bot: Bot) -> None:
    fake = bot.fake
    zones = await fake.complete("subscribe", "zone", "tok")
    assert "Asia/Tokyo" in [choice["value"] for choice in zones]
    assert await fake.complete("models", "date", "")
    explained = await fake.on_message("Explain this", {"id": "5", "content": "Beaver CLI"})
    assert explained.private
    linked = await fake.on_message("Explain this", {"id": "5", "embeds": [{"type": "link", "title": "Beaver CLI"}]})
    assert "coding agent" in linked.text
    picture = await fake.on_message("Ask about this", {"id": "5", "content": ""})
    assert "no words" in picture.text
    form = await fake.on_message("Ask about this", {"id": "6", "content": "Beaver CLI 1.4"})
    answer = await fake.fill_in(form.form, {"question": "What is it?"})
    assert "Beaver" in answer.text
    post = fake._store("501", (await fake.slash("dev")).message)
    form = await fake.on_message("Ask about this", post)
    answer = await fake.fill_in(form.form, {"question": "What is it?"}, user="49")
    assert "coding agent" in answer.text
    other = await fake.on_message("Ask about this", {"id": "7", "content": "Lunch at noon?"})
    answer = await fake.fill_in(other.form, {"question": "What is it?"}, user="51")
    assert "Beaver" not in answer.text


async def test_where_others_read_along_the_first_pages_say_how_a_question_is_heard(bot: Bot) -> None:
    for command in ("start", "help"):
        welcome = await bot.fake.slash(command)
        assert "mention me" in welcome.text
        assert command == "start" or f"- </today:{bot.fake.commands[0]['id']}> " in welcome.text
        assert (await bot.fake.press(welcome.message, "Ask a question")).kind == 9
    direct = bot.fake.direct(bot.fake.reader)
    assert "Ask a question" not in (await bot.fake.slash("start", channel=direct)).labels


async def test_an_answer_of_a_model_grows_and_opens_a_thread(bot: Bot) -> None:
    fake = bot.fake
    first = "Beaver CLI 1.4 is a coding agent [1]."
    bot.model.plan(Turn(say=f"{first} Beaver CLI 1.4 is an agent for the terminal [1].", pause=0.2))
    asked = await fake.slash("ask", values={"question": "what is beaver?"})
    await fake.until(lambda: asked.message["id"] in fake.channels)
    shown = [
        text_of(call.body).replace("\\", "") for call in fake.calls("PATCH", f".*/{asked.state['event']['token']}/.*")
    ]
    assert asked.promised
    assert shown[0] == first
    assert f"{first} Beaver CLI 1.4 is an agent" in shown[-1]
    assert fake.channels[asked.message["id"]]["name"] == "what is beaver?"


@pytest.mark.parametrize("code", [10062, 40060])
async def test_a_late_interaction_does_no_harm(bot: Bot, code: int) -> None:
    fake = bot.fake
    fake.fail("POST", "/interactions/.*", 404, {"code": code, "message": "Unknown interaction"})
    await fake.dispatch("INTERACTION_CREATE", fake._slash("today", {}))
    await fake.until(lambda: not fake.troubles)
    assert (await fake.slash("today")).kind == 4


async def test_shards_share_the_servers_and_come_back_where_they_broke_off(bot: Bot) -> None:
    fake = bot.fake
    await fake.until(lambda: len(fake.sessions) == 2)
    assert (await fake.slash("today", channel="601")).kind == 4
    await fake.reconnect()
    before = fake.resumed
    await fake.drop()
    missed = fake._slash("today", {}, channel="601")
    await fake.dispatch("INTERACTION_CREATE", missed)
    await fake.until(lambda: fake.resumed == before + 2)
    await fake.until(lambda: fake.calls("POST", f"/interactions/{missed['id']}/.*"))
    assert fake.identified == 2


async def test_a_correction_changes_every_post_and_a_withdrawal_replaces_it(bot: Bot) -> None:
    fake = bot.fake
    forum = next(one["id"] for one in fake.channels.values() if one.get("parent_id") == "503")
    fake.archive(forum)
    fake.archive("555")
    places = ("501", "502", "555", forum, fake.direct("42"))
    first = {place: next(one for one in fake.posts(place) if "asked" in one) for place in places}
    issue = bot.folder / "issues" / "daily" / "en" / f"{TODAY}.md"
    issue.write_text(ISSUE.replace("Polaris 2", "Polaris 3"), encoding="utf-8")
    await bot.settled(lambda: all("Polaris 3" in text_of(post) for post in first.values()))
    assert all("Corrected on" in text_of(post) for post in first.values())
    issue.unlink()
    await bot.settled(lambda: all("withdrawn" in text_of(post) for post in first.values()))
    issue.write_text(ISSUE, encoding="utf-8")
    await bot.settled(lambda: all("Polaris 2" in text_of(post) for post in first.values()))


async def settings_say(fake: FakeDiscord, words: str, channel: str = "501") -> None:
    """Open the settings again and again until they say this."""
    async with asyncio.timeout(10):
        while True:
            if words in (await fake.slash("settings", channel=channel)).text:
                return
            await asyncio.sleep(0.2)


async def test_a_server_that_leaves_ends_and_one_that_returns_goes_on(bot: Bot) -> None:
    fake = bot.fake
    await fake.slash("subscribe")
    await fake.leave()
    await settings_say(fake, "isn't subscribed")
    await fake.come_back()
    await settings_say(fake, "every day at")
    thread = await fake.begin_thread("501", "Evenings", 11, under="556", owner="42")
    await fake.slash("subscribe", channel=thread["id"])
    await fake.dispatch("THREAD_DELETE", {"id": "556", "guild_id": "500", "parent_id": "501", "type": 11})
    await settings_say(fake, "isn't subscribed", thread["id"])
    await settings_say(fake, "every day at")


async def test_old_buttons_work_after_a_restart_and_couriers_need_no_gateway(bot: Bot) -> None:
    fake = bot.fake
    card = await fake.slash("today")
    await fake.slash("subscribe", channel="601")
    await bot.stop()
    connected, registered = fake.identified, len(fake.calls("PUT", ".*/commands"))
    await bot.start("--role", "carry")
    await bot.call("push")
    await fake.until(lambda: fake.posts("601"), 30)
    await bot.stop()
    assert fake.identified == connected
    await bot.start()
    await fake.until(lambda: len(fake.sessions) > 2, 30)
    models = await fake.press(card.message, next(label for label in card.labels if "Models" in label))
    assert "Model 0" in models.text
    assert len(fake.calls("PUT", ".*/commands")) == registered


async def test_a_refused_token_is_said_in_a_sentence(bot: Bot) -> None:
    said = await bot.call("run", "--role", "listen", code=2, PAPERBOY_DISCORD__TOKEN="MTAwMQ.Xx.wrong")
    assert "Discord refuses the token. Set its token anew (PAPERBOY_DISCORD__" in said
    assert "Traceback" not in said
