"""The whole program on Discord: ``paperboy run`` as a process against a strict REST and gateway server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.fakes.discord import TOKEN, FakeDiscord, fake_discord, text_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
TODAY = datetime.now(UTC).date()
STORIES = "\n\n".join(
    f"- **Model {number}** — {'Open weights, for everybody. ' * 12}[Read more](https://news.example.com/{number})"
    for number in range(40)
)
ISSUE = f"""# Polaris 2 is out, and small models learn to see

**{TODAY:%Y-%m-%d}**

Everything that happened, in five minutes.

## 🧠 MODELS

{STORIES}

## 🔧 DEV

- **Beaver CLI 1.4** — A coding agent for the terminal. [Notes](https://beaver.example.com/1.4)

## 🎯 PICK OF THE DAY: Beaver CLI 1.4

The first one that makes you forget it is a tool.
"""


@dataclass
class Bot:
    """The program, and the server that it talks to."""

    fake: FakeDiscord
    environment: dict[str, str]
    folder: Path

    async def call(self, *arguments: str) -> str:
        """Call the program beside the running one; return what it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bots", *arguments, cwd=ROOT, env=self.environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _errors = await process.communicate()
        return printed.decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("discord")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(folder: Path) -> AsyncIterator[Bot]:
    issues = folder / "issues" / "daily" / "en"
    issues.mkdir(parents=True)
    (issues / f"{TODAY}.md").write_text(ISSUE, encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBOY_")}
    async with fake_discord() as fake:
        environment = own | {
            "PAPERBOY_DATA_DIR": str(folder / "data"),
            "PAPERBOY_DICTIONARY": "off",
            "PAPERBOY_DESK__PORT": "0",
            "PAPERBOY_ISSUES": str(folder / "issues"),
            "PAPERBOY_DISCORD__TOKEN": TOKEN,
            "PAPERBOY_DISCORD__API_URL": fake.url,
            "COLUMNS": "200",
        }
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bots", "run", cwd=ROOT, env=environment, stdout=log, stderr=log
            )
            try:
                await fake.until(lambda: fake.beats and fake.identified, 30)
                yield Bot(fake, environment, folder)
            finally:
                process.send_signal(signal.SIGTERM)
                code = await asyncio.wait_for(process.wait(), 20)
        logged = (folder / "log").read_text(encoding="utf-8")
        assert code == 0, logged
        assert TOKEN.rpartition(".")[2] not in logged
        assert "Traceback" not in logged, logged


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


async def test_commands_are_registered_once_with_chinese_names(bot: Bot) -> None:
    assert len(bot.fake.calls("PUT", r"/applications/\d+/commands")) == 1
    today = next(command for command in bot.fake.commands if command["name"] == "today")
    assert today["name_localizations"]["zh-CN"] == "今日"
    assert (today["integration_types"], today["contexts"]) == ([0, 1], [0, 1, 2])
    assert "registered" in await bot.call("doctor")


async def test_subscribing_is_for_managers_and_needs_the_rights_to_post(bot: Bot) -> None:
    refused = await bot.fake.slash("subscribe", rights=0)
    assert refused.private
    assert "Only admins" in refused.text
    lacking = await bot.fake.slash("subscribe", ours=0)
    assert "View Channel" in lacking.text
    assert "https://discord.com/oauth2/authorize?" in lacking.text
    closed = await bot.fake.slash("subscribe", values={"channel": "504"})
    assert "Send Messages" in closed.text


async def test_a_push_reaches_text_announcement_forum_and_direct_messages_once(bot: Bot) -> None:
    fake = bot.fake
    direct = fake.direct("42")
    await fake.slash("subscribe", values={"time": "8:30", "zone": "Asia/Shanghai"})
    await fake.slash("subscribe", channel="502")
    await fake.slash("subscribe", values={"channel": "503"})
    await fake.slash("subscribe", channel=direct)
    fake.fail("POST", "/channels/501/messages", 502, after=True)
    await bot.call("push")
    await fake.until(lambda: fake.posts("501") and fake.posts("502") and fake.posts(direct) and fake.published)
    forum = [one for one in fake.channels.values() if one.get("parent_id") == "503"]
    assert [(one["name"].startswith("Polaris 2 is out"), one["applied_tags"]) for one in forum] == [(True, ["1"])]
    assert len(fake.posts("501")) == len(fake.posts("502")) == 1
    assert fake.published == [fake.posts("502")[0]["id"]]


async def test_settings_change_what_discord_adds(bot: Bot) -> None:
    fake = bot.fake
    page = await fake.slash("settings")
    assert page.private
    role = await fake.press(page.message, "Mention a role (off)", values=["600"], channel="501")
    form = await fake.press(role.message, "Type a time…", channel="501")
    assert form.kind == 9
    done = await fake.fill_in(form.form, {"time": "9:15", "zone": "Tokyo"}, message=role.message)
    assert "9:15" in done.text
    kept = await fake.press(done.message, "Long issues in a thread", channel="501")
    assert "Long issues in messages" in kept.labels


async def test_questions_are_answered_in_threads_and_direct_messages(bot: Bot) -> None:
    fake = bot.fake
    asked = await fake.write("<@1001> What is Beaver CLI?", mention=True)
    await fake.until(lambda: fake.posts(asked["id"]))
    assert "Beaver CLI" in text_of(fake.posts(asked["id"])[0])
    direct = fake.direct("44")
    await fake.write("Beaver CLI", channel=direct, user="44")
    await fake.until(lambda: len(fake.posts(direct)) > 1)
    await fake.write("nobody asked", user="45")
    assert all(post["author"]["id"] != "1001" or "nobody" not in text_of(post) for post in fake.posts("501"))


async def test_readers_bring_the_app_along_and_subscribe_their_direct_messages(bot: Bot) -> None:
    answer = await bot.fake.slash("subscribe", user="46", owners={"1": "46"}, rights=0)
    assert "Subscribed" in answer.text
    assert bot.fake.calls("POST", "/users/@me/channels")[-1].body == {"recipient_id": "46"}


async def test_options_complete_and_messages_are_explained(bot: Bot) -> None:
    fake = bot.fake
    zones = await fake.complete("subscribe", "zone", "tok")
    assert "Asia/Tokyo" in [choice["value"] for choice in zones]
    assert await fake.complete("models", "date", "")
    explained = await fake.on_message("Explain this", {"id": "5", "content": "Beaver CLI"})
    assert explained.private
    form = await fake.on_message("Ask about this", {"id": "6", "content": "Beaver CLI 1.4"})
    answer = await fake.fill_in(form.form, {"question": "Beaver CLI"})
    assert "Beaver" in answer.text


async def test_a_late_interaction_and_a_reconnect_do_no_harm(bot: Bot) -> None:
    fake = bot.fake
    late = {"code": 10062, "message": "Unknown interaction"}
    fake.fail("POST", "/interactions/.*", 404, late)
    event = fake._slash("today", {})
    await fake.dispatch("INTERACTION_CREATE", event)
    await fake.until(lambda: not fake.troubles)
    await fake.reconnect()
    assert (await fake.slash("today")).kind == 4


async def test_a_server_that_leaves_ends_and_one_that_returns_goes_on(bot: Bot) -> None:
    fake = bot.fake
    await fake.slash("subscribe")
    await fake.leave()
    await fake.come_back()
    page = await fake.slash("settings")
    assert "Time" in page.labels
