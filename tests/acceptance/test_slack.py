"""The whole program on Slack: ``paperboy run`` as a process against a strict Slack of two workspaces."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

import forked
from tests.fakes.model import FakeModel, Turn, fake_model
from tests.fakes.slack import (
    APP_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    SIGNING_SECRET,
    Answer,
    FakeSlack,
    fake_slack,
)
from tests.fakes.slack_views import text_of
from todays_issue import TODAY, todays_issue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOT = Path(__file__).parents[2]
HOME, OTHER = "THOME", "TOTHER"
START_SECONDS = 50
Json = dict[str, Any]
ISSUE = todays_issue(35)


@dataclass
class Program:
    """The program, the Slack that it talks to, and the desk's address."""

    fake: FakeSlack
    model: FakeModel
    environment: dict[str, str]
    desk: str
    issue: Path

    async def slash(self, line: str, *, channel: str = "C1", user: str = "U1", team: str = HOME) -> Json:
        """Give a slash command; return the last answer to it."""
        return await self.fake.answered("slash_commands", self.fake.slash(team, channel, user, line))

    async def press(self, message: Json, label: str, *, channel: str = "C1", user: str = "U1") -> Json:
        """Press a button; return the last answer to that."""
        return await self.fake.answered("interactive", self.fake.press(HOME, channel, user, message, label))

    async def say(self, text: str, *, channel: str, kind: str = "message", **more: Any) -> Json:  # noqa: ANN401  any field
        """Say something; return the message that answers it."""
        before = len(self.fake.posts(channel))
        event = {"type": kind, "channel": channel, "user": "U1", "text": text, "ts": self.fake.stamp(), **more}
        await self.fake.push("events_api", self.fake.event(HOME, event))
        await self.fake.until(
            lambda: len(self.fake.posts(channel)) > before and bool(self.fake.posts(channel)[-1]["blocks"])
        )
        return self.fake.posts(channel)[-1]

    async def has_issue(self) -> None:
        """Wait until the program has read the issue."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            while True:
                async with session.get(f"{self.desk}/archive/daily/en/{TODAY}") as page:
                    if page.status == 200:
                        return
                await asyncio.sleep(0.05)

    async def call(self, *arguments: str) -> str:
        """Call the program beside the running one; return what it printed."""
        return (await asyncio.to_thread(forked.paperboy, *arguments, environment=self.environment)).stdout

    async def push_to(self, channel: str, *, team: str = HOME, pages: int = 2) -> list[Json]:
        """Subscribe a channel and send it the issue; return its posts once there are so many."""
        await self.fake.answered("slash_commands", self.fake.slash(team, channel, "U1", "/subscribe 8:30"))
        await self.call("push")
        await self.fake.until(lambda: len(self.fake.posts(channel)) >= pages)
        return self.fake.posts(channel)

    async def install(self) -> tuple[int, int]:
        """Install the app in the other workspace; return the statuses of using the state again, and a wrong one."""
        self.fake.teams[OTHER].token = "not given yet"
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{self.desk}/slack/install") as page:
                state = page.cookies["slack-app-oauth-state"].value
            self.fake.codes["code1"] = OTHER
            address = f"{self.desk}/slack/oauth_redirect?code=code1&state={state}"
            statuses = []
            for used in (f"{address}x", address, address):
                async with session.get(used, headers={"Cookie": f"slack-app-oauth-state={state}"}) as page:
                    statuses.append(page.status)
        wrong, right, again = statuses
        assert right == 200
        return again, wrong

    async def receipt(self, channel: str, state: str) -> str:
        """Return the channel's receipts, once one is in the state."""
        async with asyncio.timeout(20):
            while state not in (said := await self.call("receipts", f"slack:{HOME}:{channel}")):
                pass
        return said


@asynccontextmanager
async def running(fake: FakeSlack, model: FakeModel, folder: Path) -> AsyncIterator[Program]:
    issue = folder / "issues" / "daily" / "en" / f"{TODAY}.md"
    issue.parent.mkdir(parents=True)
    issue.write_text(ISSUE, encoding="utf-8")
    environment = forked.environment(
        folder / "data",
        PAPERBOY_ISSUES=str(folder / "issues"),
        PAPERBOY_SLACK__BOT_TOKEN=f"xoxb-{HOME}",
        PAPERBOY_SLACK__APP_TOKEN=APP_TOKEN,
        PAPERBOY_SLACK__SIGNING_SECRET=SIGNING_SECRET,
        PAPERBOY_SLACK__CLIENT_ID=CLIENT_ID,
        PAPERBOY_SLACK__CLIENT_SECRET=CLIENT_SECRET,
        PAPERBOY_SLACK__TOKEN_KEY="a key that only this test knows",
        PAPERBOY_SLACK__API_URL=fake.url,
        **model.settings(),
    )
    async with forked.running(environment) as process:
        program = Program(fake, model, environment, await process.ready(), issue)
        await program.has_issue()
        yield program


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with fake_slack() as fake, fake_model() as model:
        channels = {f"C{number}": True for number in range(1, 10)} | {"CPUBLIC": False, "GPRIVATE": False}
        fake.team(HOME, channels=channels)
        fake.team(OTHER, channels={"CX": True})
        async with running(fake, model, tmp_path_factory.mktemp("slack")) as program:
            yield program


