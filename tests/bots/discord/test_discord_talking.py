"""Answers that take their time: promised, growing, in threads; and how readers are heard without privileges."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bots.discord import answer, app, grow
from bots.discord.render import DiscordRenderer
from bots.settings import Settings
from bots.wiring import open_house
from core.clock import SystemClock
from core.commands import dispatch as dispatching
from core.commands.model import Reply
from core.commands.page import page
from core.commands.registry import COMMANDS
from core.digest.parse import parse
from core.digest.sections import Vocabulary
from core.document.build import paragraph
from core.i18n import texts
from discord_stand import platform_of
from tests.fakes import discord_shapes as shapes
from tests.fakes.discord import FakeDiscord, fake_discord, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.commands.model import Request
    from core.commands.services import Services
    from core.target import Target

pytestmark = pytest.mark.asyncio(loop_scope="module")
ISSUE = """---
date: 2026-03-02
lang: en
---
# Open weights

## 🧠 Models

- **Polaris 2** — It has open weights.

## 🔧 Dev

- **Beaver CLI** — An agent for the terminal.
"""
WORDS = ("Polaris", "Polaris 2 has", "Polaris 2 has open weights.")


@dataclass
class Slow:
    """Answers as a model would: word by word, the whole answer in the end. Remembers what it was asked."""

    asked: list[Request] = field(default_factory=list)
    between: float = 0.12
    private: bool = False
    pages: int = 1

    async def handler(self, request: Request, _services: Services) -> Reply:
        self.asked.append(request)
        for words in WORDS:
            await asyncio.sleep(self.between)
            if request.progress and not self.private:
                await request.progress(words)
        _ = texts(request.lang)
        blocks = [paragraph(WORDS[-1]), *(paragraph("It says so. " * 300) for _number in range(self.pages - 1))]
        return Reply(document=page(_, request.args, *blocks), private=self.private)

    @property
    def target(self) -> Target:
        return self.asked[-1].target


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fake(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FakeDiscord]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("talking"))
    async with fake_discord() as server, open_house(settings) as house:
        await house.publish(ISSUE, parse(ISSUE, vocabulary=Vocabulary.bundled()).issue)
        platform = platform_of(house, server.url)
        serving = asyncio.create_task(platform.serve())
        await server.until(lambda: server.identified and server.beats)
        yield server
        serving.cancel()
        await asyncio.wait({serving})


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    made = Slow()
    known = {**COMMANDS, "ask": replace(COMMANDS["ask"], handler=made.handler)}
    monkeypatch.setattr(dispatching, "COMMANDS", known)
    monkeypatch.setattr(grow, "EVERY", timedelta(milliseconds=50))
    monkeypatch.setattr(grow, "TYPING_AFTER", timedelta(milliseconds=20))
    monkeypatch.setattr(answer, "PATIENCE_SECONDS", 0.05)
    return made


def edits(fake: FakeDiscord, path: str) -> list[str]:
    return [text_of(call.body) for call in fake.calls("PATCH", path)]


async def answered(fake: FakeDiscord, channel: str) -> None:
    """Wait for the whole of an answer."""
    await fake.until(lambda: WORDS[-1] in map(text_of, fake.posts(channel)))


async def test_a_question_is_promised_an_answer_that_grows_and_a_thread_to_go_on_in(
    fake: FakeDiscord, slow: Slow
) -> None:
    asked = await fake.slash("ask", values={"question": "What is Polaris?"}, channel="501")
    await fake.until(lambda: asked.message["id"] in fake.channels)
    shown = edits(fake, rf".*{asked.state['event']['token']}.*")
    assert asked.promised
    assert len(shown) > 1
    assert all(WORDS[-1].startswith(before) for before in shown)
    assert shown[-1] == WORDS[-1]
    thread = fake.channels[asked.message["id"]]
    assert (thread["name"], thread["parent_id"]) == ("What is Polaris?", "501")
    first = slow.target
    await fake.write("<@1001> And what does it cost?", channel=thread["id"], mention=True)
    await fake.until(lambda: len(slow.asked) == 2)
    assert slow.target == first


async def test_a_promise_whose_answer_was_lost_is_kept(fake: FakeDiscord, slow: Slow) -> None:
    fake.fail("POST", "/interactions/.*", 502, after=True)
    asked = await fake.slash("ask", values={"question": "What is Polaris?"}, channel="501")
    await fake.until(lambda: asked.message["id"] in fake.channels)
    assert asked.text == WORDS[-1]


async def test_further_pages_of_a_long_answer_go_into_its_thread(fake: FakeDiscord, slow: Slow) -> None:
    slow.pages = 3
    asked = await fake.slash("ask", values={"question": "Everything?"}, channel="502")
    await fake.until(lambda: fake.posts(asked.message["id"]))
    assert WORDS[-1] in asked.text
    assert fake.channels[asked.message["id"]]["type"] == 10


async def test_an_answer_in_a_thread_or_without_the_right_to_open_one_stays_there(
    fake: FakeDiscord, slow: Slow
) -> None:
    before = len(fake.channels)
    refused = await fake.slash("ask", values={"question": "Polaris?"}, ours=1 << 11)
    direct = await fake.slash("ask", values={"question": "Polaris?"}, channel=fake.direct("42"))
    await fake.until(lambda: WORDS[-1] in refused.text and WORDS[-1] in direct.text)
    assert len(fake.channels) == before + 1
    assert slow.target.thread == ""


async def test_a_late_answer_for_one_reader_is_shown_to_nobody_else(fake: FakeDiscord, slow: Slow) -> None:
    slow.private = True
    asked = await fake.slash("ask", values={"question": "Polaris?"})
    assert asked.private
    assert fake.calls("DELETE", rf".*{asked.state['event']['token']}.*")


async def test_a_mention_is_answered_in_a_thread_by_one_message_that_grows(fake: FakeDiscord, slow: Slow) -> None:
    asked = await fake.write("<@1001> 北极星是什么？", mention=True)
    await fake.until(lambda: [text_of(post) for post in fake.posts(asked["id"])] == [WORDS[-1]])
    assert fake.calls("POST", f"/channels/{asked['id']}/typing")
    assert len(fake.posts(asked["id"])) == 1
    assert fake.posts(asked["id"])[0]["edits"] > 0
    assert (slow.target.chat, slow.target.thread) == ("501", asked["id"])
    assert slow.asked[-1].lang == "zh"


async def test_a_direct_message_is_answered_below_it(fake: FakeDiscord, slow: Slow) -> None:
    direct = fake.direct("48")
    asked = await fake.write("Polaris", channel=direct, user="48")
    await fake.until(lambda: any(post["author"]["id"] == "1001" for post in fake.posts(direct)))
    answered = fake.posts(direct)[-1]["asked"]
    assert answered["message_reference"]["message_id"] == asked["id"]


async def test_who_writes_in_a_thread_under_a_post_learns_once_how_to_be_heard_and_may_press(
    fake: FakeDiscord, slow: Slow
) -> None:
    post = fake._store("501", (await fake.slash("start")).message)
    await fake.begin_thread("501", "About today", 11, under=post["id"], owner="42")
    for words in ("What is Polaris?", "Hello?"):
        await fake.write(words, channel=post["id"])
    await fake.until(lambda: len(fake.posts(post["id"])) == 3)
    hint = fake.posts(post["id"])[-1]
    assert "mention" in text_of(hint)
    form = await fake.press(hint, "Ask a question")
    answered = await fake.fill_in(form.form, {"question": "What is Polaris?"}, channel=post["id"])
    await fake.until(lambda: WORDS[-1] in answered.text)
    assert not answered.private
    assert slow.target.thread == post["id"]
    assert sum(one["author"]["id"] == "1001" for one in fake.posts(post["id"])) == 1


async def test_threads_of_others_are_left_alone(fake: FakeDiscord, slow: Slow) -> None:
    theirs = await fake.write("Lunch?", user="45")
    await fake.begin_thread("501", "Lunch", 11, under=theirs["id"], owner="45")
    await fake.write("Noodles", channel=theirs["id"], user="45")
    await fake.until(lambda: fake.calls("GET", f"/channels/.*/messages/{theirs['id']}"))
    await fake.slash("start")
    assert [one["author"]["id"] for one in fake.posts(theirs["id"])] == ["45"]
    assert slow.asked == []


async def test_a_reply_whose_mention_is_off_learns_how_to_be_heard_in_the_language_of_the_channel(
    fake: FakeDiscord, slow: Slow
) -> None:
    await fake.slash("lang", values={"lang": "zh"}, channel="502")
    post = fake._store("502", (await fake.slash("start", channel="502")).message)
    for words in ("多少钱？", "喂？"):
        await fake.write(words, channel="502", user="49", reply_to=post, ping=False)
    await fake.until(lambda: "提及" in text_of(fake.posts("502")[-1]))
    await fake.slash("start")
    assert len(fake.posts("502")) == 4
    assert slow.asked == []


async def test_discords_own_words_are_no_questions_but_what_is_passed_on_is(fake: FakeDiscord, slow: Slow) -> None:
    direct = fake.direct("50")
    pinned = 6
    await fake.write("", channel=direct, user="50", type=pinned)
    passed_on = {**fake.channels["501"], "content": "Polaris 2 has open weights", "type": 0}
    snapshot = {"message": {**shapes.message_frame(fake.channels["501"], shapes.user("42")), **passed_on}}
    about = {"type": 1, "message_id": "5", "channel_id": "501"}
    await fake.write("", channel=direct, user="50", message_reference=about, message_snapshots=[snapshot])
    await answered(fake, direct)
    assert [request.args for request in slow.asked] == ["Polaris 2 has open weights"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/settings", "Type / and choose /settings"),
        ("/today", "Open weights"),
        ("unsubscribe", "Type / and choose /unsubscribe"),
    ],
)
async def test_settings_are_not_changed_in_front_of_everybody_and_commands_open_no_thread(
    fake: FakeDiscord, slow: Slow, line: str, said: str
) -> None:
    asked = await fake.write(f"<@1001> {line}", mention=True)
    await fake.until(lambda: said in text_of(fake.posts("501")[-1]))
    assert asked["id"] not in fake.channels


async def test_a_wish_that_is_asked_for_is_granted_to_the_channel_and_not_to_a_thread(
    fake: FakeDiscord, slow: Slow
) -> None:
    asked = await fake.slash("ask", values={"question": "send me this every day at 8"})
    assert asked.private
    assert "Subscribed" in asked.text
    assert "Unsubscribe" in (await fake.slash("settings")).labels


async def test_no_thread_is_opened_where_nothing_could_be_said_in_it(fake: FakeDiscord, slow: Slow) -> None:
    await fake.write("<@1001> What is Polaris?", channel="504", mention=True)
    await fake.until(lambda: fake.calls("POST", "/channels/504/messages"))
    assert fake.calls("POST", "/channels/504/messages/.*/threads") == []


async def test_threads_are_named_in_whole_words_without_anybodys_number(fake: FakeDiscord, slow: Slow) -> None:
    asked = await fake.write(f"<@1001> <@55> What does {'everybody ' * 20}say?", mention=True)
    await answered(fake, asked["id"])
    name = fake.channels[asked["id"]]["name"]
    assert name.startswith("What does everybody")
    assert name.endswith("everybody…")
    assert len(name) <= 100


async def test_a_reply_to_a_story_is_about_that_story(fake: FakeDiscord, slow: Slow) -> None:
    page = fake._store("501", (await fake.slash("dev")).message)
    asked = await fake.write("<@1001> What does it cost?", mention=True, reply_to=page)
    await answered(fake, asked["id"])
    assert slow.asked[-1].context.story


async def test_what_nobody_foresaw_is_apologised_for(fake: FakeDiscord) -> None:
    await fake.slash("subscribe")
    settings = await fake.slash("settings")
    answer = await fake.press(settings.message, "Mention a role (off)", values=["no number"], channel="501")
    assert answer.private
    assert "Something went wrong on my side" in answer.text


async def test_choices_that_take_long_are_left_out_in_time(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> None:
    found = asyncio.Event()

    async def slow(*_arguments: object) -> list[dict[str, str]]:
        await asyncio.sleep(0.1)
        found.set()
        return [{"name": "MoE", "value": "MoE"}]

    monkeypatch.setattr(app, "choices", slow)
    monkeypatch.setattr(app, "COMPLETE_SECONDS", 0.02)
    assert await fake.complete("explain", "term", "mo") == []
    await asyncio.wait_for(found.wait(), 2)
    monkeypatch.setattr(app, "COMPLETE_SECONDS", 2)
    assert await fake.complete("explain", "term", "mo") == [{"name": "MoE", "value": "MoE"}]


async def test_growing_shows_the_newest_and_never_holds_up_the_writer() -> None:
    shown: list[str] = []
    busy = asyncio.Event()

    async def show(payload: dict[str, Any]) -> None:
        shown.append(text_of(payload))
        await busy.wait()

    growing = grow.Growing(show, DiscordRenderer(), SystemClock())
    async with asyncio.timeout(2):
        for number in range(1, 100):
            await growing.tell("word " * number)
        await asyncio.sleep(0)
        await growing.tell("word " * 2_000)
        busy.set()
        await growing.end()
    assert len(shown) == 1