async def test_a_slash_command_is_answered_to_the_reader_alone_and_can_be_shared(program: Program) -> None:
    card = await program.slash("/today")
    assert card["response_type"] == "ephemeral"
    assert "Polaris 2 is out" in text_of(card)
    await program.press(card, "Share with channel")
    await program.fake.until(lambda: any(said.get("delete_original") for said in program.fake.calls("respond")))
    shared = program.fake.calls("respond")[-2]
    assert shared["response_type"] == "in_channel"
    assert "Polaris 2 is out" in text_of(shared)
    assert "Shared by Name of U1" in text_of(shared)


async def test_sections_open_and_pages_turn_in_place(program: Program) -> None:
    card = await program.slash("/today")
    section = await program.press(card, "Dev")
    assert section["replace_original"]
    assert "Beaver CLI 1.4" in text_of(section)
    models = await program.slash("/models")
    assert "Model 0" in text_of(models)
    turned = await program.press(models, "›")
    assert turned["replace_original"]
    assert "Model 0 " not in text_of(turned)


async def test_the_name_of_the_app_with_a_command_does_the_same(program: Program) -> None:
    assert "Polaris 2 is out" in text_of(await program.slash("/paperboy today"))
    assert "Beaver" in text_of(await program.slash("/paperboy what is beaver?"))


async def test_the_daily_post_is_a_card_with_the_issue_in_its_thread(program: Program) -> None:
    await program.push_to("C2")
    await program.fake.until(lambda: any("Beaver CLI 1.4" in text_of(said) for said in program.fake.posts("C2")[1:]))
    first, *thread = program.fake.posts("C2")
    assert "Polaris 2 is out" in text_of(first)
    assert "thread_ts" not in first
    assert {said["thread_ts"] for said in thread} == {first["ts"]}
    assert first["metadata"]["event_type"] == "paperboy_delivery"
    assert first["unfurl_links"] is first["unfurl_media"] is False
    assert "Beaver CLI 1.4" in " ".join(map(text_of, thread))


async def test_a_button_of_a_post_answers_the_one_who_pressed_it(program: Program) -> None:
    post = (program.fake.posts("C2") or await program.push_to("C2"))[0]
    section = await program.press(post, "Dev", channel="C2")
    assert section["response_type"] == "ephemeral"
    assert not section["replace_original"]
    assert "Beaver CLI 1.4" in text_of(section)


@pytest.mark.parametrize(
    ("channel", "answer"),
    [
        ("C3", Answer(channel="C3", error="internal_error", status=500, done=True)),
        ("C5", Answer(channel="C5", status=502, html=True, done=True)),
    ],
    ids=["internal_error", "a page of the gateway"],
)
async def test_a_post_in_doubt_is_found_again_instead_of_sent_again(
    program: Program, channel: str, answer: Answer
) -> None:
    program.fake.plan("chat.postMessage", answer)
    posts = await program.push_to(channel)
    assert sum("thread_ts" not in said for said in posts) == 1


async def test_a_post_in_doubt_that_cannot_be_looked_for_is_shown_and_never_sent_again(program: Program) -> None:
    team = program.fake.teams[HOME]
    team.scopes -= {"channels:history"}
    program.fake.plan("chat.postMessage", Answer(channel="C6", error="fatal_error", done=True))
    posts = await program.push_to("C6", pages=1)
    assert "unknown" in await program.receipt("C6", "unknown")
    team.scopes |= {"channels:history"}
    await program.push_to("C7")
    assert program.fake.posts("C6") == posts


async def test_a_limit_is_waited_for(program: Program) -> None:
    program.fake.plan("chat.postMessage", Answer(channel="C4", error="ratelimited", status=429, retry_after=1))
    await program.push_to("C4")


async def test_however_often_an_issue_is_pushed_a_channel_sees_one_message(program: Program) -> None:
    await program.push_to("C2")
    await program.call("push")
    await program.push_to("C1")
    assert [said for said in program.fake.posts("C2") if "thread_ts" not in said] == program.fake.posts("C2")[:1]


async def test_everything_may_stand_in_the_channel_if_somebody_wants_it_so(program: Program) -> None:
    await program.slash("/subscribe 8:30", channel="C8")
    await program.slash("/settings thread on", channel="C8")
    posts = await program.push_to("C8")
    assert all("thread_ts" not in said for said in posts)


async def test_public_channels_are_joined_and_private_ones_asked_for(program: Program) -> None:
    assert "Subscribed" in text_of(await program.slash("/subscribe 8:30", channel="CPUBLIC"))
    assert "/invite @Paperboy" in text_of(await program.slash("/subscribe 8:30", channel="GPRIVATE"))


async def test_a_group_chat_that_began_with_the_app_gets_issues_and_answers(program: Program) -> None:
    team = program.fake.teams[HOME]
    team.channels["CCHAT"] = True
    team.chats.add("CCHAT")
    posts = await program.push_to("CCHAT")
    assert "Polaris 2 is out" in text_of(posts[0])
    answer = await program.say(f"<@{team.bot}> what is beaver?", channel="CCHAT", channel_type="mpim")
    assert "Beaver CLI 1.4" in text_of(answer)


async def test_readers_are_told_in_words_why_a_post_did_not_come_and_operators_in_slacks(program: Program) -> None:
    await program.slash("/subscribe 8:30", channel="C9")
    team = program.fake.teams[HOME]
    team.channels["C9"] = team.can_join = False
    await program.call("push")
    assert "not_in_channel" in await program.receipt("C9", "failed")
    told = text_of(await program.slash("/why", channel="C9"))
    assert "Reason: I am not in the channel; /invite brings me in" in told
    assert "not_in_channel" not in told
    team.channels["C9"] = team.can_join = True


async def test_a_direct_message_begins_a_thread_and_shows_that_there_is_work_on_it(
    program: Program,
) -> None:
    answer = await program.say("what is beaver?", channel="DU1", channel_type="im")
    assert "Beaver" in text_of(answer)
    assert program.fake.calls("assistant.threads.setStatus")[-1]["thread_ts"] == answer["thread_ts"]


def about_beaver(asked: Json) -> str:
    """Say in four sentences what a story says."""
    number = next(at for at, story in enumerate(asked["stories"], 1) if "A coding agent" in story["text"])
    return " ".join([f"A coding agent for the terminal. [{number}]"] * 4)


async def test_an_answer_of_a_model_grows_in_the_thread_and_is_replaced_by_the_checked_one(program: Program) -> None:
    program.model.plan(Turn(say=about_beaver, size=20, pause=0.3))
    mention = f"<@{program.fake.teams[HOME].bot}> what is beaver cli?"
    answer = await program.say(mention, channel="C1", kind="app_mention")
    assert len(answer["grown"]) > 1
    assert "Written by a language model" in text_of(answer)
    assert "Beaver CLI 1.4" in text_of(answer)


async def test_a_repeated_event_does_nothing(program: Program) -> None:
    message = {"type": "message", "channel": "DU2", "channel_type": "im", "user": "U2", "text": "today", "ts": "1.1"}
    event = program.fake.event(HOME, message, id="Ev-twice")
    await program.fake.push("events_api", event)
    await program.fake.until(lambda: len(program.fake.posts("DU2")) == 1)
    await program.fake.push("events_api", event)
    await program.say("help", channel="DU3", channel_type="im")
    assert len(program.fake.posts("DU2")) == 1


async def test_the_home_tab_leads_to_search_and_settings(program: Program) -> None:
    opened = {"type": "app_home_opened", "user": "U4", "channel": "DU4", "tab": "home"}
    await program.fake.push("events_api", program.fake.event(HOME, opened))
    await program.fake.until(lambda: bool(program.fake.calls("views.publish")))
    home = program.fake.calls("views.publish")[-1]["view"]
    assert "Polaris 2 is out" in text_of(home)
    await program.fake.push("interactive", program.fake.press_in_view(HOME, "U4", home, "Subscribe"))
    await program.fake.until(lambda: bool(program.fake.calls("views.open")))
    form = program.fake.calls("views.open")[-1]["view"]
    option = {"selected_option": {"value": "full"}}
    values = {
        "time": {"selected_time": "09:15"},
        "zone": {"value": "Europe/Berlin"},
        "days": {"selected_options": [{"value": "mon"}, {"value": "fri"}]},
        "lang": {"selected_option": {"value": "en"}},
        "style": option,
    }
    said = await program.fake.push("interactive", program.fake.submit(HOME, "U4", form, values))
    assert said["response_action"] == "update"
    assert "09:15" in text_of(said["view"])
    await program.fake.until(lambda: len(program.fake.calls("views.publish")) > 1)
    assert "09:15" in text_of(program.fake.calls("views.publish")[-1]["view"])
    await program.fake.push("interactive", program.fake.press_in_view(HOME, "U4", home, "Search"))
    await program.fake.until(lambda: program.fake.calls("views.open")[-1]["view"]["callback_id"] == "search")
    asked = program.fake.calls("views.open")[-1]["view"]
    found = await program.fake.push(
        "interactive", program.fake.submit(HOME, "U4", asked, {"words": {"value": "beaver"}})
    )
    assert "Beaver" in text_of(found["view"])


@pytest.mark.parametrize("shortcut", ["explain", "ask"])
async def test_a_message_shortcut_opens_an_answer(program: Program, shortcut: str) -> None:
    before = len(program.fake.calls("views.open"))
    payload = program.fake.message_shortcut(HOME, "C1", "U1", shortcut, "Beaver CLI")
    await program.fake.push("interactive", payload)
    await program.fake.until(lambda: len(program.fake.calls("views.open")) > before)
    assert "Beaver" in text_of(program.fake.calls("views.open")[-1]["view"])


async def test_over_http_only_fresh_requests_that_slack_signed_pass(program: Program) -> None:
    address = f"{program.desk}/slack/events"
    payload = program.fake.slash(HOME, "C1", "U1", "/today")
    assert await program.fake.command_over_http(address, payload) == 200
    number = payload["response_url"].rpartition("/")[2]
    await program.fake.until(lambda: any(call.payload.get("_address") == number for call in program.fake.seen))
    assert await program.fake.command_over_http(address, payload, age=301) == 401
    assert await program.fake.command_over_http(address, payload, age=-(10**400)) == 401
    assert await program.fake.command_over_http(address, payload, secret="another") == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("no json", 401),
        ('{"a":' * 20_000, 401),
        ("[]", 401),
        ("x" * 1_000_001, 413),
        ("ssl_check=1", 200),
    ],
    ids=["no json", "deep", "a list", "long", "a look at the certificate"],
)
async def test_what_nobody_signed_is_not_even_read(program: Program, body: str, status: int) -> None:
    address = f"{program.desk}/slack/events"
    assert await program.fake.http(address, body, kind="application/json", secret="another") == status


async def test_events_and_presses_come_over_http_too(program: Program) -> None:
    address = f"{program.desk}/slack/events"
    said = {"type": "message", "channel": "DU9", "channel_type": "im", "user": "U9", "text": "today", "ts": "9.1"}
    event = program.fake.event(HOME, said, id="Ev-http")
    assert [await program.fake.event_over_http(address, event) for _ in range(2)] == [200, 200]
    await program.fake.until(lambda: len(program.fake.posts("DU9")) == 1)
    press = program.fake.press(HOME, "DU9", "U9", program.fake.posts("DU9")[0], "Dev")
    number = press["response_url"].rpartition("/")[2]
    assert await program.fake.command_over_http(address, {"payload": json.dumps(press)}) == 200
    await program.fake.until(lambda: any(call.payload.get("_address") == number for call in program.fake.seen))
    assert len(program.fake.posts("DU9")) == 1


async def test_another_workspace_installs_the_app_with_a_state_that_is_good_once(program: Program) -> None:
    again, wrong = await program.install()
    assert again != 200
    assert wrong != 200
    (greeting,) = program.fake.posts("DUINSTALLER")
    assert "I bring the daily issue to this chat" in text_of(greeting)
    assert "Subscribed" in text_of(await program.slash("/subscribe 8:30", channel="CX", team=OTHER))
    assert any(call["refresh"] for call in program.fake.calls("oauth.v2.access"))
    files = Path(program.environment["PAPERBOY_DATA_DIR"]).glob("paperboy.db*")  # noqa: ASYNC240  a small folder
    kept = b"".join(file.read_bytes() for file in files)
    assert b"xoxe" not in kept


async def test_a_limited_workspace_holds_up_no_other(program: Program) -> None:
    await program.install()
    program.fake.plan("chat.postMessage", Answer(channel="C9", error="ratelimited", status=429, retry_after=600))
    await program.slash("/subscribe 8:30", channel="C9")
    await program.push_to("CX", team=OTHER)
    assert not program.fake.posts("C9")


async def test_a_workspace_that_removes_the_app_is_forgotten(program: Program) -> None:
    await program.install()
    await program.slash("/subscribe 8:30", channel="CX", team=OTHER)
    await program.fake.push("events_api", program.fake.event(OTHER, {"type": "app_uninstalled"}))
    async with asyncio.timeout(20):
        while "uninstalled" not in await program.call("export", f"slack:{OTHER}:CX"):
            pass
    files = Path(program.environment["PAPERBOY_DATA_DIR"]).glob("paperboy.db")  # noqa: ASYNC240  a small folder
    assert all(f"slack:installed:{OTHER}".encode() not in file.read_bytes() for file in files)


async def test_doctor_finds_nothing_wrong(program: Program) -> None:
    said = await program.call("doctor")
    assert "token and scopes are right" in said
    assert "Socket Mode answers" in said
